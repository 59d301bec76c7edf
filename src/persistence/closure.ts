/**
 * What an fsync makes durable on a file system whose fsync does not carry everything before it: persistence.md 3.4
 * point 2 (btrfs) and 3.6 (vfat).
 */
import type { Inode } from '../model/cell-table.ts';
import type { BarrierEffect } from '../model/operation.ts';
import type { Compiled } from './compiled.ts';

/** Those of the pending micro-operations that the barrier brings to the disk. */
export function syncClosure(
  compiled: Compiled,
  effect: BarrierEffect,
  pending: ReadonlySet<number>,
): ReadonlySet<number> {
  const chosen = new Set<number>();
  const ofDirectory = effect.scope === 'fsync-directory';
  const inodes = new Set<Inode>([effect.inode]);
  for (const micro of pending) {
    if (belongs(compiled, micro, effect, ofDirectory)) chosen.add(micro);
  }
  if (compiled.profile.metadataOrder !== 'log-tree') return chosen;
  if (ofDirectory) addNewInodes(compiled, pending, chosen);
  addParents(compiled, pending, chosen, inodes);
  return chosen;
}

function belongs(
  compiled: Compiled,
  micro: number,
  effect: BarrierEffect,
  ofDirectory: boolean,
): boolean {
  const ownInode = compiled.inodeOf[micro] === effect.inode;
  const ownName = ofDirectory && compiled.directoryOf[micro] === effect.inode;
  return ownInode || ownName;
}

/** The inodes behind new names come along, without their data: only their creation, which is one with the name. */
function addNewInodes(compiled: Compiled, pending: ReadonlySet<number>, chosen: Set<number>): void {
  const inodes = new Set([...chosen].map((micro) => compiled.inodeOf[micro] ?? 0));
  for (const micro of pending) {
    const creates = (compiled.directoryOf[micro] ?? 0) !== 0;
    if (creates && inodes.has(compiled.inodeOf[micro] ?? 0)) chosen.add(micro);
  }
}

/** New ancestor directories of what was synced. */
function addParents(
  compiled: Compiled,
  pending: ReadonlySet<number>,
  chosen: Set<number>,
  inodes: Set<Inode>,
): void {
  for (const micro of chosen) inodes.add(compiled.directoryOf[micro] ?? 0);
  for (let grown = true; grown;) {
    grown = false;
    for (const micro of pending) {
      const made = (compiled.directoryOf[micro] ?? 0) !== 0;
      if (!made || chosen.has(micro) || !inodes.has(compiled.inodeOf[micro] ?? 0)) continue;
      chosen.add(micro);
      inodes.add(compiled.directoryOf[micro] ?? 0);
      grown = true;
    }
  }
}
