import type { Profile } from '../profile.ts';

/**
 * ext4 with the defaults of kernel 6.18: data=ordered, delalloc, dioread_nolock. Sizes and unwritten extents commit
 * without waiting for the data, so a renamed file can read as zeros; measured, litmus `ext4/ren-over-nosync`.
 */
export const ext4: Profile = {
  id: 'ext4',
  label: 'ext4',
  recordedAs: ['ext4'],
  metadataOrder: 'prefix',
  allocation: 'unwritten',
  overwrite: 'in-place',
  fsyncScope: 'everything-before',
  renameHalves: 'never',
  fdatasyncCarriesAttributes: false,
  zeroesTruncatedTail: true,
  commitMicroseconds: 5_000_000,
  writebackMicroseconds: 30_000_000,
  startsWriteback: { renameOver: true, closeAfterTruncate: true },
  loaderLags: true,
  sources: [
    'https://www.kernel.org/doc/html/latest/admin-guide/ext4.html',
    'recorded litmus tests ext4/*, kernel 6.18',
  ],
};
