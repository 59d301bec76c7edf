/**
 * `transactional-update dup` and `rollback`, and the recorded run, in the order of their calls. Source: systems.md 4.3,
 * https://github.com/openSUSE/transactional-update/blob/aee1e1b/lib/Transaction.cpp.
 */
import type { Work } from '../backend.ts';
import { runDepmod } from '../depmod.ts';
import { makeDirectories, statusOf, writeInPieces } from '../tool-calls.ts';
import { initramfsMicroseconds } from '../tool-cost.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import { wholeBlob } from '../../model/content.ts';
import type { VersionName } from '../../model/release.ts';
import { menuText, parseMenu } from './menu-text.ts';
import { menuPath, snapshotPath, snapshotsMount } from './names.ts';
import { rollbackToCopy, updateInPlace } from './in-place.ts';
import { optionsOf } from './options.ts';
import { updatePackages } from './package-work.ts';
import {
  createSnapshot,
  defaultSnapshotNumber,
  deleteSnapshot,
  runningSnapshot,
  snapshotNumbers,
  updateInformation,
  writeInformation,
} from './snapshots.ts';

/** What dracut writes at once. */
const bufferBytes = 131_072;

/** Makes a new snapshot with the version in it, and makes it the default. */
export function* update(work: Work, to: VersionName): Procedure {
  if (optionsOf(work.brief.options).layout === 'tumbleweed') {
    yield* updateInPlace(work, to);
    return;
  }
  if (optionsOf(work.brief.options).layout === 'recorded') {
    yield* recordedUpdate(work, to);
    return;
  }
  yield* inNewSnapshot(work, (root) => fillSnapshot(work, root, to));
}

/**
 * What every command of transactional-update does around its own work: a snapshot of the running one, the work in it,
 * then it becomes the default. An error discards it.
 */
export function* inNewSnapshot(work: Work, fill: (root: string) => Procedure): Procedure {
  const { os } = work;
  let made: number | undefined;
  try {
    const base = yield* runningSnapshot(work);
    os.print(`transactional-update started`);
    os.stage('make a snapshot of the running system', {
      note: 'Of the running one, not of the default: two updates without a restart make two siblings.',
    });
    made = yield* createSnapshot(work, base);
    os.print(`Using snapshot ${String(base)} as base for new snapshot ${String(made)}.`);
    yield* fill(snapshotPath(made));
    yield* finish(work, base, made);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`ERROR: ${error.call} ${error.path}: ${error.code}`, 'error');
    if (made === undefined) return;
    os.print(`Discarding snapshot ${String(made)}.`);
    yield* deleteSnapshot(work, made);
  }
}

function* fillSnapshot(work: Work, root: string, to: VersionName): Procedure {
  const from = yield* versionIn(work, root);
  work.os.stage('change packages inside the snapshot', {
    note: 'The running system is not touched; a cut here leaves a snapshot that nothing starts.',
  });
  yield* updatePackages(work, {
    prefix: root,
    from,
    to,
    kernelHook: () => makeStartFiles(work, root, to, false),
  });
}

/**
 * Initramfs and menu of a version, inside the snapshot. dracut syncs its image only where systemd runs, which it does
 * not see in the snapshot; the recorded laboratory's script did sync it. Source: dracut.sh, recorded run btrfs.
 */
export function* makeStartFiles(
  work: Work,
  root: string,
  to: VersionName,
  syncs: boolean,
): Procedure {
  const { os, brief } = work;
  const kernel = brief.release.kernels[to];
  if (kernel !== undefined) yield* runDepmod(work, kernel, root);
  os.stage('make initramfs and menu inside the snapshot', {
    note: 'With classic GRUB kernel, initramfs and grub.cfg are part of the snapshot.',
  });
  if (kernel !== undefined) {
    const { path, text, sizeBytes, mode } = kernel.initramfs;
    yield* os.compute(initramfsMicroseconds(sizeBytes));
    const image = `${root}${path}`;
    const content = wholeBlob(brief.blobs.intern(text, sizeBytes), sizeBytes);
    yield* writeInPieces(os, `${image}.new`, content, { bufferBytes, mode });
    yield* os.rename(`${image}.new`, image);
    if (syncs) yield* os.fsyncPath(image);
  }
  yield* os.writeFile(`${root}${menuPath}.new`, menuText(brief, to));
  yield* os.rename(`${root}${menuPath}.new`, `${root}${menuPath}`);
}

/** The version that a root holds, by its menu; a root without one counts as the version of before. */
export function* versionIn({ os }: Work, root: string): Procedure<VersionName> {
  const status = yield* statusOf(os, `${root}${menuPath}`);
  if (status?.kind !== 'file') return 'v1';
  return parseMenu(yield* os.readText(`${root}${menuPath}`))?.version ?? 'v1';
}

function* finish(work: Work, base: number, number: number): Procedure {
  const { os } = work;
  os.stage('sync', { note: 'Everything inside the snapshot is on the disk before it is named.' });
  yield* os.sync();
  os.stage('close the snapshot', {
    note: 'Its mark “in progress” goes, and it becomes read-only.',
  });
  yield* writeInformation(work, number, updateInformation(number, base, false));
  yield* os.setSubvolumeReadOnly(snapshotPath(number), true);
  yield* makeDefault(work, number);
  os.print(`New default snapshot is #${String(number)} (${snapshotPath(number)}).`);
  os.print('Please reboot your machine to activate the changes and avoid data loss.');
}

/** The commit point: one item in the tree of trees. There is no sync after it, in the source and in the recording. */
export function* makeDefault({ os }: Work, number: number): Procedure {
  os.stage('set the default subvolume', {
    commitPoint: true,
    note: 'In memory at once, on the disk with the next commit of the file system: up to 30 s later.',
  });
  yield* os.setDefaultSubvolume(snapshotPath(number));
}

/** The recorded laboratory: snapshot, dpkg inside it with its own kernel hook, set-default; nothing else. */
function* recordedUpdate(work: Work, to: VersionName): Procedure {
  const { os } = work;
  const base = yield* runningSnapshot(work);
  const numbers = yield* snapshotNumbers(work);
  const number = Math.max(...numbers) + 1;
  os.stage('make a snapshot of the running system');
  yield* os.mkdir(`${snapshotsMount}/${String(number)}`);
  yield* os.snapshot(snapshotPath(base), snapshotPath(number), false);
  const root = snapshotPath(number);
  const from = yield* versionIn(work, root);
  yield* updatePackages(work, {
    prefix: root,
    from,
    to,
    kernelHook: () => makeStartFiles(work, root, to, true),
  });
  yield* makeDefault(work, number);
}

/**
 * `transactional-update rollback last`: a former snapshot becomes the default as it is, without a copy, because it is
 * read-only. When the running one is not the default, that one is meant.
 */
export function* rollback(work: Work): Procedure {
  const { os, brief } = work;
  if (optionsOf(brief.options).layout === 'tumbleweed') {
    yield* rollbackToCopy(work);
    return;
  }
  try {
    yield* makeDirectories(os, '/run');
    const running = yield* runningSnapshot(work);
    const current = yield* defaultSnapshotNumber(work);
    const earlier = (yield* snapshotNumbers(work)).filter((number) => number < running).at(-1);
    const target = current === running ? earlier : running;
    if (target === undefined) {
      os.print('ERROR: No snapshot to roll back to.', 'error');
      return;
    }
    os.print(`Rollback to snapshot ${String(target)}...`);
    yield* makeDefault(work, target);
    os.print('Please reboot to finish rollback!');
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`ERROR: ${error.call} ${error.path}: ${error.code}`, 'error');
  }
}
