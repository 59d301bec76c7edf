/** Holds the simulation against recordings of real systems; `survives conform`. */
import type { Release } from '../../model/release.ts';
import { readLitmus } from '../litmus/litmus-file.ts';
import { checkLitmus } from '../litmus/litmus.ts';
import { compareCalls } from './calls.ts';
import { compareUpdate } from './compare-update.ts';
import type { ComparedRun } from './compared-run.ts';
import {
  fieldsOf,
  readRerunRecording,
  readUpdateRecording,
  type Fields,
  type RerunRecording,
} from './recording.ts';
import { compareReruns, rerunUpdate } from './rerun.ts';
import { compareSaves } from './saves/compare-saves.ts';
import { simulateSaves } from './saves/simulate-saves.ts';
import { simulateUpdate } from './simulated-update.ts';
import { compareSurvival } from './survive/compare-survival.ts';
import { readWorkload } from './workload.ts';

/** A file that may be a recording. */
export interface RecordedFile {
  readonly name: string;
  readonly text: string;
}

/** What all files came to. */
export interface ConformReport {
  readonly runs: readonly ComparedRun[];
  /** Differences that nothing explains, over all runs. */
  readonly unexplained: number;
  /** Files that are no recordings of a known shape, each with why. */
  readonly unknown: readonly { readonly file: string; readonly why: string }[];
}

/** Compares every recording among the files; the release is that of the small operating system that was recorded. */
export function conform(files: readonly RecordedFile[], release: Release): ConformReport {
  const runs: ComparedRun[] = [];
  const unknown: { file: string; why: string }[] = [];
  for (const { name, text } of files) {
    const compared = compareFile(name, text, release);
    if (typeof compared === 'string') unknown.push({ file: name, why: compared });
    else runs.push(compared);
  }
  const unexplained = runs.reduce(
    (sum, { missing, invented }) => sum + missing.length + invented.length,
    0,
  );
  return { runs, unexplained, unknown };
}

function compareFile(name: string, text: string, release: Release): ComparedRun | string {
  const calls = compareCalls(text, release);
  if (calls !== undefined) return calls;
  const recording = parsed(text);
  if (recording === undefined) {
    return isCutShort(name, text)
      ? damaged(name, 'It begins like a JSON object and is none.')
      : 'It is neither a JSON object nor a list of calls.';
  }
  if (Array.isArray(recording['tests'])) return compareLitmus(name, text);
  const rerun = readRerunRecording(recording);
  if (rerun !== undefined) return compareRerun(rerun, release);
  const update = readUpdateRecording(recording);
  if (update === undefined) return compareLayout(name, recording);
  const workload = readWorkload(update.workload);
  if (!workload.ok) return notModelled(update.id, workload.problems);
  const { value } = workload;
  if (value.kind === 'saves') {
    return { id: update.id, ...compareSaves(update, simulateSaves(value.profile)) };
  }
  const ours = simulateUpdate(value.backend, value.options, release);
  return { id: update.id, ...compareUpdate(update, ours) };
}

/** Deletions, tampering, layouts, merges of configuration; their id is the name of the file where they carry none. */
function compareLayout(name: string, recording: Fields): ComparedRun | string {
  const { id } = recording;
  const stem = (name.split('/').at(-1) ?? name).replace(/\.json$/, '');
  const compared = compareSurvival(typeof id === 'string' ? id : stem, recording);
  if (compared !== undefined) return compared;
  const isHalf = recordedFields.some((field) => recording[field] !== undefined);
  return isHalf
    ? damaged(
        name,
        'It has some of the fields of a recording, and lacks others or has them in another shape.',
      )
    : 'It has not the fields of a recording.';
}

/** Fields that only recordings have. */
const recordedFields = ['workload', 'outcomes', 'points_list', 'update_ms', 'series'];

function isCutShort(name: string, text: string): boolean {
  return name.endsWith('.json') && text.trimStart().startsWith('{');
}

/** A recording that cannot be read is a difference: it must not look as if it agreed. */
function damaged(name: string, why: string): ComparedRun {
  const missing = [`The recording is damaged: ${why}`];
  return { id: name, observed: {}, simulated: {}, missing, invented: [], explained: [] };
}

/** A file of litmus tests has a command of its own; here it is one run more. */
function compareLitmus(name: string, text: string): ComparedRun | string {
  const read = readLitmus(text);
  if (!read.ok) return read.problems.map((problem) => problem.text).join(' ');
  const { tests, totals } = checkLitmus(read.tests);
  const failed = Object.entries(tests).filter(([, result]) => result !== 'ok');
  const missing = failed.map(
    ([id]) => `The litmus test ${id} disagrees; survives litmus ${name} says how.`,
  );
  const observed = { tests: totals.tests, ok: totals.tests };
  const simulated = { tests: totals.tests, ok: totals.ok };
  return { id: 'litmus', observed, simulated, missing, invented: [], explained: [] };
}

function compareRerun(rerun: RerunRecording, release: Release): ComparedRun {
  const workload = readWorkload(rerun.workload);
  if (!workload.ok) return notModelled(rerun.id, workload.problems);
  const { value } = workload;
  if (value.kind === 'saves') return notModelled(rerun.id, ['Programs are not run again.']);
  const repair = /repair|verify/.test(String(rerun.workload['rerun']));
  const ours = rerunUpdate(value.backend, value.options, release, repair);
  return { id: rerun.id, ...compareReruns(rerun, ours) };
}

function notModelled(id: string, problems: readonly string[]): ComparedRun {
  const missing = problems.map((problem) => `Not modelled: ${problem}`);
  return { id, observed: {}, simulated: {}, missing, invented: [], explained: [] };
}

function parsed(text: string): { readonly [field: string]: unknown } | undefined {
  try {
    return fieldsOf(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
