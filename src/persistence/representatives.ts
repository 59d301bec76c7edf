/** One state of a volume for each way in which the volume can matter, with the number of states that it stands for. */
import type { Cell } from '../model/cell-table.ts';
import type { Judge } from './explorer.ts';
import { countBefore, type SharedMoment } from './moments.ts';
import type { VolumeStates } from './volume-states.ts';

/** A state of a volume, as what it lacks of everything that had been called. */
export interface Representative {
  /** Micro-operations that are missing. */
  readonly missing: readonly number[];
  /** Cells that a log replays differently, and what they hold then. */
  readonly differing: readonly (readonly [Cell, number])[];
  /** Until when nothing forces what is missing. */
  readonly untilMicroseconds: number;
}

/** The representatives of one volume. */
export class Representatives {
  readonly #states: VolumeStates;
  readonly #index: number;
  readonly #judge: Judge;
  /** When what is forced for certain is on the disk, in order of time. */
  readonly #timers: Float64Array;
  #known: { readonly key: string; readonly list: readonly Representative[] } | undefined;
  /** Where no other volume moves, what the disk comes to is all that matters of this one. */
  readonly #isAlone: boolean;
  /** States of the last moment that came to the same as one that was kept. */
  foldedCount = 0;

  constructor(states: VolumeStates, index: number, judge: Judge, isAlone: boolean) {
    this.#isAlone = isAlone;
    this.#states = states;
    this.#index = index;
    this.#judge = judge;
    this.#timers = states.window.certain.durableMicroseconds.slice().sort();
  }

  /** Those of a moment: the one that lacks the least first, then the one that lacks the most, then the others. */
  at({ fromMicroseconds, places }: SharedMoment): readonly Representative[] {
    const place = places[this.#index];
    if (place === undefined) return [];
    const { completed, issued } = place;
    const timed = countBefore(this.#timers.length, (index) => {
      return (this.#timers[index] ?? Infinity) <= fromMicroseconds;
    });
    const key = [completed, issued, timed, this.#judge.widenings ?? 0].join();
    if (this.#known?.key === key) {
      this.foldedCount = 0;
      return this.#known.list;
    }
    const list = this.#find(issued, () => {
      return { ...place, fromMicroseconds };
    });
    const after = [completed, issued, timed, this.#judge.widenings ?? 0].join();
    this.#known = after === key ? { key, list } : undefined;
    return list;
  }

  #find(
    issued: number,
    momentOf: () => Parameters<VolumeStates['each']>[0],
  ): readonly Representative[] {
    const { state, window } = this.#states;
    const end = window.compiled.microStart[issued] ?? 0;
    const found = new Map<string, Representative>();
    this.foldedCount = 0;
    this.#states.each(momentOf(), ({ differing, untilMicroseconds }) => {
      const name = this.#nameOf();
      const known = found.get(name);
      if (known !== undefined) this.foldedCount++;
      const until = Math.max(untilMicroseconds, known?.untilMicroseconds ?? 0);
      // Of those that come to the same, what lacks the least is the easiest to tell.
      if (known === undefined || end - state.includedCount < known.missing.length) {
        found.set(name, { missing: this.#missing(end), differing, untilMicroseconds: until });
      } else if (until > known.untilMicroseconds) {
        found.set(name, { ...known, untilMicroseconds: until });
      }
    });
    state.batch(() => {
      for (let micro = 0; micro < end; micro++) state.set(micro, true);
    });
    const [least, ...others] = [...found.values()].sort(
      (one, other) => one.missing.length - other.missing.length,
    );
    const most = others.pop();
    return [least, most, ...others].filter((one) => one !== undefined);
  }

  #nameOf(): string {
    const { state, window } = this.#states;
    const own = this.#isAlone ? this.#judge.projection : this.#judge.projectionOf?.(window.volume);
    return own ?? `${String(state.digestLow)} ${String(state.digestHigh)}`;
  }

  #missing(end: number): readonly number[] {
    const { included } = this.#states.state;
    const missing: number[] = [];
    for (let micro = 0; micro < end; micro++) if (included[micro] === 0) missing.push(micro);
    return missing;
  }

  /** Shows a representative on the volume, which shows everything that had been called before and after. */
  show({ missing, differing }: Representative, visit: () => void): void {
    const { state } = this.#states;
    state.batch(() => {
      for (const micro of missing) state.set(micro, false);
    });
    if (differing.length === 0) visit();
    else state.showing(differing, visit);
    state.batch(() => {
      for (const micro of missing) state.set(micro, true);
    });
  }
}
