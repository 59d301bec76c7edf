/** The store and its database at work. Order of calls: recorded `syscalls-nix`. */
import type { Work } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import { piecesOf, removeTree, statusOf, writeInPieces } from '../tool-calls.ts';
import { unpackMicroseconds } from '../tool-cost.ts';
import {
  SystemError,
  type FileDescriptor,
  type Procedure,
  type Process,
} from '../../kernel/process.ts';
import type { Content } from '../../model/content.ts';
import type { StorePath } from './closure.ts';
import { database, state, store } from './names.ts';
import { optionsOf } from './options.ts';

/** The buffer that Nix unpacks with. Source: recorded, ten writes for the five files of libc6. */
export const bufferBytes = 65_536;

const writeAheadLog = `${database}-wal`;
const sharedMemory = `${database}-shm`;

/** An open connection to the database, with this process's root in the garbage collector's eyes. */
export interface Connection {
  readonly log: FileDescriptor;
  readonly roots: FileDescriptor;
  readonly rootsPath: string;
}

/** The paths that the database calls valid: its file, and what the log adds. Lines that were cut do not count. */
export function* validPaths(os: Process): Procedure<ReadonlySet<string>> {
  const valid = new Set<string>();
  for (const path of [database, writeAheadLog]) {
    if ((yield* statusOf(os, path)) === undefined) continue;
    const lines = (yield* os.readText(path)).split('\n');
    lines.pop();
    for (const line of lines) {
      if (line.startsWith(`${store}/`)) valid.add(line);
      else if (line.startsWith(`-${store}/`)) valid.delete(line.slice(1));
    }
  }
  return valid;
}

function* touch(os: Process, path: string): Procedure {
  yield* os.close(yield* os.open(path, { access: 'write', create: true }));
}

/** Opens the database. A log that a power cut left is played into the file first, as SQLite does. */
export function* connect(work: Work): Procedure<Connection> {
  const { os, brief } = work;
  yield* touch(os, `${state}/db/big-lock`);
  if ((yield* statusOf(os, writeAheadLog)) !== undefined) yield* recover(work);
  const log = yield* os.open(writeAheadLog, { access: 'write', create: true, append: true });
  const memory = yield* os.open(sharedMemory, { access: 'write', create: true });
  yield* os.ftruncate(memory, 32_768);
  yield* os.write(memory, textContent(brief.blobs, 'wal-index\n'));
  yield* os.close(memory);
  const rootsPath = `${state}/temproots/${String(os.id)}`;
  const roots = yield* os.open(rootsPath, { access: 'write', create: true, append: true });
  yield* touch(os, `${state}/gc.lock`);
  return { log, roots, rootsPath };
}

function* recover(work: Work): Procedure {
  yield* checkpoint(work, yield* validPaths(work.os));
  yield* removeTree(work.os, sharedMemory);
  yield* work.os.unlink(writeAheadLog);
}

/** How the cache packs paths; the recorded run copied them unpacked. Source: Nix manual, store setting `compression`. */
const compression = 'xz';

function unpackPathMicroseconds({ files }: StorePath): number {
  const sizes = files.map(({ content }) => content.sizeBytes);
  return unpackMicroseconds(
    compression,
    sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0),
  );
}

/** Writes a path into the store under its final name, then registers it. Its files are not synced, unless the machine is set to. */
export function* addPath(
  { os, brief }: Work,
  connection: Connection,
  path: StorePath,
  first: boolean,
): Procedure {
  yield* os.write(connection.roots, textContent(brief.blobs, `${path.path}\n`));
  const lock = `${path.path}.lock`;
  const held = yield* os.open(lock, { access: 'write', create: true });
  // What an interrupted run left is not registered, so it is removed and written again.
  yield* removeTree(os, path.path);
  if (brief.release.size !== 'recorded') yield* os.compute(unpackPathMicroseconds(path));
  try {
    yield* writePath(os, path);
    if (optionsOf(brief.options).fsyncStorePaths) yield* syncPath(os, path);
  } catch (error) {
    // Measured on a full disk: the path is not there afterwards, and its space is free again.
    if (error instanceof SystemError) {
      yield* removeTree(os, path.path);
      yield* os.close(held);
      yield* removeTree(os, lock);
    }
    throw error;
  }
  yield* register(os, connection, textContent(brief.blobs, `${path.path}\n`));
  if (first) {
    yield* os.fdatasync(connection.log);
    yield* os.fsyncPath(`${state}/db`);
  }
  yield* os.write(held, textContent(brief.blobs, 'd'));
  yield* os.close(held);
  yield* os.unlink(lock);
}

/** The garbage collector's order: the database forgets a path, then its files go. Nothing is synced. */
export function* deletePath({ os, brief }: Work, connection: Connection, path: string): Procedure {
  yield* register(os, connection, textContent(brief.blobs, `-${path}\n`));
  yield* removeTree(os, path);
}

/**
 * One transaction: its pages go to the log, and it counts once all of them are there. Recorded: some eight writes each,
 * for the tables of paths and references and their indexes.
 */
function* register(os: Process, { log }: Connection, line: Content): Procedure {
  for (const page of piecesOf(line, Math.ceil(line.sizeBytes / 8))) yield* os.write(log, page);
}

/** The files of a path, as Nix unpacks them. */
export function* writePath(os: Process, { path, files, directories }: StorePath): Procedure {
  yield* os.mkdir(path, 0o555);
  for (const directory of directories) yield* os.mkdir(`${path}${directory}`, 0o555);
  for (const file of files) {
    const to = `${path}${file.path}`;
    if (file.target !== undefined) yield* os.symlink(file.target, to);
    else yield* writeInPieces(os, to, file.content, { bufferBytes, mode: file.mode });
  }
}

/**
 * `fsync-store-paths`: every file, then the directories from the inside out, then the store that names the path. Source:
 * Nix src/libutil/file-system.cc, recursiveSync and syncParent; release notes of 2.25.
 */
function* syncPath(os: Process, { path, files, directories }: StorePath): Procedure {
  for (const file of files) {
    if (file.target === undefined) yield* os.fsyncPath(`${path}${file.path}`);
  }
  for (const directory of [...directories].reverse()) yield* os.fsyncPath(`${path}${directory}`);
  yield* os.fsyncPath(path);
  yield* os.fsyncPath(store);
}

/** Closes the database: the last connection plays the log into the file and removes it. */
export function* disconnect(work: Work, connection: Connection, changed: boolean): Procedure {
  const { os } = work;
  yield* os.close(connection.roots);
  yield* os.unlink(connection.rootsPath);
  if (changed) {
    yield* os.fdatasync(connection.log);
    yield* checkpoint(work, yield* validPaths(os));
  }
  yield* os.close(connection.log);
  yield* os.unlink(sharedMemory);
  yield* os.unlink(writeAheadLog);
}

function* checkpoint({ os, brief }: Work, valid: ReadonlySet<string>): Procedure {
  const content = textContent(brief.blobs, [...valid].map((path) => `${path}\n`).join(''));
  const file = yield* os.open(database, { access: 'write', create: true });
  yield* os.write(file, content);
  yield* os.ftruncate(file, content.sizeBytes);
  yield* os.fdatasync(file);
  yield* os.close(file);
}
