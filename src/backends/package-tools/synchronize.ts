/** Packages brought to a version by rsync: recorded as the plainest way to fill a root. */
import { copyFile } from '../ab/rsync.ts';
import { makeDirectories, removeTree, statusOf } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import { contentKey } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import type { Archive } from './archive.ts';

/** Packages of the version that is there, and of the one that is to be. */
export interface Synchronization {
  readonly before: readonly Archive[];
  readonly after: readonly Archive[];
}

/**
 * rsync of the new version's files over the old ones below `prefix`: temporary name, rename, no sync; then what is gone
 * is deleted. Configuration that was changed on this machine stays.
 */
export function* synchronizePackages(
  os: Process,
  prefix: string,
  { before, after }: Synchronization,
): Procedure {
  const old = new Map(before.flatMap(({ files }) => files).map((file) => [file.path, file]));
  for (const file of after.flatMap(({ files }) => files)) {
    const path = `${prefix}${file.path}`;
    const there = yield* statusOf(os, path);
    const shipped = old.get(file.path);
    old.delete(file.path);
    const changedHere =
      file.conffile === true &&
      there?.kind === 'file' &&
      shipped !== undefined &&
      contentKey(yield* os.read(path)) !== contentKey(shipped.content);
    if (changedHere) continue;
    yield* makeDirectories(os, parentOf(path));
    yield* copyFile(os, file, prefix, there);
  }
  for (const path of old.keys()) yield* removeTree(os, `${prefix}${path}`);
}
