/** What a program of the simulation is: a procedure that prints, changes files, and ends with a status. */
import { errorText } from '../kernel/error-text.ts';
import { SystemError, type Procedure, type Process } from '../kernel/process.ts';

/** Where a program's output goes: the terminal, or a file that it is redirected to. */
export type Output = (line: string) => void;

/** A program gets its words without its own name, and gives its exit status. */
export type Program = (
  os: Process,
  words: readonly string[],
  output: Output,
  home: string,
) => Procedure<number>;

/** strerror(3) of what a call threw; other errors are ours, and are thrown on. */
export function textOf(error: unknown): string {
  if (error instanceof SystemError) return errorText[error.code];
  throw error;
}

/** Runs one call; on an error prints `before: strerror` and counts as a failure. */
export function* attempt(
  os: Process,
  before: string,
  call: Procedure<unknown>,
): Procedure<boolean> {
  try {
    yield* call;
    return true;
  } catch (error) {
    os.print(`${before}: ${textOf(error)}`, 'error');
    return false;
  }
}

/** Words that start with a dash, and the others; `--` ends the options. */
export function splitOptions(words: readonly string[]): {
  readonly options: ReadonlySet<string>;
  readonly operands: readonly string[];
} {
  const options = new Set<string>();
  const operands: string[] = [];
  let ended = false;
  for (const word of words) {
    if (ended || !word.startsWith('-') || word === '-') operands.push(word);
    else if (word === '--') ended = true;
    else if (word.startsWith('--')) options.add(word);
    else for (const letter of word.slice(1)) options.add(`-${letter}`);
  }
  return { options, operands };
}
