/**
 * A writable root that zypper changes in place, with read-only snapshots of it before and after: openSUSE Tumbleweed.
 * The update itself is as little atomic as on any system that is updated in place; the snapshot before it is whole.
 * Source: systems.md 4.4, https://github.com/openSUSE/snapper/blob/master/zypp-plugin/snapper-zypp-plugin.cc and
 * https://github.com/openSUSE/snapper/blob/master/client/snapper/cmd-rollback.cc.
 */
import type { Work } from '../backend.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { makeDefault, makeStartFiles, versionIn } from './lifecycle.ts';
import { informationText, type SnapshotKind } from './menu-text.ts';
import { informationPath, snapshotPath, snapshotsMount } from './names.ts';
import { updatePackages } from './package-work.ts';
import {
  defaultSnapshotNumber,
  runningSnapshot,
  snapshotNumbers,
  writeInformation,
} from './snapshots.ts';

/** `zypper dup`, between a pre and a post snapshot. */
export function* updateInPlace(work: Work, to: VersionName): Procedure {
  yield* betweenSnapshots(work, 'zypp(zypper)', function* () {
    yield* updatePackages(work, {
      prefix: '',
      from: yield* versionIn(work, ''),
      to,
      kernelHook: () => makeStartFiles(work, '', to, false),
    });
  });
}

/** Snapshots of the running root before and after a change; an error in between leaves the first one. */
export function* betweenSnapshots(
  work: Work,
  description: string,
  change: () => Procedure,
): Procedure {
  const { os } = work;
  try {
    const running = yield* runningSnapshot(work);
    os.stage('make a snapshot of the root before the change', {
      note: 'Read-only, and on the disk with the next commit of the file system: the way back, if somebody goes it.',
    });
    yield* takeSnapshot(work, running, 'pre', description);
    yield* change();
    os.stage('make a snapshot of the root after the change');
    yield* takeSnapshot(work, running, 'post', description);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`Error: ${error.call} ${error.path}: ${error.code}`, 'error');
  }
}

/** `snapper create`: a read-only snapshot, then its notes. Gives its number. */
function* takeSnapshot(
  work: Work,
  of: number,
  kind: SnapshotKind,
  description: string,
): Procedure<number> {
  return yield* copySnapshot(work, of, { kind, description, readOnly: true });
}

function* copySnapshot(
  work: Work,
  of: number,
  copy: { readonly kind: SnapshotKind; readonly description: string; readonly readOnly: boolean },
): Procedure<number> {
  const { os } = work;
  const number = Math.max(...(yield* snapshotNumbers(work))) + 1;
  yield* os.mkdir(`${snapshotsMount}/${String(number)}`);
  yield* os.snapshot(snapshotPath(of), snapshotPath(number), copy.readOnly);
  const text = informationText(number, copy.description, false, copy.kind);
  yield* writeInformation(work, number, text);
  return number;
}

/**
 * `snapper rollback`: a read-only copy of what is the default, a writable copy of what one goes back to, and that
 * becomes the default. Started from a read-only snapshot, one goes back to that; else to the newest snapshot that was
 * made before a change.
 */
export function* rollbackToCopy(work: Work): Procedure {
  const { os } = work;
  try {
    const running = yield* runningSnapshot(work);
    const current = (yield* defaultSnapshotNumber(work)) ?? running;
    const target = running === current ? yield* newestBefore(work) : running;
    if (target === undefined) {
      os.print('There is no snapshot from before a change.', 'error');
      return;
    }
    os.stage('keep the root as it is', {
      note: 'A read-only snapshot: nothing is lost by going back.',
    });
    const kept = `rollback backup of #${String(current)}`;
    yield* takeSnapshot(work, current, 'single', kept);
    os.stage('make a writable copy of the snapshot', {
      note: 'With its own /usr, /boot and /etc; /var and /home are shared and stay as they are.',
    });
    const description = `writable copy of #${String(target)}`;
    const copy = { kind: 'single', description, readOnly: false } as const;
    const made = yield* copySnapshot(work, target, copy);
    yield* makeDefault(work, made);
    os.print(`Setting default subvolume to snapshot ${String(made)}.`);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`Error: ${error.call} ${error.path}: ${error.code}`, 'error');
  }
}

function* newestBefore(work: Work): Procedure<number | undefined> {
  for (const number of [...(yield* snapshotNumbers(work))].reverse()) {
    const text = yield* work.os.readText(informationPath(number));
    if (text.includes('<type>pre</type>')) return number;
  }
  return undefined;
}
