/**
 * Free space of one file system while a machine runs. Changes are followed one by one; where a snapshot makes that a
 * guess, everything is counted again before a program is told that the disk is full.
 */
import { subvolumeOf, unwritten, type Inode } from '../model/cell-table.ts';
import type { Effect } from '../model/operation.ts';
import { allocatedBytes, blockBytes, usedBytes } from '../model/space.ts';
import type { RamTree } from './ram-tree.ts';

/** What statfs(2) tells. */
export interface FreeSpace {
  readonly sizeBytes: number;
  readonly freeBytes: number;
}

/** How much a file system held at most, since when. */
export interface SpacePeak {
  readonly atMicroseconds: number;
  readonly usedBytes: number;
}

/** How much room a volume has. */
export interface Account {
  /** Each new maximum, with the time at which it was reached. */
  readonly peaks: readonly SpacePeak[];
  readonly free: FreeSpace;
  /** Takes the room that an effect needs, before it is done; false when there is none. */
  take(effect: Effect, nowMicroseconds: number): boolean;
}

/** An account that follows every change. */
export class SpaceAccount implements Account {
  readonly capacityBytes: number;
  /** Each new maximum, with the time at which it was reached. */
  readonly peaks: SpacePeak[] = [];
  readonly #tree: RamTree;
  #used: number;
  #isGuess = false;

  constructor(tree: RamTree, capacityBytes: number) {
    this.#tree = tree;
    this.capacityBytes = capacityBytes;
    this.#used = this.#count();
  }

  #count(): number {
    const { live, description } = this.#tree.volume;
    return usedBytes(live, description.profile) + heldBytes(this.#tree);
  }

  /** What is free. */
  get free(): FreeSpace {
    this.#settle();
    const freeBytes = Math.max(0, this.capacityBytes - this.#used);
    return { sizeBytes: this.capacityBytes, freeBytes };
  }

  #settle(): void {
    if (this.#isGuess) this.#used = this.#count();
    this.#isGuess = false;
  }

  /** Takes the room that an effect needs, before it is done; false when there is none. */
  take(effect: Effect, nowMicroseconds: number): boolean {
    const change = this.#changeOf(effect);
    if (change > 0 && this.#used + change > this.capacityBytes) {
      this.#settle();
      if (this.#used + change > this.capacityBytes) return false;
    }
    this.#used += change;
    const before = this.peaks.at(-1)?.usedBytes ?? 0;
    if (this.#used > before) {
      this.peaks.push({ atMicroseconds: nowMicroseconds, usedBytes: this.#used });
    }
    return true;
  }

  #changeOf(effect: Effect): number {
    switch (effect.kind) {
      case 'write': {
        const end = Math.max(effect.sizeBeforeBytes, effect.offsetBytes + effect.data.sizeBytes);
        return this.#rewritten(effect.inode, effect.sizeBeforeBytes, end);
      }
      case 'truncate':
        return this.#rewritten(effect.inode, effect.sizeBeforeBytes, effect.sizeBytes);
      case 'link':
        return effect.created?.kind === 'directory' ? this.#directoryBytes : 0;
      case 'unlink':
        return this.#gone(effect.inode);
      case 'rename':
        return effect.replaced === 0 ? 0 : this.#gone(effect.replaced);
      case 'subvolume':
        this.#isGuess = true;
        return 0;
      default:
        return 0;
    }
  }

  get #directoryBytes(): number {
    return this.#tree.volume.description.profile === 'btrfs' ? 0 : blockBytes;
  }

  /** Blocks that a snapshot shares stay where they are: the new content needs blocks of its own. */
  #rewritten(inode: Inode, beforeBytes: number, afterBytes: number): number {
    const own = this.#isShared(inode) ? 0 : allocatedBytes(beforeBytes);
    return allocatedBytes(afterBytes) - own;
  }

  #gone(inode: Inode): number {
    if (this.#tree.attributesOf(inode).kind === 'directory') {
      this.#isGuess = true;
      return 0;
    }
    if (this.#tree.held.has(inode)) return 0;
    if (this.#tree.linkCount(inode) > 1 || this.#isShared(inode)) return 0;
    return -allocatedBytes(this.#tree.contentOf(inode).sizeBytes);
  }

  #isShared(inode: Inode): boolean {
    const shared = mayShare(this.#tree, inode);
    if (shared) this.#isGuess = true;
    return shared;
  }
}

/** Whether another subvolume may hold the same blocks. */
function mayShare({ volume }: RamTree, inode: Inode): boolean {
  if (volume.description.profile !== 'btrfs') return false;
  const { table, live } = volume;
  const cell = table.findContentCell(inode);
  const inherits = cell === undefined || live.value(cell) === unwritten;
  return (
    (inherits && table.sourceOf(subvolumeOf(inode)) !== undefined) ||
    (cell !== undefined && table.wasFrozenWith(subvolumeOf(inode), cell, live.value(cell)))
  );
}

/** Bytes of files without a name that running programs keep; blocks that a snapshot holds as well are not counted. */
export function heldBytes(tree: RamTree): number {
  let bytes = 0;
  for (const inode of tree.held) {
    if (tree.linkCount(inode) > 0 || mayShare(tree, inode)) continue;
    bytes += allocatedBytes(tree.contentOf(inode).sizeBytes);
  }
  return bytes;
}
