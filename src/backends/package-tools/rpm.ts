/**
 * rpm under a root. A transaction installs its packages one by one: every file under a temporary name, then all
 * renames, then a durable note in the database; the leftovers of old versions are erased last. Files are not synced, so
 * the database can be durable before what it vouches for. Order of calls: recorded run mutable-rpm. Source: rpm 4.18
 * lib/psm.c, lib/fsm.c; systems.md 1.3.
 */
import { makeDirectories, removeTree, statusOf, writeInPieces } from '../tool-calls.ts';
import { unpackMicroseconds } from '../tool-cost.ts';
import type { VersionFile } from '../version-files.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import { contentKey, type Content } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import type { Archive } from './archive.ts';
import { RpmDatabase, type RpmContext } from './rpm-database.ts';
import { assertRoomFor } from './rpm-space.ts';

/** What one transaction does. */
export interface RpmTransaction {
  /** Installed in this order. */
  readonly install: readonly Archive[];
  /** Erased afterwards: old versions of what was installed, or packages that go. */
  readonly erase: readonly Archive[];
}

/** What rpm writes at once. Source: rpm lib/rpmfi.c, iterReadArchiveNext and its BUFSIZ*4. */
const bufferBytes = 32_768;

/** How packages are packed. Source: rpm macros of Fedora and openSUSE, `_binary_payload w19.zstdio`. */
const payload = 'zstd';

/** Checking, scripts and bookkeeping of one element, fitted to the 506 ms of recorded run mutable-rpm. */
const elementMicroseconds = 9_500;

/** Suffix of a file that is not renamed yet: the transaction's id. */
const temporarySuffix = ';66f00d00';

/**
 * Runs a transaction. Refused for want of room it has touched no file; a package that finds the disk full on the way is
 * given up, its old version stays whole, and the others go on. Throws ENOSPC after both. Source: rpm
 * lib/transaction.cc, rpmtsProcess; lib/rpmte.cc, rpmteMarkFailed.
 */
export function* runTransaction(context: RpmContext, transaction: RpmTransaction): Procedure {
  const { os } = context;
  const { install, erase } = transaction;
  const database = new RpmDatabase(context);
  yield* database.open();
  const old = filesByPath(erase);
  yield* assertRoomFor(context, { install, old });
  const failed = new Map<string, SystemError>();
  for (const archive of install) {
    const error = yield* installOne(database, archive, old);
    if (error !== undefined) failed.set(archive.name, error);
  }
  const kept = new Set(install.flatMap(({ files }) => files.map(({ path }) => path)));
  for (const archive of erase) {
    if (!failed.has(archive.name)) yield* eraseOne(database, archive, kept);
  }
  os.stage('close the package database');
  yield* database.close();
  for (const error of failed.values()) throw error;
}

/** Looks whether there is room for a transaction, and does nothing. Throws ENOSPC. Source: rpm(8), `--test`. */
export function* testTransaction(
  context: RpmContext,
  { install, erase }: RpmTransaction,
): Procedure {
  yield* assertRoomFor(context, { install, old: filesByPath(erase) });
}

function filesByPath(archives: readonly Archive[]): ReadonlyMap<string, VersionFile> {
  return new Map(archives.flatMap(({ files }) => files.map((file) => [file.path, file])));
}

/** Gives the error of a package for which there was no room. */
function* installOne(
  database: RpmDatabase,
  archive: Archive,
  old: ReadonlyMap<string, VersionFile>,
): Procedure<SystemError | undefined> {
  const { context } = database;
  const { os } = context;
  const { name, version } = archive;
  os.stage(`install ${name}`, {
    note: 'Temporary names first, then all renames, then the database; no file is synced.',
  });
  os.print(`  Installing       : ${name}-${version}`);
  yield* os.compute(elementMicroseconds);
  const temporary: string[] = [];
  try {
    yield* unpack(context, archive, old, temporary);
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'ENOSPC') throw error;
    for (const path of temporary) yield* removeTree(os, path);
    const words = `error: unpacking of archive failed on file ${error.path}: cpio: write failed - No space left on device`;
    os.print(words, 'error');
    os.print(`error: ${name}-${version}: install failed`, 'error');
    return error;
  }
  yield* database.add(name, version);
  return undefined;
}

