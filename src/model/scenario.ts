/** A scenario: what a person does, what befalls the machine, and what is asked and expected. Plain data. */
import type { Drive } from './device.ts';
import type { DataKind, Fates } from './fate.ts';
import type { VersionName } from './release.ts';
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

/** What befalls the machine and stops it. */
export type FaultName = 'power-loss' | 'interrupt';

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
    | {
        readonly verb: 'fault';
        readonly fault: FaultName;
        /** Label of the step during which it strikes. */
        readonly during: string;
        readonly moment:
          | { readonly kind: 'at'; readonly at: Instant }
          | { readonly kind: 'search'; readonly policy: SearchPolicy };
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

/** Settings of the machines that a scenario may ask for. */
export interface MachineSettings {
  /** Whether the EFI system partition is mounted while the machine runs; default true. */
  readonly espMounted?: boolean;
  /** File system of the partition that holds the home directories, where the system lets one choose. */
  readonly fileSystem?: string;
  /** What its drive promises; default the drive of the recordings. */
  readonly drive?: Drive;
}

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
