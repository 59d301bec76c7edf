/**
 * The state of every operating-system file in one root, kept up to date cell by cell. An outcome depends on every file,
 * so it comes from counters that each change moves; only files that read a changed cell are looked at again.
 */
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import {
  conditionAt,
  type Damage,
  type ExpectedVersion,
  type FileCondition,
} from '../model/expected-file.ts';
import type { Digest } from '../model/mix.ts';
import { ObservedState } from '../model/observed-state.ts';
import type { VersionName } from '../model/release.ts';
import type { RootTree } from '../model/root-tree.ts';
import type { CensusPlan, PlannedFile } from './census-plan.ts';
import { CensusShares } from './census-shares.ts';
import { FileDigests } from './file-digests.ts';
import { mixedExamples, type MixedExamples } from './mixed-examples.ts';
import { Tally, type CensusOutcome, type FileStatus } from './tally.ts';

export { prepareCensus, type CensusPlan } from './census-plan.ts';
export type { CensusOutcome, FileStatus, StatusCounts } from './tally.ts';

/** A file that is not whole. */
export interface DamagedFile {
  readonly file: PlannedFile;
  readonly path: string;
  readonly state: 'missing' | Damage;
}

/** A census of one root: one deployment, slot, snapshot or generation. Make one for each root that an entry names. */
export class Census {
  readonly #plan: CensusPlan;
  readonly #tree: RootTree;
  readonly #version: VersionName;
  readonly #statuses: FileStatus[];
  readonly #conditions: FileCondition[];
  readonly #tally: Tally;
  readonly #volumes: readonly VolumeId[];
  readonly #observed: readonly ObservedState[];
  /** Whether all volumes note their reads; else every change means a new look at everything. */
  readonly #incremental: boolean;
  readonly #digests: FileDigests;
  /** File → digest of its cells → what it was then. */
  readonly #known: Map<number, Finding>[];
  readonly #shares: CensusShares;
  readonly #dirty = new Set<number>();
  #allDirty = true;

  /** `version`: the one that the entry says it starts; decides where paths differ from version to version. */
  constructor(plan: CensusPlan, tree: RootTree, version: VersionName) {
    this.#plan = plan;
    this.#tree = tree;
    this.#version = version;
    this.#statuses = plan.files.map(() => 'not counted');
    this.#conditions = plan.files.map(() => ({ state: 'absent' }));
    this.#known = plan.files.map(() => new Map<number, Finding>());
    this.#tally = new Tally(plan);
    this.#volumes = [...tree.disk.volumes.keys()];
    const views = [...tree.disk.volumes.values()];
    this.#observed = views.filter((view) => view instanceof ObservedState);
    this.#incremental = this.#observed.length === views.length;
    this.#digests = new FileDigests(views.length, plan.files.length);
    this.#shares = new CensusShares(plan, this.#digests, views.length);
  }

  /** Lockstep groups of the release, for their reasons. */
  get groups(): CensusPlan['groups'] {
    return this.#plan.groups;
  }

  /** A cell of a volume has changed. */
  changed(volume: VolumeId, cell: Cell): void {
    if (!this.#incremental) {
      this.#allDirty = true;
      return;
    }
    const place = this.#volumes.indexOf(volume);
    const value = this.#observed[place]?.cells[cell] ?? 0;
    this.#digests.changed(place, cell, value, this.#dirty);
  }

