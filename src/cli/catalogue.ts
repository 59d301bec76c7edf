/** Reads scenarios and releases from the disk of this machine; the page reads the same files over its own way. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../engine/laboratory.ts';
import type { ReleaseSize } from '../model/release.ts';

const project = join(import.meta.dirname, '..', '..');

/** Ids of the scenarios that ship. */
export function scenarioIds(): readonly string[] {
  return readdirSync(join(project, 'scenarios'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
}

/** Text of a scenario, by id or path. Throws `unknown-scenario`, or `unknown-file` for what looks like a path. */
export function scenarioText(idOrPath: string): string {
  const shipped = join(project, 'scenarios', `${idOrPath}.yaml`);
  const path = /^[a-z0-9-]+$/.test(idOrPath) && existsSync(shipped) ? shipped : idOrPath;
  const isFile = existsSync(path) && statSync(path).isFile();
  if (!isFile) {
    throw new LabError(/[./\\]/.test(idOrPath) ? 'unknown-file' : 'unknown-scenario', idOrPath);
  }
  return readFileSync(path, 'utf8');
}

/** Text of any file that was named. Throws `unknown-file`. */
export function fileText(path: string): string {
  if (!existsSync(path) || !statSync(path).isFile()) throw new LabError('unknown-file', path);
  return readFileSync(path, 'utf8');
}

/** Text of a release's compact data. */
export function releaseText(size: ReleaseSize): string {
  return readFileSync(join(project, 'public', 'releases', `${size}.json`), 'utf8');
}
