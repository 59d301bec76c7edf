/** What a file holds, in the words of the recorded runs app-saves-*. */
import {
  contentKey,
  slice,
  zeroBlob,
  type BlobTable,
  type Content,
} from '../../../model/content.ts';
import { lineBytes, versionOf } from './save-programs.ts';
import {
  databaseModes,
  databasePages,
  frameBytes,
  journalBytes,
  journalText,
  pageBytes,
} from './sqlite.ts';

/** State of a file that was saved. */
export type SavedClass =
  'old' | 'new' | 'empty' | 'absent' | 'torn: mixed old/new' | 'torn: cut' | 'torn: zeros';

/** Names the state of a file; a new file that is not there yet counts as old. */
export function savedClass(
  blobs: BlobTable,
  file: string,
  replaces: boolean,
  content: Content | undefined,
): SavedClass {
  if (content === undefined) return replaces ? 'absent' : 'old';
  if (content.sizeBytes === 0) return 'empty';
  const after = versionOf(blobs, file, 'new');
  const before = versionOf(blobs, file, 'old');
  if (contentKey(content) === contentKey(after)) return 'new';
  if (contentKey(content) === contentKey(before)) return 'old';
  if (content.segments.some(({ blob }) => blob === zeroBlob)) return 'torn: zeros';
  const isCut = contentKey(content) === contentKey(slice(after, 0, content.sizeBytes));
  return isCut ? 'torn: cut' : 'torn: mixed old/new';
}

type Read = (name: string) => Content | undefined;

/** How many entries of a log or a database are on the disk, from the first on. */
export function entriesIn(blobs: BlobTable, file: string, read: Read): number | 'corrupt' {
  const mode = databaseModes.find((one) => one.file === file);
  if (mode === undefined) return linesIn(blobs, file, read(file));
  const database = read(file);
  if (database === undefined || database.sizeBytes === 0) return 0;
  const inFile = commitIn(blobs, file, database, read(`${file}-journal`));
  if (mode.log === 'journal' || inFile === 'corrupt') return inFile;
  return Math.max(inFile, framesIn(blobs, file, read(`${file}-wal`)));
}

function linesIn(blobs: BlobTable, file: string, content: Content | undefined): number {
  return whole(content, lineBytes, (line) => `${file} line ${String(line)}`, blobs);
}

function framesIn(blobs: BlobTable, file: string, content: Content | undefined): number {
  const name = (frame: number): string =>
    `${file} frame of page ${frame % 2 === 0 ? '0' : '2'}, commit ${String(Math.floor(frame / 2) + 1)}`;
  return Math.floor(whole(content, frameBytes, name, blobs) / 2);
}

/** How many pieces from the first on are what they should be. */
function whole(
  content: Content | undefined,
  bytes: number,
  name: (piece: number) => string,
  blobs: BlobTable,
): number {
  let count = 0;
  while (content !== undefined && (count + 1) * bytes <= content.sizeBytes) {
    const piece = slice(content, count * bytes, (count + 1) * bytes);
    const [segment] = piece.segments;
    if (piece.segments.length !== 1 || segment === undefined) break;
    if (segment.blob !== blobs.intern(name(count), bytes) || segment.fromBytes !== 0) break;
    count++;
  }
  return count;
}

/**
 * The commit that the database file holds once SQLite has opened it: a journal that is whole is played back, which takes
 * the commit back whose pages it holds.
 */
function commitIn(
  blobs: BlobTable,
  file: string,
  database: Content,
  journal: Content | undefined,
): number | 'corrupt' {
  for (let commit = 1; commit <= 10 && journal !== undefined; commit++) {
    const [segment] = journal.segments;
    const isWhole = journal.sizeBytes === journalBytes && journal.segments.length === 1;
    if (isWhole && segment?.blob === blobs.intern(journalText(file, commit), journalBytes)) {
      return commit - 1;
    }
  }
  for (let commit = 0; commit <= 10; commit++) {
    const isCommit = databasePages(blobs, file, commit).every(
      (page, place) =>
        contentKey(page) ===
        contentKey(slice(database, place * pageBytes, (place + 1) * pageBytes)),
    );
    if (isCommit) return commit;
  }
  return 'corrupt';
}
