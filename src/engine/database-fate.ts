/** What became of a package database, told apart from what becomes of people's data. */
import { sameContent } from '../model/expected-file.ts';
import type { DatumFate } from '../model/fate.ts';
import type { RootTree } from '../model/root-tree.ts';
import type { FileHistory } from '../survival/judge.ts';

/**
 * What an update was about to write is nobody's loss: the database as it was is as before, not older. A record from the
 * middle of the update is whole; it tells which packages are done, and that is what it is for.
 */
export function databaseFate(
  fate: DatumFate,
  files: readonly FileHistory[],
  tree: RootTree,
): DatumFate {
  if (fate.fates.content !== 'reverted') return fate;
  const asBefore = files.every(({ path, contents: [first] }) => {
    const now = tree.file(path);
    return now !== undefined && first !== undefined && sameContent(now, first);
  });
  const text = asBefore
    ? 'The package database is as it was before the update.'
    : 'The package database is whole, from the middle of the update: it tells which packages are done.';
  const why = [{ text, source: 'the package database on this disk' }, ...fate.why.slice(1)];
  return { ...fate, fates: { ...fate.fates, content: asBefore ? 'intact' : 'mixed' }, why };
}
