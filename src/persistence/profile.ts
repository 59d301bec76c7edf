/**
 * What a file system promises about a power cut, as a table that one can read beside persistence.md section 3.3.
 * A profile is data; `compile.ts` and `clock.ts` are the only readers. No profile knows what an operating system is.
 */

/** Rules of one file system in one configuration. Times in microseconds; `undefined` where there is no such clock. */
export interface Profile {
  readonly id: string;
  readonly label: string;
  /**
   * How changes of names, attributes and sizes reach the disk. `journal`: as a prefix of their order, cut only between
   * operations. `log-tree`: as a prefix at each commit, plus the closure of what was synced since. `sectors`: one by
   * one, in any order. `blocks`: there are only blocks.
   */
  readonly metadataOrder: 'journal' | 'log-tree' | 'sectors' | 'blocks';
  /**
   * When a write to new blocks becomes part of its file. `unwritten`: possibly before its data, and reads as zeros
   * until the data arrives. `after-data`: only once the data is on the disk.
   */
  readonly allocation: 'unwritten' | 'after-data';
  /** Where a write to blocks that exist goes: over the old bytes, or to new blocks. */
  readonly overwrite: 'in-place' | 'copy-on-write';
  /** fdatasync also makes mode and extended attributes durable. */
  readonly fdatasyncCarriesAttributes: boolean;
  /** Age at which the running transaction commits by itself. */
  readonly commitMicroseconds?: number;
  /** Age at which dirty data is written back. */
  readonly writebackMicroseconds: number;
  /** Which events start write-back at once, without waiting for it. */
  readonly startsWriteback: { readonly renameOver: boolean; readonly closeAfterTruncate: boolean };
  /** Whether a boot loader, which replays no journal, sees less than the kernel does after its mount. */
  readonly loaderLags: boolean;
  /** Why we believe this, one address or recording each. */
  readonly sources: readonly string[];
}
