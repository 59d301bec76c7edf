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
  for (const micro of pending) {
    if (belongs(compiled, micro, effect, ofDirectory)) chosen.add(micro);
  }
  if (compiled.profile.fsyncScope !== 'closure') return chosen;
  if (ofDirectory) addNewInodes(compiled, pending, chosen);
  addParents(compiled, pending, chosen);
  return chosen;
}

function belongs(
  compiled: Compiled,
  micro: number,
  effect: BarrierEffect,
  ofDirectory: boolean,
): boolean {
  const ownInode = compiled.inodeOf[micro] === effect.inode && !removesName(compiled, micro);
  const ownName = ofDirectory && compiled.directoryOf[micro] === effect.inode;
  return ownInode || ownName;
}

/** Whether a micro-operation only takes a name away: an fsync of the file leaves that to the next commit. */
function removesName(compiled: Compiled, micro: number): boolean {
  const effect = effectOf(compiled, micro);
  if (effect?.kind === 'unlink') return true;
  if (effect?.kind !== 'rename' || effect.fromDirectory === effect.toDirectory) return false;
  return compiled.directoryOf[micro] === effect.fromDirectory;
}

function effectOf(compiled: Compiled, micro: number) {
  return compiled.operations[compiled.operationOf[micro] ?? -1]?.effect;
}

/** Whether a micro-operation makes its inode: a creation is one with the first name. */
function creates(compiled: Compiled, micro: number): boolean {
  const effect = effectOf(compiled, micro);
  return effect?.kind === 'link' && effect.created !== undefined;
}

/** The inodes behind new names come along, without their data. */
function addNewInodes(compiled: Compiled, pending: ReadonlySet<number>, chosen: Set<number>): void {
  const inodes = new Set([...chosen].map((micro) => compiled.inodeOf[micro] ?? 0));
  for (const micro of pending) {
    if (creates(compiled, micro) && inodes.has(compiled.inodeOf[micro] ?? 0)) chosen.add(micro);
  }
}

/** New ancestor directories of what was synced. */
function addParents(compiled: Compiled, pending: ReadonlySet<number>, chosen: Set<number>): void {
  const inodes = new Set<Inode>();
  for (const micro of chosen) inodes.add(compiled.directoryOf[micro] ?? 0);
  for (let grown = true; grown;) {
    grown = false;
    for (const micro of pending) {
      const made = (compiled.directoryOf[micro] ?? 0) !== 0 && !removesName(compiled, micro);
      if (!made || chosen.has(micro) || !inodes.has(compiled.inodeOf[micro] ?? 0)) continue;
      chosen.add(micro);
      inodes.add(compiled.directoryOf[micro] ?? 0);
      grown = true;
    }
  }
}
