/** What became of a machine: one vocabulary everywhere. */

/** Classes of one disk, in order from best to worst; the words are those of the recordings. */
export const outcomeClasses = [
  'new',
  'old',
  'mixed-ok',
  'degraded-torn',
  'broken-mixed',
  'broken-torn',
  'broken-noboot',
  'unmountable',
] as const;

/**
 * `old`, `new`: whole, and that version boots. `mixed-ok`: files of both versions, every lockstep group of one version.
 * `broken-mixed`: a lockstep group spans versions. `broken-torn`: a file that booting needs is absent, empty, cut or
 * zeroed. `degraded-torn`: another file of the system is; also where the machine starts, and nobody can log in because
 * the files that hold the accounts are gone: no file of the start is damaged then. `broken-noboot`: no usable menu entry or kernel.
 * `unmountable`: the file system refuses to mount.
 */
export type OutcomeClass = (typeof outcomeClasses)[number];

/** The same in plain words, as the page says it. */
export type PlainVerdict =
  | 'starts, old version'
  | 'starts, new version'
  | 'starts, half updated'
  | 'starts, damaged'
  | 'starts, nobody can log in'
  | 'does not start';

/** How far a start came, in order. */
export const bootStages = [
  'firmware',
  'loader',
  'kernel',
  'initramfs',
  'root',
  'init',
  'services',
  'login',
  'applications',
] as const;

/** One rung of the ladder. */
export type BootStage = (typeof bootStages)[number];

/** What it takes to get a working system again. */
export interface WayBack {
  readonly kind: 'not needed' | 'automatic' | 'menu' | 'command' | 'rescue medium' | 'none';
  /** What to do, in a sentence or as a command. */
  readonly how: string;
}

/** A reason: a sentence, and where it comes from. */
export interface Reason {
  readonly text: string;
  /** Address or name of the recording, source file or document that says so. */
  readonly source: string;
}

/** What the boot loader sees without replaying the journal, beside what the kernel mounts. */
export type LoaderView = 'same' | 'stale' | 'nothing bootable';

/** What happens when this disk is switched on. */
export interface BootVerdict {
  /** Whether someone gets to work with the machine without help. */
  readonly starts: boolean;
  /** The version whose entry the loader takes, if any entry can be read. */
  readonly version?: string;
  /** The last stage that was reached. */
  readonly reached: BootStage;
  /** First missing link, in plain words; for a start without trouble, how it came up. */
  readonly because: Reason;
  /** Lines that the machine would print, the telling one last. */
  readonly console: readonly string[];
  readonly wayBack: WayBack;
  readonly loader: LoaderView;
}
