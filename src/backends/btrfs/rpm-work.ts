/**
 * rpm inside a snapshot: every file of a package under a temporary name, then all renames, then a durable note in the
 * database; leftovers of the old version are erased last. Package files are not synced. Order of calls: recorded run
 * mutable-rpm; systems.md 1.3.
 */
import type { Work } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import type { Archive } from '../package-tools/archive.ts';
import { makeDirectories, removeTree, statusOf, writeInPieces } from '../tool-calls.ts';
import type { VersionFile } from '../version-files.ts';
import type { Procedure } from '../../kernel/process.ts';
import { contentKey } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import { packageDatabasePath } from './names.ts';

/** What one transaction replaces by what. */
export interface RpmTransaction {
  readonly prefix: string;
  readonly before: readonly Archive[];
  readonly after: readonly Archive[];
}

/** What rpm writes at once. Source: rpm lib/rpmfi.c, rpmfiArchiveReadToFile, BUFSIZ*4. */
const bufferBytes = 32_768;

/** Scripts and bookkeeping of one package, of the order of the 506 ms of recorded run mutable-rpm. */
const packageMicroseconds = 15_000;

/** A page of the database's log. */
const pageText = 'page of the write-ahead log\n';

/** Runs the transaction. */
export function* installWithRpm(work: Work, transaction: RpmTransaction): Procedure {
  const { os } = work;
  const { prefix, before, after } = transaction;
  const shipped = new Map(before.flatMap(({ files }) => files.map((file) => [file.path, file])));
  const log = `${prefix}${packageDatabasePath}-wal`;
  const index = `${prefix}${packageDatabasePath}-shm`;
  yield* os.writeFile(log, '');
  yield* os.writeFile(index, pageText);
  for (const archive of after) {
    os.stage(`install ${archive.name}`, {
      note: 'Temporary names first, then all renames, then the database; no file is synced.',
    });
    os.print(`Installing: ${archive.name}-${archive.version}`);
    yield* unpack(work, prefix, archive, shipped);
    yield* note(work, log);
  }
  const kept = new Set(after.flatMap(({ files }) => files.map(({ path }) => path)));
  for (const { name, files } of before) {
    const gone = files.filter(({ path }) => !kept.has(path));
    if (gone.length > 0) os.stage(`erase what is left of the old ${name}`);
    for (const { path } of gone) yield* removeTree(os, `${prefix}${path}`);
    yield* note(work, log);
  }
  yield* checkpoint(work, transaction, log, index);
}

/** All files under temporary names, then all renames. A configuration file that was edited here stays. */
function* unpack(
  work: Work,
  prefix: string,
  archive: Archive,
  shipped: ReadonlyMap<string, VersionFile>,
): Procedure {
  const { os } = work;
  yield* os.compute(packageMicroseconds);
  const renames: (readonly [string, string])[] = [];
  for (const file of archive.files) {
    const path = `${prefix}${file.path}`;
    yield* makeDirectories(os, parentOf(path));
    const temporary = `${path};66f00d00`;
    if (file.target !== undefined) {
      yield* os.symlink(file.target, temporary);
    } else {
      yield* writeInPieces(os, temporary, file.content, { bufferBytes, mode: file.mode });
    }
    const edited = yield* isEdited(work, path, file, shipped.get(file.path));
    renames.push([temporary, edited ? `${path}.rpmnew` : path]);
  }
  for (const [from, to] of renames) yield* os.rename(from, to);
}

function* isEdited(
  { os }: Work,
  path: string,
  file: VersionFile,
  before: VersionFile | undefined,
): Procedure<boolean> {
  if (file.conffile !== true || before === undefined) return false;
  if ((yield* statusOf(os, path))?.kind !== 'file') return false;
  return contentKey(yield* os.read(path)) !== contentKey(before.content);
}

/** A record goes to the log of the database, durably. Source: rpm lib/backend/sqlite.c, synchronous=FULL. */
function* note({ os, brief }: Work, log: string): Procedure {
  const fd = yield* os.open(log, { access: 'write', append: true });
  yield* os.write(fd, textContent(brief.blobs, pageText));
  yield* os.fdatasync(fd);
  yield* os.close(fd);
}

/** The log becomes part of the database, durably, and goes. */
function* checkpoint(
  { os, brief }: Work,
  { prefix, after }: RpmTransaction,
  log: string,
  index: string,
): Procedure {
  os.stage('write the package database');
  const lines = after.map(({ name, version }) => `${name} ${version}\n`).join('');
  const fd = yield* os.open(`${prefix}${packageDatabasePath}`, { access: 'write', create: true });
  const content = textContent(brief.blobs, lines);
  yield* os.write(fd, content);
  yield* os.ftruncate(fd, content.sizeBytes);
  yield* os.fdatasync(fd);
  yield* os.close(fd);
  yield* os.unlink(log);
  yield* os.unlink(index);
}
