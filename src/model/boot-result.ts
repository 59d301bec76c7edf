/** What a start of one disk came to, as boot hands it to whoever judges the data. */
import type { BootEntry } from './boot-entry.ts';
import type { VersionName } from './release.ts';
import type { RootTree } from './root-tree.ts';
import type { BootStage, BootVerdict, Reason, WayBack } from './verdict.ts';

/** The first missing link of a start. */
export interface BootFailure {
  /** The stage that could not be reached. */
  readonly stage: BootStage;
  /**
   * `no entry`: neither firmware nor loader offers a start, or the kernel that the entry names is absent, empty, cut or
   * panics. `unmountable`: a volume of the root refuses to mount. `no root`: the root that the entry names is not
   * there. `damaged`: a file that the start needs is. `mismatch`: files that must match are of two versions. `no login`:
   * the machine starts, and nobody has an account with which to log in.
   */
  readonly kind: 'no entry' | 'unmountable' | 'no root' | 'damaged' | 'mismatch' | 'no login';
  /** Path of the file concerned, when it is one file. */
  readonly path?: string;
}

/** How whole the menu's other entries are. */
export type OtherEntries = 'none' | 'damaged' | 'whole';

/** Everything that a start of one disk came to. */
export interface BootResult {
  readonly verdict: BootVerdict;
  /** The entry that was tried; absent when the menu is empty. */
  readonly entry?: BootEntry;
  /** Set when the machine came up from another entry by itself: the stage that the default entry did not reach. */
  readonly wentBackAt?: BootStage;
  /** The root of the entry; absent when it has none or its volumes do not mount. */
  readonly tree?: RootTree;
  /** The version whose kernel the entry starts, if that kernel is whole. */
  readonly kernelVersion?: VersionName;
  /** All versions that ship this very kernel: several when an update leaves the kernel alone. */
  readonly kernelVersions: readonly VersionName[];
  /** Set when the machine does not reach its login. */
  readonly failure?: BootFailure;
  /** Things that the start misses without failing: drivers, an application. */
  readonly degraded: readonly Reason[];
  /** For a root that is one image: the versions whose image it is; empty when it is damaged. */
  readonly imageVersions?: readonly VersionName[];
  readonly others: OtherEntries;
  /** Whether another entry of the menu would start: `others` is `whole`. */
  readonly fallbackWhole: boolean;
  /** Whether such an entry has a root of its own, which damage in this root does not touch. */
  readonly otherRootWhole: boolean;
  /** Whether another entry, whole or not, names a root of its own: else it only starts another kernel on the same files. */
  readonly otherRoot: boolean;
  /** Set when all of those entries are dead, because the roots that they name are no longer on the disk: what is gone. */
  readonly otherRootsGone?: Reason;
  /** How someone gets to another entry on this system. */
  readonly wayToOther: WayBack;
  /** Set where an older version is kept to be copied back: what the menu says of it. */
  readonly olderByCopy?: Reason;
}