  /** Whether the state of any file was read from this cell. */
  dependsOn(volume: VolumeId, cell: Cell): boolean {
    if (!this.#incremental || this.#allDirty) return true;
    return this.#digests.has(this.#volumes.indexOf(volume), cell);
  }

  /**
   * Digest of what one volume adds to the outcome: how many files of each role are in each state there. Volumes with
   * equal digests can stand in for each other, as long as {@link widenings} stays.
   */
  partOf(volume: VolumeId): Digest {
    this.#refresh();
    return this.#shares.partOf(this.#volumes.indexOf(volume));
  }

  /** How often a file was read from cells that it had not been read from before. */
  widenings = 0;

  /** What the files alone come to; the very same object as long as no file changed its state. */
  classify(): CensusOutcome {
    this.#refresh();
    return this.#tally.outcome();
  }

  /** State of a file by its canonical path. */
  statusOf(canonical: string): FileStatus | undefined {
    this.#refresh();
    return this.#statuses[this.#plan.files.findIndex((file) => file.canonical === canonical)];
  }

  /** Every file of the given kind that is torn or missing; files that the start needs first. */
  damaged(kind: PlannedFile['kind'] = 'system'): readonly DamagedFile[] {
    this.#refresh();
    const found: DamagedFile[] = [];
    for (const [index, status] of this.#statuses.entries()) {
      const file = this.#plan.files[index];
      const condition = this.#conditions[index];
      if (file?.kind !== kind || condition === undefined) continue;
      if (status !== 'torn' && status !== 'missing') continue;
      const state = condition.state === 'damaged' ? condition.damage : 'missing';
      found.push({ file, path: pathIn(file, this.#version), state });
    }
    return found.sort((left, right) => Number(right.file.boot) - Number(left.file.boot));
  }

  /** What to show of a lockstep group that is mixed. */
  examplesOf(group: string): MixedExamples {
    this.#refresh();
    const states = new Map(
      this.#plan.files.map(({ canonical }, index) => [canonical, this.#statuses[index]]),
    );
    return mixedExamples(this.#plan, group, (canonical) => states.get(canonical));
  }

  /** Paths of the kernel's image and initramfs, of this root's version, that are not whole where the root keeps them. */
  damagedKernel(): readonly string[] {
    const files = this.#plan.kernels.get(this.#version) ?? [];
    const damaged: string[] = [];
    this.#observe(() => {
      for (const file of files) {
        if (conditionAt(this.#tree, file.path, [file]).state !== 'whole') damaged.push(file.path);
      }
    });
    return damaged;
  }

  /**
   * Where configuration as shipped stands: the directory in which the system keeps its copy, `/etc` where it keeps none
   * apart, and how many of the files are not in /etc itself.
   */
  configurationPlace(): { readonly directory: string; readonly missingInPlace: number } {
    const files = this.#plan.files.filter(({ kind }) => kind === 'configuration');
    let missingInPlace = 0;
    this.#observe(() => {
      for (const { canonical } of files) {
        if (this.#tree.walk(canonical, false) === undefined) missingInPlace++;
      }
    });
    const [first] = files;
    const path = first === undefined ? '' : pathIn(first, this.#version);
    const below = first?.canonical.slice('/etc'.length) ?? '';
    const directory = path.endsWith(below) ? path.slice(0, path.length - below.length) : '/etc';
    return { directory: directory === '' ? '/etc' : directory, missingInPlace };
  }

  #refresh(): void {
    if (this.#allDirty) {
      this.#observe(() => {
        for (const index of this.#plan.files.keys()) this.#look(index);
      });
    } else if (this.#dirty.size > 0) {
      this.#observe(() => {
        for (const index of this.#dirty) this.#look(index);
      });
    }
    this.#dirty.clear();
    this.#allDirty = false;
  }

  /** Whoever is noting reads outside gets none of these: the census tracks its own. */
  #observe(look: () => void): void {
    const outer = this.#observed.map((state) => state.reads);
    for (const state of this.#observed) state.reads = new Set();
    look();
    for (const [index, state] of this.#observed.entries()) state.reads = outer[index];
  }

  #look(index: number): void {
    const file = this.#plan.files[index];
    const before = this.#statuses[index];
    if (file === undefined || before === undefined) return;
    const { status, condition } = this.#findingOf(index, file);
    this.#conditions[index] = condition;
    if (status === before) return;
    this.#statuses[index] = status;
    this.#shares.move(index, status);
    this.#tally.move(file, before, status);
  }

  #findingOf(index: number, file: PlannedFile): Finding {
    const known = this.#known[index]?.get(this.#digests.keyOf(index));
    if (this.#incremental && !this.#allDirty && known !== undefined) return known;
    for (const state of this.#observed) state.reads?.clear();
    const finding = statusIn(this.#tree, file, this.#version);
    if (!this.#incremental) return finding;
    // What was known under fewer cells has no key any more.
    if (this.#register(index)) this.#known[index]?.clear();
    this.#known[index]?.set(this.#digests.keyOf(index), finding);
    return finding;
  }

  /** Notes the cells that a file was just read from. Whether there were new ones. */
  #register(index: number): boolean {
    let wider = false;
    for (const [volume, state] of this.#observed.entries()) {
      for (const cell of state.reads ?? []) {
        const value = state.cells[cell] ?? 0;
        if (this.#digests.register(index, volume, cell, value)) wider = true;
      }
    }
    if (!wider) return false;
    this.widenings++;
    this.#shares.reread(index);
    return true;
  }
}

function pathIn(file: PlannedFile, version: VersionName): string {
  const own = file.before?.version === version ? file.before : file.after;
  return own?.path ?? file.before?.path ?? file.canonical;
}

interface Finding {
  readonly status: FileStatus;
  readonly condition: FileCondition;
}

const notCounted: Finding = { status: 'not counted', condition: { state: 'absent' } };

function statusIn(tree: RootTree, file: PlannedFile, version: VersionName): Finding {
  const { before, after } = file;
  if (file.kind === 'module') return statusOfOne(tree, before ?? after);
  const expected = [before, after].filter((one) => one !== undefined);
  if (hasPathOfItsOwn(file, expected)) return statusOfRoot(tree, file, version);
  const path = expected[0]?.path ?? file.canonical;
  const condition = conditionAt(tree, path, expected);
  return { status: statusAtPath(file, condition), condition };
}

/**
 * Whether each version keeps its own copy, as in a Nix store: both lie there side by side, so the presence of one says
 * nothing about the other.
 */
function hasPathOfItsOwn(file: PlannedFile, expected: readonly ExpectedVersion[]): boolean {
  const [first, second] = expected;
  if (second !== undefined) return first?.path !== second.path;
  return first !== undefined && first.path !== file.canonical;
}

function statusAtPath(file: PlannedFile, condition: FileCondition): FileStatus {
  const both = file.before !== undefined && file.after !== undefined;
  if (condition.state === 'absent') {
    if (both) return 'missing';
    return file.before === undefined ? 'absent-old' : 'absent-new';
  }
  if (condition.state === 'damaged') return damagedStatus(file, condition.damage);
  if (file.unchanged) return 'same';
  return condition.versions.includes(file.before?.version ?? 'v1') && file.before !== undefined
    ? 'old'
    : 'new';
}

/** Configuration that is not what any version ships was edited: that is no damage. */
function damagedStatus(file: PlannedFile, damage: Damage): FileStatus {
  const edited = damage === 'other bytes' || damage === 'another kind';
  return file.kind === 'configuration' && edited ? 'not counted' : 'torn';
}

/** Where each version has a path of its own, a root holds its own version whole or it is damaged. */
function statusOfRoot(tree: RootTree, file: PlannedFile, version: VersionName): Finding {
  const own = [file.before, file.after].find((one) => one?.version === version);
  if (own === undefined) return notCounted;
  const condition = conditionAt(tree, own.path, [own]);
  if (condition.state === 'absent') return { status: 'missing', condition };
  if (condition.state === 'damaged') {
    return { status: damagedStatus(file, condition.damage), condition };
  }
  return { status: own === file.before ? 'old' : 'new', condition };
}

function statusOfOne(tree: RootTree, one: ExpectedVersion | undefined): Finding {
  if (one === undefined) return notCounted;
  const condition = conditionAt(tree, one.path, [one]);
  if (condition.state === 'whole') return { status: 'same', condition };
  return { status: condition.state === 'absent' ? 'missing' : 'torn', condition };
}
