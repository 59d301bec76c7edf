/** apt on a Debian system: upgrade, install, remove. Source: apt-get(8), systems.md 1.2. */
import { inUnpackOrder } from '../package-tools/unpack-order.ts';
import type { Work } from '../backend.ts';
import { archivesOf, kernelArchive, type Archive } from '../package-tools/archive.ts';
import { configurePending, installArchives, removeInstalled } from '../package-tools/dpkg.ts';
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
  const due = archivesOf(brief, to).filter((archive) => isDue(found, archive));
  const archives = inUnpackOrder(brief.release, due);
  const kernel = kernelArchive(brief, to);
  const kernels = kernel !== undefined && isDue(found, kernel) ? [kernel] : [];
  const gone = goneIn(work, found, to);
  const count = archives.length + kernels.length;
  os.print(
    `${String(count)} upgraded, 0 newly installed, ${String(gone.length)} to remove and 0 not upgraded.`,
  );
  const after = kernelHook(work);
  for (const name of gone) yield* removeInstalled(contextOf(work), name);
  if (archives.length > 0) yield* installArchives(contextOf(work), archives, after);
  if (kernels.length > 0) yield* installArchives(contextOf(work), kernels, after);
}

function isDue(records: Records, { name, version }: Archive): boolean {
  const record = records.get(name);
  return record?.version !== version || record.state !== 'installed' || record.flag !== 'ok';
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

/** `apt install`: the package in the version of the machine. */
export function* installPackage(work: Work, name: string): Procedure {
  const { os } = work;
  const records = yield* readRecords(os, database);
  const archive = archivesNow(work, records).find((candidate) => candidate.name === name);
  if (archive === undefined) {
    os.print(`E: Unable to locate package ${name}`, 'error');
  } else if (!isDue(records, archive)) {
    os.print(`${name} is already the newest version (${archive.version}).`);
  } else {
    yield* installArchives(contextOf(work), [archive], kernelHook(work));
  }
}

/** `apt remove`: refuses for essential packages. Source: apt-get(8), --allow-remove-essential. */
export function* removePackage(work: Work, name: string): Procedure {
  const { os, brief } = work;
  const records = yield* readRecords(os, database);
  const known = brief.release.packages.find((candidate) => candidate.name === name);
  if (records.get(name)?.state !== 'installed') {
    os.print(`Package '${name}' is not installed, so not removed`);
  } else if (known?.essential === true) {
    os.print(
      'E: Essential packages were removed and -y was used without --allow-remove-essential.',
      'error',
    );
  } else {
    yield* removeInstalled(contextOf(work), name);
  }
}
