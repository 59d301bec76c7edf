/**
 * The fewest missing operations that bring a class of outcome about. A search keeps, for each class, the disk on which
 * the least is missing; afterwards what is missing is put back, as long as the class stays and the disk stays legal.
 */
import { missingListedCountMax } from '../model/limits.ts';
import type { MissingOperation } from '../model/report.ts';
import type { OutcomeClass } from '../model/verdict.ts';
import { blockNeeds, type BlockNeeds } from '../persistence/block-needs.ts';
import { microClass } from '../persistence/compiled.ts';
import type { CrashState } from '../persistence/crash-state.ts';
import type { VolumeWindow } from '../persistence/explorer.ts';
import { missingText } from './missing-words.ts';

/** A disk on which something is missing of what had been called. */
export interface LackingDisk {
  readonly missingCount: number;
  /** Per volume: the micro-operations that are there, and how many operations had been called. */
  readonly included: readonly Uint8Array[];
  readonly issued: readonly number[];
}

/** How many micro-operations of those that had been called are missing. */
export function missingCountOf(states: readonly CrashState[], issued: readonly number[]): number {
  let count = 0;
  states.forEach(({ compiled, includedCount }, index) => {
    count += (compiled.microStart[issued[index] ?? 0] ?? 0) - includedCount;
  });
  return Math.max(0, count);
}

/** Keeps a disk. */
export function lackingDisk(states: readonly CrashState[], issued: readonly number[]): LackingDisk {
  const included = states.map((state) => state.included.slice());
  return { missingCount: missingCountOf(states, issued), included, issued };
}

/** What is missing of one operation. */
interface MissingUnit {
  readonly window: number;
  readonly operation: number;
  readonly micros: readonly number[];
}

/** What judges a disk while things are put back. */
export interface LackJudge {
  readonly states: readonly CrashState[];
  outcome(): OutcomeClass;
}

/** Puts back what need not be missing and names the rest. */
export function counterExample(
  windows: readonly VolumeWindow[],
  wanted: OutcomeClass,
  disk: LackingDisk,
  judge: LackJudge,
): readonly MissingOperation[] {
  judge.states.forEach((state, index) => {
    state.batch(() => {
      disk.included[index]?.forEach((flag, micro) => {
        state.set(micro, flag === 1);
      });
    });
  });
  const shrinking = new Shrinking(windows, wanted, disk, judge);
  for (const window of windows.keys()) shrinking.putBackNames(window);
  for (const window of windows.keys()) shrinking.putBackData(window);
  const units = windows.flatMap((_, window) => shrinking.missing(window));
  return named(windows, units, judge.states);
}

class Shrinking {
  readonly #windows: readonly VolumeWindow[];
  readonly #wanted: OutcomeClass;
  readonly #disk: LackingDisk;
  readonly #judge: LackJudge;
  readonly #needs: readonly BlockNeeds[];

  constructor(
    windows: readonly VolumeWindow[],
    wanted: OutcomeClass,
    disk: LackingDisk,
    judge: LackJudge,
  ) {
    this.#windows = windows;
    this.#wanted = wanted;
    this.#disk = disk;
    this.#judge = judge;
    this.#needs = windows.map(({ compiled }) => blockNeeds(compiled));
  }

  /** What is missing of the operations that were called, oldest first; without what only a later cut could hold. */
  missing(window: number): readonly MissingUnit[] {
    const names = this.#units(window, true);
    const cut = this.#cutOf(window, names);
    const data = this.#units(window, false).filter(({ operation }) => operation < cut);
    return [...names, ...data].sort((left, right) => left.operation - right.operation);
  }

  #cutOf(window: number, names: readonly MissingUnit[]): number {
    const isPrefix = this.#windows[window]?.compiled.profile.metadataOrder === 'prefix';
    return isPrefix ? (names[0]?.operation ?? Infinity) : Infinity;
  }

  #units(window: number, ofNames: boolean): readonly MissingUnit[] {
    const state = this.#judge.states[window];
    if (state === undefined) return [];
    const { microStart, classes } = state.compiled;
    const units: MissingUnit[] = [];
    for (let operation = 0; operation < (this.#disk.issued[window] ?? 0); operation++) {
      const micros: number[] = [];
      for (
        let micro = microStart[operation] ?? 0;
        micro < (microStart[operation + 1] ?? 0);
        micro++
      ) {
        const isName = classes[micro] === microClass.metadata;
        if (isName === ofNames && state.included[micro] === 0) micros.push(micro);
      }
      if (micros.length > 0) units.push({ window, operation, micros });
    }
    return units;
  }

  #together(change: () => void): void {
    const [first, ...others] = this.#judge.states;
    const all = others.reduce<() => void>(
      (inner, state) => () => {
        state.batch(inner);
      },
      change,
    );
    first?.batch(all);
  }

  #put({ window, micros }: MissingUnit, present: boolean): void {
    for (const micro of micros) this.#judge.states[window]?.set(micro, present);
  }

  /** Names come back in their order, so that a cut stays a cut. */
  putBackNames(window: number): void {
    const isPrefix = this.#windows[window]?.compiled.profile.metadataOrder === 'prefix';
    for (const unit of this.#units(window, true)) {
      this.#put(unit, true);
      if (this.#judge.outcome() === this.#wanted) continue;
      this.#put(unit, false);
      if (isPrefix) return;
    }
  }

  putBackData(window: number): void {
    const cut = this.#cutOf(window, this.#units(window, true));
    this.#putBackAll(this.#units(window, false).filter(({ operation }) => operation < cut));
  }

  /** All of them, or as many of each half as keep the class. */
  #putBackAll(units: readonly MissingUnit[]): void {
    if (units.length === 0) return;
    const put: MissingUnit[] = [];
    this.#together(() => {
      for (const unit of units) {
        if (!this.#mayBeThere(unit)) continue;
        this.#put(unit, true);
        put.push(unit);
      }
    });
    if (put.length === 0 || this.#judge.outcome() === this.#wanted) return;
    this.#together(() => {
      for (const unit of put) this.#put(unit, false);
    });
    if (units.length === 1) return;
    const middle = units.length >> 1;
    this.#putBackAll(units.slice(0, middle));
    this.#putBackAll(units.slice(middle));
  }

  #mayBeThere({ window, micros }: MissingUnit): boolean {
    const state = this.#judge.states[window];
    const needs = this.#needs[window]?.needs;
    return micros.every((micro) =>
      (needs?.get(micro) ?? []).every((one) => state?.included[one] === 1 || micros.includes(one)),
    );
  }
}

function named(
  windows: readonly VolumeWindow[],
  units: readonly MissingUnit[],
  states: readonly CrashState[],
): readonly MissingOperation[] {
  const listed = units.slice(0, missingListedCountMax).flatMap((unit): MissingOperation[] => {
    const state = states[unit.window];
    const operation = windows[unit.window]?.compiled.operations[unit.operation];
    if (state === undefined || operation === undefined) return [];
    const { text, path } = missingText(state, unit.operation, unit.micros);
    return [{ text, path, operation: operation.index }];
  });
  const more = units.length - listed.length;
  if (more <= 0) return listed;
  const last = units[units.length - 1];
  const index = windows[last?.window ?? 0]?.compiled.operations[last?.operation ?? 0]?.index ?? 0;
  return [
    ...listed,
    {
      text: `And ${String(more)} more changes did not reach the disk.`,
      path: '',
      operation: index,
    },
  ];
}
