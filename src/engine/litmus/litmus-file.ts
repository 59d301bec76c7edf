/** Files of litmus tests, read with care: a file of another shape gives problems, not exceptions. */
import { recordedDrive, type Drive } from '../../model/device.ts';
import { readDrive } from '../../model/drive-words.ts';
import type { Problem } from '../../model/problem.ts';
import type { LitmusCall, LitmusProgram } from './program.ts';
import type { Observation } from './observe.ts';

/** A state that was seen, and between how many returned calls. */
export interface SeenState {
  readonly state: Observation;
  readonly callsDone?: readonly [number, number];
}

/** One test: a program on a file system, with what was seen, what is allowed and what is not. */
export interface LitmusTest extends LitmusProgram {
  readonly id: string;
  readonly fileSystem: string;
  readonly observe: readonly string[];
  readonly kind: 'computed' | 'observed';
  readonly allowed: readonly Observation[];
  readonly allowedAfterEnd: readonly Observation[];
  readonly forbidden: readonly Observation[];
  readonly forbiddenAfterEnd: readonly Observation[];
  readonly seen: readonly SeenState[];
  readonly drive: Drive;
}

/** The tests of a file, or what is wrong with it. */
export type ReadLitmus =
  | { readonly ok: true; readonly tests: readonly LitmusTest[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function problem(text: string): ReadLitmus {
  const why =
    'A litmus file is a JSON object with a list `tests`, each with id, fs, ops and observe.';
  const fix = 'Compare it with the file of recordings.';
  return { ok: false, problems: [{ code: 'bad-litmus', line: 1, column: 1, text, why, fix }] };
}

/** Reads the text of a file. */
export function readLitmus(text: string): ReadLitmus {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return problem(`It is not JSON: ${error instanceof Error ? error.message : ''}.`);
  }
  const list = isFields(value) ? value['tests'] : value;
  if (!Array.isArray(list)) return problem('It has no list `tests`.');
  const tests: LitmusTest[] = [];
  for (const [index, one] of list.entries()) {
    const drive = driveOf(isFields(one) ? one : {});
    if (typeof drive === 'string') return problem(`Test ${String(index + 1)}: ${drive}.`);
    const test = isFields(one) ? testOf(one, drive) : undefined;
    if (test === undefined) {
      return problem(`Test ${String(index + 1)} has no id, fs, ops or observe.`);
    }
    tests.push(test);
  }
  return { ok: true, tests };
}

function callsOf(value: unknown): readonly LitmusCall[] {
  return listOf(value).map((call) =>
    listOf(call).map((word) => (typeof word === 'number' ? word : String(word))),
  );
}

function observationOf(value: unknown): Observation {
  if (!isFields(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([path, word]) => [path, String(word)]));
}

const observationsOf = (value: unknown): readonly Observation[] => listOf(value).map(observationOf);

/** The drive of an entry: `drive` takes words with commas, `sector` a number of bytes; a sentence says what is wrong with them. */
export function driveOf(fields: Fields): Drive | string {
  const given = [fields['drive'], fields['sector']].filter((one) => one !== undefined);
  if (given.length === 0) return recordedDrive;
  if (given.some((one) => typeof one !== 'string' && typeof one !== 'number')) {
    return 'a drive is described by words and a number of bytes';
  }
  const read = readDrive(given.map(String).join(','));
  return read.ok ? read.drive : read.text;
}

function testOf(fields: Fields, drive: Drive): LitmusTest | undefined {
  const { id, fs, ops, observe, setup } = fields;
  if (typeof id !== 'string' || typeof fs !== 'string') return undefined;
  if (!Array.isArray(ops) || !Array.isArray(observe)) return undefined;
  return {
    id,
    fileSystem: fs,
    setup: callsOf(setup),
    ops: callsOf(ops),
    observe: observe.map(String),
    kind: fields['kind'] === 'observed' ? 'observed' : 'computed',
    allowed: observationsOf(fields['allowed']),
    allowedAfterEnd: observationsOf(fields['allowed_after_end']),
    forbidden: observationsOf(fields['forbidden']),
    forbiddenAfterEnd: observationsOf(fields['forbidden_after_end']),
    seen: listOf(fields['verified']).flatMap(seenIn),
    drive,
  };
}

function seenIn(run: unknown): readonly SeenState[] {
  if (!isFields(run)) return [];
  return listOf(run['states']).flatMap((entry): readonly SeenState[] => {
    if (!isFields(entry)) return [];
    const state = observationOf(entry['state']);
    const [first, last] = listOf(entry['ops_done']);
    const known = typeof first === 'number' && typeof last === 'number';
    return [{ state, ...(known ? { callsDone: [first, last] } : {}) }];
  });
}
