/** Snapshots from the running machine: which one runs, which one is the default, making and discarding one. */
import type { Work } from '../backend.ts';
import { removeTree, statusOf } from '../tool-calls.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import { informationText } from './menu-text.ts';
import { comparison, informationPath, snapshotPath, snapshotsMount, syncpoint } from './names.ts';

/** Numbers of all snapshots, ascending. */
export function* snapshotNumbers({ os }: Work): Procedure<readonly number[]> {
  const names = yield* os.readdir(snapshotsMount);
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((left, right) => left - right);
}

function* numberOfRoot(work: Work, inode: number): Procedure<number | undefined> {
  for (const number of yield* snapshotNumbers(work)) {
    const status = yield* statusOf(work.os, snapshotPath(number));
    if (status?.inode === inode) return number;
  }
  return undefined;
}

/** The snapshot that runs. Source: transactional-update lib/Snapshot/Snapper.cpp, getCurrent. */
export function* runningSnapshot(work: Work): Procedure<number> {
  const { inode } = yield* work.os.stat('/');
  const number = yield* numberOfRoot(work, inode);
  if (number === undefined) throw new SystemError('ENOENT', 'findmnt', '/');
  return number;
}

/** The snapshot that the next start takes: what a mount without a subvolume shows. */
export function* defaultSnapshotNumber(work: Work): Procedure<number | undefined> {
  const { os } = work;
  const mountPoint = '/run/default-subvolume';
  if ((yield* statusOf(os, mountPoint)) === undefined) yield* os.mkdir(mountPoint);
  yield* os.mount({ mountPoint, source: { kind: 'volume', volume: 'root' }, readOnly: true });
  const { inode } = yield* os.stat(mountPoint);
  yield* os.unmount(mountPoint);
  return yield* numberOfRoot(work, inode);
}

/** snapper writes its notes under a temporary name and renames them. Source: snapper, Snapshot::writeInfo. */
export function* writeInformation({ os }: Work, number: number, text: string): Procedure {
  const path = informationPath(number);
  yield* os.writeFile(`${path}.tmp`, text);
  yield* os.rename(`${path}.tmp`, path);
}

/** What snapper notes about a snapshot that an update makes. */
export function updateInformation(number: number, base: number, inProgress: boolean): string {
  return informationText(number, `Snapshot Update of #${String(base)}`, inProgress);
}

/** `snapper create --from BASE --read-write`, then what transactional-update's plugin does about /etc. */
export function* createSnapshot(work: Work, base: number): Procedure<number> {
  const { os } = work;
  const numbers = yield* snapshotNumbers(work);
  const number = Math.max(...numbers) + 1;
  yield* os.mkdir(`${snapshotsMount}/${String(number)}`);
  yield* os.snapshot(snapshotPath(base), snapshotPath(number), false);
  yield* writeInformation(work, number, updateInformation(number, base, true));
  yield* createConfiguration(work, base, number);
  return number;
}

/**
 * In a snapshot the nested subvolume /etc is an empty directory, because snapshots are not recursive: it is replaced by
 * a snapshot of the base's /etc, and that by a reference copy inside it. Source: transactional-update snapper/50-etc.
 */
function* createConfiguration({ os }: Work, base: number, number: number): Procedure {
  const etc = `${snapshotPath(number)}/etc`;
  yield* removeTree(os, etc);
  yield* os.snapshot(`${snapshotPath(base)}/etc`, etc, false);
  if ((yield* statusOf(os, `${etc}/${syncpoint}`)) !== undefined) {
    yield* os.rmdir(`${etc}/${syncpoint}`);
  }
  yield* os.snapshot(etc, `${etc}/${syncpoint}`, false);
  yield* os.writeFile(`${etc}/${syncpoint}/${comparison}`, `${String(base)}\n`);
}

/** `snapper delete`: nested subvolumes first, then the snapshot, then its notes. */
export function* deleteSnapshot({ os }: Work, number: number): Procedure {
  const root = snapshotPath(number);
  for (const path of [`${root}/etc/${syncpoint}`, `${root}/etc`, root]) {
    const status = yield* statusOf(os, path);
    if (status?.kind !== 'directory') continue;
    if (path === root) yield* os.setSubvolumeReadOnly(path, false);
    yield* deleteWhereSubvolume(os, path);
  }
  yield* removeTree(os, `${snapshotsMount}/${String(number)}`);
}

/** A plain directory where a subvolume was to be stays for the deletion of what it lies in. */
function* deleteWhereSubvolume(os: Work['os'], path: string): Procedure {
  try {
    yield* os.deleteSubvolume(path);
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'EINVAL') throw error;
  }
}
