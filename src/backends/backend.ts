/**
 * What a mechanism is, to the rest of the laboratory: one descriptor. It keeps nothing in memory across a power cut:
 * every procedure reads what it needs from the disk, as the real tool does. It does not know which file system lies
 * under it, except by the layout that it asks for.
 */
import type { Process, Procedure } from '../kernel/process.ts';
import type { BootMenu, DiskView } from '../model/boot-entry.ts';
import type { BlobTable } from '../model/content.ts';
import type { Release, ReleaseFile, ReleasePackage, VersionName } from '../model/release.ts';
import type { BackendId, BackendOptions, MountPlan, System } from '../model/system.ts';
import type { MachineSettings, ScenarioDatum, Unlocking } from '../model/scenario.ts';
import type { BootStage, Reason } from '../model/verdict.ts';
import type { Volume } from '../model/volume.ts';

export type { Unlocking } from '../model/scenario.ts';

/** Everything that a backend is told when a machine is made. Pure data. */
export interface MachineBrief {
  readonly system: System;
  readonly release: Release;
  readonly options: BackendOptions;
  readonly settings: MachineSettings;
  readonly blobs: BlobTable;
  /** Packages that people took out of the system that is built from this brief; `release` is without them. */
  readonly without?: readonly string[];
  /** Data of the scenario, present when the machine is switched on for the first time; paths without `~`. */
  readonly data: readonly ScenarioDatum[];
}

/** What a procedure works with. */
export interface Work {
  readonly os: Process;
  readonly brief: MachineBrief;
  /** At a start: the stage that the default entry did not reach, where another one was started by itself. */
  readonly wentBackAt?: BootStage;
}

/** Something that a mechanism cannot do, and a reason that a student can read. */
export interface Inability {
  readonly capability: Capability;
  readonly because: string;
  readonly source: string;
  /** Only of machines with these options; for all others another entry speaks, or the mechanism can do it. */
  readonly only?: BackendOptions;
}

/** The lifecycle verbs. */
export type Capability =
  | 'update'
  | 'rollback'
  | 'installPackage'
  | 'removePackage'
  | 'replacePackage'
  | 'collectGarbage'
  | 'factoryReset'
  | 'verify'
  | 'pin'
  | 'unlock'
  | 'checkStarts';

/** One mechanism. Procedures that are absent are named in `cannot`. */
export interface Backend {
  readonly id: BackendId;
  /** Option → its values, the default first, and what it means. */
  readonly optionTable: {
    readonly [option: string]: {
      readonly values: readonly (string | boolean)[];
      readonly note: string;
    };
  };
  /** Volumes as the installer leaves them, with `v1` and the scenario's data. */
  install(brief: MachineBrief): readonly Volume[];
  /**
   * What is mounted while the machine runs the entry that was started; the first is `/`. Derived from the disk.
   * `choice` is the id of a boot entry that someone chose in the menu; without it, the default entry runs.
   */
  mounts(brief: MachineBrief, disk: DiskView, choice?: string): readonly MountPlan[];
  /** What firmware and loader would offer, from the disk alone. */
  bootMenu(brief: MachineBrief, disk: DiskView): BootMenu;
  /** Where an operating-system file of this version lies in the root of an entry of that version. */
  pathOf(
    brief: MachineBrief,
    file: ReleaseFile,
    owner: ReleasePackage,
    version: VersionName,
  ): string;
  /** Links at the root of a system whose root is writable, path and target; whoever deletes the root finds them first. */
  readonly rootLinks?: readonly (readonly [path: string, target: string])[];
  /** Where a start takes a file of /etc that is gone, as a path in the root, and how; for systems that make /etc anew. */
  restoredFrom?(
    brief: MachineBrief,
    path: string,
    version: VersionName,
  ): { readonly path: string; readonly how: Reason } | undefined;
  /** Paths of the package database, in the root. */
  packageDatabase(brief: MachineBrief): readonly string[];

  update?(work: Work, to: VersionName): Procedure;
  rollback?(work: Work): Procedure;
  /**
   * Set when `rollback` only makes the running entry the default: the person first restarts into the second entry of
   * the menu. Source: ABRoot core/system.go, Rollback.
   */
  readonly rollbackFromSecondEntry?: boolean;
  installPackage?(work: Work, name: string): Procedure;
  removePackage?(work: Work, name: string): Procedure;
  /** One package out and another in, in one transaction where the tool has one. */
  replacePackage?(work: Work, name: string, by: string): Procedure;
  collectGarbage?(work: Work): Procedure;
  factoryReset?(work: Work): Procedure;
  verify?(work: Work): Procedure;
  /** Marks the running version so that no update and no cleaning up removes it. */
  pin?(work: Work): Procedure;
  /** Makes /usr of the running version writable by hand, until the next start or beyond it. */
  unlock?(work: Work, how: Unlocking): Procedure;
  /** What looks at each start and goes back by itself; an option, unless the text says otherwise. */
  readonly checkStarts?: Reason;
  /** What a clean shutdown does before the power goes: OSTree finalizes a staged deployment here. */
  shutdown?(work: Work): Procedure;
  /** What a start does before anyone logs in: Nix activates, an initramfs recreates directories. */
  startup?(work: Work): Procedure;

  readonly cannot: readonly Inability[];
}

/** Why a machine with these options cannot do something: what is said of its own tool before what is said of all. */
export function inabilityOf(
  { cannot, optionTable }: Pick<Backend, 'cannot' | 'optionTable'>,
  options: BackendOptions,
  asked: Capability,
): Inability | undefined {
  const all = cannot.filter(({ capability }) => capability === asked);
  const speaksOf = ({ only = {} }: Inability): boolean =>
    Object.entries(only).every(
      ([option, value]) => (options[option] ?? optionTable[option]?.values[0]) === value,
    );
  return (
    all.find((one) => one.only !== undefined && speaksOf(one)) ??
    all.find((one) => one.only === undefined)
  );
}

/** Everything that a machine with these options cannot do, once each. */
export function inabilitiesOf(
  backend: Pick<Backend, 'cannot' | 'optionTable'>,
  options: BackendOptions,
): readonly Inability[] {
  const asked = new Set(backend.cannot.map(({ capability }) => capability));
  return [...asked].flatMap((one) => inabilityOf(backend, options, one) ?? []);
}
