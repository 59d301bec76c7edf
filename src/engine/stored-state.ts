/** What a stored file is, held against what the machine had before the step and has at the instant. */
import type { Inode } from '../model/cell-table.ts';
import { overwrite, resize, type BlobTable, type Content } from '../model/content.ts';
import { isAllZeros, sameContent } from '../model/expected-file.ts';
import type { FileSystemState } from '../model/file-system-state.ts';
import type { Compiled } from '../persistence/compiled.ts';
import type { StoredState } from '../model/stored-listing.ts';

/** One volume at an instant, in three states: before the step, as the machine sees it, and as the disk has it. */
export interface VolumeStates {
  readonly before: FileSystemState;
  readonly memory: FileSystemState;
  readonly disk: FileSystemState;
  readonly compiled: Compiled;
  /** Operations before this one have been called. */
  readonly issued: number;
  readonly blobs: BlobTable;
}

/** Inodes of one name in the three states of a volume; 0 where the name is not there. */
export interface NamedInodes {
  readonly before: Inode;
  readonly memory: Inode;
  readonly disk: Inode;
}

const isLeaf = (state: FileSystemState, inode: Inode): boolean => {
  const kind = inode === 0 ? undefined : state.attributes(inode)?.kind;
  return kind !== undefined && kind !== 'directory';
};

/** Whether two inodes of two states are the same to whoever reads them. */
function readsAlike(
  [left, one]: readonly [FileSystemState, Inode],
  [right, other]: readonly [FileSystemState, Inode],
): boolean {
  if (!isLeaf(left, one) || !isLeaf(right, other)) return false;
  const first = left.attributes(one);
  const second = right.attributes(other);
  if (first?.kind !== second?.kind || first?.target !== second?.target) return false;
  return sameContent(left.content(one), right.content(other));
}

/** The state of a file whose name is on the disk. */
export function stateOnDisk(states: VolumeStates, inodes: NamedInodes): StoredState {
  const { before, memory, disk } = states;
  const here = [disk, inodes.disk] as const;
  if (readsAlike(here, [before, inodes.before])) return 'before';
  // A new name for bytes that were there: a hard link, a rename, a file of a snapshot.
  if (readsAlike(here, [before, inodes.disk])) return 'before';
  const content = disk.content(inodes.disk);
  const isRegular = disk.attributes(inodes.disk)?.kind === 'file';
  if (readsAlike(here, [memory, inodes.disk])) {
    return isRegular ? ofUnfinished(states, inodes.disk, content) : 'updated';
  }
  if (!isRegular) return 'earlier';
  if (content.sizeBytes === 0 || isAllZeros(content)) return 'empty';
  const isKnown = inodes.before !== 0 && wasHeld(states, inodes.disk, content);
  return isKnown ? 'earlier' : 'torn';
}

/** The disk has all that was called; the program may not have called all of it yet. */
function ofUnfinished(states: VolumeStates, inode: Inode, content: Content): StoredState {
  if (content.sizeBytes === 0) return isToBeFilled(states, inode) ? 'empty' : 'updated';
  const [only, second] = content.segments;
  if (only === undefined || second !== undefined || only.blob === 0) return 'updated';
  const { sizeBytes } = states.blobs.get(only.blob);
  return only.fromBytes === 0 && only.lengthBytes >= sizeBytes ? 'updated' : 'torn';
}

/** Whether a file was made, or emptied when it was opened, so that bytes can be written that have not come yet. */
function isToBeFilled({ compiled, issued }: VolumeStates, inode: Inode): boolean {
  const places = (compiled.contentMicros.get(inode) ?? []).map(
    (micro) => compiled.operationOf[micro] ?? 0,
  );
  const isWriteToCome = places.some(
    (place) => place >= issued && compiled.operations[place]?.effect.kind === 'write',
  );
  if (!isWriteToCome) return false;
  const last = places.findLast((place) => place < issued);
  const effect = last === undefined ? undefined : compiled.operations[last]?.effect;
  return effect === undefined || (effect.kind === 'truncate' && effect.atOpen);
}

/** Whether the machine had this content of a file at some moment until now. */
function wasHeld({ compiled, issued }: VolumeStates, inode: Inode, content: Content): boolean {
  let held = compiled.base.content(inode);
  if (sameContent(held, content)) return true;
  for (const { effect } of compiled.operations.slice(0, issued)) {
    if (effect.kind !== 'write' && effect.kind !== 'truncate') continue;
    if (effect.inode !== inode) continue;
    held =
      effect.kind === 'write'
        ? overwrite(held, effect.offsetBytes, effect.data)
        : resize(held, effect.sizeBytes);
    if (sameContent(held, content)) return true;
  }
  return false;
}

/** Whether the running machine has another file under a name than the disk, or none. */
export function isWaiting({ memory, disk }: VolumeStates, inodes: NamedInodes): boolean {
  return !readsAlike([disk, inodes.disk], [memory, inodes.memory]);
}
