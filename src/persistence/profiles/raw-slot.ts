import type { Profile } from '../profile.ts';

/** A partition that holds an image, written block by block: any mix of old and new blocks until it is flushed. */
export const rawSlot: Profile = {
  id: 'raw-slot',
  label: 'raw slot',
  recordedAs: ['squashfs|erofs|ext4 raw slot without verity'],
  metadataOrder: 'blocks',
  allocation: 'unwritten',
  overwrite: 'in-place',
  fsyncScope: 'own-chain',
  renameHalves: 'never',
  fdatasyncCarriesAttributes: true,
  zeroesTruncatedTail: false,
  writebackMicroseconds: 30_000_000,
  startsWriteback: { renameOver: false, closeAfterTruncate: false },
  loaderLags: false,
  sources: [
    'recorded slot images, kernel 6.1: 26 cuts per file system, squashfs, erofs and ext4',
    'https://www.kernel.org/doc/html/latest/block/writeback_cache_control.html',
  ],
};
