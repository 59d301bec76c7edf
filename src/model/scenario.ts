/** A scenario: what a person does, what befalls the machine, and what is asked and expected. Plain data. */
import type { Drive } from './device.ts';
import type { DataKind, Fates } from './fate.ts';
import type { VersionName } from './release.ts';
import type { ScenarioProgram } from './scenario-program.ts';
import type { OutcomeClass } from './verdict.ts';

/** How a program saves a file. */
export type SavePattern = 'truncate-write' | 'temp-rename' | 'temp-fsync-rename' | 'append';

/** Modifiers that every step takes. `at` values are seconds of simulated time. */
export interface StepModifiers {
  readonly as?: string;
  readonly on?: readonly string[];
  readonly label?: string;
  readonly note?: string;
  /** Line of the step in its file, for messages. */
  readonly line: number;
}

/** An instant within a step: a share of its time, seconds after its start, its commit point, or a stage label. */
export type Instant =
  | { readonly kind: 'share'; readonly percent: number }
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'commit' }
  | { readonly kind: 'label'; readonly label: string };

/** Names of the explorer's policies; `instant` judges one moment. */
export const searchPolicies = [
  'instant',
  'every-op',
  'reordered',
  'exhaustive',
  'lying-drive',
] as const;

/** One policy of the explorer. */
export type SearchPolicy = (typeof searchPolicies)[number];

/** Places that can be full: the file system with /var, or the partition that a loader reads kernels from. */
export const fullPlaces = ['var', 'boot'] as const;

/** One place that can be full. */
export type FullPlace = (typeof fullPlaces)[number];

/** What befalls the machine while a step is under way. */
export type FaultName = 'power-loss' | 'interrupt' | 'disk-full';

/** How long a layer over /usr lasts: until the next start, or as long as the version that it lies over. */
export const unlockings = ['transient', 'hotfix'] as const;

/** One of the two. */
export type Unlocking = (typeof unlockings)[number];

/** What somebody changes on the machine: `what` names it, `path` and `text` belong to an edit. */
export type Change =
  | { readonly kind: 'install' | 'remove'; readonly name: string }
  | { readonly kind: 'replace'; readonly name: string; readonly by: string }
  | {
      readonly kind: 'edit';
      /** Id of a datum of this scenario, or a path. */
      readonly to: string;
      readonly text: string;
      readonly append: boolean;
    }
  | { readonly kind: 'clean' | 'reset' | 'pin'; readonly name: string }
  | { readonly kind: 'unlock'; readonly how: Unlocking };

/** Who attacks: a program with the rights of its user, one in a sandbox, one with the rights of root. */
export const actors = ['user-program', 'sandboxed-program', 'root-program'] as const;

/** One kind of attacker. */
export type Actor = (typeof actors)[number];

/** What a sandboxed program may see of its user's files. Source: flatpak-override(1), `--filesystem`. */
export const sandboxPermissions = ['home', 'documents', 'downloads'] as const;

/** One permission of a sandbox. */
export type SandboxPermission = (typeof sandboxPermissions)[number];

/** What an attacker leaves behind to be started again. */
export const plantedThings = ['autostart', 'service', 'program'] as const;

/** One thing that an attacker leaves behind. */
export type PlantedThing = (typeof plantedThings)[number];

/** Somebody else reads, overwrites, and stays. Names are ids of data, or paths. */
export interface Attack {
  readonly by: Actor;
  /** Of a sandboxed program; empty for others. */
  readonly permissions: readonly SandboxPermission[];
  readonly read: readonly string[];
  readonly overwrite: readonly string[];
  readonly plant: readonly PlantedThing[];
}

/** Numbers that can be noted. */
export const measures = ['space', 'integrity', 'scrub', 'programs'] as const;

/** One number that can be noted. */
export type Measure = (typeof measures)[number];

/** One step. */
export type Step = StepModifiers &
  (
    | { readonly verb: 'run'; readonly command: string }
    | {
        readonly verb: 'write';
        /** Id of a datum of this scenario, or a path. */
        readonly to: string;
        readonly text: string;
        /** Whether the text is added to what is there. */
        readonly append: boolean;
        readonly how: SavePattern;
      }
    | { readonly verb: 'update'; readonly to: VersionName }
    | { readonly verb: 'rollback' }
    | { readonly verb: 'reboot'; readonly how: 'clean' | 'forced' }
    | { readonly verb: 'wait'; readonly seconds: number }
    | { readonly verb: 'change'; readonly change: Change }
    | { readonly verb: 'attack'; readonly attack: Attack }
    | { readonly verb: 'measure'; readonly what: Measure }
    /** Somebody takes the machine, disk and all. */
    | { readonly verb: 'theft' }
    /** One bit of a file changes on the disk, or somebody makes a mistake in it: id of a datum, or a path. */
    | { readonly verb: 'bit-flip' | 'typo'; readonly file: string }
    | {
        readonly verb: 'fault';
        readonly fault: FaultName;
        /** Label of the step during which it strikes. */
        readonly during: string;
        readonly moment:
          | { readonly kind: 'at'; readonly at: Instant }
          | { readonly kind: 'search'; readonly policy: SearchPolicy };
        /** Seed of the sample that a search takes where more is possible than it looks at; default that of the run. */
        readonly seed?: number;
        /** Of a disk that is full: which file system; default the one with /var. */
        readonly place?: FullPlace;
        /** The drive says that it has written what it has not. */
        readonly driveLies?: true;
        /** The first barrier at or after this instant never reaches the drive. */
        readonly dropsBarrier?: Instant;
      }
  );

