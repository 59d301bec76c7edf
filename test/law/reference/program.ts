/** One line of a litmus program as it lies in the file: the name of the operation, then its arguments. */
export type LitmusLine = readonly [name: string, ...parameters: (string | number)[]];

/** What the evaluator is asked: the disk before, what the program then does, and which paths are looked at. */
export type LitmusProgram = {
  /** Done and durable before the first moment at which the power can fail. */
  readonly setup: readonly LitmusLine[];
  readonly ops: readonly LitmusLine[];
  /** Paths, with `#mode`, `#x:name` or `#n` behind them where not the content is asked. */
  readonly observe: readonly string[];
};

/** One state of the disk: for each observed path its content class, in the words of the litmus schema. */
export type State = Readonly<Record<string, string>>;

/** What the evaluator answers; both lists are without duplicates and sorted. */
export type Verdict = {
  /** States possible for a power cut at any moment from before the first operation on. */
  readonly allowed: readonly State[];
  /** Those of them that are possible when every operation had returned. */
  readonly allowedAfterEnd: readonly State[];
};

/** The unit of allocation and of the page cache in all recordings. */
export const blockBytes = 4096;

/** The word at `position` of a line. */
export function word(line: LitmusLine, position: number): string {
  const value = line[position];
  if (typeof value !== 'string') {
    throw new Error(`a word is missing in ${JSON.stringify(line)}`);
  }
  return value;
}

/** The number at `position` of a line. */
export function amount(line: LitmusLine, position: number): number {
  const value = line[position];
  if (typeof value !== 'number') {
    throw new Error(`a number is missing in ${JSON.stringify(line)}`);
  }
  return value;
}

/** The names on the way to a path; none for the root. */
export function pathNames(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

/** A set of states that keeps each once and hands them out sorted. */
export class StateSet {
  readonly #states = new Map<string, State>();

  add(state: State): void {
    this.#states.set(JSON.stringify(state), state);
  }

  sorted(): State[] {
    return [...this.#states.keys()].sort().map((key) => {
      const state = this.#states.get(key);
      if (state === undefined) throw new Error('a key without its state');
      return state;
    });
  }
}
