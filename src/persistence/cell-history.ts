/**
 * How the cells of a volume change over time, as one journal of (instant, cell, old, new): a disk at an instant is a
 * value, and going there and back again is the identity. The prototypes measured this against copies and tries.
 */
import type { Cell } from '../model/cell-table.ts';
import type { Compiled } from './compiled.ts';
import { CrashState } from './crash-state.ts';

/** A journal of cell changes, and the cells at the instant that was asked for last. */
export class CellHistory {
  /** One value per cell, at {@link nowMicroseconds}. */
  readonly cells: Int32Array;
  readonly #instants: Float64Array;
  readonly #changed: Int32Array;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  #position = 0;

  /** `durableMicroseconds` says when each micro-operation reaches the disk; Infinity for never. */
  constructor(compiled: Compiled, durableMicroseconds: Float64Array) {
    const journal = new Journal();
    const state = new CrashState(compiled, (cell, value, before) => {
      journal.note(cell, before, value);
    });
    this.cells = state.cells.slice();
    for (const micro of arrivals(durableMicroseconds)) {
      journal.now = durableMicroseconds[micro] ?? Infinity;
      state.set(micro, true);
    }
    this.#instants = Float64Array.from(journal.instants);
    this.#changed = Int32Array.from(journal.cells);
    this.#before = Int32Array.from(journal.before);
    this.#after = Int32Array.from(journal.after);
  }

  /** How many changes there are. */
  get length(): number {
    return this.#changed.length;
  }

  /** Bytes of the journal. */
  get sizeBytes(): number {
    const { byteLength } = this.#instants;
    return byteLength + 3 * this.#changed.byteLength;
  }

  /** Shows the cells as they are when everything has arrived that arrives until `now`, that instant included. */
  seek(now: number): void {
    while ((this.#instants[this.#position] ?? Infinity) <= now) this.#forth();
    while ((this.#instants[this.#position - 1] ?? -Infinity) > now) this.#back();
  }

  #forth(): void {
    const at = this.#position++;
    this.cells[this.#changed[at] ?? 0] = this.#after[at] ?? 0;
  }

  #back(): void {
    const at = --this.#position;
    this.cells[this.#changed[at] ?? 0] = this.#before[at] ?? 0;
  }
}

class Journal {
  now = -Infinity;
  readonly instants: number[] = [];
  readonly cells: Cell[] = [];
  readonly before: number[] = [];
  readonly after: number[] = [];

  note(cell: Cell, before: number, after: number): void {
    this.instants.push(this.now);
    this.cells.push(cell);
    this.before.push(before);
    this.after.push(after);
  }
}

/** Micro-operations that arrive, in the order of their instants. */
function arrivals(durableMicroseconds: Float64Array): readonly number[] {
  return Array.from(durableMicroseconds.keys())
    .filter((micro) => (durableMicroseconds[micro] ?? Infinity) < Infinity)
    .sort(
      (left, right) =>
        (durableMicroseconds[left] ?? 0) - (durableMicroseconds[right] ?? 0) || left - right,
    );
}