/** A piece of data that the scenario puts on every machine before it starts. */
export interface ScenarioDatum {
  readonly id: string;
  readonly kind: DataKind;
  /** As its user writes it; `~` is the home of the default user. */
  readonly path: string;
  readonly text: string;
  readonly label?: string;
}

/** What is asked before the run. */
export interface Question {
  readonly id: string;
  readonly about: string;
  readonly text: string;
  readonly choices: readonly string[];
  /** Principle → sentence that explains it. */
  readonly why: { readonly [principle: string]: string };
}

/** What must come out; replayed by the tests and by the terminal's exit code. */
export interface Expectation {
  /** Ids of systems, or `all`. */
  readonly on: readonly string[] | 'all';
  /** Classes that may occur, and no others. */
  readonly boot?: readonly OutcomeClass[];
  /** Classes that must all occur in a search. */
  readonly occurs?: readonly OutcomeClass[];
  /** Datum id → axis → values that may occur. */
  readonly data: {
    readonly [datum: string]: { readonly [axis in keyof Fates]?: readonly string[] };
  };
  readonly because: string;
  readonly source?: string;
  /** Ids of the variants it speaks of; absent for all. */
  readonly variants?: readonly string[];
  readonly line: number;
}

/** Programs that look at each start and go back: with the checks that come with them, or one for the login screen too. */
export const startChecks = ['as-shipped', 'with-login'] as const;

/** Which checks there are. */
export type StartChecks = (typeof startChecks)[number];

/** Settings of the machines that a scenario may ask for. */
export interface MachineSettings {
  /** Whether the EFI system partition is mounted while the machine runs; default true. */
  readonly espMounted?: boolean;
  /** Whether the partitions that a system's installer offers to encrypt are encrypted; default false. */
  readonly encrypted?: boolean;
  /** Whether /boot is a partition of its own, on systems whose installer offers both; default as the system file says. */
  readonly ownBootPartition?: boolean;
  /** Whether a program looks at each start and goes back, where a system has one; default none, as they are installed. */
  readonly startChecks?: StartChecks;
  /** What its drive promises; default the drive of the recordings. */
  readonly drive?: Drive;
  /** Whether OSTree mounts a composefs image; other mechanisms do not know it. Default as the system does. */
  readonly composefs?: boolean;
  /** What the root is formatted with, where the installer lets one choose; default as the system does. */
  readonly fileSystem?: RootFileSystem;
  /** Which boot loader, where a system has two; default as the system does. */
  readonly loader?: BootLoader;
  /** Whether snapshots of a root that is updated in place hold /var; default `without-var`. */
  readonly snapshots?: SnapshotScope;
  /** Whether somebody sits before the machine and chooses in its menu; default true. */
  readonly attended?: boolean;
}

/** What snapshots of a root hold. */
export const snapshotScopes = ['without-var', 'with-var'] as const;

/** One of them. */
export type SnapshotScope = (typeof snapshotScopes)[number];

/** What a root can be formatted with. */
export const rootFileSystems = ['ext4', 'xfs', 'btrfs'] as const;

/** One of them. */
export type RootFileSystem = (typeof rootFileSystems)[number];

/** Boot loaders that some system lets one choose between. */
export const bootLoaders = ['systemd-boot', 'grub'] as const;

/** One of them. */
export type BootLoader = (typeof bootLoaders)[number];

/** The same story with one thing changed; the first variant of a scenario is the one that runs unasked. */
export interface ScenarioVariant {
  readonly id: string;
  /** A few words for a chooser. */
  readonly label: string;
  /** Labels of the steps that this variant leaves out. */
  readonly without: readonly string[];
  /** When the faults strike, instead of what their steps say. */
  readonly at?: Instant;
  /** Settings that win over those of the scenario. */
  readonly machine: MachineSettings;
}

/** A whole scenario. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  readonly goal: string;
  /** Ids of the misconceptions it tests. */
  readonly tests: readonly string[];
  /** Coarse level for a course: 1 to 3. */
  readonly level: number;
  readonly data: readonly ScenarioDatum[];
  readonly machine: MachineSettings;
  /** Programs with a format of their own. */
  readonly programs: readonly ScenarioProgram[];
  /** Empty when there is only one story to tell. */
  readonly variants: readonly ScenarioVariant[];
  /** Id of the variant that this is, once one was applied. */
  readonly variant?: string;
  readonly steps: readonly Step[];
  readonly ask: readonly Question[];
  readonly expect: readonly Expectation[];
  /** What a teacher says afterwards. */
  readonly teach: string;
  /** Set when all systems are meant to end alike; the text says why. */
  readonly sameEverywhere?: string;
  /** Digest of the text it was read from. */
  readonly digest: number;
}
