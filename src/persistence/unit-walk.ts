/** Goes through subsets of free units, moving only what changes from one to the next. */
import type { Seeded } from '../model/seed.ts';
import type { CrashState } from './crash-state.ts';
import type { FreeChoices } from './free-units.ts';

/** Moves a state among the subsets of the units. */
export class UnitWalk {
  readonly #state: CrashState;
  readonly #choices: FreeChoices;
  readonly #present: Uint8Array;
  readonly #neededBy: number[][];
  #rest: number | undefined;

  constructor(state: CrashState, choices: FreeChoices) {
    this.#state = state;
    this.#choices = choices;
    this.#present = new Uint8Array(choices.units.length);
    this.#neededBy = choices.units.map(() => []);
    choices.units.forEach(({ needs }, place) => {
      for (const need of needs) this.#neededBy[need]?.push(place);
    });
    state.batch(() => {
      for (let micro = 0; micro < choices.required.length; micro++) {
        state.set(micro, choices.required[micro] === 1);
      }
    });
  }

  #put(place: number, present: boolean): void {
    if ((this.#present[place] === 1) === present) return;
    this.#present[place] = present ? 1 : 0;
    for (const micro of this.#choices.units[place]?.micros ?? []) this.#state.set(micro, present);
  }

  #putAll(places: readonly number[], present: boolean): void {
    this.#state.batch(() => {
      for (const place of places) this.#put(place, present);
    });
  }

  #fill(wanted: (place: number) => boolean): void {
    this.#state.batch(() => {
      this.#choices.units.forEach(({ needs }, place) => {
        const possible = needs.every((need) => this.#present[need] === 1);
        this.#put(place, possible && wanted(place));
      });
    });
  }

  /** What is neither required nor free is missing whatever is chosen. */
  #restEarliest(instants: Float64Array): number {
    if (this.#rest !== undefined) return this.#rest;
    const { required, units } = this.#choices;
    const known = required.slice();
    for (const { micros } of units) for (const micro of micros) known[micro] = 1;
    let earliest = Infinity;
    for (let micro = 0; micro < known.length; micro++) {
      if (known[micro] === 0) earliest = Math.min(earliest, instants[micro] ?? Infinity);
    }
    return (this.#rest = earliest);
  }

  /** The earliest of the instants of what is not there; `instants` has one per micro-operation. */
  earliestOfMissing(instants: Float64Array): number {
    let earliest = this.#restEarliest(instants);
    this.#choices.units.forEach(({ micros }, place) => {
      if (this.#present[place] === 1) return;
      for (const micro of micros) earliest = Math.min(earliest, instants[micro] ?? Infinity);
    });
    return earliest;
  }

  /** Every legal subset. */
  everySubset(visit: () => void): void {
    const count = this.#choices.units.length;
    for (let subset = 0; subset < 2 ** count; subset++) {
      const has = (place: number): boolean => (subset & (1 << place)) !== 0;
      const legal = this.#choices.units.every(
        ({ needs }, place) => !has(place) || needs.every((need) => has(need)),
      );
      if (!legal) continue;
      for (let place = 0; place < count; place++) this.#put(place, has(place));
      visit();
    }
  }

  /** Nothing free, then each of the places with what it needs. */
  eachAlone(places: readonly number[], visit: () => void): void {
    this.#fill(() => false);
    visit();
    for (const place of places) {
      const chain = this.#closure(place, (one) => this.#choices.units[one]?.needs ?? []);
      this.#putAll(chain, true);
      visit();
      this.#putAll(chain, false);
    }
  }

  /** Everything free, then without each of the places and what needs it. */
  eachMissing(places: readonly number[], visit: () => void): void {
    this.#fill(() => true);
    visit();
    for (const place of places) {
      const chain = this.#closure(place, (one) => this.#neededBy[one] ?? []);
      this.#putAll(chain, false);
      visit();
      this.#putAll(chain, true);
    }
  }

  /** Random halves. */
  halves(count: number, seeded: Seeded, visit: () => void): void {
    for (let sample = 0; sample < count; sample++) {
      this.#fill(() => seeded.below(2) === 1);
      visit();
    }
  }

  #closure(place: number, next: (place: number) => readonly number[]): readonly number[] {
    const found = new Set([place]);
    for (const one of found) for (const other of next(one)) found.add(other);
    return [...found];
  }
}
