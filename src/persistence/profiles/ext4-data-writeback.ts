import type { Profile } from '../profile.ts';
import { ext4 } from './ext4.ts';

/**
 * ext4 with data=writeback. In the recorded programs it left the same states as the default; that it may also show
 * stale blocks is said by the kernel's document and was not reproduced.
 */
export const ext4DataWriteback: Profile = {
  ...ext4,
  id: 'ext4-data-writeback',
  label: 'ext4 with data=writeback',
  recordedAs: ['ext4wb'],
  sources: [
    'https://www.kernel.org/doc/html/latest/admin-guide/ext4.html',
    'recorded litmus tests ext4wb/*, kernel 6.18',
  ],
};
