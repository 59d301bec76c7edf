/**
 * What an fsync makes durable on a file system whose fsync does not carry everything before it: persistence.md 3.4
 * point 2 (btrfs) and 3.6 (vfat).
 */
import type { Inode } from '../model/cell-table.ts';
import type { BarrierEffect, Effect } from '../model/operation.ts';
import type { Compiled } from './compiled.ts';
import { concernsSubvolume, effectOfMicro, removesName } from './micro-facts.ts';

/** What a barrier brings to the disk. */
export interface Closure {
  readonly micros: ReadonlySet<number>;
  /** Inodes behind the names that it brings: they exist even where their first name does not. */
  readonly born: ReadonlySet<Inode>;
}

/** Those of the pending micro-operations that the barrier brings to the disk, and the inodes behind them. */
export function closureOf(
  compiled: Compiled,
  barrier: BarrierEffect,
  pending: Iterable<number>,
): Closure {
  const gathering = new Gathering(compiled, [...pending]);
  for (const micro of gathering.pending) {
    if (isClaimed(compiled, micro, barrier)) gathering.add(micro);
  }
  if (compiled.profile.fsyncScope === 'closure') gathering.addNeeds(barrier.inode);
  return gathering;
}

/** The same for a clock, which knows micro-operations alone: what creates an inode comes with it. */
export function syncClosure(
  compiled: Compiled,
  barrier: BarrierEffect,
  pending: ReadonlySet<number>,
): ReadonlySet<number> {
  const { micros, born } = closureOf(compiled, barrier, pending);
  const chosen = new Set(micros);
  for (const micro of born.size === 0 ? [] : pending) {
    if (creates(compiled, micro) && born.has(compiled.inodeOf[micro] ?? 0)) chosen.add(micro);
  }
  return chosen;
}

/** Whether an fsync of an inode asks for a micro-operation: its names, its attributes; of a directory, its entries. */
function isClaimed(compiled: Compiled, micro: number, { inode, scope }: BarrierEffect): boolean {
  const effect = effectOfMicro(compiled, micro);
  if (effect === undefined || concernsSubvolume(effect)) return false;
  const touches = (directory: Inode): boolean => scope === 'fsync-directory' && directory === inode;
  switch (effect.kind) {
    case 'unlink':
      return touches(effect.directory);
    case 'rename':
      return isRenameClaimed(compiled, micro, effect, inode, touches);
    case 'exchange':
      return (
        [effect.fromInode, effect.toInode].includes(inode) ||
        touches(effect.fromDirectory) ||
        touches(effect.toDirectory)
      );
    case 'link':
      return effect.inode === inode || touches(effect.directory);
    default:
      return compiled.inodeOf[micro] === inode;
  }
}

/** A rename that leaves the synced directory is asked for in whole; one that enters it only for its new name. */
function isRenameClaimed(
  compiled: Compiled,
  micro: number,
  effect: Extract<Effect, { kind: 'rename' }>,
  inode: Inode,
  touches: (directory: Inode) => boolean,
): boolean {
  if (touches(effect.fromDirectory)) return true;
  const concerns = effect.inode === inode || touches(effect.toDirectory);
  return concerns && !removesName(compiled, micro);
}

function creates(compiled: Compiled, micro: number): boolean {
  const effect = effectOfMicro(compiled, micro);
  return effect?.kind === 'link' && effect.created !== undefined;
}

class Gathering implements Closure {
  readonly pending: readonly number[];
  readonly micros = new Set<number>();
  readonly born = new Set<Inode>();
  readonly #compiled: Compiled;

  constructor(compiled: Compiled, pending: readonly number[]) {
    this.#compiled = compiled;
    this.pending = pending;
  }

  add(micro: number): void {
    this.micros.add(micro);
  }

  /** Names need the inodes behind them, and the new directories above them; so does the synced inode itself. */
  addNeeds(inode: Inode): void {
    const above = [inode];
    for (const micro of this.micros) above.push(...this.#needsOf(micro));
    for (const directory of above) {
      for (const micro of this.pending) {
        if (this.#compiled.inodeOf[micro] !== directory || !creates(this.#compiled, micro)) {
          continue;
        }
        if (!this.micros.has(micro) && this.#isDirectory(micro)) {
          this.micros.add(micro);
          this.born.add(directory);
        }
        if (this.micros.has(micro)) above.push(this.#compiled.directoryOf[micro] ?? 0);
      }
    }
  }

  #isDirectory(micro: number): boolean {
    const effect = effectOfMicro(this.#compiled, micro);
    return effect?.kind === 'link' && effect.created?.kind === 'directory';
  }

  #needsOf(micro: number): readonly Inode[] {
    const effect = effectOfMicro(this.#compiled, micro);
    switch (effect?.kind) {
      case 'link':
        this.born.add(effect.inode);
        return [effect.directory];
      case 'rename':
        this.born.add(effect.inode);
        return [effect.toDirectory];
      case 'exchange':
        this.born.add(effect.fromInode).add(effect.toInode);
        return [effect.fromDirectory, effect.toDirectory];
      default:
        return [];
    }
  }
}
