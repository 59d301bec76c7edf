/** Judges the disks that a search visits, and keeps what the report needs: when, why, and how little need be missing. */
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import type { DatumFate } from '../model/fate.ts';
import type { MissingOperation } from '../model/report.ts';
import type { OutcomeClass, Reason } from '../model/verdict.ts';
import { CrashState } from '../persistence/crash-state.ts';
import { DurabilityClock } from '../persistence/durability.ts';
import type { Judge, Visit, VolumeWindow } from '../persistence/explorer.ts';
import {
  counterExample,
  lackingDisk,
  missingCountOf,
  type LackingDisk,
} from './counter-example.ts';
import { statesOfCrash } from './crash-disk.ts';
import { DiskJudge } from './disk-judge.ts';
import type { Judging } from './judging.ts';
import { PossibleOutcomes } from './intervals.ts';
import { timedOutAt, whyChain, type VolumeMoment } from './why-chain.ts';

const brokenMetadata: Reason = {
  text: 'The drive wrote some of the metadata of a commit and dropped the rest: a checksum or the superblock is wrong, and mount refuses the file system.',
  source:
    'recorded litmus tests btrfs/*, 206 images with a torn superblock; recorded runs mutable-dpkg, mutable-rpm, ostree, nix, btrfs, lying disk',
};

/** The judge of one search; with `at`, of one instant of it. */
export class SearchedDisks implements Judge {
  readonly likely = new PossibleOutcomes();
  readonly possible = new PossibleOutcomes();
  readonly reasons = new Map<OutcomeClass, Reason>();
  /** Datum → content → why, of every disk that was judged. */
  readonly fates = new Map<string, Map<string, readonly Reason[]>>();
  readonly #known = new WeakSet<DatumFate>();
  readonly #windows: readonly VolumeWindow[];
  readonly #judging: Judging;
  readonly #start: number;
  readonly #at: number | undefined;
  readonly #least = new Map<OutcomeClass, LackingDisk>();
  #states: readonly CrashState[] = [];
  #judge: DiskJudge | undefined;
  #torn: VolumeId | undefined;
  #computations = 0;

  constructor(
    windows: readonly VolumeWindow[],
    judging: Judging,
    { start, at }: { readonly start: number; readonly at?: number | undefined },
  ) {
    this.#windows = windows;
    this.#judging = judging;
    this.#start = start;
    this.#at = at;
  }

  /** How often a start was worked out so far; for the bench. */
  get starts(): number {
    return this.#computations + (this.#judge?.startComputations ?? 0);
  }

  fresh(): readonly CrashState[] {
    this.#computations += this.#judge?.startComputations ?? 0;
    this.#states = this.#windows.map(
      ({ volume, compiled }) =>
        new CrashState(compiled, (cell, value, before) =>
          this.#judge?.changed(volume, cell, value, before),
        ),
    );
    this.#judge = new DiskJudge(this.#judging, statesOfCrash(this.#windows, this.#states));
    return this.#states;
  }

  dependsOn(volume: VolumeId, cell: Cell): boolean {
    return this.#judge?.dependsOn(volume, cell) ?? true;
  }

  resultNow(): string {
    return this.#judge?.resultNow() ?? '';
  }

  projectionOf(volume: VolumeId): string {
    return this.#judge?.projectionOf(volume) ?? '';
  }

  get projection(): string {
    return this.#judge?.projection ?? '';
  }

  get widenings(): number {
    return this.#judge?.widenings ?? 0;
  }

  visit(visit: Visit): void {
    if (this.#judge === undefined || !this.#concerns(visit)) return;
    const torn = visit.unmountable !== undefined;
    if (torn) this.#torn = visit.unmountable;
    const outcome = torn ? 'unmountable' : this.#judge.outcome();
    const from = visit.fromMicroseconds - this.#start;
    const to = visit.toMicroseconds - this.#start;
    this.possible.add(outcome, from, to);
    if (visit.level === 'likely') this.likely.add(outcome, from, to);
    if (!this.reasons.has(outcome)) {
      this.reasons.set(outcome, torn ? brokenMetadata : this.#judge.screen().verdict.because);
    }
    if (torn) return;
    for (const fate of this.#judge.fates()) this.#keepFate(fate, visit);
    if (visit.isReplayed !== true) this.#keepLeast(outcome, visit);
  }

  /** When one instant is asked for, disks of other instants do not count. */
  #concerns({ fromMicroseconds, toMicroseconds }: Visit): boolean {
    if (this.#at === undefined) return true;
    return fromMicroseconds <= this.#at && this.#at <= toMicroseconds;
  }

  #keepFate(fate: DatumFate, visit: Visit): void {
    if (fate.none === true || this.#known.has(fate)) return;
    this.#known.add(fate);
    const ofDatum = this.fates.get(fate.datum) ?? new Map<string, readonly Reason[]>();
    this.fates.set(fate.datum, ofDatum);
    const { content } = fate.fates;
    if (!ofDatum.has(content)) ofDatum.set(content, [...fate.why, ...this.#chain(fate, visit)]);
  }

  #chain({ datum, fates }: DatumFate, { issued, fromMicroseconds }: Visit): readonly Reason[] {
    const paths = this.#judging.data.find(({ id }) => id === datum)?.paths ?? [];
    const tree = this.#judge?.tree();
    if (tree === undefined || fates.content === 'intact') return [];
    const volumes = this.#states.flatMap((state, index): readonly VolumeMoment[] => {
      const window = this.#windows[index];
      const count = issued[index] ?? 0;
      if (window === undefined) return [];
      const { volume, compiled, likely, certain } = window;
      const clock = new DurabilityClock(compiled, likely, certain);
      const timedOut = Math.min(count, timedOutAt(window, fromMicroseconds));
      return [{ volume, state, moment: { completed: count, issued: count }, timedOut, clock }];
    });
    return paths.slice(0, 1).flatMap((path) => whyChain(tree, path, volumes));
  }

  #keepLeast(outcome: OutcomeClass, { issued }: Visit): void {
    const least = this.#least.get(outcome)?.missingCount ?? Infinity;
    if (missingCountOf(this.#states, issued) >= least) return;
    this.#least.set(outcome, lackingDisk(this.#states, issued));
  }

  /** Class → the fewest missing operations that were found to bring it about. */
  counterExamples(): ReadonlyMap<OutcomeClass, readonly MissingOperation[]> {
    const found = new Map<OutcomeClass, readonly MissingOperation[]>();
    for (const [outcome, disk] of this.#least) {
      const states = this.fresh();
      const judge = { states, outcome: () => this.#judge?.outcome() ?? outcome };
      found.set(outcome, counterExample(this.#windows, outcome, disk, judge));
      // The reason speaks of the very disk on which the least is missing.
      const because = this.#judge?.screen().verdict.because;
      if (because !== undefined) this.reasons.set(outcome, because);
    }
    if (this.#torn !== undefined && !found.has('unmountable')) {
      const text = `A part of the metadata of the volume ${this.#torn} did not reach the disk.`;
      found.set('unmountable', [{ text, path: '', operation: 0 }]);
    }
    return found;
  }
}
