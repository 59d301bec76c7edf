/** dnf on a system that is updated in place: upgrade, install, remove. Source: dnf(8), systems.md 1.3. */
import type { Work } from '../backend.ts';
import { archivesOf, kernelArchive, type Archive } from '../package-tools/archive.ts';
import { runTransaction, type RpmTransaction } from '../package-tools/rpm.ts';
import { readRpmRecords, type RpmContext, type RpmRecords } from '../package-tools/rpm-database.ts';
import { inUnpackOrder } from '../package-tools/unpack-order.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { kernelHook } from './kernel-hook.ts';
import { versionNames } from './options.ts';

/** Path of the database. Source: recorded run mutable-rpm. */
export const rpmDatabasePath = '/var/lib/rpm/rpmdb.sqlite';

function contextOf({ os, brief }: Work): RpmContext {
  return { os, blobs: brief.blobs, root: '', database: rpmDatabasePath };
}

/**
 * `dnf upgrade`: everything that the database does not call installed in the new version, the kernel beside the old
 * one in a transaction of its own. What the database calls installed is left alone, whatever its files look like.
 */
export function* update(work: Work, to: VersionName): Procedure {
  const { os, brief } = work;
  os.stage('read the package database', { note: 'dnf upgrades what the database says is old.' });
  os.print('Dependencies resolved.');
  const records = yield* readRpmRecords(contextOf(work));
  const isDue = ({ name, version }: Archive): boolean => records.get(name)?.has(version) !== true;
  const install = inUnpackOrder(brief.release, archivesOf(brief, to).filter(isDue));
  const kernel = kernelArchive(brief, to);
  const erase = install.flatMap(({ name }) => installedArchives(work, records, name));
  if (install.length > 0) yield* runTransaction(contextOf(work), { install, erase });
  if (kernel !== undefined && isDue(kernel)) yield* installKernel(work, kernel);
  os.print('Complete!');
}

/** The scripts of a kernel package run when its transaction is over. Source: recorded run mutable-rpm. */
function* installKernel(work: Work, kernel: Archive): Procedure {
  yield* runTransaction(contextOf(work), { install: [kernel], erase: [] });
  yield* kernelHook(work)(kernel.name, kernel.version);
}

/** Archives of a package in all versions that the database calls installed. */
function installedArchives({ brief }: Work, records: RpmRecords, name: string): readonly Archive[] {
  const versions = new Map(
    versionNames
      .flatMap((version) => archivesOf(brief, version))
      .filter((archive) => archive.name === name)
      .map((archive) => [archive.version, archive]),
  );
  return [...(records.get(name) ?? [])].flatMap((version) => versions.get(version) ?? []);
}

/** `dnf install`: the package in the version of the machine. */
export function* installPackage(work: Work, name: string): Procedure {
  const { os, brief } = work;
  const records = yield* readRpmRecords(contextOf(work));
  const isUpdated = archivesOf(brief, 'v2').every(
    (archive) => archive.name === name || records.get(archive.name)?.has(archive.version) !== false,
  );
  const archive = archivesOf(brief, isUpdated ? 'v2' : 'v1').find((one) => one.name === name);
  if (archive === undefined) {
    os.print(`Error: Unable to find a match: ${name}`, 'error');
  } else if ((records.get(name)?.size ?? 0) > 0) {
    os.print(`Package ${name} is already installed.`);
  } else {
    yield* runTransaction(contextOf(work), { install: [archive], erase: [] });
  }
}

/** `dnf remove`. Essential packages stand for those that dnf protects. Source: dnf.conf(5), protected_packages. */
export function* removePackage(work: Work, name: string): Procedure {
  const { os, brief } = work;
  const records = yield* readRpmRecords(contextOf(work));
  const known = brief.release.packages.find((candidate) => candidate.name === name);
  const erase: RpmTransaction['erase'] = installedArchives(work, records, name);
  if (erase.length === 0) {
    os.print(`No match for argument: ${name}`);
  } else if (known?.essential === true) {
    const words = `Error: The operation would result in removing the following protected packages: ${name}`;
    os.print(words, 'error');
  } else {
    yield* runTransaction(contextOf(work), { install: [], erase });
  }
}
