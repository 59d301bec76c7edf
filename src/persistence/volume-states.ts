/**
 * The legal states of one volume at one moment. The moment has cuts; each of them leaves some micro-operations free, and
 * the free ones may be missing one by one, be there one by one, or in random halves, or, where they are few, in every
 * way there is.
 */
import {
  exploredSubsetBitsMax,
  rememberedStateCountMax,
  searchedCutCountMax,
  searchedHalfCountMax,
  searchedSingleCountMax,
} from '../model/limits.ts';
import type { Cell } from '../model/cell-table.ts';
import { Seeded } from '../model/seed.ts';
import { blockNeeds, type BlockNeeds } from './block-needs.ts';
import type { CrashState } from './crash-state.ts';
import type { VolumeWindow } from './explorer.ts';
import { freeChoices, type FreeChoices } from './free-units.ts';
import { legalCuts, obligations, type Cut, type Obligations } from './legality.ts';
import { spread, type SearchedMoment } from './moments.ts';
import { replayed } from './replay.ts';
import type { SearchBounds } from './search-bounds.ts';
import { StateTable } from './state-table.ts';
import { UnitWalk } from './unit-walk.ts';

/** What is asked of the states of a volume. */
export interface AskedStates {
  readonly window: VolumeWindow;
  readonly state: CrashState;
  readonly every: boolean;
  readonly bounds: SearchBounds;
  /** Whether every cut of a moment is taken; else a few of them. */
  readonly everyCut: boolean;
  /** Seed of the sample where more is free than is tried; default 1. */
  readonly seed?: number;
}

/** What a legal disk that the state shows is besides. */
export interface FoundState {
  /** Cells that a log replays differently; they are shown. */
  readonly differing: readonly (readonly [Cell, number])[];
  /** Until when nothing forces what is missing; what will be called later does not change that. */
  readonly untilMicroseconds: number;
}

type Found = (found: FoundState) => void;

/** Goes through the legal states of one volume. */
export class VolumeStates {
  readonly window: VolumeWindow;
  readonly state: CrashState;
  readonly #asked: AskedStates;
  readonly #bounds: SearchBounds;
  readonly #window: VolumeWindow;
  readonly #state: CrashState;
  readonly #needs: BlockNeeds;
  #seeded = new Seeded(1);
  #seen = new StateTable(rememberedStateCountMax);

  constructor(asked: AskedStates) {
    this.#asked = asked;
    this.#bounds = asked.bounds;
    this.#window = this.window = asked.window;
    this.#state = this.state = asked.state;
    this.#needs = blockNeeds(asked.window.compiled);
  }

  /** Shows each state of a moment once. Whatever the volume showed before is gone then. */
  each(moment: SearchedMoment, found: Found): void {
    const { compiled } = this.#window;
    const duties = obligations(compiled, moment);
    this.#seen = new StateTable(rememberedStateCountMax);
    // A moment that is looked at again shows the same sample.
    this.#seeded = new Seeded(moment.issued + (this.#asked.seed ?? 1));
    const cuts = this.#cutsOf(duties, moment);
    const chosen = spread(cuts, this.#asked.everyCut ? Infinity : searchedCutCountMax);
    this.#bounds.cuts += cuts.length;
    this.#bounds.cutsSearched += chosen.length;
    for (const at of chosen) {
      for (const cut of legalCuts(compiled, onlyAt(duties, at))) {
        this.#searchCut(cut, duties, moment, found);
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

  #searchCut(cut: Cut, duties: Obligations, moment: SearchedMoment, found: Found): void {
    const { compiled, certain } = this.#window;
    const isTimed = (micro: number): boolean =>
      (certain.durableMicroseconds[micro] ?? Infinity) <= moment.fromMicroseconds;
    const choices = freeChoices({ compiled, needs: this.#needs, duties, cut, isTimed });
    const walk = new UnitWalk(this.#state, choices);
    const visit = (): void => {
      this.#show(cut, choices, walk, found);
    };
    const few = choices.units.length <= exploredSubsetBitsMax;
    if (this.#asked.every && few) {
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

  #show(cut: Cut, choices: FreeChoices, walk: UnitWalk, found: Found): void {
    const state = this.#state;
    const differing = this.#replayedDifferently(cut, choices);
    const show = (): void => {
      if (!this.#seen.add(state.digestLow, state.digestHigh)) return;
      const { durableMicroseconds } = this.#window.certain;
      found({ differing, untilMicroseconds: walk.earliestOfMissing(durableMicroseconds) });
    };
    if (differing.length === 0) show();
    else state.showing(differing, show);
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
