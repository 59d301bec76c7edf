/** The way back: here is what survived, which system was it? Names are covered until somebody has guessed. */

/** Letters that stand for machines whose names are covered. */
const letters = ['A', 'B', 'C', 'D', 'E', 'F'];

interface Named {
  readonly id: string;
  readonly name: string;
  readonly mechanism: string;
}

/** An order that hangs on the seed and not on the names, so that the place of a machine tells nothing. */
export function shuffled(ids: readonly string[], seed: number): readonly string[] {
  const rank = (id: string): number => {
    let sum = seed >>> 0;
    for (const letter of id) sum = Math.imul(sum ^ letter.charCodeAt(0), 0x01000193) >>> 0;
    return sum;
  };
  return ids.toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}

/** Whose name is covered, and what was guessed. */
export class Guessing {
  isOn = $state(false);
  /** Machines in the order in which they got their letters. */
  #order = $state.raw<readonly string[]>([]);
  #guesses = $state<Record<string, string>>({});

  /** Covers the names of these machines. */
  start(order: readonly string[]): void {
    this.isOn = true;
    this.#order = order;
    this.#guesses = {};
  }

  stop(): void {
    this.isOn = false;
    this.#guesses = {};
  }

  guess(id: string, name: string): void {
    this.#guesses[id] = name;
  }

  /** What was guessed of a machine; empty while nothing was. */
  guessed(id: string): string {
    return this.#guesses[id] ?? '';
  }

  covers(id: string): boolean {
    return this.isOn && this.#order.includes(id) && this.guessed(id) === '';
  }

  /** Whether a name is still covered. */
  readonly isOpen = $derived(this.#order.some((id) => this.covers(id)));

  /** The same thing under a letter, as long as its name is covered. */
  cover<Thing extends Named>(thing: Thing): Thing {
    if (!this.covers(thing.id)) return thing;
    const letter = letters[this.#order.indexOf(thing.id)] ?? '?';
    return { ...thing, name: `Machine ${letter}`, mechanism: '?' };
  }
}
