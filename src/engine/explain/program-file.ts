/** A program for `explain`, read from JSON with care: `{"setup": […], "ops": […], "observe": […], "fs": …}`. */
import type { Outcome, Problem } from '../../model/problem.ts';
import { profileRecordedAs, profiles } from '../../persistence/registry.ts';
import type { Profile } from '../../persistence/profile.ts';
import { nearestWord } from '../../scenario/nearest-word.ts';
import type { LitmusCall } from '../litmus/program.ts';
import { bytesNamed, callNames } from '../litmus/program.ts';
import { cases, type ExplainCase } from './cases.ts';

/** Bytes of a program's text that are accepted; a lecture is about a handful of calls. */
const textLengthMax = 64 * 1024;

/** Calls of one program; more would have more possible disks than anybody reads. */
const callCountMax = 24;

/** Bytes that all calls of a program name together; every block of them is told apart on every possible disk. */
const bytesNamedMax = 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function problem(text: string, fix: string): Problem {
  const why =
    'A program is a JSON object: setup and ops are lists of calls such as ["write", "f", 0, 4096, "A"], observe is a list of paths.';
  return { code: 'bad-program', line: 1, column: 1, text, why, fix };
}

/** Reads the text of a file; `name` becomes its title. */
export function readProgram(text: string, name: string): Outcome<ExplainCase> {
  const problems: Problem[] = [];
  const value = text.length > textLengthMax ? undefined : parsed(text, problems);
  if (text.length > textLengthMax) {
    problems.push(problem('The file is too long.', 'Use at most 64 KiB.'));
  }
  if (problems.length === 0 && !isFields(value)) {
    problems.push(problem('It is not a JSON object.', 'Begin with {"ops": […]}.'));
  }
  if (!isFields(value)) return { ok: false, problems };
  const setup = callsOf(value['setup'] ?? [], 'setup', problems);
  const ops = callsOf(value['ops'], 'ops', problems);
  checkBytes([...setup, ...ops], problems);
  const observe = pathsOf(value['observe'], problems);
  const on = fileSystemsOf(value['fs'], problems);
  if (problems.length > 0) return { ok: false, problems };
  const story = 'A program of your own. Letters such as A and B stand for bytes.';
  const told = { id: name, title: name, story, setup, ops, observe, on, instead: [] };
  return { ok: true, value: told };
}

function parsed(text: string, problems: Problem[]): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    problems.push(problem(`It is not JSON: ${message}.`, 'Mend the JSON.'));
    return undefined;
  }
}

function callsOf(value: unknown, key: string, problems: Problem[]): readonly LitmusCall[] {
  if (!Array.isArray(value) || (key === 'ops' && value.length === 0)) {
    problems.push(problem(`${key} is no list of calls.`, `Give ${key} a list of calls.`));
    return [];
  }
  if (value.length > callCountMax) {
    const most = String(callCountMax);
    problems.push(problem(`${key} has more than ${most} calls.`, `Use at most ${most}.`));
    return [];
  }
  return value.flatMap((call: unknown, index) =>
    callOf(call, `${key}[${String(index)}]`, problems),
  );
}

function checkBytes(calls: readonly LitmusCall[], problems: Problem[]): void {
  const sum = calls.flatMap(bytesNamed).reduce((total, bytes) => total + bytes, 0);
  if (sum <= bytesNamedMax) return;
  const text = `The sizes and places of its calls come to ${String(sum)} bytes.`;
  const fix = `Use at most ${String(bytesNamedMax)} (1 MiB) in all calls together; a few blocks of 4096 bytes show the same.`;
  problems.push(problem(text, fix));
}

function callOf(value: unknown, place: string, problems: Problem[]): readonly LitmusCall[] {
  const words: readonly unknown[] = Array.isArray(value) ? value : [];
  const isCall = words.every(
    (word): word is string | number => typeof word === 'string' || Number.isSafeInteger(word),
  );
  const [name] = words;
  if (!isCall || typeof name !== 'string') {
    const fix = 'A call is a list: its name, then its paths and numbers.';
    problems.push(problem(`${place} is no call.`, fix));
    return [];
  }
  if (!callNames.includes(name)) {
    problems.push(problem(`${place}: there is no call ${name}.`, nameFix(name, callNames)));
    return [];
  }
  return [words];
}

function nameFix(name: string, names: readonly string[]): string {
  const nearest = nearestWord(name, names);
  const guess = nearest === undefined ? '' : `Did you mean ${nearest}? `;
  return `${guess}There are ${names.join(', ')}.`;
}

function pathsOf(value: unknown, problems: Problem[]): readonly string[] {
  const paths: readonly unknown[] = Array.isArray(value) ? value : [];
  const names = paths.filter((path): path is string => typeof path === 'string' && path !== '');
  if (names.length === 0 || names.length < paths.length) {
    problems.push(problem('observe is no list of paths.', 'Name the files to look at: ["f"].'));
  }
  return names;
}

function fileSystemsOf(value: unknown, problems: Problem[]): readonly string[] {
  if (value === undefined) return ['ext4', 'xfs', 'btrfs', 'vfat'];
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found = profilesNamed(names.map(String));
  if (!found.ok) problems.push(...found.problems);
  return found.ok ? found.value.map(({ id }) => id) : [];
}

/** The profiles of these names, or what is wrong with a name. */
export function profilesNamed(names: readonly string[]): Outcome<readonly Profile[]> {
  const found = names.map((name) => profileRecordedAs(name));
  const ids = profiles.map(({ id }) => id);
  const problems = names
    .filter((_, index) => found[index] === undefined)
    .map((name) => problem(`There is no file system ${name}.`, nameFix(name, ids)));
  if (names.length === 0) problems.push(problem('No file system is named.', nameFix('', ids)));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: found.filter((profile) => profile !== undefined) };
}

/** The case of this id, or the nearest one and the list. */
export function caseNamed(id: string): Outcome<ExplainCase> {
  const found = cases.find((one) => one.id === id);
  if (found !== undefined) return { ok: true, value: found };
  const ids = cases.map((one) => one.id);
  const why = 'A case is an id from the list of `survives explain`, or a file that ends in .json.';
  const text = `There is no case ${id}.`;
  const unknown = { code: 'unknown-case', line: 1, column: 1, text, why, fix: nameFix(id, ids) };
  return { ok: false, problems: [unknown] };
}
