/** One volume's disk as a pass shows it, while operations are called and the clock goes on. */
import { microClass } from './compiled.ts';
import type { CrashState } from './crash-state.ts';
import type { VolumeWindow } from './explorer.ts';
import type { VolumeChoice } from './policies.ts';

/** Moves one volume's state along the cut, by a choice. */
export class VolumeMover {
  readonly window: VolumeWindow;
  readonly state: CrashState;
  readonly #choice: VolumeChoice;
  readonly #byClock: readonly number[];
  readonly #instants: Float64Array;
  #clockNext = 0;

  constructor(window: VolumeWindow, state: CrashState, choice: VolumeChoice) {
    this.window = window;
    this.state = state;
    this.#choice = choice;
    const forced =
      choice === 'names, forced data only' || choice === 'names and extents, forced data only';
    this.#instants = (forced ? window.certain : window.likely).durableMicroseconds;
    const instants = this.#instants;
    this.#byClock =
      choice === 'all'
        ? []
        : Array.from({ length: window.compiled.count }, (_, micro) => micro)
            .filter((micro) => (instants[micro] ?? Infinity) < Infinity)
            .sort((left, right) => (instants[left] ?? 0) - (instants[right] ?? 0));
  }

  /** The operation with this local index was issued. */
  issue(index: number): void {
    const { microStart, classes } = this.window.compiled;
    const end = microStart[index + 1] ?? 0;
    for (let micro = microStart[index] ?? 0; micro < end; micro++) {
      if (this.#comesWithIssue(classes[micro] ?? 0)) this.state.set(micro, true);
    }
  }

  #comesWithIssue(kind: number): boolean {
    switch (this.#choice) {
      case 'all':
        return true;
      case 'clock':
        return false;
      case 'names and extents, forced data only':
        return kind !== microClass.data;
      case 'names, data by the clock':
      case 'names, forced data only':
        return kind === microClass.metadata;
    }
  }

  /** When the clock brings the next micro-operation, or Infinity. */
  get nextInstant(): number {
    const micro = this.#byClock[this.#clockNext];
    return micro === undefined ? Infinity : (this.#instants[micro] ?? Infinity);
  }

  /** The clock shows `now`. */
  advance(now: number): void {
    for (;;) {
      const micro = this.#byClock[this.#clockNext];
      if (micro === undefined || (this.#instants[micro] ?? Infinity) > now) return;
      this.state.set(micro, true);
      this.#clockNext++;
    }
  }
}
