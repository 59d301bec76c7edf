/**
 * What close(2) does beside closing. A file that was cut to nothing when it was opened, and written, has its bytes sent
 * to the disk at close; nobody waits for them, and nothing else is made durable. Source: Linux fs/ext4/file.c
 * (EXT4_STATE_DA_ALLOC_CLOSE), fs/btrfs/file.c (BTRFS_INODE_FLUSH_ON_CLOSE), fs/xfs/xfs_file.c (XFS_ITRUNCATED).
 */

/** File systems, and ways to mount them, that do nothing of the kind: they do not delay allocation, or were told not to. */
const unhurried: ReadonlySet<string> = new Set([
  'ext4-nodelalloc',
  'ext4-data-journal',
  'ext4-noauto-da-alloc',
  'btrfs-flushoncommit',
  'vfat',
  'vfat-flush',
  'raw-slot',
  'raw-slot-verity',
  'tmpfs',
]);

/** Whether a file system of this persistence profile starts write-back when a truncated and written file is closed. */
export function flushesOnClose(profile: string): boolean {
  return !unhurried.has(profile);
}
