/**
 * The three answers of the clock: at an instant a change is on the disk for certain, may be on it, or cannot be on it
 * yet. Source: persistence.md 3.5; the measured windows of its section 0 point 8 come out of it.
 *
 * A change may be on the disk from the moment at which it is called: another program's sync, or a kernel that is short
 * of memory, can carry it there at once. It is there for certain when a barrier that carries it has returned, or when
 * the timers have run out. A write that a timer has sent to the drive counts as written: drives empty their caches in
 * moments, though without a flush nobody promises it. On a drive that loses what it was told to flush nothing is
 * ever certain, and memory that is no disk never holds anything.
 */
import type { Inode } from '../model/cell-table.ts';
import { losesFlushed, timingOf } from '../model/device.ts';
import { schedule, type Schedule } from './clock.ts';
import type { Compiled } from './compiled.ts';

/** What can be said at an instant. */
export type Durability = 'certain' | 'may be' | 'cannot be yet';

/** Instants at which the answer changes, in microseconds; Infinity where it never does. */
export interface DurabilityWindow {
  /** From here on it may be there. */
  readonly possibleMicroseconds: number;
  /** From here on it is there, if the drive keeps up and nothing else happens. */
  readonly likelyMicroseconds: number;
  /** From here on it is there for certain. */
  readonly certainMicroseconds: number;
}

/** The answer within a window. */
export function durabilityAt(window: DurabilityWindow, atMicroseconds: number): Durability {
  if (atMicroseconds >= window.certainMicroseconds) return 'certain';
  return atMicroseconds >= window.possibleMicroseconds ? 'may be' : 'cannot be yet';
}

const never: DurabilityWindow = {
  possibleMicroseconds: Infinity,
  likelyMicroseconds: Infinity,
  certainMicroseconds: Infinity,
};

/** The clocks of a window, whose likely timers run until `untilMicroseconds`; what they bring later counts as never. */
export function durabilityClock(compiled: Compiled, untilMicroseconds: number): DurabilityClock {
  const timing = timingOf(compiled.drive);
  const likely = schedule(compiled, timing, untilMicroseconds, 'likely');
  const certain = schedule(compiled, timing, untilMicroseconds, 'certain');
  return new DurabilityClock(compiled, likely, certain);
}

/** The answers for a compiled window, from its two schedules. */
export class DurabilityClock {
  readonly #compiled: Compiled;
  readonly #likely: Schedule;
  readonly #certain: Schedule;

  constructor(compiled: Compiled, likely: Schedule, certain: Schedule) {
    this.#compiled = compiled;
    this.#likely = likely;
    this.#certain = certain;
  }

  /** When one micro-operation reaches the disk. */
  ofMicro(micro: number): DurabilityWindow {
    const { operations, operationOf, profile, drive } = this.#compiled;
    if (profile.metadataOrder === 'nowhere') return never;
    const operation = operations[operationOf[micro] ?? 0];
    return {
      possibleMicroseconds: operation?.startMicroseconds ?? 0,
      likelyMicroseconds: this.#likely.durableMicroseconds[micro] ?? Infinity,
      certainMicroseconds: losesFlushed(drive)
        ? Infinity
        : (this.#certain.durableMicroseconds[micro] ?? Infinity),
    };
  }

  /**
   * When all of an operation is there: it may be from its call on. Undefined for one that changes nothing, such as a
   * barrier.
   */
  ofOperation(index: number): DurabilityWindow | undefined {
    const { microStart } = this.#compiled;
    const micros: number[] = [];
    const end = microStart[index + 1] ?? 0;
    for (let micro = microStart[index] ?? 0; micro < end; micro++) micros.push(micro);
    return this.#whole(micros);
  }

  /** When the content of a file is there as it was written last; undefined for one that nobody wrote to. */
  ofContent(inode: Inode): DurabilityWindow | undefined {
    return this.#whole(this.#compiled.contentMicros.get(inode) ?? []);
  }

  /** The window of changes that count only together: each answer comes with the last of them. */
  #whole(micros: readonly number[]): DurabilityWindow | undefined {
    if (micros.length === 0) return undefined;
    const windows = micros.map((micro) => this.ofMicro(micro));
    const last = (of: (window: DurabilityWindow) => number): number => Math.max(...windows.map(of));
    return {
      possibleMicroseconds: last((one) => one.possibleMicroseconds),
      likelyMicroseconds: last((one) => one.likelyMicroseconds),
      certainMicroseconds: last((one) => one.certainMicroseconds),
    };
  }
}
