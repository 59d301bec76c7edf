/**
 * The legal states of single moments, of all volumes together. Each volume's states are gone through by themselves, and
 * of those that come to the same one stays: equal in everything that was ever read of the volume, whatever the other
 * volumes show. What stays of one volume is combined with what stays of the others, so that several volumes never
 * multiply their states.
 */
import { searchedCombinationCountMax, searchedMomentCountMax } from '../model/limits.ts';
import { combinations } from './combinations.ts';
import type { CrashState } from './crash-state.ts';
import type { Judge, Span, VolumeWindow } from './explorer.ts';
import { momentsOf, sharedMoments, spread, type SharedMoment } from './moments.ts';
import { Representatives, type Representative } from './representatives.ts';
import { SearchBounds } from './search-bounds.ts';
import { StateTable } from './state-table.ts';
import { VolumeStates } from './volume-states.ts';

/** How a search of subsets went. */
export interface SubsetFindings {
  /** Disks that were looked at: judged, or known to come to the same as one that was. */
  readonly visits: number;
  /** Sentences on what was left out. */
  readonly notSearched: readonly string[];
}

/** What is asked of it. */
export interface SubsetSearch {
  readonly windows: readonly VolumeWindow[];
  readonly judge: Judge;
  readonly span: Span;
  readonly every: boolean;
}

/** Searches the moments of all volumes. */
export function searchSubsets(search: SubsetSearch): SubsetFindings {
  return new CombinedSearch(search).run();
}

class CombinedSearch {
  readonly #search: SubsetSearch;
  readonly #bounds = new SearchBounds();
  readonly #states: readonly CrashState[];
  /** Of the volumes on which something happened that can be lost. */
  readonly #moving: readonly Representatives[];
  readonly #moments: readonly SharedMoment[];
  #visits = 0;
  #folded = 0;

  constructor(search: SubsetSearch) {
    const { windows, judge, span, every } = search;
    this.#search = search;
    this.#states = judge.fresh();
    const bounds = this.#bounds;
    const moving: Representatives[] = [];
    const isStill = ({ compiled }: VolumeWindow): boolean =>
      compiled.count === 0 || compiled.profile.metadataOrder === 'nowhere';
    const isAlone = windows.filter((window) => !isStill(window)).length === 1;
    const chosen = windows.map((window, index) => {
      const state = this.#states[index];
      if (state === undefined || isStill(window)) return [];
      const moments = momentsOf(window, span);
      const some = spread(moments, searchedMomentCountMax);
      bounds.moments += moments.length;
      bounds.momentsSearched += some.length;
      const everyCut = some.length === moments.length;
      const { seed = 1 } = span;
      const states = new VolumeStates({ window, state, every, bounds, everyCut, seed });
      moving.push(new Representatives(states, index, judge, isAlone));
      return some;
    });
    this.#moving = moving;
    this.#moments = sharedMoments(windows, chosen);
  }

  run(): SubsetFindings {
    for (const moment of this.#moments) this.#searchMoment(moment);
    return { visits: this.#visits + this.#folded, notSearched: this.#bounds.sentences };
  }

  /** A combination may bring files into play that were never read; then what stays is worked out once more. */
  #searchMoment(moment: SharedMoment): void {
    const { judge } = this.#search;
    this.#showIssued(moment);
    judge.resultNow();
    const seen = new StateTable(searchedCombinationCountMax * 8);
    const counted = { ...this.#bounds };
    for (;;) {
      // What is gone through once more is counted once.
      Object.assign(this.#bounds, counted);
      const before = judge.widenings ?? 0;
      const sets = this.#moving.map((one) => one.at(moment));
      if ((judge.widenings ?? 0) !== before) continue;
      this.#combine(sets, moment, seen);
      if ((judge.widenings ?? 0) === before) break;
    }
    for (const one of this.#moving) this.#folded += one.foldedCount;
  }

  #showIssued({ places }: SharedMoment): void {
    this.#states.forEach((state, index) => {
      const { compiled } = state;
      const end = compiled.microStart[places[index]?.issued ?? 0] ?? 0;
      state.batch(() => {
        for (let micro = 0; micro < compiled.count; micro++) state.set(micro, micro < end);
      });
    });
  }

  #combine(
    sets: readonly (readonly Representative[])[],
    moment: SharedMoment,
    seen: StateTable,
  ): void {
    const sizes = sets.map(({ length }) => length);
    this.#bounds.combinations += sizes.reduce((product, size) => product * size, 1);
    for (const chosen of combinations(sizes, searchedCombinationCountMax)) {
      this.#bounds.combinationsSearched++;
      const parts = chosen.flatMap((place, index) => sets[index]?.[place] ?? []);
      this.#show(parts, 0, () => {
        this.#visit(parts, moment, seen);
      });
    }
  }

  #show(parts: readonly Representative[], index: number, visit: () => void): void {
    const part = parts[index];
    if (part === undefined) visit();
    else {
      this.#moving[index]?.show(part, () => {
        this.#show(parts, index + 1, visit);
      });
    }
  }

  #visit(parts: readonly Representative[], moment: SharedMoment, seen: StateTable): void {
    const { judge, span } = this.#search;
    let low = 0;
    let high = 0;
    for (const { digestLow, digestHigh } of this.#states) {
      low = Math.imul(low, 0x9e3779b1) ^ digestLow;
      high = Math.imul(high, 0x9e3779b1) ^ digestHigh;
    }
    if (!seen.add(low, high)) return;
    this.#visits++;
    const { fromMicroseconds } = moment;
    const last = Math.min(span.endMicroseconds, ...parts.map((part) => part.untilMicroseconds));
    judge.visit({
      level: 'possible',
      fromMicroseconds,
      toMicroseconds: Math.max(fromMicroseconds, last),
      issued: moment.places.map(({ issued }) => issued),
      ...(parts.some(({ differing }) => differing.length > 0) ? { isReplayed: true } : {}),
    });
  }
}
