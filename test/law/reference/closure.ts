import type { Change, Entry, MicroOperation } from './micro-operations.ts';
import type { Moment } from './barriers.ts';

/** What the fsyncs of btrfs bring into a state beyond its prefix. */
export type Closure = {
  /** Micro-operations that are part of every such state. */
  readonly required: ReadonlySet<number>;
  /** Of those the renames that may have added the new name without removing the old one. */
  readonly halvable: ReadonlySet<number>;
  /** Micro-operations that the log may have carried along. */
  readonly optional: readonly number[];
  /** New inodes behind required names: they exist even where their first name does not. */
  readonly born: ReadonlySet<string>;
};

/**
 * The closure of every fsync after the cut (persistence.md 3.4 step 2). It reads as follows.
 *
 * * fsync of any inode: its creating link, every name added to it, mode, attributes and size, and
 *   the directories that those names lie in as far as they are new, up to the old tree.
 * * fsync of a directory besides: every name added to it or removed from it, and the inodes behind.
 * * A rename between directories that is required only for its new name may be a half (point 6f).
 *   One that leaves the synced directory is whole: removing the name is what was asked for.
 * * Whole subvolumes are not in the log tree: what concerns them waits for a commit.
 * * An fsync in flight that has not taken effect makes what lies before it optional, and requires
 *   nothing (litmus btrfs/creat-fsync-otherdir: `d1/a` absent, `d2/b` empty, not after the end).
 */
export function closureAfter(moment: Moment, cut: number): Closure {
  const required = new Set<number>();
  const whole = new Set<number>();
  const born = new Set<string>();
  let horizon = cut;
  for (const barrier of moment.profile.fsync === 'closure' ? moment.issued : []) {
    const { change, index } = barrier;
    if (change.kind !== 'barrier' || change.scope !== 'inode' || index <= cut) continue;
    horizon = Math.max(horizon, index);
    if (!moment.effective.includes(barrier)) continue;
    const window = moment.issued.filter(
      (operation) => operation.index >= cut && operation.index < index && isMetadata(operation),
    );
    const isDirectory = moment.program.directories.has(change.inode);
    for (const operation of window) {
      const claim = claimOf(operation.change, change.inode, isDirectory);
      if (claim === 'none') continue;
      required.add(operation.index);
      if (claim === 'whole') whole.add(operation.index);
      addNames(operation.change, window, required, born);
    }
    addAncestors(change.inode, window, required, born);
  }
  const beyond = moment.issued.filter(
    (operation) =>
      operation.index >= cut &&
      operation.index < horizon &&
      isMetadata(operation) &&
      !required.has(operation.index),
  );
  return {
    required,
    halvable: new Set([...required].filter((index) => !whole.has(index))),
    optional: beyond.map((operation) => operation.index),
    born,
  };
}

function isMetadata({ change, isCommitOnly }: MicroOperation): boolean {
  if (isCommitOnly) return false;
  return change.kind !== 'write' && change.kind !== 'barrier' && change.kind !== 'nothing';
}

/** How the fsync of an inode needs a micro-operation: not, for the new name, or in every part. */
function claimOf(change: Change, inode: string, isDirectory: boolean): 'none' | 'name' | 'whole' {
  const touches = (entry: Entry) => isDirectory && entry.directory === inode;
  switch (change.kind) {
    case 'link':
      return change.inode === inode || touches(change.entry) ? 'whole' : 'none';
    case 'unlink':
      return touches(change.entry) ? 'whole' : 'none';
    case 'rename': {
      if (touches(change.from) || change.from.directory === change.to.directory) {
        return change.inode === inode || touches(change.from) ? 'whole' : 'none';
      }
      return change.inode === inode || touches(change.to) ? 'name' : 'none';
    }
    case 'exchange':
      return [change.firstInode, change.secondInode].includes(inode) ||
        touches(change.first) ||
        touches(change.second)
        ? 'whole'
        : 'none';
    case 'mode':
    case 'xattr':
    case 'truncate':
      return change.inode === inode ? 'whole' : 'none';
    default:
      return 'none';
  }
}

/** A required name needs the inode behind it to exist, and the directory that it lies in. */
function addNames(
  change: Change,
  window: readonly MicroOperation[],
  required: Set<number>,
  born: Set<string>,
): void {
  switch (change.kind) {
    case 'link':
      born.add(change.inode);
      addAncestors(change.entry.directory, window, required, born);
      return;
    case 'rename':
      born.add(change.inode);
      addAncestors(change.to.directory, window, required, born);
      return;
    case 'exchange':
      born.add(change.firstInode).add(change.secondInode);
      addAncestors(change.first.directory, window, required, born);
      addAncestors(change.second.directory, window, required, born);
      return;
    default:
  }
}

/** The creating links of a directory and of everything above it, as far as they are new. */
function addAncestors(
  directory: string,
  window: readonly MicroOperation[],
  required: Set<number>,
  born: Set<string>,
): void {
  for (const { change, index } of window) {
    if (change.kind !== 'link' || change.birth === undefined) continue;
    if (change.inode !== directory || required.has(index)) continue;
    required.add(index);
    born.add(directory);
    addAncestors(change.entry.directory, window, required, born);
  }
}
