/**
 * pacman's local database: a directory per package, made anew for each version. Nothing in it is synced, and a package
 * whose directory has no `desc` counts as not installed. Source: pacman 7 lib/libalpm/be_local.c.
 */
import { namesIn, removeTree, statusOf } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import type { Archive } from './archive.ts';

/** Where packages are noted. */
export const localDatabase = '/var/lib/pacman/local';

/** The lock: a file, so it outlives a crash. Source: pacman lib/libalpm/handle.c, _alpm_handle_lock. */
export const databaseLock = '/var/lib/pacman/db.lck';

/** Directory of a package in one version. */
export function recordDirectory({ name, version }: Pick<Archive, 'name' | 'version'>): string {
  return `${localDatabase}/${name}-${version}`;
}

/** What `desc` says. */
export function descriptionText({ name, version }: Archive): string {
  return `%NAME%\n${name}\n\n%VERSION%\n${version}\n\n`;
}

/** What `files` says. */
export function fileListText({ files }: Archive): string {
  const backup = files.filter(({ conffile }) => conffile === true);
  return [
    '%FILES%\n',
    ...files.map(({ path }) => `${path.slice(1)}\n`),
    ...(backup.length === 0 ? [] : ['\n%BACKUP%\n']),
    ...backup.map(({ path }) => `${path.slice(1)}\n`),
  ].join('');
}

/** Name → version of everything that is installed. */
export function* installedVersions(os: Process): Procedure<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const directory of yield* namesIn(os, localDatabase)) {
    if (directory === 'ALPM_DB_VERSION') continue;
    const path = `${localDatabase}/${directory}/desc`;
    const there = yield* statusOf(os, path);
    const text = there?.kind === 'file' ? yield* os.readText(path) : '';
    const name = /^%NAME%\n(.+)$/m.exec(text)?.[1];
    const version = /^%VERSION%\n(.+)$/m.exec(text)?.[1];
    if (name !== undefined && version !== undefined) found.set(name, version);
    else os.print(`error: could not fully load metadata for package ${directory}`, 'error');
  }
  return found;
}

/** Makes the directory of a package, before its files are extracted. */
export function* prepareRecord(os: Process, archive: Archive): Procedure {
  const directory = recordDirectory(archive);
  if ((yield* statusOf(os, directory)) === undefined) yield* os.mkdir(directory);
  yield* os.writeFile(`${directory}/mtree`, `mtree of ${archive.name} ${archive.version}\n`);
}

/** Writes what is known of a package, after its files were extracted. */
export function* writeRecord(os: Process, archive: Archive): Procedure {
  const directory = recordDirectory(archive);
  yield* os.writeFile(`${directory}/desc`, descriptionText(archive));
  yield* os.writeFile(`${directory}/files`, fileListText(archive));
}

/** Removes the directory of a package. */
export function* removeRecord(os: Process, archive: Pick<Archive, 'name' | 'version'>): Procedure {
  yield* removeTree(os, recordDirectory(archive));
}

/** Takes the lock; false when it is there already, whoever left it. */
export function* takeLock(os: Process): Procedure<boolean> {
  if ((yield* statusOf(os, databaseLock)) !== undefined) {
    os.print('error: failed to init transaction (unable to lock database)', 'error');
    os.print('error: could not lock database: File exists', 'error');
    os.print("  if you're sure a package manager is not already", 'error');
    os.print(`  running, you can remove ${databaseLock}`, 'error');
    return false;
  }
  const flags = { access: 'write', create: true, exclusive: true } as const;
  yield* os.close(yield* os.open(databaseLock, flags, 0));
  return true;
}
