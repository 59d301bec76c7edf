/**
 * /proc and /sys: mounted on every running machine, full of entries that nobody can remove. The laboratory keeps them
 * as empty directories and knows only what rm meets there. Source: recording rm-mutable-rmstar of the survival tests.
 */

/** What rm -rf meets in a pseudo file system. */
export interface PseudoFileSystem {
  /** Entries that it tries to remove, each with a line of complaint. */
  readonly entryCount: number;
  /** The first complaint that was recorded. */
  readonly firstComplaint: string;
}

/** By the path of its mount point. */
export const pseudoFileSystems: { readonly [path: string]: PseudoFileSystem } = {
  '/proc': {
    entryCount: 19_960,
    firstComplaint: "rm: cannot remove '/proc/fb': Operation not permitted",
  },
  '/sys': {
    entryCount: 38_130,
    firstComplaint: "rm: cannot remove '/sys/kernel/warn_count': Operation not permitted",
  },
};
