/**
 * What a file system promises about a power cut, as a table that one can read beside persistence.md section 3.3.
 * A profile is data; `compile.ts`, `legality.ts` and `clock.ts` read it. No profile knows what an operating system is.
 */

/** Rules of one file system in one configuration. Times in microseconds; `undefined` where there is no such clock. */
export interface Profile {
  readonly id: string;
  readonly label: string;
  /** Names that recordings use for it, such as `ext4lock`. */
  readonly recordedAs: readonly string[];
  /**
   * How changes of names, attributes and sizes reach the disk. `prefix`: in their order, cut only between operations.
   * `sectors`: one by one, in any order. `blocks`: there are only blocks. `nowhere`: there is no disk.
   */
  readonly metadataOrder: 'prefix' | 'sectors' | 'blocks' | 'nowhere';
  /**
   * When a write to new blocks becomes part of its file. `unwritten`: possibly before its data, and reads as zeros
   * until the data arrives. `after-data`: only once the data is on the disk. `with-operation`: with the metadata of
   * its operation, data included.
   */
  readonly allocation: 'unwritten' | 'after-data' | 'with-operation';
  /**
   * Where a write to blocks that exist goes: over the old bytes, sector by sector; to new blocks; or into the journal,
   * so that it is there exactly when its operation is.
   */
  readonly overwrite: 'in-place' | 'copy-on-write' | 'with-operation';
  /**
   * What fsync makes durable. `everything-before`: all metadata so far, and the file's data. `closure`: the inode, its
   * names and what they need. `own-chain`: the file's data, chain and entry, not its parents. `nothing`: no call does.
   */
  readonly fsyncScope: 'everything-before' | 'closure' | 'own-chain' | 'nothing';
  /**
   * Which renames can be there in part: the new name without the loss of the old one, or the other way round. On vfat
   * the entry that a rename rewrites is written back with its inode, later than the removal of the old name.
   */
  readonly renameHalves: 'never' | 'between-directories' | 'always';
  /** fdatasync also makes mode and extended attributes durable. */
  readonly fdatasyncCarriesAttributes: boolean;
  /** Truncating zeroes the rest of the last block that is kept, in place, possibly before the size changes. */
  readonly zeroesTruncatedTail: boolean;
  /** What a name shows whose inode or chain never arrived: an errno of Linux, or nothing where that cannot be. */
  readonly errorsOfMissing?: readonly number[];
  /** Age at which the running transaction commits by itself. */
  readonly commitMicroseconds?: number;
  /** Age at which dirty data is written back. */
  readonly writebackMicroseconds: number;
  /** Which events start write-back at once, without waiting for it. */
  readonly startsWriteback: { readonly renameOver: boolean; readonly closeAfterTruncate: boolean };
  /** Whether a boot loader, which replays no journal, sees less than the kernel does after its mount. */
  readonly loaderLags: boolean;
  /** Whether a commit and the write-back of data of the same age race, so that either may come first. */
  readonly dataRacesCommit?: true;
  /**
   * Whether syncfs writes the log and leaves the blocks behind it to a later push; freeze and unmount write them too.
   * Source: fs/xfs/xfs_super.c, xfs_fs_sync_fs, which only forces the log.
   */
  readonly syncfsLeavesLog?: true;
  /** Bytes of its superblock when a torn one keeps it from being mounted; absent where a copy or a checksum helps. */
  readonly superblockBytes?: number;
  /** Whether a wrong block is noticed when it is read. */
  readonly verifiesReads?: true;
  /** Why we believe this, one address or recording each. */
  readonly sources: readonly string[];
}
