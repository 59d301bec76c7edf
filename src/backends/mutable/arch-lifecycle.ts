/** pacman on an Arch Linux: upgrade, install, remove, compare. Source: pacman(8), systems.md 1.4. */
import type { MachineBrief, Work } from '../backend.ts';
import { archivesOf, type Archive } from '../package-tools/archive.ts';
import { unneeded, withDependencies, withDependents } from '../package-tools/dependencies.ts';
import { commitPackage, removePackageFiles } from '../package-tools/pacman.ts';
import { databaseLock, installedVersions, takeLock } from '../package-tools/pacman-database.ts';
import { inUnpackOrder } from '../package-tools/unpack-order.ts';
import { statusOf } from '../tool-calls.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import { contentKey } from '../../model/content.ts';
import type { VersionName } from '../../model/release.ts';
import {
  archKernel,
  kernelOf,
  kernelPackage,
  makeBootCopies,
  removeBootCopies,
} from './arch-kernel.ts';
import { versionNames } from './options.ts';

type Installed = ReadonlyMap<string, string>;

/** Everything that a version consists of, the kernel last. */
function archivesIn(brief: MachineBrief, version: VersionName): readonly Archive[] {
  const kernel = archKernel(brief, version);
  return [...archivesOf(brief, version), ...(kernel === undefined ? [] : [kernel])];
}

function archiveNamed(brief: MachineBrief, name: string, version: string): Archive | undefined {
  return versionNames
    .flatMap((one) => archivesIn(brief, one))
    .find((archive) => archive.name === name && archive.version === version);
}

/** Runs something under the lock. An error ends the transaction where it is: what it did stays, later hooks do not run. */
function* locked(work: Work, body: (installed: Installed) => Procedure): Procedure {
  const { os } = work;
  if (!(yield* takeLock(os))) return;
  try {
    yield* body(yield* installedVersions(os));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`error: could not extract ${error.path} (${error.code})`, 'error');
    os.print('error: failed to commit transaction (transaction aborted)', 'error');
  }
  yield* os.unlink(databaseLock);
}

/** `pacman -Syu`. What the database does not know is not upgraded, but may be asked for by what is. */
export function* update(work: Work, to: VersionName): Procedure {
  const { os, brief } = work;
  os.stage('lock the database', {
    note: 'The lock is a file: a power cut leaves it, and pacman refuses to run until somebody deletes it.',
  });
  os.print(':: Starting full system upgrade...');
  yield* locked(work, function* (installed) {
    const all = archivesIn(brief, to);
    const due = all.filter(({ name, version }) => (installed.get(name) ?? version) !== version);
    const names = new Set(due.map(({ name }) => name));
    const known = new Set(installed.keys());
    for (const { name, versions } of brief.release.packages) {
      if (versions.v1 === undefined && !known.has(name)) names.add(name);
    }
    for (const { name } of due) {
      const depends = brief.release.packages.find((one) => one.name === name)?.depends ?? [];
      for (const one of depends.flatMap((need) => withDependencies(brief.release, need, known))) {
        names.add(one);
      }
    }
    const chosen = all.filter(({ name }) => names.has(name));
    if (chosen.length === 0) os.print(' there is nothing to do');
    else yield* transaction(work, chosen, installed);
  });
}

/** Conflicts are looked for first: a file that no package owns may not be there. Source: pacman lib/libalpm/conflict.c. */
function* transaction(work: Work, chosen: readonly Archive[], installed: Installed): Procedure {
  const { os, brief } = work;
  os.print(`Packages (${String(chosen.length)})`);
  const ordered = inUnpackOrder(brief.release, chosen);
  if (yield* conflicts(work, ordered, installed)) return;
  const old = new Map(
    ordered.map(({ name }) => {
      const version = installed.get(name);
      return [name, version === undefined ? undefined : archiveNamed(brief, name, version)];
    }),
  );
  const kernel = ordered.find(({ name }) => name === kernelPackage);
  if (kernel !== undefined && old.get(kernelPackage) !== undefined) yield* removeBootCopies(work);
  for (const archive of ordered) yield* commitPackage(os, archive, old.get(archive.name));
  const made = kernel === undefined ? undefined : kernelOf(brief, kernel.version);
  if (made !== undefined) yield* makeBootCopies(work, made);
}

