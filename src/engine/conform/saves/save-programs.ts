/**
 * The programs of the recorded runs app-saves-*: ten ways to save a file, two logs, four modes of SQLite. Pauses and
 * order are those of the recordings; the sizes are not recorded and do not matter to what is told.
 */
import type { Procedure } from '../../../kernel/process.ts';
import type { SimulatedProcess } from '../../../kernel/simulated-process.ts';
import { slice, wholeBlob, type BlobTable, type Content } from '../../../model/content.ts';

/** Bytes of a file before and after it is saved: the new one is longer, so that a cut one can be told. */
const oldBytes = 40_960;
const newBytes = 61_440;

/** Bytes that a program hands over at once. */
const pieceBytes = 16_384;

/** What a program works with. */
export interface SaveWork {
  readonly os: SimulatedProcess;
  readonly blobs: BlobTable;
}

/** The content of a file before, or after, it was saved. */
export function versionOf(blobs: BlobTable, file: string, version: 'old' | 'new'): Content {
  const sizeBytes = version === 'old' ? oldBytes : newBytes;
  return wholeBlob(blobs.intern(`${file} ${version}`, sizeBytes), sizeBytes);
}

/** A way to save a file. */
export interface SaveProgram {
  readonly file: string;
  /** Whether the file is there before. */
  readonly replaces: boolean;
  save(work: SaveWork): Procedure;
}

interface Opened {
  readonly path: string;
  readonly truncate: boolean;
  readonly sync: boolean;
}

function* writeNew(work: SaveWork, file: string, { path, truncate, sync }: Opened): Procedure {
  const { os, blobs } = work;
  const fd = yield* os.open(path, { access: 'write', create: true, truncate }, 0o644);
  const content = versionOf(blobs, file, 'new');
  for (let at = 0; at < content.sizeBytes; at += pieceBytes) {
    yield* os.write(fd, slice(content, at, Math.min(at + pieceBytes, content.sizeBytes)));
  }
  if (sync) yield* os.fsync(fd);
  yield* os.close(fd);
}

interface TemporaryWay {
  readonly sync?: true;
  readonly unlinkFirst?: true;
  readonly syncDirectory?: true;
}

function viaTemporary(
  file: string,
  { sync, unlinkFirst, syncDirectory }: TemporaryWay,
): SaveProgram {
  return {
    file,
    replaces: true,
    *save(work) {
      const { os } = work;
      const temporary = `/${file}.tmp`;
      yield* writeNew(work, file, { path: temporary, truncate: true, sync: sync === true });
      if (unlinkFirst) yield* os.unlink(`/${file}`);
      yield* os.rename(temporary, `/${file}`);
      if (syncDirectory) yield* os.fsyncPath('/');
    },
  };
}

function directly(file: string, replaces: boolean, truncate: boolean, sync: boolean): SaveProgram {
  return {
    file,
    replaces,
    *save(work) {
      yield* writeNew(work, file, { path: `/${file}`, truncate, sync });
    },
  };
}

/** Those that sync nothing. */
export const carelessSaves: readonly SaveProgram[] = [
  directly('truncate-write', true, true, false),
  directly('overwrite-in-place', true, false, false),
  viaTemporary('temp-rename', {}),
  viaTemporary('temp-unlink-rename', { unlinkFirst: true }),
  directly('new-file', false, false, false),
];

/** The same with fsync. */
export const syncedSaves: readonly SaveProgram[] = [
  directly('truncate-write-fsync', true, true, true),
  directly('overwrite-in-place-fsync', true, false, true),
  viaTemporary('temp-fsync-rename', { sync: true }),
  viaTemporary('temp-fsync-rename-dirsync', { sync: true, syncDirectory: true }),
  directly('new-file-fsync', false, false, true),
];

/** Bytes of a line of a log. */
export const lineBytes = 64;

/** Appends a line, with fdatasync or without. */
export function* appendLine(
  { os, blobs }: SaveWork,
  file: string,
  line: number,
  sync: boolean,
): Procedure {
  const text = `${file} line ${String(line)}`;
  const data = wholeBlob(blobs.intern(text, lineBytes), lineBytes);
  const flags = { access: 'write', create: true, append: true } as const;
  const fd = yield* os.open(`/${file}`, flags, 0o644);
  yield* os.write(fd, data);
  if (sync) yield* os.fdatasync(fd);
  yield* os.close(fd);
}
