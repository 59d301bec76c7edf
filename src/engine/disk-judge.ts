/**
 * What a disk comes to, asked again and again while its cells change: the class of its outcome from counters, the boot
 * verdict and the fates only when something that they read has changed.
 */
import { boot, isOpaque } from '../boot/boot.ts';
import type { BootMenu, DiskView } from '../model/boot-entry.ts';
import type { BootResult } from '../model/boot-result.ts';
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import type { Datum, DatumFate } from '../model/fate.ts';
import type { ObservedState } from '../model/observed-state.ts';
import { mix } from '../model/mix.ts';
import type { Screen } from '../model/report.ts';
import { RootTree } from '../model/root-tree.ts';
import type { BootVerdict, LoaderView, OutcomeClass } from '../model/verdict.ts';
import { Census } from '../survival/census.ts';
import { judgeDatum } from '../survival/judge.ts';
import { agreedVerdict, classify } from '../survival/outcome.ts';
import { plainVerdict } from '../survival/plain.ts';
import {
  judgeApplications,
  judgeBootLoader,
  judgeDefaultConfig,
  judgeOlderVersion,
  judgeOperatingSystem,
  type SystemJudgeInput,
} from '../survival/system-data.ts';
import type { WhatIsLeft } from '../survival/what-is-left.ts';
import { databaseFate } from './database-fate.ts';
import { AskedCells } from './asked-cells.ts';
import type { Judging } from './judging.ts';
import { withMarks } from './marks.ts';
import { programFate } from './programs.ts';
import { loaderSees, sameReach, screenKey } from './screen-key.ts';
import { RememberedStarts } from './remembered-starts.ts';
import { StartReach } from './start-reach.ts';
import { Watched, type WatchedCells } from './watched.ts';

/** Cells of one machine's volumes, as the kernel mounts them and as a boot loader reads them. */
export interface JudgedStates {
  readonly replayed: ReadonlyMap<VolumeId, ObservedState>;
  readonly home?: ReadonlyMap<VolumeId, ObservedState>;
}

/** One disk whose cells change under it. */
export class DiskJudge {
  readonly #judging: Judging;
  readonly #states: JudgedStates;
  readonly #disk: DiskView;
  readonly #menu: Watched<BootMenu>;
  readonly #starts: RememberedStarts;
  readonly #start: Watched<BootResult>;
  /** What the fates of data need of the start. */
  readonly #reach: StartReach;
  readonly #loaderMenu: Watched<string> | undefined;
  readonly #censuses = new Map<string, Census>();
  /** Start → its census, so that its name is put together once. */
  readonly #censusOf = new WeakMap<BootResult, Census>();
  readonly #fates: readonly { readonly datum: Datum; readonly watched: Watched<DatumFate> }[];
  /** Menu, start and fates. */
  readonly #watched: readonly WatchedCells[];
  readonly #asked: AskedCells;
  readonly #screens: Screen[];
  readonly #numbers: Map<string, number>;
  /** What the last screen was put together from, and its number. */
  #lastParts: readonly unknown[] = [];
  #lastNumber = -1;

