/** Which classes are possible when: intervals per class, gathered during an exploration and asked afterwards. */
import { outcomeClasses, type OutcomeClass } from '../model/verdict.ts';

/** From and to, in microseconds. */
interface Interval {
  from: number;
  to: number;
}

/** How bad a class is; larger is worse. */
export function severity(outcome: OutcomeClass): number {
  return outcomeClasses.indexOf(outcome);
}

/** The worse of two classes. */
export function worse(left: OutcomeClass, right: OutcomeClass): OutcomeClass {
  return severity(left) >= severity(right) ? left : right;
}

/** Intervals of time in which a class can occur. */
export class PossibleOutcomes {
  readonly #intervals = new Map<OutcomeClass, Interval[]>();

  /** The class can occur from `from` to `to`. Calls come roughly in order of time, so neighbours are joined. */
  add(outcome: OutcomeClass, from: number, to: number): void {
    let list = this.#intervals.get(outcome);
    if (list === undefined) this.#intervals.set(outcome, (list = []));
    const last = list.at(-1);
    if (last !== undefined && from >= last.from && from <= last.to) last.to = Math.max(last.to, to);
    else list.push({ from, to });
  }

  /** Classes that can occur at all, best first. */
  get classes(): readonly OutcomeClass[] {
    return outcomeClasses.filter((outcome) => this.#intervals.has(outcome));
  }

  /** Instants at which the worst class may change. */
  get edges(): readonly number[] {
    return [...this.#intervals.values()].flat().flatMap(({ from, to }) => [from, to]);
  }

  /** For ascending instants, the worst class that can occur from each on; undefined where nothing was looked at. */
  worstAt(instants: readonly number[]): readonly (OutcomeClass | undefined)[] {
    const worst: (OutcomeClass | undefined)[] = instants.map(() => undefined);
    for (const outcome of this.classes) {
      const sorted = [...(this.#intervals.get(outcome) ?? [])].sort((a, b) => a.from - b.from);
      this.#paint(instants, worst, outcome, sorted);
    }
    return worst;
  }

  #paint(
    instants: readonly number[],
    worst: (OutcomeClass | undefined)[],
    outcome: OutcomeClass,
    sorted: readonly Interval[],
  ): void {
    let next = 0;
    let reach = -Infinity;
    instants.forEach((instant, index) => {
      for (let interval = sorted[next]; interval !== undefined; interval = sorted[next]) {
        if (interval.from > instant) break;
        reach = Math.max(reach, interval.to);
        next++;
      }
      if (reach > instant) worst[index] = outcome;
    });
  }
}
