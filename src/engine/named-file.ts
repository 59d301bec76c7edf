/** What a name in a scenario stands for on one machine: a datum, a file of the release, or any other path. */
import type { Backend, MachineBrief } from '../backends/backend.ts';
import type { ReleaseFile, ReleasePackage, VersionName } from '../model/release.ts';
import { expandHome } from './home-path.ts';

/** A file of this machine. */
export interface NamedFile {
  /** Where it lies in the running root. */
  readonly path: string;
  /** The datum whose fate it decides; absent for a file that nobody follows. */
  readonly datum?: string;
}

/** Finds a file by the id of a datum, by its canonical path in the release, or by its path. */
export function namedFile(
  backend: Backend,
  brief: MachineBrief,
  running: VersionName,
  name: string,
): NamedFile {
  const datum = brief.data.find(({ id }) => id === name);
  if (datum !== undefined) return { path: datum.path, datum: datum.id };
  const path = expandHome(name, 'sam');
  const written = brief.data.find((one) => one.path === path);
  if (written !== undefined) return { path, datum: written.id };
  const shipped = shippedFile(brief, running, path);
  if (shipped === undefined) return { path };
  const { file, owner } = shipped;
  const where = path.startsWith('/etc/') ? path : backend.pathOf(brief, file, owner, running);
  return { path: where, datum: kindOf(brief, file, owner) };
}

function kindOf(brief: MachineBrief, file: ReleaseFile, owner: ReleasePackage): string {
  if (brief.release.editedConfig.some(({ path }) => path === file.path)) return 'edited-config';
  if (file.conffile === true) return 'default-config';
  return owner.application === undefined ? 'operating-system' : 'applications';
}

function shippedFile(
  { release }: MachineBrief,
  version: VersionName,
  path: string,
): { readonly file: ReleaseFile; readonly owner: ReleasePackage } | undefined {
  for (const owner of release.packages) {
    const shipped = owner.versions[version] ?? owner.versions.v1;
    const file = shipped?.files.find((one) => one.path === path);
    if (file !== undefined) return { file, owner };
  }
  return undefined;
}
