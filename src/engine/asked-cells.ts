/**
 * Whether watched values were computed from a cell, asked for every open write at every operation. The answer stays as
 * long as the same sets of cells were read, so it is remembered cell by cell until then.
 */
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import type { ObservedState } from '../model/observed-state.ts';
import { isAmong, type Reads, type WatchedCells } from './watched.ts';

/** Answers for the disk as it is now. */
export class AskedCells {
  /** Set it when a cell changed that something was ever read from. */
  isStale = true;
  readonly #watched: readonly WatchedCells[];
  #reads: readonly Reads[] = [];
  /** Number of the sets that the answers are for; two answers of each: read, and not read. */
  #turn = 0;
  /** Per volume and cell: twice the number of the sets, and one more where it was read. */
  readonly #answers: ReadonlyMap<VolumeId, Int32Array>;

  constructor(
    watched: readonly WatchedCells[],
    states: ReadonlyMap<VolumeId, Pick<ObservedState, 'table'>>,
  ) {
    this.#watched = watched;
    this.#answers = new Map(
      [...states].map(([volume, { table }]) => [volume, new Int32Array(table.size)]),
    );
  }

  /** Whether something was computed from the cell; also where something is not known of this disk yet. */
  has(volume: VolumeId, cell: Cell): boolean {
    if (this.isStale && !this.#refresh()) return true;
    const answers = this.#answers.get(volume);
    if (answers === undefined) return false;
    const known = answers[cell] ?? 0;
    if (known >> 1 === this.#turn) return (known & 1) === 1;
    const isRead = this.#reads.some((reads) => isAmong(reads, volume, cell));
    answers[cell] = 2 * this.#turn + (isRead ? 1 : 0);
    return isRead;
  }

  /** False when something is not known of this disk. */
  #refresh(): boolean {
    const now: Reads[] = [];
    for (const { reads } of this.#watched) {
      if (reads === undefined) return false;
      now.push(reads);
    }
    this.isStale = false;
    if (this.#turn > 0 && now.every((reads, index) => reads === this.#reads[index])) return true;
    this.#reads = now;
    this.#turn++;
    return true;
  }
}
