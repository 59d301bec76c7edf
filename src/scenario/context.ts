/** What the checks of meaning share: the entries of a file, the names in it, and a way to note a problem. */
import type * as z from 'zod/mini';
import type { Problem } from '../model/problem.ts';
import type {
  datumSchema,
  expectationSchema,
  questionSchema,
  StepShape,
  variantSchema,
} from './schema.ts';
import { didYouMean, valueAt } from './shape.ts';
import type { Path, YamlText } from './yaml-text.ts';

/** One entry of a list, with its place in the file. Entries of a wrong shape are left out: the schema reports them. */
export interface Entry<Value> {
  readonly path: Path;
  readonly value: Value;
}

/** A problem without its place. */
export type Words = Omit<Problem, 'line' | 'column'>;

/** Notes a problem with the value at a path, or with the key that leads to it. */
export type Note = (path: Path, words: Words, part?: 'key') => void;

/** A file with the parts of it that have the right shape, and a place to note problems. */
export interface Context {
  readonly yaml: YamlText;
  readonly systems: readonly string[];
  readonly data: readonly Entry<z.infer<typeof datumSchema>>[];
  readonly steps: readonly Entry<StepShape>[];
  readonly variants: readonly Entry<z.infer<typeof variantSchema>>[];
  readonly questions: readonly Entry<z.infer<typeof questionSchema>>[];
  readonly expectations: readonly Entry<z.infer<typeof expectationSchema>>[];
  readonly note: Note;
}

/** Names given in a list, those of entries with another mistake included: one slip must not look like several. */
export function namesIn(
  { yaml }: Pick<Context, 'yaml'>,
  list: string,
  key: 'id' | 'label',
): string[] {
  const entries = valueAt(yaml.value, [list]);
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const name = valueAt(entry, [key]);
    return typeof name === 'string' ? [name] : [];
  });
}

/** Notes that a name names nothing, with the nearest that does. */
export function unknown(
  context: Context,
  path: Path,
  word: string,
  what: string,
  words: readonly string[],
): void {
  const none = { why: `There is no ${what} in this scenario.` };
  context.note(path, {
    code: `unknown-${what}`,
    text: `There is no ${what} called "${word}".`,
    ...(words.length === 0 ? none : didYouMean(word, words)),
  });
}
