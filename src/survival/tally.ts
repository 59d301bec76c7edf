/** The counters behind a census: they move with each file, so that an outcome never counts files. */
import type { VersionName } from '../model/release.ts';
import type { OutcomeClass } from '../model/verdict.ts';
import type { CensusPlan, PlannedFile } from './census-plan.ts';

/**
 * State of one file. `same`: whole, and both versions ship it alike. `old`, `new`: whole and of that version, or
 * absent as in that version (`absent-old`, `absent-new`). `torn`: there, but not whole. `missing`: both versions, or
 * the one that the root is of, ship it, and it is not there. `not counted`: this root says nothing about it.
 */
export type FileStatus =
  'same' | 'old' | 'new' | 'absent-old' | 'absent-new' | 'torn' | 'missing' | 'not counted';

/** How many files are in which state. `old` and `new` include those that are absent as in that version. */
export interface StatusCounts {
  readonly same: number;
  readonly old: number;
  readonly new: number;
  readonly torn: number;
  readonly missing: number;
}

/** What the files of one root come to, without a word on whether it starts. */
export interface CensusOutcome {
  /** Class of the files alone; `same` when no file tells the versions apart. */
  readonly files: Exclude<OutcomeClass, 'broken-noboot' | 'unmountable'> | 'same';
  readonly counts: StatusCounts;
  /** Torn or missing files that the start needs, and all others. */
  readonly bootDamaged: number;
  readonly otherDamaged: number;
  /** Ids of the lockstep groups that span versions. */
  readonly mixedGroups: readonly string[];
  /** Version → modules of its kernel that are torn or missing. */
  readonly modulesDamaged: ReadonlyMap<VersionName, number>;
  /** Application → state of its files. */
  readonly applications: ReadonlyMap<string, StatusCounts>;
  /** Configuration as shipped; edited files are not in it. */
  readonly configuration: StatusCounts;
}

class Counter {
  readonly #numbers = new Map<FileStatus, number>();

  move(from: FileStatus, to: FileStatus): void {
    this.#numbers.set(from, this.of(from) - 1);
    this.#numbers.set(to, this.of(to) + 1);
  }

  of(status: FileStatus): number {
    return this.#numbers.get(status) ?? 0;
  }

  get counts(): StatusCounts {
    return {
      same: this.of('same'),
      old: this.of('old') + this.of('absent-old'),
      new: this.of('new') + this.of('absent-new'),
      torn: this.of('torn'),
      missing: this.of('missing'),
    };
  }

  /**
   * Whether files of both versions are here. A file that is absent as in a version counts for that version only while
   * nothing is missing: after `rm -rf` absence says nothing about versions.
   */
  get mixed(): boolean {
    const trust = this.of('missing') === 0;
    const older = this.of('old') + (trust ? this.of('absent-old') : 0);
    const newer = this.of('new') + (trust ? this.of('absent-new') : 0);
    return older > 0 && newer > 0;
  }

  get damaged(): number {
    return this.of('torn') + this.of('missing');
  }
}

/** Counts files by state, in all the ways that an outcome or a fate asks for. */
export class Tally {
  readonly #boot = new Counter();
  readonly #other = new Counter();
  readonly #all = new Counter();
  readonly #configuration = new Counter();
  readonly #groups = new Map<string, Counter>();
  readonly #mixedGroups = new Set<string>();
  readonly #applications = new Map<string, Counter>();
  readonly #modules = new Map<VersionName, Counter>();
  #outcome: CensusOutcome | undefined;

  constructor(plan: CensusPlan) {
    for (const file of plan.files) {
      if (file.kind === 'module') this.#modules.set(versionOf(file), new Counter());
      if (file.kind !== 'system') continue;
      if (file.group !== undefined) this.#groups.set(file.group, new Counter());
      if (file.application !== undefined) this.#applications.set(file.application, new Counter());
    }
  }

  /** A file went from one state to another. */
  move(file: PlannedFile, from: FileStatus, to: FileStatus): void {
    this.#outcome = undefined;
    if (file.kind === 'module') {
      this.#modules.get(versionOf(file))?.move(from, to);
      return;
    }
    if (file.kind === 'configuration') {
      this.#configuration.move(from, to);
      return;
    }
    this.#all.move(from, to);
    (file.boot ? this.#boot : this.#other).move(from, to);
    if (file.application !== undefined) this.#applications.get(file.application)?.move(from, to);
    if (file.group !== undefined) {
      this.#moveGroup(file.group, inGroup(file, from), inGroup(file, to));
    }
  }

  #moveGroup(id: string, from: FileStatus, to: FileStatus): void {
    const group = this.#groups.get(id);
    if (group === undefined) return;
    group.move(from, to);
    if (group.mixed) this.#mixedGroups.add(id);
    else this.#mixedGroups.delete(id);
  }

  /** What the counters say now; the very same object as long as no file changed its state. */
  outcome(): CensusOutcome {
    this.#outcome ??= this.#count();
    return this.#outcome;
  }

  #count(): CensusOutcome {
    return {
      files: this.#files(),
      counts: this.#all.counts,
      bootDamaged: this.#boot.damaged,
      otherDamaged: this.#other.damaged,
      mixedGroups: [...this.#mixedGroups].sort(),
      modulesDamaged: new Map(
        [...this.#modules].map(([version, counter]) => [version, counter.damaged]),
      ),
      applications: new Map(
        [...this.#applications].map(([name, counter]) => [name, counter.counts]),
      ),
      configuration: this.#configuration.counts,
    };
  }

  /**
   * A group that spans versions goes first: in the recorded run mutable-rpm a system with such a group and empty files
   * beside is broken-mixed, not degraded-torn.
   */
  #files(): CensusOutcome['files'] {
    if (this.#mixedGroups.size > 0) return 'broken-mixed';
    if (this.#boot.damaged > 0) return 'broken-torn';
    if (this.#other.damaged > 0) return 'degraded-torn';
    const { old: older, new: newer } = this.#all.counts;
    if (older > 0 && newer > 0) return 'mixed-ok';
    if (older === 0 && newer === 0) return 'same';
    return older > 0 ? 'old' : 'new';
  }
}

/**
 * A file that only the old version had and that still lies there does not make a group mixed. Source: recorded run
 * mutable-rpm, which erases such files last: degraded-torn from 116 ms on, while old-plugin.so of the group lay there.
 */
function inGroup(file: PlannedFile, status: FileStatus): FileStatus {
  return status === 'old' && file.after === undefined ? 'not counted' : status;
}

function versionOf(file: PlannedFile): VersionName {
  return file.before?.version ?? file.after?.version ?? 'v1';
}
