/**
 * The legal cuts of single moments, subset by subset. A moment is a place in the program; each of its cuts leaves some
 * micro-operations free, and the free ones may be missing one by one, be there one by one, or in random halves, or, where
 * they are few, in every way there is.
 */
import {
  exploredSubsetBitsMax,
  rememberedStateCountMax,
  searchedCutCountMax,
  searchedHalfCountMax,
  searchedMomentCountMax,
  searchedSingleCountMax,
} from '../model/limits.ts';
import { Seeded } from '../model/seed.ts';
import { blockNeeds, type BlockNeeds } from './block-needs.ts';
import type { CrashState } from './crash-state.ts';
import type { Judge, Span, VolumeWindow } from './explorer.ts';
import { freeChoices, type FreeChoices } from './free-units.ts';
import { legalCuts, obligations, type Cut, type Obligations } from './legality.ts';
import { replayed } from './replay.ts';
import { SearchBounds } from './search-bounds.ts';
import { StateTable } from './state-table.ts';
import { UnitWalk } from './unit-walk.ts';

/** How a search of subsets went. */
export interface SubsetFindings {
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

/** A place in the program of one volume, and the time that it lasts. */
interface SearchedMoment {
  readonly completed: number;
  readonly issued: number;
  readonly fromMicroseconds: number;
  readonly toMicroseconds: number;
}

/** Searches all volumes, one after the other; the others show all that was issued by then. */
export function searchSubsets(search: SubsetSearch): SubsetFindings {
  const bounds = new SearchBounds();
  let visits = 0;
  search.windows.forEach((window, index) => {
    if (window.compiled.count === 0) return;
    if (window.compiled.profile.metadataOrder === 'nowhere') return;
    visits += new VolumeSearch(search, index, bounds).run();
  });
  return { visits, notSearched: bounds.sentences };
}

class VolumeSearch {
  readonly #search: SubsetSearch;
  readonly #index: number;
  readonly #window: VolumeWindow;
  readonly #bounds: SearchBounds;
  readonly #states: readonly CrashState[];
  readonly #state: CrashState;
  readonly #needs: BlockNeeds;
  readonly #seeded = new Seeded(1);
  #seen = new StateTable(rememberedStateCountMax);
  #visits = 0;
  #issuedOfOthers: readonly number[] = [];

  constructor(search: SubsetSearch, index: number, bounds: SearchBounds) {
    this.#search = search;
    this.#index = index;
    this.#bounds = bounds;
    this.#states = search.judge.fresh();
    const window = search.windows[index];
    const state = this.#states[index];
    if (window === undefined || state === undefined) throw new RangeError('no such volume');
    this.#window = window;
    this.#state = state;
    this.#needs = blockNeeds(window.compiled);
  }

  run(): number {
    const moments = momentsOf(this.#window, this.#search.span);
    const chosen = spread(moments, searchedMomentCountMax);
    this.#bounds.moments += moments.length;
    this.#bounds.momentsSearched += chosen.length;
    for (const moment of chosen) this.#searchMoment(moment, moments.length === chosen.length);
    return this.#visits;
  }

  #searchMoment(moment: SearchedMoment, small: boolean): void {
    const { compiled } = this.#window;
    const duties = obligations(compiled, moment);
    this.#showOthers(moment);
    this.#seen = new StateTable(rememberedStateCountMax);
    const cuts = this.#cutsOf(duties, moment);
    const chosen = spread(cuts, small ? Infinity : searchedCutCountMax);
    this.#bounds.cuts += cuts.length;
    this.#bounds.cutsSearched += chosen.length;
    for (const at of chosen) {
      for (const cut of legalCuts(compiled, onlyAt(duties, at))) {
        this.#searchCut(cut, duties, moment);
      }
    }
    this.#bounds.overflowed += this.#seen.overflowed;
  }

  /** Places at which the metadata may be cut; where sectors land one by one there is but one. */
  #cutsOf(duties: Obligations, moment: SearchedMoment): readonly (number | undefined)[] {
    if (this.#window.compiled.profile.metadataOrder !== 'prefix') return [undefined];
    const first = Math.max(duties.cutMin, this.#timedCut(moment));
    return Array.from({ length: moment.issued - first + 1 }, (_, index) => first + index);
  }

  /** Metadata that a timer has committed is in every cut. */
  #timedCut({ issued, fromMicroseconds }: SearchedMoment): number {
    const { compiled, certain } = this.#window;
    for (let micro = (compiled.microStart[issued] ?? 0) - 1; micro >= 0; micro--) {
      const isNaming = compiled.classes[micro] === 0;
      const isLog = compiled.profile.fsyncScope === 'closure';
      if (!isNaming || (certain.durableMicroseconds[micro] ?? Infinity) > fromMicroseconds) {
        continue;
      }
      // What a log carried lies ahead of the cut; only a whole commit moves it.
      if (isLog && !this.#isCommitted(micro, fromMicroseconds)) continue;
      return (compiled.operationOf[micro] ?? 0) + 1;
    }
    return 0;
  }

  #isCommitted(last: number, now: number): boolean {
    const { compiled, certain } = this.#window;
    for (let micro = 0; micro < last; micro++) {
      if (compiled.classes[micro] !== 0) continue;
      if ((certain.durableMicroseconds[micro] ?? Infinity) > now) return false;
    }
    return true;
  }

