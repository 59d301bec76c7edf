/** `survives conform DIR`: what the simulation says of a folder of recordings, as text or as JSON. */
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LabError, expandRelease } from '../engine/laboratory.ts';
import { conform, type ConformReport, type RecordedFile } from '../engine/conform/conform.ts';
import { releaseText } from './catalogue.ts';

/** Bytes of a file that is read; the largest recording has a third of a megabyte. */
const fileBytesMax = 16 * 1024 * 1024;

/** Every file below a folder, in the order of their names. Throws `unknown-file`. */
function filesBelow(folder: string): readonly RecordedFile[] {
  const status = statSync(folder, { throwIfNoEntry: false });
  if (status === undefined) throw new LabError('unknown-file', folder);
  if (status.isFile()) return [{ name: folder, text: readFileSync(folder, 'utf8') }];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return names.flatMap((name): readonly RecordedFile[] => {
    const path = join(folder, name);
    // A link may lead in a circle, or nowhere.
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true || found.size > fileBytesMax) return [];
    return [{ name: relative(folder, path), text: readFileSync(path, 'utf8') }];
  });
}

/** Compares everything in a folder, or one file. Throws `unknown-file`. */
export function conformAnswer(folder: string): ConformReport {
  return conform(filesBelow(folder), expandRelease(releaseText('recorded')));
}

/** The report for people: a line for each run, and below it what differs. */
export function conformText({ runs, unexplained, unknown }: ConformReport): string {
  const lines = runs.flatMap(({ id, missing, invented, explained }) => [
    `${missing.length + invented.length === 0 ? 'agrees ' : 'differs'}  ${id}`,
    ...missing.map((text) => `           recorded, not simulated: ${text}`),
    ...invented.map((text) => `           simulated, not recorded: ${text}`),
    ...explained.map((text) => `           explained: ${text}`),
  ]);
  for (const { file, why } of unknown) lines.push(`no recording: ${file}. ${why}`);
  const count = `${String(runs.length)} recordings, ${String(unexplained)} differences unexplained`;
  return [...lines, count].join('\n');
}
