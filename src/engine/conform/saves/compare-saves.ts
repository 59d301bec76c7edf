/** Recorded saves beside the simulated ones: what each file can hold, until when, and how many entries a log can lose. */
import type { ComparedRun } from '../compared-run.ts';
import {
  noDifferences,
  percent,
  sharesAgree,
  windowMillisecondsMax,
  type Differences,
} from '../differences.ts';
import { fieldsOf, type UpdateRecording } from '../recording.ts';
import type { EntryLoss, SavedSeries, SimulatedSaves } from './simulate-saves.ts';

const whole = 'every file old or new';
const broken = 'some file broken';

/** Compares; the recording decides. */
export function compareSaves(
  { outcomes, duringUpdate, extra }: UpdateRecording,
  ours: SimulatedSaves,
): Omit<ComparedRun, 'id'> {
  const differences = noDifferences();
  const observed: { [fact: string]: unknown } = {};
  const simulated: { [fact: string]: unknown } = {};
  for (const [file, value] of Object.entries(extra)) {
    const fields = fieldsOf(value) ?? {};
    const series = seriesOf(fields['series_ms_since_return']);
    const mine = ours.files.get(file);
    const loss = ours.logs.get(file);
    if (series !== undefined && mine !== undefined) {
      observed[file] = series;
      simulated[file] = mine;
      compareSeries(file, series, mine, differences);
    } else if (loss !== undefined && typeof fields['most_entries_lost'] === 'number') {
      observed[file] = fields;
      simulated[file] = loss;
      compareLoss(file, fields, loss, differences);
    } else {
      differences.missing.push(`Not modelled: the program ${file}.`);
    }
  }
  const share = duringUpdate[broken] ?? 0;
  observed[broken] = share;
  simulated[broken] = ours.brokenShare;
  compareShare(share, ours.brokenShare, differences);
  if (outcomes.prefix[whole] === undefined) differences.missing.push(`Never recorded: ${whole}.`);
  return { observed, simulated, ...differences };
}

type Recorded = readonly (readonly [milliseconds: number, state: string])[];

function seriesOf(value: unknown): Recorded | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((entry: unknown): Recorded => {
    const [milliseconds, state] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    return typeof milliseconds === 'number' && typeof state === 'string'
      ? [[milliseconds, state]]
      : [];
  });
}

function compareSeries(
  file: string,
  recorded: Recorded,
  ours: SavedSeries,
  { missing, invented }: Differences,
): void {
  const states = new Set(recorded.map(([, state]) => state));
  for (const [, state] of ours) {
    if (!states.has(state)) invented.push(`${file}: ${state}.`);
  }
  for (const [milliseconds, state] of recorded) {
    const mine = ours.filter((one) => one[1] === state);
    if (mine.length === 0) missing.push(`${file}: ${state}.`);
    else if (!mine.some(([when]) => Math.abs(when - milliseconds) <= windowMillisecondsMax)) {
      const when = mine.map(([one]) => String(Math.round(one))).join(', ');
      const text = `${file}: ${state} from ${String(milliseconds)} ms after the save returned, simulated from ${when} ms.`;
      // What was there before the save began is there since the programs began; that depends on the pauses alone.
      if (milliseconds > 0) missing.push(text);
    }
  }
}

function compareLoss(
  file: string,
  recorded: { readonly [field: string]: unknown },
  ours: EntryLoss,
  { missing, invented, explained }: Differences,
): void {
  const most = Number(recorded['most_entries_lost']);
  const unsafe = Number(recorded['longest_unsafe_ms']);
  const corrupt = Number(recorded['corrupt_or_absent']) > 0;
  if (ours.mostEntriesLost < most) {
    missing.push(
      `${file}: ${String(most)} entries lost, simulated ${String(ours.mostEntriesLost)}.`,
    );
  }
  if (ours.mostEntriesLost > most) {
    invented.push(
      `${file}: ${String(ours.mostEntriesLost)} entries lost, recorded ${String(most)}.`,
    );
  }
  const late = ours.longestUnsafeMilliseconds - unsafe;
  if (Math.abs(late) > windowMillisecondsMax) {
    const text = `${file}: an entry unsafe for ${String(unsafe)} ms, simulated for ${String(Math.round(ours.longestUnsafeMilliseconds))} ms`;
    (late > 0 ? invented : missing).push(`${text}.`);
  }
  if (corrupt && !ours.corrupt) {
    explained.push(
      `${file}: the database was corrupt at some points; the simulated one is not in the usual order of writing (device timing: which of its pages were written before the cut).`,
    );
  }
  if (!corrupt && ours.corrupt) invented.push(`${file}: a corrupt database.`);
}

function compareShare(recorded: number, ours: number, { missing, invented }: Differences): void {
  if (sharesAgree(ours, recorded)) return;
  const text = `${broken}: recorded for ${percent(recorded)} of the time, simulated for ${percent(ours)}.`;
  (ours > recorded ? invented : missing).push(text);
}
