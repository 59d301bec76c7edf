/** apt on a Debian system: upgrade, install, remove. Source: apt-get(8), systems.md 1.2. */
import { inUnpackOrder } from '../package-tools/unpack-order.ts';
import type { MachineBrief, Work } from '../backend.ts';
import { archivesOf, kernelArchive, type Archive } from '../package-tools/archive.ts';
import { unneeded, withDependencies, withDependents } from '../package-tools/dependencies.ts';
import {
  configurePending,
  installArchives,
  removeInstalled,
  verifyInstalled,
} from '../package-tools/dpkg.ts';
import { readRecords, type DpkgContext } from '../package-tools/dpkg-database.ts';
import type { PackageRecord } from '../package-tools/status-file.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { kernelHook } from './kernel-hook.ts';
import { optionsOf } from './options.ts';

const database = '/var/lib/dpkg';

type Records = ReadonlyMap<string, PackageRecord>;

function contextOf({ os, brief }: Work): DpkgContext {
  return { os, blobs: brief.blobs, root: '', unsafeIo: optionsOf(brief.options).unsafeIo };
}

/**
 * `apt full-upgrade`: what an interrupted run left is configured first, half-installed packages are installed again,
 * then everything that the database knows in another version is upgraded, the kernel in a run of its own.
 */
export function* update(work: Work, to: VersionName): Procedure {
  const { os, brief } = work;
  os.stage('read the package database', { note: 'apt upgrades what the database says is old.' });
  os.print('Reading package lists... Done');
  os.print('Building dependency tree... Done');
  const found = yield* finishInterrupted(work);
  const due = archivesOf(brief, to).filter((archive) => isDue(brief, found, archive));
  const archives = inUnpackOrder(brief.release, due);
  const kernel = kernelArchive(brief, to);
  const kernels = kernel !== undefined && isBroken(found, kernel) ? [kernel] : [];
  const gone = goneIn(work, found, to);
  const count = archives.length + kernels.length;
  os.print(
    `${String(count)} upgraded, 0 newly installed, ${String(gone.length)} to remove and 0 not upgraded.`,
  );
  const after = kernelHook(work);
  if (gone.length > 0) yield* removeInstalled(contextOf(work), gone);
  for (const run of [archives, kernels]) {
    if (run.length === 0 || (yield* installArchives(contextOf(work), run, after))) continue;
    os.print('E: Sub-process /usr/bin/dpkg returned an error code (1)', 'error');
    return;
  }
}

/** Whether a package is not there in this version, whole as far as the database knows. */
function isBroken(records: Records, { name, version }: Archive): boolean {
  const record = records.get(name);
  return record?.version !== version || record.state !== 'installed' || record.flag !== 'ok';
}

/** Only what is installed is upgraded, and what the new version adds comes along; what was removed stays away. */
function isDue(brief: MachineBrief, records: Records, archive: Archive): boolean {
  if (!isBroken(records, archive)) return false;
  const record = records.get(archive.name);
  if (record !== undefined) return record.want === 'install';
  return brief.release.packages.every(
    ({ name, versions }) => name !== archive.name || versions.v1 === undefined,
  );
}

function goneIn({ brief }: Work, records: Records, to: VersionName): readonly string[] {
  return brief.release.packages
    .filter(({ versions }) => versions[to] === undefined && versions.v1 !== undefined)
    .map(({ name }) => name)
    .filter((name) => records.get(name)?.state === 'installed');
}

/** `dpkg --configure -a`, when the database says that a run was interrupted. Gives what the database says then. */
function* finishInterrupted(work: Work): Procedure<Records> {
  const { os } = work;
  const found = yield* readRecords(os, database);
  const unfinished = [...found.values()].some(
    ({ state }) =>
      state === 'half-installed' || state === 'unpacked' || state === 'half-configured',
  );
  if (!unfinished) return found;
  os.print("E: dpkg was interrupted, you must manually run 'dpkg --configure -a'", 'error');
  os.print('$ dpkg --configure -a', 'note');
  yield* configurePending(contextOf(work), kernelHook(work));
  return yield* readRecords(os, database);
}

