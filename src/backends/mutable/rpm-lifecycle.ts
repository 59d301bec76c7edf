/** dnf on a system that is updated in place: upgrade, install, remove. Source: dnf(8), systems.md 1.3. */
import type { Work } from '../backend.ts';
import { archivesOf, kernelArchive, type Archive } from '../package-tools/archive.ts';
import { runTransaction, type RpmTransaction } from '../package-tools/rpm.ts';
import { readRpmRecords, type RpmContext } from '../package-tools/rpm-database.ts';
import { installedArchives, upgradeWithRpm } from '../package-tools/rpm-upgrade.ts';
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
  const erase: RpmTransaction['erase'] = installedArchives(knownArchives(work), records, name);
  if (erase.length === 0) {
    os.print(`No match for argument: ${name}`);
  } else if (known?.essential === true) {
    const words = `Error: The operation would result in removing the following protected packages: ${name}`;
    os.print(words, 'error');
  } else {
    yield* runTransaction(contextOf(work), { install: [], erase });
  }
}
