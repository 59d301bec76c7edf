/** What is known about a machine before any disk of it is judged, worked out once. */
import type { Backend, MachineBrief } from '../backends/backend.ts';
import { prepareBoot, type BootPlan } from '../boot/boot.ts';
import type { RootMount } from '../model/boot-entry.ts';
import type { OtherEntries } from '../model/boot-result.ts';
import type { Content } from '../model/content.ts';
import type { PathOf } from '../model/expected-file.ts';
import type { Datum } from '../model/fate.ts';
import type { Release, VersionName } from '../model/release.ts';
import type { ScenarioProgram } from '../model/scenario-program.ts';
import { prepareCensus, type CensusPlan } from '../survival/census.ts';
import type { FileHistory } from '../survival/judge.ts';
import type { VersionPair } from '../survival/outcome.ts';
import { editedConfigFiles, systemData } from '../survival/system-data.ts';
import { VersionIndex } from '../survival/version-index.ts';
import type { DatabaseFile } from './database-fate.ts';
import type { Mark } from './marks.ts';

/** What is known about a machine before any disk of it is judged; made once per run by {@link prepareJudging}. */
export interface Judging {
  readonly backend: Backend;
  readonly brief: MachineBrief;
  readonly bootPlan: BootPlan;
  readonly censusPlan: CensusPlan;
  readonly versions: VersionPair;
  readonly running: 'before' | 'after';
  /** Where the data of the running machine lies, for a disk from which nothing starts. */
  readonly rescueMounts: readonly RootMount[];
  /** Whether there was a way back before the disaster. */
  readonly othersBefore: OtherEntries;
  readonly data: readonly Datum[];
  /** What was done to data beside their owner's work. */
  readonly marks: readonly Mark[];
  /** Datum id → its files and what they held. */
  readonly histories: ReadonlyMap<string, readonly FileHistory[]>;
  /** The versions of a file of these histories, indexed once for all disks. */
  readonly versionsOf: (file: FileHistory) => VersionIndex;
  readonly database: readonly DatabaseFile[];
  /** Programs through which alone people get at some of the data. */
  readonly programs: readonly ScenarioProgram[];
}

/** Facts of a run that the judging is prepared from. */
export interface JudgingFacts {
  readonly backend: Backend;
  readonly brief: MachineBrief;
  readonly before: VersionName;
  readonly after: VersionName;
  readonly running: 'before' | 'after';
  readonly rescueMounts: readonly RootMount[];
  readonly othersBefore: OtherEntries;
  readonly written: readonly { readonly datum: Datum; readonly contents: readonly Content[] }[];
  readonly marks: readonly Mark[];
  readonly release: Release;
  /** Programs through which alone people get at some of the data. */
  readonly programs: readonly ScenarioProgram[];
  /** Contents of the package database, path by path. */
  readonly database: readonly DatabaseFile[];
}

/** Works out once what every judgement of this machine needs. */
export function prepareJudging(facts: JudgingFacts): Judging {
  const { backend, brief, before, after, written } = facts;
  const pathOf: PathOf = (file, owner, version) => backend.pathOf(brief, file, owner, version);
  const { rootLinks = [] } = backend;
  const input = { release: facts.release, blobs: brief.blobs, before, after, pathOf, rootLinks };
  const histories = new Map<string, readonly FileHistory[]>(
    written.map(({ datum, contents }) => [
      datum.id,
      datum.paths.map((path) => ({ path, contents, existedBefore: true })),
    ]),
  );
  const edited = editedConfigFiles(brief.release, brief.blobs).map((file) => {
    const restoredFrom = backend.restoredFrom?.(brief, file.path, before);
    return restoredFrom === undefined ? file : { ...file, restoredFrom };
  });
  histories.set('edited-config', edited);
  histories.set('package-database', facts.database);
  const ofSystem = systemData(brief.release, backend.packageDatabase(brief));
  return {
    ...facts,
    bootPlan: prepareBoot(input),
    censusPlan: prepareCensus(input),
    versions: { before, after },
    data: [...ofSystem, ...written.map(({ datum }) => datum)],
    histories,
    versionsOf: versionIndexes(),
  };
}

function versionIndexes(): Judging['versionsOf'] {
  const known = new Map<FileHistory, VersionIndex>();
  return (file) => {
    let index = known.get(file);
    if (index === undefined) known.set(file, (index = new VersionIndex(file.contents)));
    return index;
  };
}
