/** The package tool at work inside a snapshot. */
import { copyFile } from '../ab/rsync.ts';
import type { Work } from '../backend.ts';
import { makeDirectories, removeTree, statusOf } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import { contentKey } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import type { VersionName } from '../../model/release.ts';
import { snapshotFiles } from './install.ts';

/** Which root is changed, from which version to which. */
export interface PackageWork {
  readonly prefix: string;
  readonly from: VersionName;
  readonly to: VersionName;
}

/** Brings all packages of a root to a version. */
export function* updatePackages(work: Work, packages: PackageWork): Procedure {
  yield* synchronizePackages(work, packages);
}

/**
 * rsync of the new version's files over the old ones: temporary name, rename, no sync; then what is gone is deleted.
 * Configuration that was changed on this machine stays.
 */
function* synchronizePackages(work: Work, packages: PackageWork): Procedure {
  const { os, brief } = work;
  const { prefix, from, to } = packages;
  const before = new Map(snapshotFiles(brief, from).map((file) => [file.path, file]));
  for (const file of snapshotFiles(brief, to)) {
    const path = `${prefix}${file.path}`;
    const there = yield* statusOf(os, path);
    const old = before.get(file.path);
    before.delete(file.path);
    const changedHere =
      file.conffile === true &&
      there?.kind === 'file' &&
      old !== undefined &&
      contentKey(yield* os.read(path)) !== contentKey(old.content);
    if (changedHere) continue;
    yield* makeDirectories(os, parentOf(path));
    yield* copyFile(os, file, prefix, there);
  }
  for (const path of before.keys()) yield* removeTree(os, `${prefix}${path}`);
}
