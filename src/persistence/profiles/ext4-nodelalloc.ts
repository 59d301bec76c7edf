import type { Profile } from '../profile.ts';
import { ext4 } from './ext4.ts';

/**
 * ext4 without delayed allocation: blocks are allocated with the write, and data=ordered makes the commit wait for
 * their data, so a new file is absent or complete; measured, litmus `ext4nodelalloc/create-write-nosync`.
 */
export const ext4Nodelalloc: Profile = {
  ...ext4,
  id: 'ext4-nodelalloc',
  label: 'ext4 with nodelalloc',
  recordedAs: ['ext4nodelalloc'],
  allocation: 'with-operation',
  startsWriteback: { renameOver: false, closeAfterTruncate: false },
  sources: [
    'https://www.kernel.org/doc/html/latest/admin-guide/ext4.html',
    'recorded litmus tests ext4nodelalloc/*, kernel 6.18',
  ],
};
