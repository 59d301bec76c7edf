import type { Profile } from '../profile.ts';
import { ext4 } from './ext4.ts';

/**
 * ext4 mounted with dioread_lock, the default before 2020: an extent joins its file only once its data is on the
 * disk, so that rename over leaves the old or the new file; measured, litmus `ext4lock/ren-over-nosync`.
 */
export const ext4DioreadLock: Profile = {
  ...ext4,
  id: 'ext4-dioread-lock',
  label: 'ext4 with dioread_lock',
  recordedAs: ['ext4lock'],
  allocation: 'after-data',
  sources: [
    'https://git.zx2c4.com/linux-dev/commit/?id=244adf6426ee31a83f397b700d964cff12a247d3',
    'recorded litmus tests ext4lock/*, kernel 6.18',
  ],
};