function* eraseOne(database: RpmDatabase, archive: Archive, kept: ReadonlySet<string>): Procedure {
  const { context } = database;
  const { os } = context;
  os.stage(`erase ${archive.name} ${archive.version}`, {
    note: 'What only the old version had goes; until here the database knows both.',
  });
  os.print(`  Erasing          : ${archive.name}-${archive.version}`);
  yield* os.compute(elementMicroseconds);
  for (const file of archive.files) if (!kept.has(file.path)) yield* eraseFile(context, file);
  yield* database.remove(archive.name, archive.version);
}

/** `temporaryNames` collects what would be left of a package that is given up. */
function* unpack(
  context: RpmContext,
  archive: Archive,
  old: ReadonlyMap<string, VersionFile>,
  temporaryNames: string[],
): Procedure {
  const { os, root } = context;
  const renames: (readonly [string, string])[] = [];
  for (const file of inPathOrder(archive.files)) {
    const path = `${root}${file.path}`;
    const decision =
      file.conffile === true ? yield* decideFor(context, file, old.get(file.path)) : 'create';
    if (decision === 'keep') continue;
    const place = decision === 'create beside' ? `${path}.rpmnew` : path;
    yield* makeDirectories(os, parentOf(path));
    const temporary = `${place}${temporarySuffix}`;
    const left = yield* statusOf(os, temporary);
    if (left !== undefined) yield* os.unlink(temporary);
    temporaryNames.push(temporary);
    if (file.target !== undefined) yield* os.symlink(file.target, temporary);
    else {
      yield* os.compute(unpackMicroseconds(payload, file.content.sizeBytes));
      yield* writeInPieces(os, temporary, file.content, { bufferBytes, mode: file.mode });
    }
    renames.push([temporary, place]);
  }
  for (const [from, to] of renames) yield* os.rename(from, to);
}

/** Packages list their files sorted by path. */
function inPathOrder(files: readonly VersionFile[]): readonly VersionFile[] {
  return [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** What becomes of a configuration file that is marked `noreplace`, as distributions mark theirs. */
type ConfigurationDecision = 'create' | 'keep' | 'create beside';

/** The rule of three contents. Source: rpm 4.18 lib/rpmfi.c, rpmfilesDecideFate. */
export function decideConfiguration(
  shipped: string | undefined,
  present: string | undefined,
  shippedNow: string,
): ConfigurationDecision {
  if (present === undefined) return 'create';
  if (present === shippedNow) return 'keep';
  if (present === shipped) return 'create';
  return shipped === shippedNow ? 'keep' : 'create beside';
}

function* decideFor(
  { os, root }: RpmContext,
  file: VersionFile,
  before: VersionFile | undefined,
): Procedure<ConfigurationDecision> {
  const there = yield* statusOf(os, `${root}${file.path}`);
  const present = there?.kind === 'file' ? yield* os.read(`${root}${file.path}`) : undefined;
  return decideConfiguration(keyOf(before?.content), keyOf(present), contentKey(file.content));
}

function keyOf(content: Content | undefined): string | undefined {
  return content === undefined ? undefined : contentKey(content);
}

/** A configuration file that was changed here is kept under another name. Source: rpm(8), `.rpmsave`. */
function* eraseFile({ os, root }: RpmContext, file: VersionFile): Procedure {
  const path = `${root}${file.path}`;
  const there = yield* statusOf(os, path);
  if (there === undefined || there.kind === 'directory') return;
  const isEdited =
    file.conffile === true &&
    there.kind === 'file' &&
    contentKey(yield* os.read(path)) !== contentKey(file.content);
  if (isEdited) yield* os.rename(path, `${path}.rpmsave`);
  else yield* os.unlink(path);
}
