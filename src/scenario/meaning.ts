/** What is wrong with a scenario beside its shape: names that name nothing, contradictions, things not simulated yet. */
import type * as z from 'zod/mini';
import { dataKinds } from '../model/fate.ts';
import { problemCountMax } from '../model/limits.ts';
import type { Problem } from '../model/problem.ts';
import { instantOf } from './duration.ts';
import {
  datumKeyPattern,
  datumSchema,
  expectationSchema,
  questionSchema,
  stepSchema,
  variantSchema,
} from './schema.ts';
import type { StepShape } from './schema.ts';
import { didYouMean, listed, valueAt } from './shape.ts';
import {
  fateWords,
  faultNames,
  isAxis,
  isPlanned,
  modifiers,
  outcomeWords,
  plannedMachineKeys,
  plannedTopKeys,
  saveWords,
  verbs,
} from './vocabulary.ts';
import type { Path, YamlText } from './yaml-text.ts';

/** One entry of a list, with its place in the file. Entries of a wrong shape are left out: the schema reports them. */
interface Entry<Value> {
  readonly path: Path;
  readonly value: Value;
}

type Words = Omit<Problem, 'line' | 'column'>;

/** Notes a problem with the value at a path, or with the key that leads to it. */
type Note = (path: Path, words: Words, part?: 'key') => void;

interface Context {
  readonly yaml: YamlText;
  readonly systems: readonly string[];
  readonly data: readonly Entry<z.infer<typeof datumSchema>>[];
  readonly steps: readonly Entry<StepShape>[];
  readonly variants: readonly Entry<z.infer<typeof variantSchema>>[];
  readonly questions: readonly Entry<z.infer<typeof questionSchema>>[];
  readonly expectations: readonly Entry<z.infer<typeof expectationSchema>>[];
  readonly note: Note;
}

type Parser<Value> = (value: unknown) => { success: boolean; data?: Value | undefined };

function entriesOf<Value>(yaml: YamlText, key: string, parse: Parser<Value>): Entry<Value>[] {
  const list = valueAt(yaml.value, [key]);
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index) => {
    const { success, data } = parse(item);
    return success && data !== undefined ? [{ path: [key, index], value: data }] : [];
  });
}

/** Names given in a list, those of entries with another mistake included: one slip must not look like several. */
function namesIn({ yaml }: Pick<Context, 'yaml'>, list: string, key: 'id' | 'label'): string[] {
  const entries = valueAt(yaml.value, [list]);
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const name = valueAt(entry, [key]);
    return typeof name === 'string' ? [name] : [];
  });
}

const notYet = (subject: string): Words => ({
  code: 'not-simulated',
  text: `${subject} is part of the language, but not simulated yet.`,
  why: 'The laboratory would have to guess, and a guess is worse than no answer.',
  fix: 'Leave it out for now.',
});

