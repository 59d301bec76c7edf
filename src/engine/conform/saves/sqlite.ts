/**
 * SQLite at work, call by call, as far as names, writes and syncs go: a database of three pages, of which each commit
 * changes two. Source: https://www.sqlite.org/atomiccommit.html, https://www.sqlite.org/wal.html.
 */
import type { Procedure } from '../../../kernel/process.ts';
import { wholeBlob, type BlobTable, type Content } from '../../../model/content.ts';
import type { SaveWork } from './save-programs.ts';

/** How a database is used: its rollback journal or its write-ahead log, and how much is synced. */
export interface DatabaseMode {
  readonly file: string;
  readonly log: 'journal' | 'wal';
  readonly synchronous: 'full' | 'normal' | 'off';
}

/** Those of the recordings. */
export const databaseModes: readonly DatabaseMode[] = [
  { file: 'sqlite-delete-full', log: 'journal', synchronous: 'full' },
  { file: 'sqlite-wal-normal', log: 'wal', synchronous: 'normal' },
  { file: 'sqlite-wal-full', log: 'wal', synchronous: 'full' },
  { file: 'sqlite-delete-off', log: 'journal', synchronous: 'off' },
];

/** Bytes of a page. */
export const pageBytes = 4096;

/** Bytes of a frame of the write-ahead log: a page with its header. */
export const frameBytes = pageBytes + 24;

/** Pages of the database that a commit changes: the first, with the change counter, and the last. */
const changedPages = [0, 2] as const;

function page(blobs: BlobTable, file: string, place: number, commit: number): Content {
  return wholeBlob(
    blobs.intern(`${file} page ${String(place)} of commit ${String(commit)}`, pageBytes),
    pageBytes,
  );
}

/** The pages of a database after so many commits; page 1 never changes. */
export function databasePages(blobs: BlobTable, file: string, commit: number): readonly Content[] {
  return [0, 1, 2].map((place) => page(blobs, file, place, place === 1 ? 0 : commit));
}

/** Text of the journal that holds the pages as they were before a commit. */
export const journalText = (file: string, commit: number): string =>
  `${file} journal before commit ${String(commit)}`;

/** Bytes of that journal: a header and the two pages. */
export const journalBytes = 512 + 2 * (pageBytes + 8);

/** A new database, with its empty table. */
export function* createDatabase(work: SaveWork, { file, synchronous }: DatabaseMode): Procedure {
  const { os, blobs } = work;
  const flags = { access: 'write', create: true } as const;
  const fd = yield* os.open(`/${file}`, flags, 0o644);
  for (const content of databasePages(blobs, file, 0)) yield* os.write(fd, content);
  if (synchronous !== 'off') yield* os.fdatasync(fd);
  yield* os.close(fd);
  if (synchronous !== 'off') yield* os.fsyncPath('/');
}

/** One transaction. */
export function* commitTo(work: SaveWork, mode: DatabaseMode, commit: number): Procedure {
  if (mode.log === 'wal') yield* commitToLog(work, mode, commit);
  else yield* commitWithJournal(work, mode, commit);
}

function* commitToLog({ os, blobs }: SaveWork, mode: DatabaseMode, commit: number): Procedure {
  const flags = { access: 'write', create: true, append: true } as const;
  const fd = yield* os.open(`/${mode.file}-wal`, flags, 0o644);
  for (const place of changedPages) {
    const text = `${mode.file} frame of page ${String(place)}, commit ${String(commit)}`;
    yield* os.write(fd, wholeBlob(blobs.intern(text, frameBytes), frameBytes));
  }
  if (mode.synchronous === 'full') yield* os.fdatasync(fd);
  yield* os.close(fd);
}

function* commitWithJournal(work: SaveWork, mode: DatabaseMode, commit: number): Procedure {
  const { os, blobs } = work;
  const { file } = mode;
  const sync = mode.synchronous === 'full';
  const journal = `/${file}-journal`;
  const flags = { access: 'write', create: true, truncate: true } as const;
  const fd = yield* os.open(journal, flags, 0o644);
  yield* os.write(
    fd,
    wholeBlob(blobs.intern(journalText(file, commit), journalBytes), journalBytes),
  );
  if (sync) yield* os.fdatasync(fd);
  if (sync) yield* os.fsyncPath('/');
  yield* os.close(fd);
  const database = yield* os.open(`/${file}`, { access: 'write' });
  const pages = databasePages(blobs, file, commit);
  for (const place of changedPages) {
    yield* os.seek(database, place * pageBytes);
    const content = pages[place];
    if (content !== undefined) yield* os.write(database, content);
  }
  if (sync) yield* os.fdatasync(database);
  yield* os.close(database);
  yield* os.unlink(journal);
}
