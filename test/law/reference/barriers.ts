import type { CompiledProgram, MicroOperation } from './micro-operations.ts';
import type { PrefixProfile } from './profile.ts';

/** What had happened when the power failed. */
export type Moment = {
  readonly program: CompiledProgram;
  readonly profile: PrefixProfile;
  /** Every micro-operation that had at least begun, in program order. */
  readonly issued: readonly MicroOperation[];
  /** Those barriers and snapshots that have taken effect. */
  readonly effective: readonly MicroOperation[];
};

/** Whether a barrier reaches an inode: its own, or everything. */
function reaches(barrier: MicroOperation, inode: string): boolean {
  const { change } = barrier;
  return change.kind === 'barrier' && (change.scope === 'everything' || change.inode === inode);
}

/**
 * The least metadata cut (persistence.md 3.4 step 1): what the barriers that have taken effect made
 * durable of the metadata of the whole file system. The fsync of a directory counts like any other
 * on global profiles (point 6e); `commit` does not count (point 6a), so it is no barrier here.
 */
export function leastCut(moment: Moment): number {
  return Math.max(0, ...moment.effective.map((barrier) => cutOf(moment, barrier)));
}

function cutOf(moment: Moment, barrier: MicroOperation): number {
  const { profile, issued } = moment;
  const { change, index } = barrier;
  // A snapshot is a commit of its own (section 5, btrfs: after the ioctl both hold the data).
  if (change.kind === 'snapshot') return index + 1;
  if (change.kind !== 'barrier') return 0;
  if (change.scope === 'everything') return index;
  if (profile.fsync === 'closure') return liesInNewSubvolume(moment, barrier) ? index : 0;
  if (!change.dataOnly || profile.fdmeta) return index;
  const carried = issued.filter(
    (operation) => operation.index < index && fdatasyncCarries(operation, change.inode),
  );
  return (carried.at(-1)?.index ?? -1) + 1;
}

/**
 * Whether an fsync concerns something in a subvolume that no commit has written yet. The log tree
 * can't bring a subvolume into being, and fsync keeps its promise for the new parents of a file
 * (persistence.md 4, M4), so it has to be a whole commit.
 */
function liesInNewSubvolume(moment: Moment, barrier: MicroOperation): boolean {
  const { issued, effective } = moment;
  const earlier = effective.filter(({ index }) => index < barrier.index);
  const committed = Math.max(0, ...earlier.map((one) => cutOf(moment, one)));
  if (barrier.change.kind !== 'barrier' || barrier.change.scope !== 'inode') return false;
  const above = [barrier.change.inode];
  for (const inode of above) {
    for (const { change, index, isCommitOnly } of issued) {
      if (index < committed || index >= barrier.index || change.kind === 'barrier') continue;
      if (change.kind === 'link' && change.inode === inode) {
        if (isCommitOnly) return true;
        if (!above.includes(change.entry.directory)) above.push(change.entry.directory);
      }
      if (change.kind === 'rename' && change.inode === inode) {
        if (!above.includes(change.to.directory)) above.push(change.to.directory);
      }
    }
  }
  return false;
}

/**
 * Of which micro-operations fdatasync on ext4 makes sure: "last size/allocation/link micro-op of
 * that inode". A rename, a mode and an attribute are none of these (litmus ext4/chmod-fdatasync);
 * `link` is read as in the table of section 3.2: a name made by creat, mkdir, symlink or link.
 */
function fdatasyncCarries({ change }: MicroOperation, inode: string): boolean {
  switch (change.kind) {
    case 'link':
    case 'truncate':
      return change.inode === inode;
    case 'write':
      return change.inode === inode && change.changesShape;
    default:
      return false;
  }
}

/**
 * Whether a write has to be on the disk: a barrier after it covers its inode, or a snapshot that is
 * part of the state flushed it (litmus btrfs/btrfs-snapshot: never a snapshot with the old data
 * after the write).
 */
export function isForced(moment: Moment, write: MicroOperation, cut: number): boolean {
  const { change, index } = write;
  if (change.kind !== 'write') return false;
  const { inode } = change;
  if (moment.effective.some((barrier) => barrier.index > index && reaches(barrier, inode))) {
    return true;
  }
  return moment.issued.some(
    (operation) =>
      operation.change.kind === 'snapshot' &&
      operation.index > index &&
      operation.index < cut &&
      operation.change.inodes.has(inode),
  );
}
