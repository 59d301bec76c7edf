/**
 * A value computed from a disk, once for each way in which the cells that it reads can be. A digest over every cell that
 * it ever read moves with those cells, so a disk that was seen before, as far as this value is concerned, is recognised
 * by two words. This keeps a boot verdict at a few hundred evaluations in a sweep over thousands of disks. Two disks
 * share a key of 53 bits with odds of one in 10^16; among 10,000 that differ a mistake has odds of one in 10^8.
 */
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import { mix, type Digest } from '../model/mix.ts';
import type { ObservedState } from '../model/observed-state.ts';

type CellSets = ReadonlyMap<VolumeId, ReadonlySet<Cell>>;

/**
 * Cells that a computation did not read itself, because what they lead to is remembered elsewhere. Good for the disk
 * that it was computed on.
 */
export interface RememberedReads {
  has(volume: VolumeId, cell: Cell): boolean;
  /** Those that were not yet handed to whoever joins them to what it knows. */
  takeNew(joining: object, take: (volume: VolumeId, cell: Cell) => void): void;
  each(take: (volume: VolumeId, cell: Cell) => void): void;
}

/** Cells that something was computed from; equal ones that it read itself are one object per value that is watched. */
export interface Reads {
  readonly own: CellSets;
  readonly remembered?: RememberedReads | undefined;
}

/** Whether a cell is among them. */
export function isAmong({ own, remembered }: Reads, volume: VolumeId, cell: Cell): boolean {
  return own.get(volume)?.has(cell) === true || remembered?.has(volume, cell) === true;
}

interface Known<Value> {
  readonly value: Value;
  /** Number of the value among those that differ. */
  readonly number: number;
  /** Cells that it was computed from. */
  readonly reads: Reads;
}

/** Cells of one volume that were ever read, and the digest of what they hold now. */
interface Part extends Digest {
  readonly ever: Set<Cell>;
  readonly salt: number;
}

function move(part: Part, cell: Cell, value: number): void {
  const salt = Math.imul(cell, 0x9e3779b1) ^ part.salt;
  part.low ^= mix(value, salt);
  part.high ^= mix(value, ~salt);
}

/** What was read while the inputs were equal, and what is known of it. */
interface Group<Value> {
  readonly parts: ReadonlyMap<VolumeId, Part>;
  known: Map<number, Known<Value>>;
}

function ownKey({ parts }: Group<unknown>): number {
  let low = 0;
  let high = 0;
  for (const part of parts.values()) {
    low ^= part.low;
    high ^= part.high;
  }
  return keyOf(low, high);
}

function keyOf(low: number, high: number): number {
  return (low >>> 0) * 2 ** 21 + (high & 0x1fffff);
}

/** A value that another one is computed from. */
export interface WatchedInput {
  readonly number: number;
  silent: boolean;
  dependsOn(volume: VolumeId, cell: Cell): boolean;
}

/** What whoever moves the cells must know of a value that is computed from them. */
export interface WatchedCells {
  readonly reads: Reads | undefined;
  changed(volume: VolumeId, cell: Cell, value: number, before: number): boolean;
}

/** What a value is computed from besides cells. */
export interface Watching<Value> {
  readonly states: ReadonlyMap<VolumeId, ObservedState>;
  readonly compute: () => Value;
  /** Values that it is computed from: as long as they stay equal, the cells behind them do not matter. */
  readonly inputs?: readonly WatchedInput[];
  /** Equal texts mean equal values; without it every computation makes a value of its own. */
  readonly identify?: (value: Value) => string;
  /** Where a computation remembers parts: the cells that the last one did not read itself. */
  readonly remembered?: () => RememberedReads | undefined;
}

/** A remembered reading of some observed states. A reading inside another hands on the cells that it read. */
export class Watched<Value> implements WatchedInput, WatchedCells {
  readonly #watching: Watching<Value>;
  readonly #inputs: readonly WatchedInput[];
  /**
   * Cells by the numbers of the inputs: what is read only under another boot menu does not make two disks differ. Under
   * equal inputs equal cells lead to equal reads, so a group never misses a cell.
   */
  readonly #groups = new Map<string, Group<Value>>();
  readonly #distinct = new Map<string, { readonly value: Value; readonly number: number }>();
  /** What is known of the disk as it is now; undefined after a change that concerns it. */
  #current: Known<Value> | undefined;
  #distinctCount = 0;
  /** The group that the inputs led to when they were asked last, and their numbers then. */
  #here: Group<Value> | undefined;
  readonly #numbers: number[] = [];
  /** Per cell of a volume: 1 for those that some group ever read. */
  readonly #everRead: ReadonlyMap<VolumeId, Uint8Array>;
  /** Sets of cells by their digests, so that thousands of equal ones are kept once. */
  readonly #readsByDigest = new Map<number, CellSets>();
  /** Sets without anything remembered, so that they too are one object. */
  readonly #plain = new WeakMap<CellSets, Reads>();
  readonly #names = new WeakMap<object, { readonly value: Value; readonly number: number }>();
  /** Set while something is computed from it that asks it for itself: then its cells are not handed on. */
  silent = false;
  /** How often the value was computed; for the bench. */
  computations = 0;
  /** How often cells joined those that were ever read: digests from before do not compare with those from after. */
  widenings = 0;

