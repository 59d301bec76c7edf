/**
 * /proc, /sys, /dev and /run: mounted on every running machine, with entries that nobody can remove. The laboratory
 * keeps the first three as empty directories and knows only what rm meets there. Source: recordings rm-mutable-rmstar
 * (root) and rm-mutable-rmuserslash (somebody else) of the survival tests; for root the lines of /dev, /sys and /run are
 * the same in every layout that was recorded, but for /run where somebody was logged in.
 */

/** Lines of complaint that differ in the path alone. */
export interface Complaints {
  /** The first one that was recorded. */
  readonly first: string;
  readonly count: number;
}

/** What rm -rf meets in a pseudo file system; afterwards its mount point is not tried, because it is not empty. */
export interface PseudoFileSystem {
  readonly forRoot: readonly Complaints[];
  readonly forOthers: readonly Complaints[];
  /** Entries that root removes: device nodes. */
  readonly removedCount: number;
  /** Whether the machine keeps files of its own there, which are removed like any other. */
  readonly hasFiles: boolean;
}

function complaints(path: string, reason: string, count: number): Complaints {
  return { first: `cannot remove '${path}': ${reason}`, count };
}

const busy = 'Device or resource busy';
const notPermitted = 'Operation not permitted';
const denied = 'Permission denied';

/** By the path of its mount point. */
export const pseudoFileSystems: { readonly [path: string]: PseudoFileSystem } = {
  '/dev': {
    forRoot: [
      complaints('/dev/mqueue', busy, 1),
      complaints('/dev/hugepages', busy, 1),
      complaints('/dev/shm', busy, 1),
      complaints('/dev/pts/ptmx', notPermitted, 1),
    ],
    forOthers: [complaints('/dev/rtc', denied, 286)],
    removedCount: 141,
    hasFiles: false,
  },
  '/proc': {
    forRoot: [
      complaints('/proc/fb', notPermitted, 19_071),
      complaints('/proc/sys/abi/vsyscall32', denied, 889),
    ],
    forOthers: [
      complaints('/proc/fb', denied, 10_669),
      complaints('/proc/1/task/1/fd', notPermitted, 7921),
    ],
    removedCount: 0,
    hasFiles: false,
  },
  '/run': {
    forRoot: [complaints('/run/lock', busy, 2)],
    forOthers: [complaints('/run/agetty.reload', denied, 402)],
    removedCount: 0,
    hasFiles: true,
  },
  '/sys': {
    forRoot: [
      complaints('/sys/kernel/warn_count', notPermitted, 38_127),
      complaints('/sys/fs/pstore', busy, 3),
    ],
    forOthers: [complaints('/sys/kernel/warn_count', denied, 16_716)],
    removedCount: 0,
    hasFiles: false,
  },
};
