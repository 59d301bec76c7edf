/** What a run tells: everything that the page and the terminal show, as plain JSON. */
import type { Drive } from './device.ts';
import type { Datum, DatumFate } from './fate.ts';
import type { Stage } from './operation.ts';
import type { ReleaseSize } from './release.ts';
import type { Measure, SearchPolicy } from './scenario.ts';
import type { BackendId } from './system.ts';
import type { BootVerdict, OutcomeClass, PlainVerdict, Reason } from './verdict.ts';

/** One distinct end of the story on one machine. Instants refer to it by its place in the list. */
export interface Screen {
  readonly outcome: OutcomeClass;
  readonly plain: PlainVerdict;
  readonly verdict: BootVerdict;
  readonly fates: readonly DatumFate[];
}

/** An interval of instants at which a power cut ends alike. */
export interface TimelineRun {
  readonly fromMicroseconds: number;
  readonly toMicroseconds: number;
  /** Place in {@link SystemReport.screens}: what the one image that the device order leaves comes to. */
  readonly screen: number;
  /** Worst class among the likely states, the possible ones; undefined where nobody looked. */
  readonly worstLikely?: OutcomeClass;
  readonly worstPossible?: OutcomeClass;
}

/** The step that the fault strikes, over time. Zero is its start. */
export interface Timeline {
  readonly exitMicroseconds: number;
  /** Exit plus the quiet time in which the clocks of the kernel run out. */
  readonly endMicroseconds: number;
  readonly stages: readonly Stage[];
  readonly runs: readonly TimelineRun[];
  /** The instant of the cut, when the scenario or the user chose one. */
  readonly cutMicroseconds?: number;
}

/** A line that a terminal showed. */
export interface TerminalLine {
  readonly atMicroseconds: number;
  readonly text: string;
  /** What was typed, what came back, what went wrong. */
  readonly kind: 'command' | 'output' | 'error' | 'note';
}

/** Class → share of time, 0 to 1; only classes that occur. */
export type Shares = { readonly [outcome in OutcomeClass]?: number };

/** An operation, or a part of one, that had been called and is not on the disk. */
export interface MissingOperation {
  /** A sentence, such as: The new name of /usr/lib/libssl.so.3 reached the disk, its content did not. */
  readonly text: string;
  /** The file that it is about; empty for a sentence that sums up. */
  readonly path: string;
  /** Place of the operation among all of the machine. */
  readonly operation: number;
}

/** A reason, with the class that it explains. */
export interface OutcomeReason extends Reason {
  readonly outcome: OutcomeClass;
  /** What the page says of the screen that it was taken from: one class may start here and not there. */
  readonly plain?: PlainVerdict;
  /** The fewest missing operations that a search found to bring it about; empty when nothing need be missing. */
  readonly missing?: readonly MissingOperation[];
}

/** How much was looked at. */
export interface Searched {
  /** False when something asked for was not searched. */
  readonly complete: boolean;
  /** What was not searched, and why; in sentences. */
  readonly notSearched: readonly string[];
}

/** A number that the story noted on the way. */
export interface MeasuredNumber {
  /** Label of the step, or its line in the file. */
  readonly step: string;
  readonly what: Measure;
  /**
   * Bytes that files take on all volumes, how many complaints the system's own check had, how many blocks a scrub could
   * not mend, or how many programs run deleted files.
   */
  readonly value: number;
  /** The number in a sentence. */
  readonly text: string;
}

/** One machine's part of a report. */
export interface SystemReport {
  readonly id: string;
  readonly name: string;
  readonly mechanism: string;
  readonly backend: BackendId;
  /** The drive that all of this is about. */
  readonly drive: Drive;
  /** Crash states judged. */
  readonly states: number;
  readonly searched: Searched;
  readonly outcomes: Shares;
  readonly settling: Shares;
  readonly possible: readonly OutcomeClass[];
  /** Datum id → axis → fate → share of the update's time. */
  readonly fates: {
    readonly [datum: string]: { readonly [axis: string]: { readonly [fate: string]: number } };
  };
  /** The same for the quiet time after the step; empty where there is none. */
  readonly settlingFates: SystemReport['fates'];
  /** Datum id → contents that a search found possible, each with its reason; also those that {@link fates} tells. */
  readonly possibleFates: {
    readonly [datum: string]: { readonly [content: string]: readonly Reason[] };
  };
  readonly reasons: readonly OutcomeReason[];
  readonly data: readonly Datum[];
  readonly screens: readonly Screen[];
  /** Present when a fault strikes during a step. */
  readonly timeline?: Timeline;
  /** What this system could not do when the story asked for it, each with the reason. */
  readonly refused?: readonly Reason[];
  readonly measured?: readonly MeasuredNumber[];
  readonly terminal: readonly TerminalLine[];
  /** Lines that the terminal dropped. */
  readonly terminalDropped: number;
}

/** An expectation that did not come true. */
export interface Disappointment {
  readonly line: number;
  readonly system: string;
  readonly text: string;
}

/** A whole run over several machines. */
export interface LabReport {
  readonly scenario: string;
  readonly title: string;
  /** Of a scenario that varies one thing: which way it was told. */
  readonly variant?: string;
  readonly seed: number;
  readonly runId: string;
  readonly policy: SearchPolicy;
  readonly release: ReleaseSize;
  readonly systems: readonly SystemReport[];
  readonly disappointments: readonly Disappointment[];
}
