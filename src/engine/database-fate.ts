/** What became of a package database, told apart from what becomes of people's data. */
import { sameContent } from '../model/expected-file.ts';
import type { Content } from '../model/content.ts';
import type { ContentFate, DatumFate } from '../model/fate.ts';
import type { RootTree } from '../model/root-tree.ts';
import type { FileHistory } from '../survival/judge.ts';

/** A file of the database: what it held when the running version first started is what "as before" means, as for the system. */
export interface DatabaseFile extends FileHistory {
  readonly atStart: Content;
  /** What it held before that start: the state that a rollback brings back. */
  readonly older: readonly Content[];
}

/**
 * What an update was about to write is nobody's loss: the database as it was is as before, not older. A record from the
 * middle of the update is whole; it tells which packages are done, and that is what it is for. The database of a version
 * that ran before goes back with the root in which it lies.
 */
export function databaseFate(
  fate: DatumFate,
  files: readonly DatabaseFile[],
  tree: RootTree,
): DatumFate {
  if (!['intact', 'updated', 'reverted'].includes(fate.fates.content)) return fate;
  const content = worst(files.map((file) => wholeFate(file, tree)));
  const why = [{ text: words[content], source: 'the package database on this disk' }];
  return { ...fate, fates: { ...fate.fates, content }, why: [...why, ...fate.why.slice(1)] };
}

type WholeFate = Extract<ContentFate, 'intact' | 'updated' | 'reverted' | 'mixed'>;

const order: readonly WholeFate[] = ['intact', 'updated', 'reverted', 'mixed'];

const words: { readonly [fate in WholeFate]: string } = {
  intact: 'The package database is as it was when this version first started.',
  updated: 'The package database is whole and tells of the new packages.',
  reverted:
    'The package database is the one of an earlier version: it lies in the root, so it goes back together with the files that it tells of.',
  mixed:
    'The package database is whole, from the middle of the update: it tells which packages are done.',
};

function worst(fates: readonly WholeFate[]): WholeFate {
  return fates.reduce<WholeFate>(
    (known, fate) => (order.indexOf(fate) > order.indexOf(known) ? fate : known),
    'intact',
  );
}

function wholeFate({ path, atStart, older, contents }: DatabaseFile, tree: RootTree): WholeFate {
  const now = tree.file(path);
  const last = contents.at(-1);
  const is = (content: Content | undefined): boolean =>
    now !== undefined && content !== undefined && sameContent(now, content);
  if (is(atStart)) return 'intact';
  if (older.some(is)) return 'reverted';
  return is(last) ? 'updated' : 'mixed';
}
