/**
 * When an outcome happens by the clock. One walk through time with a drive that keeps up, and one in which write-back
 * that a call merely started loses its race against the commit. Source: persistence.md 3.4 point 5 and 3.5.
 */
import { FileSystemState } from '../../model/file-system-state.ts';
import { losesFlushed, timingOf } from '../../model/device.ts';
import { schedule, type Certainty, type Schedule } from '../../persistence/clock.ts';
import { microClass, type Compiled } from '../../persistence/compiled.ts';
import { DurabilityClock } from '../../persistence/durability.ts';
import { CrashState } from '../../persistence/crash-state.ts';
import type { Observation } from '../litmus/observe.ts';
import { keyOf } from '../litmus/allowed.ts';
import { exactObservation, shows, type Possibility, type Subject } from './possibilities.ts';

/** Simulated quiet time after a program: four times the longest timer, so that every clock has run out. */
const watchedMicroseconds = 120_000_000;

/** Shorter than this is no time in which a power cut is likely to fall. */
const momentMicroseconds = 1000;

/** A stretch of time, in microseconds after the start of the program; the end may be Infinity. */
export interface TimeSpan {
  readonly fromMicroseconds: number;
  readonly toMicroseconds: number;
}

/**
 * How an outcome comes about. `likely`: by the clocks alone, on a drive that keeps up. `momentary`: so as well, but only
 * for the time of a few writes. `slow-drive`: the write that a
 * call started is slower than the commit. `possible`: the drive writes out of order, or another program's sync comes
 * between. `unseen`: the model allows it, and no recording showed it.
 */
export type Likelihood = 'likely' | 'momentary' | 'slow-drive' | 'possible' | 'unseen';

/** Likelihood and time of an outcome. */
export interface Occurrence {
  readonly likelihood: Likelihood;
  readonly spans: readonly TimeSpan[];
}

interface Seen extends TimeSpan {
  readonly observation: Observation;
}

/** The two walks of one program. */
export class Clocks {
  readonly #subject: Subject;
  /** When each call is on the disk for certain, and from when on it may be. */
  readonly durability: DurabilityClock;
  readonly #likelyWalk: readonly Seen[];
  readonly #slowWalk: readonly Seen[];
  readonly #known: ReadonlySet<string>;

  /** `known` are the keys of all outcomes: what is seen counts for the one that says exactly it. */
  constructor(subject: Subject, known: Iterable<string>) {
    this.#subject = subject;
    this.#known = new Set(known);
    const likely = scheduleOf(subject, 'likely');
    const certain = scheduleOf(subject, 'certain');
    this.durability = new DurabilityClock(subject.compiled, likely, certain);
    this.#likelyWalk = walk(subject, likely);
    this.#slowWalk = walk(subject, slowDrive(subject.compiled, likely, certain));
  }

  /** When a possibility occurs. */
  occurrenceOf(possibility: Possibility): Occurrence {
    const likely = this.#spansOf(this.#likelyWalk, possibility.observation);
    if (likely.length > 0) {
      const isBrief = likely.every(
        ({ fromMicroseconds: from, toMicroseconds: to }) =>
          from > 0 && to - from < momentMicroseconds,
      );
      return { likelihood: isBrief ? 'momentary' : 'likely', spans: this.#withoutEnd(likely) };
    }
    const slow = this.#spansOf(this.#slowWalk, possibility.observation);
    if (slow.length > 0) return { likelihood: 'slow-drive', spans: this.#withoutEnd(slow) };
    return { likelihood: 'possible', spans: [this.#possibleSpan(possibility)] };
  }

  /** A drive that loses what it was told to keep may show at any later time what it showed once. */
  #withoutEnd(spans: readonly TimeSpan[]): readonly TimeSpan[] {
    if (!losesFlushed(this.#subject.compiled.drive)) return spans;
    return spans.slice(0, 1).map((span) => ({ ...span, toMicroseconds: Infinity }));
  }

  /** The stretches in which the observation is seen, neighbours joined. */
  #spansOf(seen: readonly Seen[], observation: Observation): readonly TimeSpan[] {
    const key = keyOf(observation);
    const spans: TimeSpan[] = [];
    for (const one of seen) {
      const exact = keyOf(one.observation);
      const isIt = this.#known.has(exact) ? exact === key : shows(one.observation, observation);
      if (!isIt) continue;
      const { fromMicroseconds, toMicroseconds } = one;
      const last = spans.at(-1);
      if (last?.toMicroseconds !== fromMicroseconds) {
        spans.push({ fromMicroseconds, toMicroseconds });
      } else spans[spans.length - 1] = { ...last, toMicroseconds };
    }
    return spans;
  }

  /** From the call on that makes it possible until what is missing is on the disk for certain. */
  #possibleSpan({ disk, missing, doubtful }: Possibility): TimeSpan {
    const { operations, count } = this.#subject.compiled;
    const { completed, issued } = disk.duties.moment;
    const first = operations[Math.max(0, Math.min(completed, issued - 1, operations.length - 1))];
    const certainAt = (micro: number): number => this.durability.ofMicro(micro).certainMicroseconds;
    const arrivals = missing.map(certainAt);
    // Nobody knows which part of an entry is the last one, so a doubt ends when all is on the disk.
    const to =
      doubtful.length > 0
        ? Math.max(...Array.from({ length: count }, (_, micro) => certainAt(micro)))
        : Math.min(Infinity, ...arrivals);
    return { fromMicroseconds: first?.startMicroseconds ?? 0, toMicroseconds: to };
  }
}

/** When everything reaches the disk of a program. */
export function scheduleOf({ compiled }: Subject, certainty: Certainty): Schedule {
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
  return instants.map((fromMicroseconds, index) => {
    durableMicroseconds.forEach((durable, micro) => {
      if (durable <= fromMicroseconds) state.set(micro, true);
    });
    const view = new FileSystemState(compiled.base.table, state.cells);
    const observation = exactObservation(view, blobs, observe);
    return { fromMicroseconds, toMicroseconds: instants[index + 1] ?? Infinity, observation };
  });
}
