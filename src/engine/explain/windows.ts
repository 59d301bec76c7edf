/**
 * When an outcome happens. By the clock: one walk through time with a drive that keeps up, and one in which write-back
 * that a call merely started loses its race against the commit. By the rules: from when on and until when a power cut
 * can leave it at all. Source: persistence.md 3.4 point 5 and 3.5.
 */
import { FileSystemState } from '../../model/file-system-state.ts';
import { losesFlushed, timingOf } from '../../model/device.ts';
import { schedule, type Certainty, type Schedule } from '../../persistence/clock.ts';
import { microClass, type Compiled } from '../../persistence/compiled.ts';
import { DurabilityClock } from '../../persistence/durability.ts';
import { CrashState } from '../../persistence/crash-state.ts';
import type { Observation } from '../litmus/observe.ts';
import { keyOf } from '../litmus/allowed.ts';
import {
  exactObservation,
  shows,
  type Possibility,
  type Subject,
  type TimeSpan,
} from './possibilities.ts';

/** Simulated quiet time after a program: four times the longest timer, so that every clock has run out. */
const watchedMicroseconds = 120_000_000;

/** Shorter than this is no time in which a power cut is likely to fall. */
const momentMicroseconds = 1000;

/**
 * How an outcome comes about. `certain`: nothing else is possible. `usual`: by the clocks alone, on a drive that keeps
 * up. `momentary`: so as well, but only for the time of a few writes. `slow-drive`: the write that a call started is
 * slower than the commit. `possible`: the system or the drive writes in another order, or another program's sync comes
 * between. `unseen`: the model allows it, and no recording showed it.
 */
export type Likelihood = 'certain' | 'usual' | 'momentary' | 'slow-drive' | 'possible' | 'unseen';

/** Likelihood and time of an outcome. */
export interface Occurrence {
  readonly likelihood: Likelihood;
  /** When the clocks bring it; empty where they never do. */
  readonly spans: readonly TimeSpan[];
  /** Before this and after it, no power cut leaves it. */
  readonly possible: TimeSpan;
  /** From here on nothing else is left; absent where that never comes. */
  readonly certainMicroseconds?: number;
}

/** What is on the disk from one instant to the next. */
interface Seen extends TimeSpan {
  readonly observation: Observation;
}

/** The two walks of one program, and the outcomes that they meet. */
export class Clocks {
  readonly likely: Schedule;
  readonly #subject: Subject;
  readonly #likelyWalk: readonly Seen[];
  readonly #slowWalk: readonly Seen[];
  readonly #all: ReadonlyMap<string, Possibility>;
  readonly #isComplete: boolean;

  /** `all` are the outcomes by their keys: what is seen counts for the one that says exactly it. */
  constructor(subject: Subject, all: ReadonlyMap<string, Possibility>, isComplete: boolean) {
    this.#subject = subject;
    this.#all = all;
    this.#isComplete = isComplete;
    this.likely = scheduleOf(subject, 'likely');
    this.#likelyWalk = walk(subject, this.likely);
    const late = slowDrive(subject.compiled, this.likely, scheduleOf(subject, 'certain'));
    this.#slowWalk = walk(subject, late);
  }

  /** When a possibility occurs. */
  occurrenceOf(possibility: Possibility): Occurrence {
    const certain = this.#certainFrom(possibility);
    const known = {
      possible: possibility.span,
      ...(certain === undefined ? {} : { certainMicroseconds: certain }),
    };
    const { profile, drive } = this.#subject.compiled;
    if (certain === 0) return { likelihood: 'certain', spans: [], ...known };
    // Memory keeps nothing, and a drive that forgets what it flushed keeps what it likes: no clock says what is usual.
    if (profile.metadataOrder === 'nowhere' || losesFlushed(drive)) {
      return { likelihood: 'possible', spans: [], ...known };
    }
    const likely = this.#spansOf(this.#likelyWalk, possibility.observation);
    if (likely.length > 0) {
      const isBrief = likely.every(
        ({ fromMicroseconds: from, toMicroseconds: to }) =>
          from > 0 && to - from < momentMicroseconds,
      );
      return { likelihood: isBrief ? 'momentary' : 'usual', spans: likely, ...known };
    }
    const slow = this.#spansOf(this.#slowWalk, possibility.observation);
    return { likelihood: slow.length > 0 ? 'slow-drive' : 'possible', spans: slow, ...known };
  }