function* conflicts(
  { os }: Work,
  archives: readonly Archive[],
  installed: Installed,
): Procedure<boolean> {
  const found: string[] = [];
  for (const { name, files } of archives) {
    if (installed.has(name)) continue;
    for (const { path } of files) {
      if ((yield* statusOf(os, path)) === undefined) continue;
      found.push(`${name}: ${path} exists in filesystem`);
    }
  }
  if (found.length === 0) return false;
  os.print('error: failed to commit transaction (conflicting files)', 'error');
  for (const line of found.slice(0, 8)) os.print(line, 'error');
  os.print('Errors occurred, no packages were upgraded.', 'error');
  return true;
}

/** The version that most of the machine is of: the newest of which some package of its own is installed. */
function archivesNow(brief: MachineBrief, installed: Installed): readonly Archive[] {
  const newest = archivesIn(brief, 'v2');
  const isNew = newest.every(({ name, version }) => (installed.get(name) ?? version) === version);
  return isNew ? newest : archivesIn(brief, 'v1');
}

/** `pacman -S`: the package in the version of the machine, and what it needs. */
export function* installPackage(work: Work, name: string): Procedure {
  const { os, brief } = work;
  yield* locked(work, function* (installed) {
    const now = archivesNow(brief, installed);
    if (now.every((one) => one.name !== name)) {
      os.print(`error: target not found: ${name}`, 'error');
      return;
    }
    const needed = withDependencies(brief.release, name, new Set(installed.keys()));
    const missing = new Set([name, ...needed]);
    yield* transaction(
      work,
      now.filter((one) => missing.has(one.name)),
      installed,
    );
  });
}

/** `pacman -R`: refuses when another package needs this one. */
export function* removePackage(work: Work, name: string): Procedure {
  const { os, brief } = work;
  yield* locked(work, function* (installed) {
    const version = installed.get(name);
    const archive = version === undefined ? undefined : archiveNamed(brief, name, version);
    if (archive === undefined) {
      os.print(`error: target not found: ${name}`, 'error');
      return;
    }
    const known = new Set(installed.keys());
    const needing = withDependents(brief.release, [name], known).find((one) => one !== name);
    const isEssential = brief.release.packages.some((one) => one.name === name && one.essential);
    if (needing !== undefined || isEssential) {
      os.print('error: failed to prepare transaction (could not satisfy dependencies)', 'error');
      const needer = needing ?? 'base';
      os.print(`:: removing ${name} breaks dependency '${name}' required by ${needer}`, 'error');
      return;
    }
    yield* removePackageFiles(os, archive);
  });
}

/** `pacman -R OLD; pacman -S NEW`: two transactions, because only packages that conflict are exchanged in one. */
export function* replacePackage(work: Work, name: string, by: string): Procedure {
  yield* removePackage(work, name);
  yield* installPackage(work, by);
}

/** `pacman -Rns $(pacman -Qdtq)`: what came as a dependency and nothing needs. Source: pacman(8), --unneeded, -Qdt. */
export function* collectGarbage(work: Work): Procedure {
  const { os, brief } = work;
  yield* locked(work, function* (installed) {
    for (const name of unneeded(brief.release, new Set(installed.keys()))) {
      const archive = archiveNamed(brief, name, installed.get(name) ?? '');
      if (archive !== undefined) yield* removePackageFiles(os, archive);
    }
  });
}

/** `pacman -Qkk`: compares files with what the package said of them; it repairs nothing. Source: pacman(8), --check. */
export function* verify({ os, brief }: Work): Procedure {
  os.stage('compare files with the package database');
  for (const [name, version] of yield* installedVersions(os)) {
    for (const file of archiveNamed(brief, name, version)?.files ?? []) {
      const there = yield* statusOf(os, file.path);
      if (there === undefined) {
        os.print(`warning: ${name}: ${file.path} (No such file or directory)`, 'error');
      } else if (there.kind !== 'file' || file.target !== undefined) {
        continue;
      } else if (contentKey(yield* os.read(file.path)) !== contentKey(file.content)) {
        const kind = file.conffile === true ? 'output' : 'error';
        os.print(`warning: ${name}: ${file.path} (SHA256 checksum mismatch)`, kind);
      }
    }
  }
}