  constructor(watching: Watching<Value>) {
    this.#watching = watching;
    this.#inputs = watching.inputs ?? [];
    this.#everRead = new Map(
      [...watching.states].map(([volume, { cells }]) => [volume, new Uint8Array(cells.length)]),
    );
  }

  /** The cells of the inputs as they are now. */
  #group(): Group<Value> {
    let isHere = this.#here !== undefined;
    for (let index = 0; index < this.#inputs.length; index++) {
      const number = this.#inputs[index]?.number ?? 0;
      if (this.#numbers[index] === number) continue;
      this.#numbers[index] = number;
      isHere = false;
    }
    if (!isHere || this.#here === undefined) {
      this.#here = this.#groupNamed(this.#numbers.join());
      this.#current = undefined;
    }
    return this.#here;
  }

  #groupNamed(name: string): Group<Value> {
    let group = this.#groups.get(name);
    if (group === undefined) {
      const volumes = [...this.#watching.states.keys()];
      const parts = volumes.map((volume, index): readonly [VolumeId, Part] => {
        const salt = mix(index + 1, 0x51ed270b);
        return [volume, { ever: new Set<Cell>(), salt, low: 0, high: 0 }];
      });
      this.#groups.set(name, (group = { parts: new Map(parts), known: new Map() }));
      this.widenings++;
    }
    return group;
  }

  /** Digest of what the cells of one volume hold now that were ever read, whatever the inputs are. */
  partOf(volume: VolumeId): Digest {
    let low = 0;
    let high = 0;
    for (const { parts } of this.#groups.values()) {
      const part = parts.get(volume);
      low = mix(low ^ (part?.low ?? 0), 0x2545f491);
      high = mix(high ^ (part?.high ?? 0), 0x6a09e667);
    }
    return { low, high };
  }

  /** Digest of everything that the value depends on as the inputs are now. */
  get key(): string {
    return [...this.#inputs.map(({ number }) => number), ownKey(this.#group())].join();
  }

  /** A cell has changed. False when nothing was ever read from it. */
  changed(volume: VolumeId, cell: Cell, value: number, before: number): boolean {
    if (this.#everRead.get(volume)?.[cell] !== 1) return false;
    this.#current = undefined;
    for (const { parts } of this.#groups.values()) {
      const part = parts.get(volume);
      if (part?.ever.has(cell) !== true) continue;
      move(part, cell, before);
      move(part, cell, value);
    }
    return true;
  }

  /** Whether the value was computed from this cell. */
  dependsOn(volume: VolumeId, cell: Cell): boolean {
    const known = this.#now();
    if (known === undefined || isAmong(known.reads, volume, cell)) return true;
    return this.#inputs.some((input) => input.dependsOn(volume, cell));
  }

  /**
   * Cells that the value of the disk as it is now was computed from, those of the inputs apart; undefined as long as that
   * is not known.
   */
  get reads(): Reads | undefined {
    return this.#now()?.reads;
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

  #handOn({ own, remembered }: Reads): void {
    let isNoting = false;
    for (const [volume, state] of this.#watching.states) {
      if (state.reads === undefined) continue;
      isNoting = true;
      for (const cell of own.get(volume) ?? []) state.reads.add(cell);
    }
    if (!isNoting) return;
    remembered?.each((volume, cell) => {
      this.#watching.states.get(volume)?.reads?.add(cell);
    });
  }

  #now(): Known<Value> | undefined {
    const group = this.#group();
    return (this.#current ??= group.known.get(ownKey(group)));
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
    const group = this.#group();
    // What was known without these cells has no key any more.
    const remembered = this.#watching.remembered?.();
    if (this.#widen(group, reads, remembered)) group.known = new Map();
    const known = { ...this.#distinctOf(computed), reads: this.#readsOf(reads, remembered) };
    group.known.set(ownKey(group), known);
    this.#current = known;
    return known;
  }

  /** Cells that were never read before join the digest. */
  #widen(group: Group<Value>, reads: CellSets, remembered: RememberedReads | undefined): boolean {
    const { parts } = group;
    let wider = false;
    const join = (volume: VolumeId, cell: Cell): void => {
      const part = parts.get(volume);
      if (part === undefined || part.ever.has(cell)) return;
      part.ever.add(cell);
      this.#everRead.get(volume)?.fill(1, cell, cell + 1);
      move(part, cell, this.#watching.states.get(volume)?.cells[cell] ?? 0);
      wider = true;
    };
    for (const [volume, cells] of reads) for (const cell of cells) join(volume, cell);
    remembered?.takeNew(group, join);
    if (wider) this.widenings++;
    return wider;
  }

  #readsOf(cells: CellSets, remembered: RememberedReads | undefined): Reads {
    const own = this.#shared(cells);
    if (remembered !== undefined) return { own, remembered };
    let plain = this.#plain.get(own);
    if (plain === undefined) this.#plain.set(own, (plain = { own }));
    return plain;
  }

  /** Sets of equal digests are equal, with the odds of the keys above. */
  #shared(reads: CellSets): CellSets {
    let low = 0;
    let high = 0;
    let salt = 0;
    for (const cells of reads.values()) {
      salt = mix(salt + 1, 0x51ed270b);
      for (const cell of cells) {
        low ^= mix(cell, salt);
        high ^= mix(cell, ~salt);
      }
    }
    const digest = keyOf(low, high);
    const known = this.#readsByDigest.get(digest);
    if (known === undefined) this.#readsByDigest.set(digest, reads);
    return known ?? reads;
  }

  #distinctOf(value: Value): { readonly value: Value; readonly number: number } {
    const isObject = typeof value === 'object' && value !== null;
    const known = isObject ? this.#names.get(value) : undefined;
    if (known !== undefined) return known;
    const { identify } = this.#watching;
    const text = identify?.(value);
    let distinct = text === undefined ? undefined : this.#distinct.get(text);
    if (distinct === undefined) {
      distinct = { value, number: this.#distinctCount++ };
      if (text !== undefined) this.#distinct.set(text, distinct);
    }
    if (isObject) this.#names.set(value, distinct);
    return distinct;
  }
}
