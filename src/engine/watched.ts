/**
 * A value computed from a disk that is computed again only when a cell that it read has changed. This is what keeps a
 * boot verdict at a few hundred evaluations in a sweep over thousands of disks.
 */
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import type { ObservedState } from '../model/observed-state.ts';

type Reads = Map<VolumeId, Set<Cell>>;

/** A cached reading of some observed states. Readings may be nested; the outer one inherits the cells of the inner. */
export class Watched<Value> {
  readonly #states: ReadonlyMap<VolumeId, ObservedState>;
  readonly #compute: () => Value;
  #reads: Reads = new Map();
  #cached: { readonly value: Value } | undefined;
  /** How often the value was computed; for the bench. */
  computations = 0;

  constructor(states: ReadonlyMap<VolumeId, ObservedState>, compute: () => Value) {
    this.#states = states;
    this.#compute = compute;
  }

  /** A cell has changed. */
  changed(volume: VolumeId, cell: Cell): void {
    if (this.#reads.get(volume)?.has(cell) === true) this.#cached = undefined;
  }

  /** Whether the value was computed from this cell. */
  dependsOn(volume: VolumeId, cell: Cell): boolean {
    return this.#cached === undefined || this.#reads.get(volume)?.has(cell) === true;
  }

  /** The value for the disk as it is now. */
  get(): Value {
    this.#cached ??= { value: this.#observe() };
    for (const [volume, state] of this.#states) {
      if (state.reads === undefined) continue;
      for (const cell of this.#reads.get(volume) ?? []) state.reads.add(cell);
    }
    return this.#cached.value;
  }

  /**
   * Remembers what is known now, and gives a way back to it: for whoever changes cells, asks, and puts them back as they
   * were, so that nothing need be computed a second time.
   */
  hold(): () => void {
    const cached = this.#cached;
    const reads = this.#reads;
    return () => {
      this.#cached = cached;
      this.#reads = reads;
    };
  }

  #observe(): Value {
    this.computations++;
    const outer = new Map<VolumeId, Set<Cell> | undefined>();
    for (const [volume, state] of this.#states) {
      outer.set(volume, state.reads);
      state.reads = new Set();
    }
    const value = this.#compute();
    const reads: Reads = new Map();
    for (const [volume, state] of this.#states) {
      reads.set(volume, state.reads ?? new Set());
      state.reads = outer.get(volume);
    }
    this.#reads = reads;
    return value;
  }
}
