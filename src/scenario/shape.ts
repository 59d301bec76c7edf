/** What is wrong with the shape of a scenario, from the complaints of the schema. */
import type * as z from 'zod/mini';
import { problemCountMax } from '../model/limits.ts';
import type { Problem } from '../model/problem.ts';
import { scenarioJsonSchema, type JsonSchemaPart } from './json-schema.ts';
import { nearestWord } from './nearest-word.ts';
import { datumKeyPattern, scenarioSchema, stepSchema } from './schema.ts';
import { verbs } from './vocabulary.ts';
import type { Path, YamlText } from './yaml-text.ts';

type Issue = z.core.$ZodIssue;

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let part = value;
  for (const step of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, step)) return undefined;
    part = (part as { readonly [key: string | number]: unknown })[step];
  }
  return part;
}

/** A value in a few words, for a message. */
export function named(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  if (typeof value !== 'string') return `the ${typeof value} ${JSON.stringify(value)}`;
  return `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`;
}

const wordsOfType: { readonly [type: string]: string } = {
  string: 'a text',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** The part of the JSON Schema that a path leads to. */
function partAt(schema: JsonSchemaPart, path: Path): JsonSchemaPart | undefined {
  let part: JsonSchemaPart | undefined = schema;
  for (const step of path) {
    part = typeof step === 'number' ? part?.items : part?.properties?.[step];
  }
  return part;
}

/** "one of a, b or c", or the description when there are too many to read. */
export function listed(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  if (quoted.length <= 1) return quoted.join('');
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) ?? ''}`;
}

interface Report {
  readonly yaml: YamlText;
  readonly schema: JsonSchemaPart;
}

/** The sentence and the fix for an unknown word, given the words that would be right. */
export function didYouMean(word: string, words: readonly string[]): Pick<Problem, 'why' | 'fix'> {
  const nearest = nearestWord(word, words);
  const why = `Expected ${listed(words)}.`;
  return nearest === undefined ? { why } : { why, fix: `Did you mean "${nearest}"?` };
}

function unknownKeys({ yaml, schema }: Report, path: Path, keys: readonly string[]): Problem[] {
  const part = partAt(schema, path);
  const known = Object.keys(part?.properties ?? {});
  const isStep = path.at(-2) === 'steps';
  // One more than is shown, so that the list says that there are more.
  return keys.slice(0, problemCountMax + 1).map((key) => ({
    code: 'unknown-key',
    ...yaml.placeOfKey([...path, key]),
    text: `"${key}" is not a ${isStep ? 'verb or modifier' : 'key that belongs here'}.`,
    ...didYouMean(key, known),
  }));
}

function missing({ yaml }: Report, path: Path, expected: string, description: string): Problem {
  const key = String(path.at(-1));
  return {
    code: 'missing-key',
    ...yaml.placeOf(path.slice(0, -1)),
    text: `The key "${key}" is missing.`,
    why: description === '' ? `Expected ${expected}.` : description,
    fix: `Add a line "${key}: …" here.`,
  };
}

function expectedOf(issue: Issue): string {
  if (issue.code === 'invalid_type') return wordsOfType[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_union') return '"all" or a list';
  if (issue.code === 'invalid_value') return listed(issue.values.map(String));
  return 'something else';
}

function wrongValue(report: Report, issue: Issue, path: Path, value: unknown): Problem {
  const place = report.yaml.placeOf(path);
  const description = partAt(report.schema, path)?.description ?? '';
  const subject =
    typeof path.at(-1) === 'string' ? `"${String(path.at(-1))}"` : 'an entry of this list';
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const words = issue.values.map(String);
    return {
      code: 'unknown-word',
      ...place,
      text: `${named(value)} is not a word that ${subject} takes.`,
      ...didYouMean(value, words),
    };
  }
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    const bound =
      issue.code === 'too_big' ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
    const text = `${subject} is out of range: ${bound} expected.`;
    return { code: 'out-of-range', ...place, text, ...(description && { why: description }) };
  }
  if (issue.code === 'invalid_format') {
    const text = `${named(value)} is not written the way ${subject} needs it.`;
    return { code: 'bad-format', ...place, text, why: description };
  }
  const expected = expectedOf(issue);
  const wantsText = expected === 'a text' && ['number', 'boolean'].includes(typeof value);
  return {
    code: 'wrong-type',
    ...place,
    text: `${subject} is ${named(value)}, but ${expected} was expected.`,
    ...(description && { why: description }),
    ...(wantsText && { fix: `Put it into quotation marks: "${String(value)}"` }),
  };
}

function problemsOf(report: Report, issue: Issue): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const last = path.at(-1);
  const isExpectation = path.length === 3 && path[0] === 'expect' && typeof last === 'string';
  const known = Object.keys(partAt(report.schema, ['expect', 0])?.properties ?? {});
  if (isExpectation && !known.includes(last) && !datumKeyPattern.test(last)) {
    return []; // An unknown key, which is reported as one below.
  }
  if (issue.code === 'unrecognized_keys') return unknownKeys(report, path, issue.keys);
  const value = valueAt(report.yaml.value, path);
  if (value === undefined) {
    const description = partAt(report.schema, path)?.description ?? '';
    return [missing(report, path, expectedOf(issue), description)];
  }
  return [wrongValue(report, issue, path, value)];
}

function expectationKeys(report: Report): Problem[] {
  const list = valueAt(report.yaml.value, ['expect']);
  if (!Array.isArray(list)) return [];
  const known = Object.keys(partAt(report.schema, ['expect', 0])?.properties ?? {});
  return list.flatMap((entry: unknown, index) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
    const wrong = Object.keys(entry).filter(
      (key) => !known.includes(key) && !datumKeyPattern.test(key),
    );
    return unknownKeys(report, ['expect', index], wrong).map((problem) => ({
      ...problem,
      why: `${problem.why ?? ''} A datum is spoken of as "data.<id>.content".`,
    }));
  });
}

/** Steps, and those within a repetition. */
function allSteps({ value }: YamlText): readonly { readonly step: object; readonly path: Path }[] {
  const listAt = (path: Path): readonly { readonly step: object; readonly path: Path }[] => {
    const list = valueAt(value, path);
    return !Array.isArray(list)
      ? []
      : list.flatMap((step: unknown, index) =>
          typeof step === 'object' && step !== null && !Array.isArray(step)
            ? [{ step, path: [...path, index] }]
            : [],
        );
  };
  return listAt(['steps']).flatMap((one) => [one, ...listAt([...one.path, 'repeat', 'steps'])]);
}

/** Every step has one verb: this is the one rule of shape that the schema language cannot say in one place. */
function verbCounts({ yaml }: Report): Problem[] {
  return allSteps(yaml).flatMap(({ step, path }): Problem[] => {
    const found = Object.keys(step).filter((key) => Object.hasOwn(verbs, key));
    const hasUnknown = Object.keys(step).some((key) => !Object.hasOwn(stepSchema.shape, key));
    // A misspelt verb has been reported as an unknown key; that says it all.
    if (found.length === 1 || (found.length === 0 && hasUnknown)) return [];
    const [, second = ''] = found;
    const isNone = found.length === 0;
    return [
      {
        code: isNone ? 'no-verb' : 'several-verbs',
        ...(isNone ? yaml.placeOf(path) : yaml.placeOfKey([...path, second])),
        text: isNone
          ? 'This step has no verb.'
          : `This step has ${found.length} verbs: ${listed(found)}.`,
        why: `A step has exactly one of ${listed(Object.keys(verbs))}.`,
        fix: isNone ? 'Say what is done in this step.' : 'Make a step of its own of each.',
      },
    ];
  });
}

/** Everything that is wrong with the shape. */
export function shapeProblems(yaml: YamlText): readonly Problem[] {
  const result = scenarioSchema.safeParse(yaml.value);
  const report: Report = { yaml, schema: scenarioJsonSchema() };
  const issues = result.success ? [] : result.error.issues.slice(0, problemCountMax + 1);
  const fromSchema = issues.flatMap((issue) => problemsOf(report, issue));
  const all = [...fromSchema, ...expectationKeys(report), ...verbCounts(report)];
  // A misspelt key explains why the right one is missing; that is one mistake, not two.
  const explained = new Set(all.flatMap(({ code, fix }) => (code === 'unknown-key' ? fix : [])));
  return all.filter(
    ({ code, text }) =>
      code !== 'missing-key' || !explained.has(`Did you mean "${text.split('"')[1] ?? ''}"?`),
  );
}