/** Archives of the version that the machine is of by now: the newest that has an installed package of its own. */
function archivesNow({ brief }: Work, records: Records): readonly Archive[] {
  const all = (['v2', 'v1'] as const).map((version) => archivesOf(brief, version));
  const updated = all.find((archives) =>
    archives.every((archive) => {
      const record = records.get(archive.name);
      return record?.state !== 'installed' || record.version === archive.version;
    }),
  );
  return updated ?? all[1] ?? [];
}

/** `apt install`: the package in the version of the machine, and what it needs. */
export function* installPackage(work: Work, name: string): Procedure {
  const { os, brief } = work;
  const records = yield* readRecords(os, database);
  const now = archivesNow(work, records);
  const archive = now.find((candidate) => candidate.name === name);
  if (archive === undefined) {
    os.print(`E: Unable to locate package ${name}`, 'error');
  } else if (!isBroken(records, archive)) {
    os.print(`${name} is already the newest version (${archive.version}).`);
  } else {
    const whole = new Set(now.filter((one) => !isBroken(records, one)).map((one) => one.name));
    const missing = new Set(withDependencies(brief.release, name, whole));
    const archives = inUnpackOrder(
      brief.release,
      now.filter((one) => missing.has(one.name)),
    );
    yield* installArchives(contextOf(work), archives, kernelHook(work));
  }
}

function installedNames(records: Records): ReadonlySet<string> {
  const installed = [...records.values()].filter(({ state }) => state === 'installed');
  return new Set(installed.map(({ name }) => name));
}

/**
 * `apt remove`: what needs the package goes with it; refused where that includes an essential one. Source: apt-get(8),
 * --allow-remove-essential.
 */
export function* removePackage(work: Work, name: string): Procedure {
  yield* takeOut(work, name);
}

/**
 * `apt install NEW OLD-`. apt runs dpkg once to remove and once to install; where one of the two cannot be had, it does
 * neither. Source: apt-get(8), "a hyphen is appended to the package name".
 */
export function* replacePackage(work: Work, name: string, by: string): Procedure {
  const { os } = work;
  const records = yield* readRecords(os, database);
  const archive = archivesNow(work, records).find((one) => one.name === by);
  if (archive === undefined || !isBroken(records, archive)) {
    const words = archive === undefined ? `Unable to locate package ${by}` : `${by} is installed`;
    os.print(`E: ${words}`, 'error');
  } else if (yield* takeOut(work, name)) {
    yield* installPackage(work, by);
  }
}

/** Says whether it was done. */
function* takeOut(work: Work, name: string): Procedure<boolean> {
  const { os, brief } = work;
  const installed = installedNames(yield* readRecords(os, database));
  const known = brief.release.packages.find((candidate) => candidate.name === name);
  if (!installed.has(name)) {
    os.print(`Package '${name}' is not installed, so not removed`);
    return false;
  }
  const going = known === undefined ? [name] : withDependents(brief.release, [name], installed);
  const isEssential = brief.release.packages.some(
    (one) => one.essential && going.includes(one.name),
  );
  if (isEssential) {
    os.print(
      'E: Essential packages were removed and -y was used without --allow-remove-essential.',
      'error',
    );
    return false;
  }
  os.print(`The following packages will be REMOVED:\n  ${going.join(' ')}`);
  yield* removeInstalled(contextOf(work), going);
  return true;
}

/**
 * `apt autoremove`: packages that came as dependencies of others and that nothing needs now. The two kernels of an
 * updated machine both stay: the one that runs and the newest are never removed by it. Source: apt-get(8); apt's kernel
 * hook apt-auto-removal, as told in https://github.com/rackerlabs/kthresher.
 */
export function* collectGarbage(work: Work): Procedure {
  const { os, brief } = work;
  const going = unneeded(brief.release, installedNames(yield* readRecords(os, database)));
  os.print(`0 upgraded, 0 newly installed, ${String(going.length)} to remove and 0 not upgraded.`);
  if (going.length > 0) yield* removeInstalled(contextOf(work), going);
}

/** `dpkg --verify`. */
export function* verify(work: Work): Procedure {
  yield* verifyInstalled(contextOf(work));
}
