/** Facts of a recording beside the same facts of the simulation, gathered one by one. */
import type { ComparedRun } from '../compared-run.ts';

/** How far a simulated number may be from the recorded one. */
const tolerance = 0.05;

/** Numbers up to here are decided by the layout alone, so they must be equal. */
const exactCountMax = 40;

/** Collects facts; a difference is a sentence in `missing` or in `invented`. */
export class Facts {
  readonly #observed: Record<string, unknown> = {};
  readonly #simulated: Record<string, unknown> = {};
  readonly #missing: string[] = [];
  readonly #invented: string[] = [];

  /** A fact that must be the same; `undefined` means that it is not there. */
  same(fact: string, observed: unknown, simulated: unknown): void {
    this.#note(fact, observed, simulated, textOf(observed) === textOf(simulated));
  }

  /** A count: equal when it is small, otherwise within 5 %. */
  ratio(fact: string, observed: number, simulated: number): void {
    const difference = Math.abs(observed - simulated);
    const near = observed > exactCountMax && difference <= observed * tolerance;
    this.#note(fact, observed, simulated, difference === 0 || near);
  }

  #note(fact: string, observed: unknown, simulated: unknown, agrees: boolean): void {
    if (observed !== undefined) this.#observed[fact] = observed;
    if (simulated !== undefined) this.#simulated[fact] = simulated;
    if (agrees) return;
    if (observed !== undefined) {
      this.#missing.push(`${fact}: recorded ${textOf(observed)}, simulated ${textOf(simulated)}.`);
    } else {
      this.#invented.push(`${fact}: simulated ${textOf(simulated)}, not in the recording.`);
    }
  }

  /** A recording that cannot be read is a difference of its own. */
  problem(sentence: string): void {
    this.#missing.push(sentence);
  }

  /** All of them. Nothing is explained away here. */
  compared(id: string): ComparedRun {
    return {
      id,
      observed: this.#observed,
      simulated: this.#simulated,
      missing: this.#missing,
      invented: this.#invented,
      explained: [],
    };
  }
}

function textOf(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