  constructor(judging: Judging, states: JudgedStates, screens: Screen[] = []) {
    this.#judging = judging;
    this.#states = states;
    this.#screens = screens;
    this.#numbers = new Map(screens.map((screen, index) => [screenKey(screen), index]));
    const { backend, brief } = judging;
    this.#disk = { volumes: states.replayed, blobs: brief.blobs };
    this.#menu = new Watched({
      states: states.replayed,
      compute: () => backend.bootMenu(brief, this.#disk),
      identify: (menu) => JSON.stringify(menu),
    });
    this.#starts = new RememberedStarts(judging.bootPlan, this.#disk, states.replayed);
    this.#start = new Watched({
      states: states.replayed,
      inputs: [this.#menu],
      compute: () => {
        return this.#starts.of(this.#menu.get(), this.#menu.number);
      },
      remembered: () => this.#starts.reads,
      // The tree is the disk under the root of the entry, so equal words are equal starts.
      identify: (start) =>
        JSON.stringify(start, (name, value: unknown) => (name === 'tree' ? name : value)),
    });
    this.#reach = new StartReach(this.#start);
    this.#loaderMenu = this.#watchLoader();
    this.#fates = judging.data
      .filter(({ id }) => judging.histories.has(id))
      .map((datum) => ({ datum, watched: this.#watchDatum(datum) }));
    this.#watched = [this.#menu, this.#start, ...this.#fates.map(({ watched }) => watched)];
    this.#asked = new AskedCells(this.#watched, states.replayed);
  }

  #watchLoader(): Watched<string> | undefined {
    const { home } = this.#states;
    if (home === undefined) return undefined;
    const { backend, brief, bootPlan } = this.#judging;
    const disk = { volumes: home, blobs: brief.blobs };
    return new Watched({
      states: home,
      compute: () => {
        const menu = backend.bootMenu(brief, disk);
        return loaderSees(boot({ menu, disk, plan: bootPlan, loader: 'same' }));
      },
    });
  }

  #watchDatum(datum: Datum): Watched<DatumFate> {
    return new Watched({
      states: this.#states.replayed,
      inputs: [this.#reach],
      compute: () => this.#judge(datum, this.#start.get().verdict),
    });
  }

  #judge(datum: Datum, verdict: BootVerdict): DatumFate {
    const { brief, histories, versionsOf } = this.#judging;
    const tree = this.tree();
    const files = histories.get(datum.id) ?? [];
    const { blobs } = brief;
    const given = { datum, files, tree, blobs, verdict, because: [] };
    const fate = judgeDatum({ ...given, versionsOf });
    const isDatabase = datum.id === 'package-database';
    const own = isDatabase ? databaseFate(fate, this.#judging.database, tree) : fate;
    const marked = withMarks(own, this.#judging.marks, tree);
    return verdict.starts ? this.#withProgram(marked, datum, tree) : marked;
  }

  /** Whether the program that keeps a datum reads it, in the root that starts. */
  #withProgram(fate: DatumFate, { id, paths: [path] }: Datum, tree: RootTree): DatumFate {
    const { programs, backend, brief } = this.#judging;
    const program = programs.find(({ data }) => data === id);
    const version = this.#start.get().entry?.version;
    if (program === undefined || path === undefined || version === undefined) return fate;
    return programFate(fate, program, path, { backend, brief, tree, version });
  }

  /** The root that would start, or what a rescue medium would mount. */
  tree(): RootTree {
    const start = this.#start.get();
    const whole = start.tree !== undefined && start.failure?.kind !== 'no root';
    return whole ? start.tree : new RootTree(this.#disk, this.#judging.rescueMounts);
  }

  /** A cell has changed, in what the kernel mounts. */
  changed(volume: VolumeId, cell: Cell, value: number, before: number): void {
    for (const watched of this.#watched) {
      if (watched.changed(volume, cell, value, before)) this.#asked.isStale = true;
    }
    this.#starts.changed(volume, cell, value, before);
    for (const census of this.#censuses.values()) census.changed(volume, cell);
  }

  /**
   * A name for everything on one volume that the class of the disk and the fates of its data were ever computed from: the
   * cells behind the menu, the start and the fates as they are, files of the system only by how many of which role are
   * in which state. Two states of the volume of equal names come to the same, whatever the other volumes show, as long
   * as {@link widenings} stays: equal cells lead to equal reads and on to equal answers, and nothing else was read.
   */
  projectionOf(volume: VolumeId): string {
    const parts = [
      this.#menu.partOf(volume),
      this.#start.partOf(volume),
      ...[...this.#censuses.values()].map((census) => census.partOf(volume)),
      ...this.#fates.map(({ watched }) => watched.partOf(volume)),
    ];
    let low = 0;
    let high = 0;
    for (const [index, part] of parts.entries()) {
      low = mix(low ^ (part?.low ?? 0), index);
      high = mix(high ^ (part?.high ?? 0), ~index);
    }
    return `${String(low)} ${String(high)}`;
  }

  /** The same for all volumes together: what the disk comes to now depends on nothing else. */
  get projection(): string {
    const start = this.#start.get();
    const parts = [this.#start.number, ...this.#fates.map(({ watched }) => watched.key)];
    const census = this.#census(start);
    for (const volume of census === undefined ? [] : this.#states.replayed.keys()) {
      const { low, high } = census?.partOf(volume) ?? { low: 0, high: 0 };
      parts.push(low, high);
    }
    return parts.join();
  }

  /** How often something was read that had never been read before; names of projections hold until it grows. */
  get widenings(): number {
    let sum = this.#menu.widenings + this.#start.widenings + this.#censuses.size;
    for (const census of this.#censuses.values()) sum += census.widenings;
    for (const { watched } of this.#fates) sum += watched.widenings;
    return sum;
  }

  /** Whether the class of the disk, or the fate of a datum, depends on this cell. */
  dependsOn(volume: VolumeId, cell: Cell): boolean {
    if (this.#asked.has(volume, cell)) return true;
    for (const census of this.#censuses.values()) if (census.dependsOn(volume, cell)) return true;
    return false;
  }

  /** What became of the data whose files are watched. */
  fates(): readonly DatumFate[] {
    return this.#fates.map(({ watched }) => watched.get());
  }

  /** A cell has changed, in what a boot loader reads. */
  loaderChanged(volume: VolumeId, cell: Cell, value: number, before: number): void {
    this.#loaderMenu?.changed(volume, cell, value, before);
  }

  #census(start: BootResult): Census | undefined {
    const { entry, tree } = start;
    if (entry === undefined || tree === undefined || isOpaque(entry)) return undefined;
    const known = this.#censusOf.get(start);
    if (known !== undefined) return known;
    const mounts = entry.root.map(
      ({ mountPoint, volume, directory }) => `${mountPoint}=${volume}:${String(directory)}`,
    );
    const key = `${entry.version} ${mounts.join(' ')}`;
    let census = this.#censuses.get(key);
    if (census === undefined) {
      census = new Census(this.#judging.censusPlan, tree, entry.version);
      this.#censuses.set(key, census);
    }
    this.#censusOf.set(start, census);
    return census;
  }

  /** When nothing starts, the files of the system that ran may still all be there; a rescue medium would show them. */
  #censusOfRunning(): Census {
    const { rescueMounts, versions, running, censusPlan } = this.#judging;
    let census = this.#censuses.get('running');
    if (census === undefined) {
      const tree = new RootTree(this.#disk, rescueMounts);
      census = new Census(censusPlan, tree, versions[running]);
      this.#censuses.set('running', census);
    }
    return census;
  }

  /** Class of the disk as it is now. */
  outcome(): OutcomeClass {
    const start = this.#start.get();
    return classify(start, this.#census(start)?.classify(), this.#judging.versions);
  }

  /** Class and root of the disk as it is now: when either changes, other files matter. */
  resultNow(): string {
    const { entry } = this.#start.get();
    const root = entry?.root.map(({ volume, directory }) => `${volume}:${String(directory)}`) ?? [];
    // Whoever asks this goes on to ask what depends on which cell, and that is only known of what was read.
    this.fates();
    return [this.outcome(), entry?.id ?? '', ...root].join(' ');
  }

  /** How often a start was worked out; the rest was remembered. */
  get startComputations(): number {
    return this.#starts.computations;
  }

  /** What a start of the disk comes to. */
  start(): BootResult {
    return this.#start.get();
  }

  /** Everything that one sees of the disk as it is now. */
  screen(): Screen {
    const start = this.#start.get();
    const outcome = this.outcome();
    const census = this.#census(start);
    const left = start.entry === undefined ? this.#whatIsLeft() : undefined;
    const agreed = agreedVerdict(start, outcome, census, left);
    const verdict = { ...agreed, loader: this.#loader(start) };
    const { versions, running, othersBefore } = this.#judging;
    const input: SystemJudgeInput = {
      boot: start,
      verdict,
      census: census ?? (isOpaque(start.entry) ? undefined : this.#censusOfRunning()),
      versions,
      running,
      because: [],
    };
    const older = judgeOlderVersion({ ...input, before: othersBefore });
    const ofSystem = [
      judgeBootLoader(input),
      judgeOperatingSystem(input),
      judgeApplications(input),
      judgeDefaultConfig(input),
      older,
    ];
    const tree = this.tree();
    const fates = [
      ...ofSystem.map((fate) => withMarks(fate, this.#judging.marks, tree)),
      // The census may see worse than the start: then the data is as far away as the verdict that agrees with both.
      ...this.#fates.map(({ datum, watched }) =>
        sameReach(verdict, start.verdict) ? watched.get() : this.#judge(datum, verdict),
      ),
    ];
    return { outcome, plain: plainVerdict(outcome, verdict), verdict, fates };
  }

  /** What a rescue medium would find of the system and of what people wrote. */
  #whatIsLeft(): WhatIsLeft {
    const written = this.#fates.filter(({ datum }) => !systemKinds.has(datum.id));
    const isLost = ({ watched }: (typeof written)[number]): boolean =>
      watched.get().fates.content === 'lost';
    const labels = (lost: boolean): readonly string[] =>
      written.filter((one) => isLost(one) === lost).map(({ datum }) => datum.label);
    const passwords = this.tree().file('/etc/shadow') !== undefined;
    return { census: this.#censusOfRunning(), kept: labels(false), lost: labels(true), passwords };
  }

  #loader(start: BootResult): LoaderView {
    if (this.#loaderMenu === undefined) return 'same';
    const seen = this.#loaderMenu.get();
    if (seen === 'nothing') return start.entry === undefined ? 'same' : 'nothing bootable';
    return seen === loaderSees(start) ? 'same' : 'stale';
  }

  /** Number of the screen for the disk as it is now; a new one is added to the list. */
  screenNow(): number {
    const start = this.#start.get();
    const parts = [
      start,
      (start.entry === undefined ? this.#censusOfRunning() : this.#census(start))?.classify(),
      start.entry === undefined ? this.#censusOfRunning().damagedKernel().join(' ') : '',
      this.#loader(start),
      ...this.#fates.map(({ watched }) => watched.get()),
    ];
    const same = parts.every((part, index) => part === this.#lastParts[index]);
    if (!same || this.#lastNumber < 0) {
      this.#lastParts = parts;
      this.#lastNumber = this.#numberOf(this.screen());
    }
    return this.#lastNumber;
  }

  #numberOf(screen: Screen): number {
    const key = screenKey(screen);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#screens.length;
    this.#screens.push(screen);
    this.#numbers.set(key, number);
    return number;
  }
}

/** Data that comes with the system: no person wrote it. */
const systemKinds: ReadonlySet<string> = new Set(['edited-config', 'package-database']);