function keysAt(context: Context, path: Path): readonly string[] {
  const value = valueAt(context.yaml.value, path);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function checkPlanned(context: Context): void {
  const notYetKeys = (path: Path, isNotYet: (key: string) => boolean): void => {
    for (const key of keysAt(context, path)) {
      if (isNotYet(key)) context.note([...path, key], notYet(`"${key}"`), 'key');
    }
  };
  const among = (words: readonly string[]) => (key: string) => words.includes(key);
  notYetKeys([], among(plannedTopKeys));
  notYetKeys(['machine'], among(plannedMachineKeys));
  keysAt(context, ['variants']).forEach((_, index) => {
    notYetKeys(['variants', index, 'machine'], among(plannedMachineKeys));
  });
  keysAt(context, ['steps']).forEach((_, index) => {
    notYetKeys(['steps', index], (key) => isPlanned(verbs, key) || isPlanned(modifiers, key));
  });
  for (const { path, value } of context.steps) {
    const { fault } = value;
    if (fault !== undefined && !(faultNames as readonly string[]).includes(fault)) {
      context.note([...path, 'fault'], notYet(`The fault "${fault}"`));
    }
  }
}

function checkUnique(context: Context): void {
  const once = (entries: readonly Entry<object>[], key: 'id' | 'label', what: string): void => {
    const seen = new Set<string>();
    for (const { path, value } of entries) {
      const name = valueAt(value, [key]);
      if (typeof name !== 'string') continue;
      if (seen.has(name)) {
        context.note([...path, key], {
          code: 'duplicate-id',
          text: `There are two ${what} called "${name}".`,
          why: 'A name must name one thing.',
          fix: 'Rename one of them.',
        });
      }
      seen.add(name);
    }
  };
  once(context.data, 'id', 'data');
  once(context.steps, 'label', 'steps');
  once(context.variants, 'id', 'variants');
  once(context.questions, 'id', 'questions');
}

function unknown(
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

function checkSystems(context: Context): void {
  for (const { path, value } of [...context.steps, ...context.expectations]) {
    const { on } = value;
    if (!Array.isArray(on)) continue;
    on.forEach((system, index) => {
      if (context.systems.includes(system)) return;
      unknown(context, [...path, 'on', index], system, 'system', context.systems);
    });
  }
}

function checkInstant(context: Context, path: Path, text: string): void {
  if (instantOf(text) !== undefined) return;
  const [, percent] = /^-?(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? [];
  if (percent !== undefined) {
    context.note(path, {
      code: 'out-of-range',
      text: `${text} is not between 0% and 100%.`,
      why: 'A share of a step lies within the step.',
      fix: 'Use a share from 0% to 100%, or a time such as "3 s".',
    });
    return;
  }
  context.note(path, {
    code: 'bad-time',
    text: `"${text}" is not an instant.`,
    why: 'An instant is a share ("41%"), a time after the start of the step ("3 s", "1500 ms"), "commit", or the label of a stage.',
  });
}

function labelsBefore({ yaml }: Context, path: Path): string[] {
  const steps = valueAt(yaml.value, ['steps']);
  if (!Array.isArray(steps)) return [];
  return steps.slice(0, Number(path[1])).flatMap((step: unknown) => {
    const label = valueAt(step, ['label']);
    const isFault = valueAt(step, ['fault']) !== undefined;
    return typeof label === 'string' && !isFault ? [label] : [];
  });
}

function checkFault(context: Context, { path, value }: Entry<StepShape>): void {
  const { at, search, during } = value;
  if (during === undefined) {
    context.note(path, {
      code: 'missing-key',
      text: 'A fault needs "during".',
      why: 'It strikes while another step is under way.',
      fix: 'Give that step a label, and write "during: <label>" here.',
    });
  } else if (!labelsBefore(context, path).includes(during)) {
    unknown(context, [...path, 'during'], during, 'label', labelsBefore(context, path));
  }
  if ((at === undefined) === (search === undefined)) {
    const both = at !== undefined;
    context.note(
      both ? [...path, 'search'] : path,
      {
        code: both ? 'at-and-search' : 'at-or-search',
        text: both
          ? 'A fault has either "at" or "search", not both.'
          : 'A fault needs "at" or "search".',
        why: '"at" is one instant; "search" looks at many.',
        fix: both ? 'Remove one of the two.' : 'Add for example "search: every-op" or "at: 41%".',
      },
      both ? 'key' : undefined,
    );
  }
}

function checkWrite(context: Context, path: Path, write: NonNullable<StepShape['write']>): void {
  const { to, text, append, how } = write;
  const ids = namesIn(context, 'data', 'id');
  if (!ids.includes(to) && !/^(\/|~\/)/.test(to)) {
    unknown(context, [...path, 'to'], to, 'datum', ids);
  }
  if ((text === undefined) === (append === undefined)) {
    context.note(path, {
      code: 'text-or-append',
      text: 'A write has either "text" or "append".',
      why: '"text" is the whole new content, "append" is added at the end.',
    });
  }
  if (text !== undefined && how !== undefined && saveWords[how] === 'append') {
    context.note([...path, 'how'], {
      code: 'contradiction',
      text: `A program that saves by "${how}" adds at the end; it cannot write a whole new text.`,
      why: 'The file is opened for appending.',
      fix: 'Use "append" instead of "text".',
    });
  }
}

function checkSteps(context: Context): void {
  for (const entry of context.steps) {
    const { path, value } = entry;
    if (value.at !== undefined) checkInstant(context, [...path, 'at'], value.at);
    if (value.write !== undefined) checkWrite(context, [...path, 'write'], value.write);
    if (value.fault !== undefined) {
      checkFault(context, entry);
      continue;
    }
    for (const key of ['at', 'during', 'search'] as const) {
      if (value[key] === undefined) continue;
      context.note(
        [...path, key],
        {
          code: 'misplaced-modifier',
          text: `"${key}" belongs to a fault, and this step is none.`,
          why: 'Only a fault strikes during another step.',
          fix: `Remove "${key}".`,
        },
        'key',
      );
    }
  }
}

function checkVariants(context: Context): void {
  const labels = namesIn(context, 'steps', 'label');
  for (const { path, value } of context.variants) {
    if (value.at !== undefined) checkInstant(context, [...path, 'at'], value.at);
    (value.without ?? []).forEach((label, index) => {
      if (!labels.includes(label)) {
        unknown(context, [...path, 'without', index], label, 'label', labels);
      }
    });
  }
}

/** Words that may stand for what `subject` is about: outcomes for `boot`, fates for `data.<id>.<axis>`. */
function wordsAbout(context: Context, path: Path, subject: string): readonly string[] | undefined {
  if (subject === 'boot') return Object.keys(outcomeWords);
  const [first, datum = '', axis = ''] = subject.split('.');
  if (first !== 'data' || !isAxis(axis)) {
    context.note(path, {
      code: 'unknown-subject',
      text: `"${subject}" is nothing that can be asked about.`,
      why: `Expected "boot" or "data.<id>." and one of ${listed(Object.keys(fateWords))}.`,
    });
    return undefined;
  }
  const ids: string[] = [...namesIn(context, 'data', 'id'), ...dataKinds];
  if (!ids.includes(datum)) unknown(context, path, datum, 'datum', ids);
  return fateWords[axis];
}

function checkQuestions(context: Context): void {
  for (const { path, value } of context.questions) {
    const words = wordsAbout(context, [...path, 'about'], value.about);
    if (words === undefined) continue;
    value.choices.forEach((choice, index) => {
      if (words.includes(choice)) return;
      context.note([...path, 'choices', index], {
        code: 'unknown-word',
        text: `"${choice}" is no answer to a question about "${value.about}".`,
        ...didYouMean(choice, words),
      });
    });
  }
}

const classesOf = (words: readonly string[] | undefined): string[] =>
  (words ?? []).flatMap((word) => outcomeWords[word] ?? []);

function checkExpectation(
  context: Context,
  { path, value }: Context['expectations'][number],
): void {
  const ids = namesIn(context, 'variants', 'id');
  (value.in ?? []).forEach((id, index) => {
    if (!ids.includes(id)) unknown(context, [...path, 'in', index], id, 'variant', ids);
  });
  const keys = Object.keys(value).filter((key) => key.startsWith('data.'));
  for (const key of keys.filter((one) => datumKeyPattern.test(one))) {
    const words = wordsAbout(context, [...path, key], key);
    const fates = value[key];
    if (words === undefined || !Array.isArray(fates)) continue;
    fates.forEach((fate, index) => {
      if (words.includes(fate)) return;
      context.note([...path, key, index], {
        code: 'unknown-word',
        text: `"${fate}" is no fate on this axis.`,
        ...didYouMean(fate, words),
      });
    });
  }
  if (value.boot === undefined && value.occurs === undefined && keys.length === 0) {
    context.note(path, {
      code: 'empty-expectation',
      text: 'This expects nothing.',
      why: 'An expectation has "boot", "occurs", or a key such as "data.thesis.content".',
    });
  }
  const allowed = classesOf(value.boot);
  const surplus = classesOf(value.occurs).find((name) => !allowed.includes(name));
  if (value.boot !== undefined && surplus !== undefined) {
    context.note([...path, 'occurs'], {
      code: 'contradiction',
      text: `"${surplus}" must occur, but "boot" does not allow it.`,
      why: '"boot" lists everything that may occur.',
      fix: `Add "${surplus}" to "boot", or remove it from "occurs".`,
    });
  }
}

function checkPaths(context: Context): void {
  for (const { path, value } of context.data) {
    if (/^(\/|~\/)./.test(value.path)) continue;
    context.note([...path, 'path'], {
      code: 'bad-path',
      text: `"${value.path}" is not a path from the root or from the home.`,
      why: 'A datum lies at one place on every machine.',
      fix: `Begin with "/" or "~/", for example "~/${value.path.replace(/^[./~]+/, '')}".`,
    });
  }
}

/** Everything that is wrong beside the shape; parts of a wrong shape are passed over. */
export function meaningProblems(yaml: YamlText, systems: readonly string[]): readonly Problem[] {
  const problems: Problem[] = [];
  const context: Context = {
    yaml,
    systems,
    data: entriesOf(yaml, 'data', (value) => datumSchema.safeParse(value)),
    steps: entriesOf(yaml, 'steps', (value) => stepSchema.safeParse(value)),
    variants: entriesOf(yaml, 'variants', (value) => variantSchema.safeParse(value)),
    questions: entriesOf(yaml, 'ask', (value) => questionSchema.safeParse(value)),
    expectations: entriesOf(yaml, 'expect', (value) => expectationSchema.safeParse(value)),
    note: (path, words, part) => {
      if (problems.length > problemCountMax) return;
      const place = part === 'key' ? yaml.placeOfKey(path) : yaml.placeOf(path);
      problems.push({ ...words, ...place });
    },
  };
  checkPlanned(context);
  checkUnique(context);
  checkSystems(context);
  checkSteps(context);
  checkVariants(context);
  checkQuestions(context);
  for (const expectation of context.expectations) checkExpectation(context, expectation);
  checkPaths(context);
  return problems;
}
