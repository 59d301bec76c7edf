import type { Profile } from '../profile.ts';

/**
 * btrfs with its defaults: a superblock flip every 30 s makes everything before it durable at once; fsync writes a
 * log tree that holds the synced inode and what it needs, not older unrelated changes.
 */
export const btrfs: Profile = {
  id: 'btrfs',
  label: 'btrfs',
  metadataOrder: 'log-tree',
  allocation: 'after-data',
  overwrite: 'copy-on-write',
  fdatasyncCarriesAttributes: true,
  commitMicroseconds: 30_000_000,
  writebackMicroseconds: 30_000_000,
  startsWriteback: { renameOver: true, closeAfterTruncate: true },
  loaderLags: false,
  sources: [
    'https://btrfs.readthedocs.io/en/latest/Administration.html',
    'recorded litmus tests btrfs/*, kernel 6.18',
  ],
};
