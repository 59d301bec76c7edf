/** A program, run and understood: what it shows while it runs, and what a power cut can make of it. */
import type { Drive } from '../../model/device.ts';
import { FileSystemState } from '../../model/file-system-state.ts';
import { compile } from '../../persistence/compile.ts';
import { CrashState } from '../../persistence/crash-state.ts';
import type { Profile } from '../../persistence/profile.ts';
import type { Observation } from '../litmus/observe.ts';
import { recordProgram, type LitmusProgram } from '../litmus/program.ts';
import {
  exactObservation,
  possibilitiesOf,
  type Possibilities,
  type Subject,
} from './possibilities.ts';
import { durabilityOf } from './windows.ts';
import type { Versions } from './words.ts';

/**
 * How an outcome relates to the running system: `before` and `after` are what it shows before the program and after
 * it, `midway` is something that it shows for a moment, `never` is what nobody sees while the machine runs.
 */
export type OutcomeKind = 'before' | 'after' | 'midway' | 'never';

/** Where an outcome stands. */
export interface Standing {
  readonly kind: OutcomeKind;
  /** Whether something is lost that a careful program would have kept: a file that is neither old nor new. */
  readonly isHarm: boolean;
}

/** A program on one file system. */
export class ExplainedProgram {
  readonly profile: Profile;
  readonly subject: Subject;
  readonly versions: Versions;
  /** Operations that belong to the first so many calls. */
  readonly operationsAfterCall: readonly number[];
  readonly possibilities: Possibilities;
  readonly #live: readonly Observation[];

  /** Throws what `recordProgram` throws. */
  constructor(program: LitmusProgram, observe: readonly string[], profile: Profile, drive?: Drive) {
    const { volume, blobs, operationsAfterCall } = recordProgram(program, profile.id);
    this.profile = profile;
    const compiled = compile(volume, profile, drive);
    this.subject = { compiled, blobs, observe, durability: durabilityOf(compiled) };
    this.operationsAfterCall = operationsAfterCall;
    this.#live = liveObservations(this.subject);
    this.versions = {
      before: this.#live[0] ?? {},
      after: this.#live.at(-1) ?? {},
      noun: profile.metadataOrder === 'blocks' ? 'image' : 'file',
    };
    this.possibilities = possibilitiesOf(this.subject);
  }

  /** Paths that are there before or after; others are the program's own scaffolding. */
  get lasting(): readonly string[] {
    const { before, after } = this.versions;
    return this.subject.observe.filter(
      (path) => before[path] !== 'absent' || after[path] !== 'absent',
    );
  }

  /** Where an outcome stands. */
  standingOf(observation: Observation): Standing {
    const paths = this.lasting;
    const { before, after } = this.versions;
    const equals = (other: Observation, those: readonly string[]): boolean =>
      those.every((path) => other[path] === observation[path]);
    // A new file that is not finished counts for nothing yet, whatever it holds.
    const stageAt = (other: Observation, path: string): string | undefined =>
      before[path] === 'absent' && other[path] !== after[path] ? 'unfinished' : other[path];
    const isLive = this.#live.some((live) =>
      paths.every((path) => stageAt(live, path) === stageAt(observation, path)),
    );
    const loses = paths.some((path) => {
      const word = observation[path];
      return before[path] !== 'absent' && word !== before[path] && word !== after[path];
    });
    const all = this.subject.observe;
    const kind = equals(after, all)
      ? 'after'
      : equals(before, all)
        ? 'before'
        : this.#live.some((live) => equals(live, all))
          ? 'midway'
          : 'never';
    return { kind, isHarm: !isLive || loses };
  }

  /** When the last call returns. */
  get endMicroseconds(): number {
    return this.subject.compiled.operations.at(-1)?.endMicroseconds ?? 0;
  }

  /** The number of the call that an operation belongs to, from 1. */
  callOf(operation: number): number {
    return Math.max(
      1,
      this.operationsAfterCall.findIndex((count) => count > operation),
    );
  }
}

/** What the running system shows, operation by operation. */
function liveObservations({ compiled, blobs, observe }: Subject): readonly Observation[] {
  const state = new CrashState(compiled);
  const seen = (): Observation =>
    exactObservation(new FileSystemState(compiled.base.table, state.cells), blobs, observe);
  const all = [seen()];
  compiled.operations.forEach((_, index) => {
    const end = compiled.microStart[index + 1] ?? 0;
    for (let micro = compiled.microStart[index] ?? 0; micro < end; micro++) state.set(micro, true);
    all.push(seen());
  });
  return all;
}