  #showOthers({ fromMicroseconds }: SearchedMoment): void {
    this.#issuedOfOthers = this.#search.windows.map(
      ({ compiled }) =>
        compiled.operations.filter(({ endMicroseconds }) => endMicroseconds <= fromMicroseconds)
          .length,
    );
    this.#search.windows.forEach(({ compiled }, index) => {
      const state = this.#states[index];
      if (index === this.#index || state === undefined) return;
      for (let micro = 0; micro < compiled.count; micro++) {
        const operation = compiled.operations[compiled.operationOf[micro] ?? 0];
        state.set(micro, (operation?.endMicroseconds ?? Infinity) <= fromMicroseconds);
      }
    });
  }

  #searchCut(cut: Cut, duties: Obligations, moment: SearchedMoment): void {
    const { compiled, certain } = this.#window;
    const isTimed = (micro: number): boolean =>
      (certain.durableMicroseconds[micro] ?? Infinity) <= moment.fromMicroseconds;
    const choices = freeChoices({ compiled, needs: this.#needs, duties, cut, isTimed });
    const walk = new UnitWalk(this.#state, choices);
    const visit = (): void => {
      this.#visit(cut, choices, moment);
    };
    const few = choices.units.length <= exploredSubsetBitsMax;
    if (this.#search.every && few) {
      walk.everySubset(visit);
      return;
    }
    if (choices.units.length > 0) this.#bounds.sampledCuts++;
    const places = this.#sample(choices.units.length);
    this.#bounds.singles += choices.units.length;
    this.#bounds.singlesSearched += places.length;
    walk.eachAlone(places, visit);
    walk.halves(searchedHalfCountMax, this.#seeded, visit);
    walk.eachMissing(places, visit);
  }

  #sample(count: number): readonly number[] {
    const all = Array.from({ length: count }, (_, place) => place);
    if (count <= searchedSingleCountMax) return all;
    const chosen = new Set<number>();
    while (chosen.size < searchedSingleCountMax) chosen.add(this.#seeded.below(count));
    return [...chosen].sort((left, right) => left - right);
  }

  #visit(cut: Cut, choices: FreeChoices, moment: SearchedMoment): void {
    const differing = this.#replayedDifferently(cut, choices);
    if (differing.length === 0) this.#visitShown(moment, false);
    else {
      this.#state.showing(differing, () => {
        this.#visitShown(moment, true);
      });
    }
  }

  #visitShown(
    { issued, fromMicroseconds, toMicroseconds }: SearchedMoment,
    isReplayed: boolean,
  ): void {
    if (!this.#seen.add(this.#state.digestLow, this.#state.digestHigh)) return;
    this.#visits++;
    const ofOthers = this.#issuedOfOthers;
    this.#search.judge.visit({
      level: 'possible',
      fromMicroseconds,
      toMicroseconds,
      issued: ofOthers.map((count, index) => (index === this.#index ? issued : count)),
      ...(isReplayed ? { isReplayed } : {}),
    });
  }

  /** Where a log holds a change whose object it lacks, it leaves the names as they were: cells, and what they hold. */
  #replayedDifferently(
    cut: Cut,
    { namingUnits }: FreeChoices,
  ): readonly (readonly [number, number])[] {
    if (namingUnits === 0 && cut.born.size === 0) return [];
    const { compiled, included, cells } = this.#state;
    const landed = new Set<number>();
    included.forEach((flag, micro) => {
      if (flag === 1) landed.add(micro);
    });
    const wanted = replayed(compiled, cut, landed).cells;
    const { table } = compiled.base;
    const differing: (readonly [number, number])[] = [];
    for (let cell = 0; cell < cells.length; cell++) {
      const value = wanted[cell] ?? 0;
      if (cells[cell] !== value && table.kindOf(cell) !== 'content') differing.push([cell, value]);
    }
    return differing;
  }
}

function momentsOf({ compiled }: VolumeWindow, span: Span): readonly SearchedMoment[] {
  const moments: SearchedMoment[] = [];
  const add = (completed: number, issued: number, from: number, to: number): void => {
    const fromMicroseconds = Math.max(from, span.startMicroseconds);
    const toMicroseconds = Math.min(to, span.endMicroseconds);
    if (toMicroseconds < fromMicroseconds) return;
    moments.push({ completed, issued, fromMicroseconds, toMicroseconds });
  };
  const { operations } = compiled;
  operations.forEach(({ startMicroseconds, endMicroseconds }, index) => {
    const next = operations[index + 1]?.startMicroseconds ?? span.endMicroseconds;
    add(index, index + 1, startMicroseconds, endMicroseconds);
    add(index + 1, index + 1, endMicroseconds, next);
  });
  return moments;
}

function spread<Item>(items: readonly Item[], countMax: number): readonly Item[] {
  if (items.length <= countMax) return items;
  const step = (items.length - 1) / (countMax - 1);
  const places = new Set(Array.from({ length: countMax }, (_, index) => Math.round(index * step)));
  return items.filter((_, place) => places.has(place));
}

/** The obligations of a moment, narrowed to one cut. */
function onlyAt(duties: Obligations, at: number | undefined): Obligations {
  if (at === undefined) return duties;
  const { moment, brought, underway, anySubset } = duties;
  return {
    moment: { completed: moment.completed, issued: at },
    cutMin: at,
    brought,
    underway,
    anySubset,
    dataForcedBefore: (inode) => duties.dataForcedBefore(inode),
    isDataForced: (inode, operation, cutAt) => duties.isDataForced(inode, operation, cutAt),
  };
}