  /** From when on nothing else is possible than this. */
  #certainFrom({ observation, span }: Possibility): number | undefined {
    if (!this.#isComplete || span.toMicroseconds < Infinity) return undefined;
    const key = keyOf(observation);
    const others = [...this.#all].filter(([other]) => other !== key);
    const last = Math.max(0, ...others.map(([, other]) => other.span.toMicroseconds));
    return last === Infinity ? undefined : last;
  }

  /** The stretches in which the observation is seen, neighbours joined. */
  #spansOf(seen: readonly Seen[], observation: Observation): readonly TimeSpan[] {
    const key = keyOf(observation);
    const spans: TimeSpan[] = [];
    for (const one of seen) {
      const exact = keyOf(one.observation);
      const isIt = this.#all.has(exact) ? exact === key : shows(one.observation, observation);
      if (!isIt) continue;
      const { fromMicroseconds, toMicroseconds } = one;
      const last = spans.at(-1);
      if (last?.toMicroseconds !== fromMicroseconds) {
        spans.push({ fromMicroseconds, toMicroseconds });
      } else spans[spans.length - 1] = { ...last, toMicroseconds };
    }
    return spans;
  }
}

/** When each change of a program is on the disk. */
export function durabilityOf(compiled: Compiled): DurabilityClock {
  const likely = scheduleOf({ compiled }, 'likely');
  return new DurabilityClock(compiled, likely, scheduleOf({ compiled }, 'certain'));
}

/** When everything reaches the disk of a program. */
export function scheduleOf(
  { compiled }: Pick<Subject, 'compiled'>,
  certainty: Certainty,
): Schedule {
  return schedule(compiled, timingOf(compiled.drive), watchedMicroseconds, certainty);
}

/** Commits when they are due, and data as late as it may be. */
function slowDrive({ classes }: Compiled, likely: Schedule, certain: Schedule): Schedule {
  const durableMicroseconds = likely.durableMicroseconds.map((due, micro) =>
    classes[micro] === microClass.metadata ? due : (certain.durableMicroseconds[micro] ?? due),
  );
  return { ...certain, durableMicroseconds };
}

/** What is on the disk from instant to instant. */
export function walk(subject: Subject, { durableMicroseconds }: Schedule): readonly Seen[] {
  const { compiled, blobs, observe } = subject;
  const state = new CrashState(compiled);
  const instants = [...new Set([0, ...durableMicroseconds])]
    .filter((instant) => instant < Infinity)
    .sort((left, right) => left - right);
  const seen = instants.map((fromMicroseconds, index) => {
    durableMicroseconds.forEach((durable, micro) => {
      if (durable <= fromMicroseconds) state.set(micro, true);
    });
    const view = new FileSystemState(compiled.base.table, state.cells);
    const observation = exactObservation(view, blobs, observe);
    return { fromMicroseconds, toMicroseconds: instants[index + 1] ?? Infinity, observation };
  });
  return compiled.profile.verifiesReads === true ? seen.map((one) => checked(one, seen)) : seen;
}

/** Where reads are checked against the hashes of what is being written, everything else reads as an error. */
function checked(one: Seen, all: readonly Seen[]): Seen {
  const whole = all.at(-1)?.observation ?? {};
  const words = Object.entries(one.observation).map(([path, word]): [string, string] => [
    path,
    word === whole[path] ? word : 'err5',
  ]);
  return { ...one, observation: Object.fromEntries(words) };
}
