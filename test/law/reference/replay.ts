import {
  bornInode,
  blockEnd,
  copyInode,
  eitherLetters,
  fillCells,
  nameHolds,
  setName,
  type DiskInode,
  type DiskState,
} from './disk-state.ts';
import type { Birth, Change } from './micro-operations.ts';
import type { PrefixProfile } from './profile.ts';
import { blockBytes } from './program.ts';

/**
 * What one state takes from one micro-operation.
 *
 * * `whole`: it is part of the state. `isOptional`: only because the log happened to carry it; then
 *   it does nothing where the state lacks what it works on.
 * * `half`: of a rename the new name alone (persistence.md 3.4 point 6f).
 * * `absent`: its metadata is not part of the state; data in place may have landed all the same.
 */
export type Part = {
  readonly metadata: 'whole' | 'half' | 'absent';
  readonly isOptional: boolean;
  /** For a write: a barrier covers it, so its data is there and nothing else. */
  readonly isForced: boolean;
  /** For a write to blocks that its file did not have: whether they are attached, and with what. */
  readonly attach: 'skip' | 'new' | 'zero-or-new';
};

/** Everything durable: how the setup is replayed. */
export const durable: Part = {
  metadata: 'whole',
  isOptional: false,
  isForced: true,
  attach: 'new',
};

type Write = Extract<Change, { kind: 'write' }>;

/**
 * Replays one micro-operation onto a state. False if the choices contradict one another: a later
 * write to a block of the page cache can't be on the disk without the earlier one to that block.
 */
export function replayChange(
  disk: DiskState,
  change: Change,
  part: Part,
  profile: PrefixProfile,
): boolean {
  if (change.kind === 'write') return replayWrite(disk, change, part, profile);
  if (change.kind === 'truncate') replayTruncate(disk, change, part, profile);
  else if (part.metadata !== 'absent') replayMetadata(disk, change, part);
  return true;
}

function replayMetadata(disk: DiskState, change: Change, part: Part): void {
  switch (change.kind) {
    case 'link':
      if (change.birth !== undefined) ensureBorn(disk, change.inode, change.birth);
      if (disk.inodes.has(change.inode)) setName(disk, change.entry, change.inode);
      return;
    case 'unlink':
      if (nameHolds(disk, change.entry) === change.inode) setName(disk, change.entry, undefined);
      return;
    case 'rename':
      replayRename(disk, change, part);
      return;
    case 'exchange':
      replayExchange(disk, change, part);
      return;
    case 'mode': {
      const inode = disk.inodes.get(change.inode);
      if (inode !== undefined) inode.mode = change.mode;
      return;
    }
    case 'xattr':
      disk.inodes.get(change.inode)?.attributes.set(change.name, change.value);
      return;
    case 'snapshot':
      replaySnapshot(disk, change);
      return;
    case 'set-default':
      if (disk.inodes.has(change.inode)) disk.mounted = change.inode;
      return;
    default:
  }
}

/** Makes an inode exist, if it does not yet. */
export function ensureBorn(disk: DiskState, inode: string, birth: Birth): void {
  if (!disk.inodes.has(inode)) disk.inodes.set(inode, bornInode(birth));
}

function replayRename(
  disk: DiskState,
  change: Extract<Change, { kind: 'rename' }>,
  part: Part,
): void {
  if (!disk.inodes.has(change.inode)) return;
  const hasSource = nameHolds(disk, change.from) === change.inode;
  if (part.isOptional && !hasSource) return;
  if (part.metadata === 'whole' && hasSource) setName(disk, change.from, undefined);
  setName(disk, change.to, change.inode);
}

function replayExchange(
  disk: DiskState,
  change: Extract<Change, { kind: 'exchange' }>,
  part: Part,
): void {
  const isInPlace =
    nameHolds(disk, change.first) === change.firstInode &&
    nameHolds(disk, change.second) === change.secondInode;
  if (part.isOptional && !isInPlace) return;
  setName(disk, change.first, change.secondInode);
  setName(disk, change.second, change.firstInode);
}

