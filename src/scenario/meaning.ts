/** What is wrong with a scenario beside its shape: names that name nothing, contradictions, things not simulated yet. */
import { dataKinds } from '../model/fate.ts';
import { readDrive } from '../model/drive-words.ts';
import { problemCountMax } from '../model/limits.ts';
import type { Problem } from '../model/problem.ts';
import { checkExpectation, checkQuestions } from './answer-meaning.ts';
import { formatOf } from '../model/scenario-program.ts';
import { namesIn, unknown, type Context, type Entry, type Words } from './context.ts';
import {
  datumSchema,
  expectationSchema,
  programSchema,
  questionSchema,
  stepSchema,
  type StepShape,
  variantSchema,
} from './schema.ts';
import { valueAt } from './shape.ts';
import { checkSteps, checkVariants } from './step-meaning.ts';
import { isPlanned, modifiers, verbs } from './vocabulary.ts';
import type { Path, YamlText } from './yaml-text.ts';

type Parser<Value> = (value: unknown) => { success: boolean; data?: Value | undefined };

function entriesOf<Value>(yaml: YamlText, key: string, parse: Parser<Value>): Entry<Value>[] {
  const list = valueAt(yaml.value, [key]);
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index) => {
    const { success, data } = parse(item);
    return success && data !== undefined ? [{ path: [key, index], value: data }] : [];
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
  keysAt(context, ['steps']).forEach((_, index) => {
    notYetKeys(['steps', index], (key) => isPlanned(verbs, key) || isPlanned(modifiers, key));
  });
}

function checkDrives(context: Context): void {
  const variants = keysAt(context, ['variants']).map((_, index) => ['variants', index, 'machine']);
  for (const machine of [['machine'], ...variants]) {
    const path = [...machine, 'drive'];
    const words = valueAt(context.yaml.value, path);
    const read = typeof words === 'string' ? readDrive(words) : undefined;
    if (read?.ok !== false) continue;
    context.note(path, {
      code: 'unknown-word',
      text: `"${String(words)}" does not describe a drive.`,
      why: `It is said so: ${read.text}.`,
      fix: 'Write for example "power-loss-protected, 4096".',
    });
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

function checkPaths(context: Context): void {
  for (const { path, value } of context.data) {
    if ((dataKinds as readonly string[]).includes(value.id)) {
      context.note([...path, 'id'], {
        code: 'reserved-id',
        text: `"${value.id}" is the name of a kind of data, which every system has.`,
        why: 'Expectations speak of both by their names.',
        fix: `Choose another name, for example "my-${value.id}".`,
      });
    }
    if (/^(\/|~\/)./.test(value.path)) continue;
    context.note([...path, 'path'], {
      code: 'bad-path',
      text: `"${value.path}" is not a path from the root or from the home.`,
      why: 'A datum lies at one place on every machine.',
      fix: `Begin with "/" or "~/", for example "~/${value.path.replace(/^[./~]+/, '')}".`,
    });
  }
}

/** A program keeps a datum of this scenario, which says in which format it is. */
function checkPrograms(context: Context): void {
  const programs = entriesOf(context.yaml, 'programs', (value) => programSchema.safeParse(value));
  const ids = namesIn(context, 'data', 'id');
  for (const { path, value } of programs) {
    if (!ids.includes(value.data)) {
      unknown(context, [...path, 'data'], value.data, 'datum', ids);
      continue;
    }
    const datum = context.data.find((entry) => entry.value.id === value.data);
    const format = formatOf(datum?.value.text ?? 'format 1');
    if (format !== undefined && format <= value.formats.v1) continue;
    context.note([...path, 'data'], {
      code: 'no-format',
      text: `"${value.data}" is not in a format that ${value.id} reads in v1.`,
      why: 'The first line of the datum says its format, and the version of before must be able to read it.',
      fix: `Begin its text with "format ${String(value.formats.v1)}\\n".`,
    });
  }
}

/** A repetition and the steps in it: each is checked like any other. */
function withRepeated({ path, value }: Entry<StepShape>): readonly Entry<StepShape>[] {
  const inner = (value.repeat?.steps ?? []).map((step, index) => ({
    path: [...path, 'repeat', 'steps', index],
    value: step,
  }));
  return [{ path, value }, ...inner];
}

/** One thing is varied, and not beside variants that are written out. */
function checkVary({ yaml, note }: Context): void {
  const vary = valueAt(yaml.value, ['vary']);
  if (typeof vary !== 'object' || vary === null) return;
  const isOne = Object.keys(vary).length === 1;
  if (isOne && valueAt(yaml.value, ['variants']) === undefined) return;
  note(['vary'], {
    code: 'vary-one-thing',
    text: isOne
      ? 'A scenario has "vary" or "variants", not both.'
      : 'This varies not exactly one thing.',
    why: 'Where two things change at once, nobody knows which of them mattered.',
  });
}

/** Everything that is wrong beside the shape; parts of a wrong shape are passed over. */
export function meaningProblems(yaml: YamlText, systems: readonly string[]): readonly Problem[] {
  const problems: Problem[] = [];
  const context: Context = {
    yaml,
    systems,
    data: entriesOf(yaml, 'data', (value) => datumSchema.safeParse(value)),
    steps: entriesOf(yaml, 'steps', (value) => stepSchema.safeParse(value)).flatMap(withRepeated),
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
  checkDrives(context);
  checkUnique(context);
  checkSystems(context);
  checkSteps(context);
  checkVariants(context);
  checkVary(context);
  checkQuestions(context);
  for (const expectation of context.expectations) checkExpectation(context, expectation);
  checkPaths(context);
  checkPrograms(context);
  return problems;
}
