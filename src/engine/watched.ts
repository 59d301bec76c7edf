/**
 * A value computed from a disk, once for each way in which the cells that it reads can be. A digest over every cell that
 * it ever read moves with those cells, so a disk that was seen before, as far as this value is concerned, is recognised
 * by two words. This keeps a boot verdict at a few hundred evaluations in a sweep over thousands of disks. Two disks
 * share a key of 53 bits with odds of one in 10^16; among 10,000 that differ a mistake has odds of one in 10^8.
 */
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import type { ObservedState } from '../model/observed-state.ts';
import { mix } from '../persistence/content-codes.ts';

type Reads = ReadonlyMap<VolumeId, ReadonlySet<Cell>>;

interface Known<Value> {
  readonly value: Value;
  /** Number of the value among those that differ. */
  readonly number: number;
  /** Cells that it was computed from. */
  readonly reads: Reads;
}

/** A value that another one is computed from. */
export interface WatchedInput {
  readonly number: number;
  silent: boolean;
  dependsOn(volume: VolumeId, cell: Cell): boolean;
}

/** What a value is computed from besides cells. */
export interface Watching<Value> {
  readonly states: ReadonlyMap<VolumeId, ObservedState>;
  readonly compute: () => Value;
  /** Values that it is computed from: as long as they stay equal, the cells behind them do not matter. */
  readonly inputs?: readonly WatchedInput[];
  /** Equal texts mean equal values; without it every computation makes a value of its own. */
  readonly identify?: (value: Value) => string;
}

/** A remembered reading of some observed states. A reading inside another hands on the cells that it read. */
export class Watched<Value> implements WatchedInput {
  readonly #watching: Watching<Value>;
  readonly #inputs: readonly WatchedInput[];
  /** Every cell that was ever read, and the digest of what they hold now. */
  readonly #ever: ReadonlyMap<VolumeId, Set<Cell>>;
  readonly #salts: ReadonlyMap<VolumeId, number>;
  #low = 0;
  #high = 0;
  #known = new Map<string | number, Known<Value>>();
  readonly #distinct = new Map<string, { readonly value: Value; readonly number: number }>();
  #current: Known<Value> | undefined;
  /** Set while something is computed from it that asks it for itself: then its cells are not handed on. */
  silent = false;
  /** How often the value was computed; for the bench. */
  computations = 0;

  constructor(watching: Watching<Value>) {
    this.#watching = watching;
    this.#inputs = watching.inputs ?? [];
    const volumes = [...watching.states.keys()];
    this.#ever = new Map(volumes.map((volume) => [volume, new Set<Cell>()]));
    this.#salts = new Map(volumes.map((volume, index) => [volume, mix(index + 1, 0x51ed270b)]));
  }

  /** A cell has changed. */
  changed(volume: VolumeId, cell: Cell, value: number, before: number): void {
    if (this.#ever.get(volume)?.has(cell) !== true) return;
    this.#current = undefined;
    this.#move(volume, cell, before);
    this.#move(volume, cell, value);
  }

  #move(volume: VolumeId, cell: Cell, value: number): void {
    const salt = Math.imul(cell, 0x9e3779b1) ^ (this.#salts.get(volume) ?? 0);
    this.#low ^= mix(value, salt);
    this.#high ^= mix(value, ~salt);
  }

  /** Whether the value was computed from this cell. */
  dependsOn(volume: VolumeId, cell: Cell): boolean {
    const known = this.#now();
    if (known === undefined || known.reads.get(volume)?.has(cell) === true) return true;
    return this.#inputs.some((input) => input.dependsOn(volume, cell));
  }

  /** The value for the disk as it is now. */
  get(): Value {
    const known = this.#now() ?? this.#learn();
    if (!this.silent) this.#handOn(known.reads);
    return known.value;
  }

  /** Number of the value for the disk as it is now: equal values have equal numbers. */
  get number(): number {
    this.get();
    return this.#current?.number ?? 0;
  }

  #handOn(reads: Reads): void {
    for (const [volume, state] of this.#watching.states) {
      if (state.reads === undefined) continue;
      for (const cell of reads.get(volume) ?? []) state.reads.add(cell);
    }
  }

  #key(): string | number {
    const own = (this.#low >>> 0) * 2 ** 21 + (this.#high & 0x1fffff);
    if (this.#inputs.length === 0) return own;
    return [own, ...this.#inputs.map(({ number }) => number)].join();
  }

  #now(): Known<Value> | undefined {
    if (this.#inputs.length > 0) return (this.#current = this.#known.get(this.#key()));
    return (this.#current ??= this.#known.get(this.#key()));
  }

  #learn(): Known<Value> {
    this.computations++;
    const { states, compute } = this.#watching;
    const outer = new Map<VolumeId, Set<Cell> | undefined>();
    for (const [volume, state] of states) {
      outer.set(volume, state.reads);
      state.reads = new Set();
    }
    for (const input of this.#inputs) input.silent = true;
    const computed = compute();
    for (const input of this.#inputs) input.silent = false;
    const reads = new Map<VolumeId, ReadonlySet<Cell>>();
    for (const [volume, state] of states) {
      reads.set(volume, state.reads ?? new Set());
      state.reads = outer.get(volume);
    }
    if (this.#widen(reads)) this.#known = new Map();
    const known = { ...this.#distinctOf(computed), reads };
    this.#known.set(this.#key(), known);
    this.#current = known;
    return known;
  }

  /** Cells that were never read before join the digest; what was known without them has no key any more. */
  #widen(reads: Reads): boolean {
    let wider = false;
    for (const [volume, cells] of reads) {
      const ever = this.#ever.get(volume);
      const state = this.#watching.states.get(volume);
      for (const cell of cells) {
        if (ever === undefined || state === undefined || ever.has(cell)) continue;
        ever.add(cell);
        this.#move(volume, cell, state.cells[cell] ?? 0);
        wider = true;
      }
    }
    return wider;
  }

  #distinctOf(value: Value): { readonly value: Value; readonly number: number } {
    const { identify } = this.#watching;
    const text = identify === undefined ? String(this.#distinct.size) : identify(value);
    let distinct = this.#distinct.get(text);
    if (distinct === undefined) {
      distinct = { value, number: this.#distinct.size };
      this.#distinct.set(text, distinct);
    }
    return distinct;
  }
}
