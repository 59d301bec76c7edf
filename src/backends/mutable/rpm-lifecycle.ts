/** dnf on a system that is updated in place: upgrade, install, remove. Source: dnf(8), systems.md 1.3. */
import type { MachineBrief, Work } from '../backend.ts';
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
import { upgradeWithRpm, type RpmUpgrade } from '../package-tools/rpm-upgrade.ts';
import { inTransactionOrder } from '../package-tools/rpm-order.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { fedoraKernel, isFedora, subvolumes } from './fedora-names.ts';
import { kernelHook } from './kernel-hook.ts';
import { kernelInstall } from './kernel-install.ts';
import { startupOffline, updateOffline } from './offline-update.ts';
import { optionsOf, versionNames } from './options.ts';

/** Where the database lies on a Fedora, in the root. Source: https://fedoraproject.org/wiki/Changes/RelocateRPMToUsr */
export const fedoraDatabasePath = '/usr/lib/sysimage/rpm/rpmdb.sqlite';

/** Where it lies elsewhere. Source: recorded run mutable-rpm. */
export const recordedDatabasePath = '/var/lib/rpm/rpmdb.sqlite';

/** Where the database lies: in the running root, and on the volume `root`. */
export function rpmDatabaseOf(brief: MachineBrief): {
  readonly inRoot: string;
  readonly onVolume: string;
} {
  if (!isFedora(brief)) return { inRoot: recordedDatabasePath, onVolume: recordedDatabasePath };
  const onVolume = `/${subvolumes['/']}${fedoraDatabasePath}`;
  return { inRoot: fedoraDatabasePath, onVolume };
}

function contextOf({ os, brief }: Work): RpmContext {
  return { os, blobs: brief.blobs, root: '', database: rpmDatabaseOf(brief).inRoot };
}

/** `dnf upgrade`, on the running system or in a mode of its own. */
export function* update(work: Work, to: VersionName): Procedure {
  const { updates, layout } = optionsOf(work.brief.options);
  if (layout !== 'fedora') yield* upgradeAsRecorded(work, to);
  else if (updates === 'online') yield* upgradeFedora(work, to);
  else yield* updateOffline(work, to, { test: testFedora, install: upgradeFedora });
}

/** What a start of a Fedora does before anyone logs in. */
export function* startup(work: Work): Procedure {
  yield* startupOffline(work, upgradeFedora);
}

function readDatabase({ os }: Work): void {
  os.stage('read the package database', { note: 'dnf upgrades what the database says is old.' });
  os.print('Dependencies resolved.');
}

/** The scripts of a kernel package run when its transaction is over. Source: recorded run mutable-rpm. */
function* upgradeAsRecorded(work: Work, to: VersionName): Procedure {
  const { os, brief } = work;
  readDatabase(work);
  const kernel = kernelArchive(brief, to);
  const isNewKernel = yield* upgradeWithRpm(contextOf(work), {
    packages: inTransactionOrder(brief.release, archivesOf(brief, to)),
    known: knownArchives(work),
    removable: removable(work),
    ...(kernel === undefined ? {} : { kernel }),
  });
  if (kernel !== undefined && isNewKernel) {
    yield* kernelHook(work)(kernel.name, kernel.version);
  }
  os.print('Complete!');
}

/**
 * One transaction for everything, a new kernel beside the old one among it; `%posttrans` of the kernel package comes
 * when all is installed and erased. Says whether it was done. Source: Fedora's kernel package, kernel.spec, `%posttrans
 * core`, https://src.fedoraproject.org/rpms/kernel; dnf(8), installonlypkgs.
 */
function* upgradeFedora(work: Work, to: VersionName): Procedure<boolean> {
  const { os, brief } = work;
  readDatabase(work);
  const kernel = fedoraKernel(brief, to);
  const wasThere = yield* isInstalled(work, kernel);
  const done = yield* reported(work, upgradeWithRpm(contextOf(work), fedoraUpgrade(work, to)));
  const made = brief.release.kernels[to];
  const isNew = !wasThere && (yield* isInstalled(work, kernel));
  if (isNew && made !== undefined) yield* kernelInstall(work, made);
  if (done) os.print('Complete!');
  return done;
}

/** The same, only looked at: dnf does that before it stores an offline transaction. Source:
 * https://github.com/rpm-software-management/dnf5/issues/2416 */
function* testFedora(work: Work, to: VersionName): Procedure<boolean> {
  const upgrade = { ...fedoraUpgrade(work, to), testOnly: true } as const;
  return yield* reported(work, upgradeWithRpm(contextOf(work), upgrade));
}

function fedoraUpgrade(work: Work, to: VersionName): RpmUpgrade {
  const { brief } = work;
  const kernel = fedoraKernel(brief, to);
  const archives = [...archivesOf(brief, to), ...(kernel === undefined ? [] : [kernel])];
  return {
    packages: inTransactionOrder(brief.release, archives),
    known: knownArchives(work),
    removable: removable(work),
  };
}

function* isInstalled(work: Work, archive: Archive | undefined): Procedure<boolean> {
  if (archive === undefined) return false;
  const records = yield* readRpmRecords(contextOf(work));
  return records.get(archive.name)?.has(archive.version) === true;
}

/** Whether a transaction was done; why it was not, rpm has said. */
function* reported({ os }: Work, transaction: Procedure<unknown>): Procedure<boolean> {
  try {
    yield* transaction;
    return true;
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'ENOSPC') throw error;
    os.print('Transaction failed: Rpm transaction failed.', 'error');
    return false;
  }
}

function removable({ brief }: Work): ReadonlySet<string> {
  return new Set(archivesOf(brief, 'v1').map(({ name }) => name));
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
  const kernelOf = isFedora(brief) ? fedoraKernel : kernelArchive;
  return versionNames.flatMap((version) => kernelOf(brief, version) ?? []);
}
