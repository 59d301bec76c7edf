/**
 * What transactional-update and snapper do besides updating: packages in a new snapshot, cleaning up, comparing files.
 * Source: https://github.com/openSUSE/transactional-update/blob/aee1e1b/man/transactional-update.8.xml, `pkg`.
 */
import type { Work } from '../backend.ts';
import { withDependencies } from '../package-tools/dependencies.ts';
import { readRpmRecords, type RpmContext, type RpmRecords } from '../package-tools/rpm-database.ts';
import {
  eraseWithRpm,
  installedNames,
  packagesToErase,
  swapOf,
  verifyWithRpm,
} from '../package-tools/rpm-maintenance.ts';
import { inTransactionOrder } from '../package-tools/rpm-order.ts';
import { runTransaction } from '../package-tools/rpm.ts';
import { statusOf } from '../tool-calls.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import type { Archive } from '../package-tools/archive.ts';
import { betweenSnapshots } from './in-place.ts';
import { databasePath } from './install.ts';
import { inNewSnapshot } from './lifecycle.ts';
import { cleanedByNumber } from './menu-text.ts';
import { informationPath, versionNames } from './names.ts';
import { optionsOf } from './options.ts';
import { placedArchives, placedKernel } from './package-work.ts';
import {
  defaultSnapshotNumber,
  deleteSnapshot,
  runningSnapshot,
  snapshotNumbers,
  writeInformation,
} from './snapshots.ts';

/** Snapshots that a cleanup keeps. Source: snapper-configs(5), NUMBER_LIMIT; what openSUSE sets was not looked up. */
const snapshotCountMax = 50;

function contextOf({ os, brief }: Work, root: string): RpmContext {
  return { os, blobs: brief.blobs, root, database: databasePath(brief) };
}

function knownArchives(work: Work): readonly Archive[] {
  return versionNames.flatMap((version) => [
    ...placedArchives(work, version),
    ...[placedKernel(work, version)].flatMap((kernel) => kernel ?? []),
  ]);
}

/** Whether this machine has a package manager to ask; the recorded laboratory had a script of its own. */
function hasPackageManager({ os, brief }: Work): boolean {
  if (optionsOf(brief.options).layout !== 'recorded') return true;
  os.print('zypper: command not found', 'error');
  return false;
}

/** Where a change of packages happens: in a new snapshot, or in place between two. */
function* changing(work: Work, change: (root: string) => Procedure): Procedure {
  const { layout } = optionsOf(work.brief.options);
  if (layout === 'microos') yield* inNewSnapshot(work, change);
  else yield* betweenSnapshots(work, 'zypp(zypper)', () => change(''));
}

/** `transactional-update pkg install`: in a new snapshot of the running one; to be had after a restart. On Tumbleweed in place. */
export function* installPackage(work: Work, name: string): Procedure {
  if (!hasPackageManager(work)) return;
  const { os, brief } = work;
  const records = yield* readRpmRecords(contextOf(work, ''));
  const now = archivesNow(work, records);
  if (now.every((one) => one.name !== name)) {
    os.print(`No provider of '${name}' found.`, 'error');
    return;
  }
  const missing = new Set(withDependencies(brief.release, name, installedNames(records)));
  if (!missing.has(name)) {
    os.print(`'${name}' is already installed.`);
    return;
  }
  const due = now.filter((archive) => missing.has(archive.name));
  const install = inTransactionOrder(brief.release, due);
  yield* changing(work, (root) => runTransaction(contextOf(work, root), { install, erase: [] }));
}

/** Archives of the version that the running snapshot holds. */
function archivesNow(work: Work, records: RpmRecords): readonly Archive[] {
  const newest = placedArchives(work, 'v2');
  const isUpdated = newest.every(
    ({ name, version }) => (records.get(name)?.size ?? 0) === 0 || records.get(name)?.has(version),
  );
  return isUpdated ? newest : placedArchives(work, 'v1');
}

