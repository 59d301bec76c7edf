/**
 * rpm under a root. A transaction installs its packages one by one: every file under a temporary name, then all
 * renames, then a durable note in the database; the leftovers of old versions are erased last. Files are not synced, so
 * the database can be durable before what it vouches for. Order of calls: recorded run mutable-rpm. Source: rpm 4.18
 * lib/psm.c, lib/fsm.c; systems.md 1.3.
 */
import { makeDirectories, statusOf, writeInPieces } from '../tool-calls.ts';
import { unpackMicroseconds } from '../tool-cost.ts';
import type { VersionFile } from '../version-files.ts';
import type { Procedure } from '../../kernel/process.ts';
import { contentKey, type Content } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import type { Archive } from './archive.ts';
import { RpmDatabase, type RpmContext } from './rpm-database.ts';

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

/** Runs a transaction. */
export function* runTransaction(context: RpmContext, transaction: RpmTransaction): Procedure {
  const { os } = context;
  const { install, erase } = transaction;
  const database = new RpmDatabase(context);
  yield* database.open();
  const old = new Map(
    erase.flatMap(({ files }) => files.map((file): [string, VersionFile] => [file.path, file])),
  );
  for (const archive of install) {
    os.stage(`install ${archive.name}`, {
      note: 'Temporary names first, then all renames, then the database; no file is synced.',
    });
    os.print(`  Installing       : ${archive.name}-${archive.version}`);
    yield* os.compute(elementMicroseconds);
    yield* unpack(context, archive, old);
    yield* database.add(archive.name, archive.version);
  }
  const kept = new Set(install.flatMap(({ files }) => files.map(({ path }) => path)));
  for (const archive of erase) {
    os.stage(`erase ${archive.name} ${archive.version}`, {
      note: 'What only the old version had goes; until here the database knows both.',
    });
    os.print(`  Erasing          : ${archive.name}-${archive.version}`);
    yield* os.compute(elementMicroseconds);
    for (const file of archive.files) if (!kept.has(file.path)) yield* eraseFile(context, file);
    yield* database.remove(archive.name, archive.version);
  }
  os.stage('close the package database');
  yield* database.close();
}

function* unpack(
  context: RpmContext,
  archive: Archive,
  old: ReadonlyMap<string, VersionFile>,
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
