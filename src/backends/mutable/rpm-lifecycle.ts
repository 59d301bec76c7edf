/** dnf on a system that is updated in place: upgrade, install, remove. Source: dnf(8), systems.md 1.3. */
import type { Work } from '../backend.ts';
import { archivesOf, kernelArchive, type Archive } from '../package-tools/archive.ts';
import { unneeded, withDependencies } from '../package-tools/dependencies.ts';
import { runTransaction } from '../package-tools/rpm.ts';
import { readRpmRecords, type RpmContext, type RpmRecords } from '../package-tools/rpm-database.ts';
import {
  eraseWithRpm,
  installedNames,
  packagesToErase,
  swapOf,
  verifyWithRpm,
} from '../package-tools/rpm-maintenance.ts';
import { upgradeWithRpm } from '../package-tools/rpm-upgrade.ts';
import { inTransactionOrder } from '../package-tools/rpm-order.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { kernelHook } from './kernel-hook.ts';
import { versionNames } from './options.ts';

/** Path of the database. Source: recorded run mutable-rpm. */
export const rpmDatabasePath = '/var/lib/rpm/rpmdb.sqlite';

function contextOf({ os, brief }: Work): RpmContext {
  return { os, blobs: brief.blobs, root: '', database: rpmDatabasePath };
}

/** `dnf upgrade`. The scripts of a kernel package run when its transaction is over. Source: recorded run mutable-rpm. */
export function* update(work: Work, to: VersionName): Procedure {
  const { os, brief } = work;
  os.stage('read the package database', { note: 'dnf upgrades what the database says is old.' });
  os.print('Dependencies resolved.');
  const packages = inTransactionOrder(brief.release, archivesOf(brief, to));
  const kernel = kernelArchive(brief, to);
  const upgrade = {
    packages,
    known: knownArchives(work),
    removable: new Set(archivesOf(brief, 'v1').map(({ name }) => name)),
    ...(kernel === undefined ? {} : { kernel }),
  };
  const isNewKernel = yield* upgradeWithRpm(contextOf(work), upgrade);
  if (kernel !== undefined && isNewKernel) {
    yield* kernelHook(work)(kernel.name, kernel.version);
  }
  os.print('Complete!');
}

/** Packages of all versions. */
function knownArchives({ brief }: Work): readonly Archive[] {
  return versionNames.flatMap((version) => archivesOf(brief, version));
}

/** Archives of the version that the machine is of by now. */
function archivesNow({ brief }: Work, records: RpmRecords): readonly Archive[] {
  const newest = archivesOf(brief, 'v2');
  const isUpdated = newest.every(
    ({ name, version }) => (records.get(name)?.size ?? 0) === 0 || records.get(name)?.has(version),
  );
  return isUpdated ? newest : archivesOf(brief, 'v1');
}

/** `dnf install`: the package in the version of the machine, and what it needs. */
export function* installPackage(work: Work, name: string): Procedure {
  const { os, brief } = work;
  const records = yield* readRpmRecords(contextOf(work));
  const now = archivesNow(work, records);
  if (!now.some((one) => one.name === name)) {
    os.print(`Error: Unable to find a match: ${name}`, 'error');
  } else if ((records.get(name)?.size ?? 0) > 0) {
    os.print(`Package ${name} is already installed.`);
  } else {
    const missing = new Set(withDependencies(brief.release, name, installedNames(records)));
    const due = now.filter((archive) => missing.has(archive.name));
    const install = inTransactionOrder(brief.release, due);
    yield* runTransaction(contextOf(work), { install, erase: [] });
  }
}

/**
 * `dnf remove`: what needs the package goes with it, and what only that needed. Essential packages stand for those that
 * dnf protects. Source: dnf.conf(5), protected_packages and clean_requirements_on_remove.
 */
export function* removePackage(work: Work, name: string): Procedure {
  const { os, brief } = work;
  const records = yield* readRpmRecords(contextOf(work));
  const erase = packagesToErase(brief.release, records, name);
  const known = brief.release.packages.find((one) => one.essential && erase.includes(one.name));
  if (erase.length === 0) {
    os.print(`No match for argument: ${name}`);
  } else if (known !== undefined) {
    const words = `Error: The operation would result in removing the following protected packages: ${known.name}`;
    os.print(words, 'error');
  } else {
    yield* eraseWithRpm(contextOf(work), knownArchives(work), erase);
  }
}

/** `dnf swap OLD NEW`: one transaction, in which what is new is installed before what is old is erased. Source: dnf(8). */
export function* replacePackage(work: Work, name: string, by: string): Procedure {
  const { os, brief } = work;
  const records = yield* readRpmRecords(contextOf(work));
  const now = archivesNow(work, records);
  const swap = swapOf(brief.release, records, { name, by, now, known: knownArchives(work) });
  if (typeof swap === 'string') os.print(`Error: ${swap}`, 'error');
  else yield* runTransaction(contextOf(work), swap);
}

/** `dnf autoremove`; kernels are never among it. Source: dnf5-autoremove(8). */
export function* collectGarbage(work: Work): Procedure {
  const records = yield* readRpmRecords(contextOf(work));
  const erase = unneeded(work.brief.release, installedNames(records));
  if (erase.length === 0) work.os.print('Nothing to do.');
  else yield* eraseWithRpm(contextOf(work), knownArchives(work), erase);
}

/** `rpm -Va`. */
export function* verify(work: Work): Procedure {
  yield* verifyWithRpm(contextOf(work), [...knownArchives(work), ...kernelArchives(work)]);
}

function kernelArchives({ brief }: Work): readonly Archive[] {
  return versionNames.flatMap((version) => kernelArchive(brief, version) ?? []);
}