/**
 * `transactional-update pkg remove`: what needs the package goes with it. Whether zypper stops at essential packages was
 * not looked up, so they are not taken out here.
 */
export function* removePackage(work: Work, name: string): Procedure {
  if (!hasPackageManager(work)) return;
  const { os, brief } = work;
  const records = yield* readRpmRecords(contextOf(work, ''));
  const names = packagesToErase(brief.release, records, name);
  const essential = brief.release.packages.some((one) => one.essential && names.includes(one.name));
  if (names.length === 0) {
    os.print(`No provider of '${name}' found.`);
  } else if (essential) {
    os.print(`${name} is essential, or something essential needs it: not simulated.`, 'note');
  } else {
    yield* changing(work, (root) =>
      eraseWithRpm(contextOf(work, root), knownArchives(work), names),
    );
  }
}

/** `zypper install NEW -OLD`: one transaction, in one new snapshot; on Tumbleweed in place. Source: zypper(8). */
export function* replacePackage(work: Work, name: string, by: string): Procedure {
  if (!hasPackageManager(work)) return;
  const { os, brief } = work;
  const records = yield* readRpmRecords(contextOf(work, ''));
  const now = archivesNow(work, records);
  const swap = swapOf(brief.release, records, { name, by, now, known: knownArchives(work) });
  if (typeof swap === 'string') os.print(swap, 'error');
  else yield* changing(work, (root) => runTransaction(contextOf(work, root), swap));
}

/**
 * `snapper cleanup number`: what an interrupted update left, and the oldest of too many. The running snapshot and the
 * default one never go. Source: snapper-configs(5); transactional-update(8), cleanup-snapshots.
 */
export function* collectGarbage(work: Work): Procedure {
  const { os } = work;
  try {
    const running = yield* runningSnapshot(work);
    const current = yield* defaultSnapshotNumber(work);
    os.stage('delete snapshots', {
      note: 'Blocks that only they held become free with the next commits of the file system.',
    });
    const numbers = yield* snapshotNumbers(work);
    const spared = numbers.filter((number) => number === running || number === current);
    const others = numbers.filter((number) => !spared.includes(number));
    let tooMany = numbers.length - snapshotCountMax;
    for (const number of others) {
      if (tooMany <= 0 && !(yield* isLeftover(work, number))) continue;
      if (yield* isKept(work, number)) continue;
      yield* deleteSnapshot(work, number);
      tooMany -= 1;
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`ERROR: ${error.call} ${error.path}: ${error.code}`, 'error');
  }
}

function* isLeftover({ os }: Work, number: number): Procedure<boolean> {
  const path = informationPath(number);
  if ((yield* statusOf(os, path)) === undefined) return true;
  return (yield* os.readText(path)).includes('transactional-update-in-progress');
}

function* isKept({ os }: Work, number: number): Procedure<boolean> {
  const path = informationPath(number);
  if ((yield* statusOf(os, path)) === undefined) return false;
  return !(yield* os.readText(path)).includes(cleanedByNumber);
}

/**
 * `snapper modify --cleanup-algorithm "" NUMBER` of the running snapshot: one line of its notes goes, and no cleanup
 * looks at it any more. Root can still delete it by hand. Source: snapper(8), --cleanup-algorithm.
 */
export function* pin(work: Work): Procedure {
  const { os } = work;
  try {
    const running = yield* runningSnapshot(work);
    os.stage('take the running snapshot out of every cleanup', {
      note: 'One line of its notes; nothing is copied.',
    });
    const text = yield* os.readText(informationPath(running));
    yield* writeInformation(work, running, text.replace(`  ${cleanedByNumber}\n`, ''));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`ERROR: ${error.call} ${error.path}: ${error.code}`, 'error');
  }
}

/**
 * `rpm -Va` in the running snapshot. A scrub of btrfs would find what the drive changed, not what root changed. Source:
 * recorded run tamper-microos.
 */
export function* verify(work: Work): Procedure {
  if (!hasPackageManager(work)) return;
  yield* verifyWithRpm(contextOf(work, ''), knownArchives(work));
}
