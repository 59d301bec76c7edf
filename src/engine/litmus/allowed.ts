/** What a program may leave behind: at any moment, after so many calls, and once every call has returned. */
import type { Drive } from '../../model/device.ts';
import { compile } from '../../persistence/compile.ts';
import type { Compiled } from '../../persistence/compiled.ts';
import type { Moment } from '../../persistence/legality.ts';
import { possibleDisks, type SearchBound } from '../../persistence/possible.ts';
import type { Profile } from '../../persistence/profile.ts';
import { observations, type Observation } from './observe.ts';
import { recordProgram, type LitmusProgram, type RecordedProgram } from './program.ts';

type Seen = ReadonlyMap<string, Observation>;

/** Every state that a profile allows for a program, seen at some paths. */
export class AllowedStates {
  readonly #recorded: RecordedProgram;
  readonly #compiled: Compiled;
  readonly #observe: readonly string[];
  readonly #bound: SearchBound = { exceeded: false };
  readonly #atMoment = new Map<number, Seen>();

  /** Throws what {@link recordProgram} throws. */
  constructor(program: LitmusProgram, observe: readonly string[], profile: Profile, drive?: Drive) {
    this.#recorded = recordProgram(program, profile.id);
    this.#compiled = compile(this.#recorded.volume, profile, drive);
    this.#observe = observe;
  }

  get #count(): number {
    return this.#recorded.volume.operations.length;
  }

  /** States while the operation after the completed ones may be on its way. */
  #seenAt(completed: number): Seen {
    const known = this.#atMoment.get(completed);
    if (known !== undefined) return known;
    const seen = new Map<string, Observation>();
    for (const moment of this.#momentsAt(completed)) {
      for (const disk of possibleDisks(this.#compiled, moment, this.#bound)) {
        for (const one of observations(disk, this.#recorded.blobs, this.#observe)) {
          seen.set(keyOf(one), one);
        }
      }
    }
    this.#atMoment.set(completed, seen);
    return seen;
  }

  /** A barrier on its way may already have done all that it does; while a program waits, nothing is on its way. */
  #momentsAt(completed: number): readonly Moment[] {
    const issued = Math.min(this.#count, completed + 1);
    const isBarrier = this.#compiled.operations[completed]?.effect.kind === 'barrier';
    const { operationsAfterCall } = this.#recorded;
    const waits = operationsAfterCall.filter((count) => count === completed).length > 1;
    return [
      { completed, issued },
      ...(isBarrier ? [{ completed: issued, issued }] : []),
      ...(waits ? [{ completed, issued: completed }] : []),
    ];
  }

  #between(first: number, last: number): readonly Observation[] {
    const all = new Map<string, Observation>();
    for (let completed = first; completed <= last; completed++) {
      for (const [key, seen] of this.#seenAt(completed)) all.set(key, seen);
    }
    return [...all.values()];
  }

  /** For a power cut at any moment. */
  get anyTime(): readonly Observation[] {
    return this.#between(0, this.#count);
  }

  /** For a power cut after every call had returned. */
  get afterEnd(): readonly Observation[] {
    return this.#between(this.#count, this.#count);
  }

  /** For a power cut when so many calls had returned and the next may be on its way. */
  afterCalls(count: number): readonly Observation[] {
    const { operationsAfterCall } = this.#recorded;
    const first = operationsAfterCall[count] ?? this.#count;
    const last = operationsAfterCall[count + 1] ?? this.#count;
    return this.#between(first, last);
  }

  /** False when there were more states than a search looks at; ask last. */
  get isComplete(): boolean {
    return !this.#bound.exceeded;
  }
}

/** A key that equal observations share. */
export function keyOf(observation: Observation): string {
  const entries = Object.entries(observation);
  return JSON.stringify(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}