function replaySnapshot(disk: DiskState, change: Extract<Change, { kind: 'snapshot' }>): void {
  for (const id of change.inodes) {
    const inode = disk.inodes.get(id);
    if (inode === undefined) continue;
    const copy = copyInode(inode);
    for (const [name, child] of inode.names) {
      // A subvolume inside the source is an empty directory in the snapshot.
      if (change.inodes.has(child)) copy.names.set(name, child + change.suffix);
      else copy.names.delete(name);
    }
    disk.inodes.set(id + change.suffix, copy);
  }
  setName(disk, change.entry, change.source + change.suffix);
}

function replayTruncate(
  disk: DiskState,
  change: Extract<Change, { kind: 'truncate' }>,
  part: Part,
  profile: PrefixProfile,
): void {
  const inode = disk.inodes.get(change.inode);
  if (inode === undefined) return;
  const tailBlock = Math.floor(change.size / blockBytes);
  if (part.metadata !== 'absent') {
    for (const block of [...inode.blocks.keys(), ...inode.unwritten]) {
      if (block * blockBytes < change.size) continue;
      inode.blocks.delete(block);
      inode.unwritten.delete(block);
    }
    // The zeroes of the tail are on the disk before the size is: what a later, longer size
    // uncovers reads as zeroes.
    fillCells(disk, inode, { from: change.size, to: Infinity }, () => '0');
    inode.sizeBytes = change.size;
    return;
  }
  const ownsTail = inode.blocks.get(tailBlock) === change.tailGeneration;
  if (profile.tailzero && change.shrinks && ownsTail && change.size % blockBytes > 0) {
    const tail = { from: change.size, to: blockEnd(tailBlock) };
    fillCells(disk, inode, tail, (before) => eitherLetters(before, '0'));
  }
}

function replayWrite(disk: DiskState, change: Write, part: Part, profile: PrefixProfile): boolean {
  const inode = disk.inodes.get(change.inode);
  if (inode === undefined) return true;
  const blocks = [...change.generations.keys()];
  if (profile.over !== 'inplace') return attachWrite(disk, inode, change, part, blocks);
  const isOwn = (block: number) => inode.blocks.get(block) === change.generations.get(block);
  const inside = blocks.filter(isOwn);
  for (const block of inside) landInPlace(disk, inode, change, part, block);
  const outside = blocks.filter((block) => !isOwn(block));
  return outside.length === 0 || attachWrite(disk, inode, change, part, outside);
}

/** Data of a block that the file has: it may land sector by sector, whatever the metadata does. */
function landInPlace(
  disk: DiskState,
  inode: DiskInode,
  change: Write,
  part: Part,
  block: number,
): void {
  const from = Math.max(change.offset, block * blockBytes);
  const to = Math.min(change.offset + change.length, blockEnd(block));
  fillCells(disk, inode, { from, to }, (before) =>
    part.isForced ? change.letter : eitherLetters(before, change.letter),
  );
  if (part.metadata !== 'absent') inode.sizeBytes = Math.max(inode.sizeBytes, to);
}

/** Data for which the file gets blocks, on btrfs also in place of those that it has. */
function attachWrite(
  disk: DiskState,
  inode: DiskInode,
  change: Write,
  part: Part,
  blocks: readonly number[],
): boolean {
  if (part.attach === 'skip') {
    for (const block of blocks) inode.unwritten.add(block);
    return true;
  }
  if (blocks.some((block) => inode.unwritten.has(block))) return false;
  for (const block of blocks) {
    const from = Math.max(change.offset, block * blockBytes);
    const to = Math.min(change.offset + change.length, blockEnd(block));
    fillCells(disk, inode, { from, to }, () =>
      part.attach === 'new' ? change.letter : eitherLetters('0', change.letter),
    );
    inode.blocks.set(block, change.generations.get(block) ?? 0);
  }
  inode.sizeBytes = Math.max(inode.sizeBytes, change.offset + change.length);
  return true;
}
