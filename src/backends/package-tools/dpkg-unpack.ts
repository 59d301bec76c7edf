/**
 * Unpacking one package with dpkg. Order of calls: recorded run mutable-dpkg. Source: dpkg src/main/unpack.c and
 * src/main/archives.c.
 */
import { makeDirectories, piecesOf, removeTree, statusOf } from '../tool-calls.ts';
import { unpackMicroseconds } from '../tool-cost.ts';
import type { VersionFile } from '../version-files.ts';
import type { Procedure, Status } from '../../kernel/process.ts';
import type { BlobTable, Content } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import type { Archive } from './archive.ts';
import { digestOf, type DpkgDatabase } from './dpkg-database.ts';
import { removedPrefix, type PackageRecord } from './status-file.ts';

/** Bytes of one write; measured: recorded run mutable-dpkg makes one write for every 4 KiB of package files. */
const bufferBytes = 4096;

/** How packages are packed. Source: deb(5), dpkg-deb(1): xz on Debian. */
const payload = 'xz';

/** Files up to here are written in pieces of {@link bufferBytes}; larger ones in fewer, so that releases stay countable. */
const finePiecesBytesMax = 262_144;

/** Starting dpkg-deb and tar and running maintainer scripts, fitted to the 4346 ms of recorded run mutable-dpkg. */
const packageMicroseconds = 75_000;

/** Checking one file, fitted to the same run. */
const fileMicroseconds = 2_000;

function piecesOfFile(content: Content, copyBufferBytes?: number): readonly Content[] {
  if (copyBufferBytes !== undefined) return piecesOf(content, copyBufferBytes);
  if (content.sizeBytes > finePiecesBytesMax) return piecesOf(content, bufferBytes);
  return piecesOf(content, bufferBytes * 32).flatMap((part) => piecesOf(part, bufferBytes));
}

/** Takes an archive apart onto the disk; configuring it comes later. */
export function* unpack(database: DpkgDatabase, archive: Archive): Procedure {
  const { os } = database.context;
  const old = database.records.get(archive.name);
  const known = old !== undefined && old.state !== 'not-installed' && old.state !== 'config-files';
  os.stage(`unpack ${archive.name}`, {
    note: 'New files are written beside the old ones, then renamed over them one by one.',
  });
  const archiveName = `.../${archive.name}_${archive.version}_amd64.deb`;
  if (!known) os.print(`Selecting previously unselected package ${archive.name}.`);
  os.print(`Preparing to unpack ${archiveName} ...`);
  os.print(
    known
      ? `Unpacking ${archive.name} (${archive.version}) over (${old.version}) ...`
      : `Unpacking ${archive.name} (${archive.version}) ...`,
  );
  yield* os.compute(packageMicroseconds);
  yield* extractControl(database, archive);
  const record = recordOf(archive, old);
  yield* noteBeginning(database, record, old);
  const backups = yield* extractFiles(database, archive);
  const before = yield* filesBefore(database, archive, known);
  if (known) yield* database.note({ ...record, state: 'half-installed', flag: 'reinstreq' });
  const conffiles = new Set([...(old?.conffiles.keys() ?? []), ...record.conffiles.keys()]);
  yield* removeOldFiles(database, archive, before, conffiles);
  yield* writeInformation(database, archive);
  yield* database.log(`status unpacked ${archive.name} ${archive.version}`);
  yield* database.note({
    ...record,
    version: archive.version,
    state: 'unpacked',
    flag: 'reinstreq',
  });
  for (const path of backups) yield* os.unlink(path);
  yield* database.note({ ...record, version: archive.version, state: 'unpacked', flag: 'ok' });
  yield* removeTree(os, `${database.directory}/tmp.ci`);
}

function recordOf(archive: Archive, old: PackageRecord | undefined): PackageRecord {
  const conffiles = archive.files
    .filter(({ conffile }) => conffile === true)
    .map(({ path }): readonly [string, string] => [
      path,
      old?.conffiles.get(path) ?? 'newconffile',
    ]);
  const removed = (archive.removedConffiles ?? []).flatMap(
    (path): readonly (readonly [string, string])[] => {
      const shipped = old?.conffiles.get(path);
      return shipped === undefined ? [] : [[path, `${removedPrefix}${shipped}`]];
    },
  );
  return {
    name: archive.name,
    want: 'install',
    flag: 'reinstreq',
    state: 'half-installed',
    version: old?.version ?? archive.version,
    conffiles: new Map([...conffiles, ...removed]),
  };
}

/** The control files go to a directory of their own, each durable. */
function* extractControl(database: DpkgDatabase, archive: Archive): Procedure {
  const { os } = database.context;
  const directory = `${database.directory}/tmp.ci`;
  yield* removeTree(os, directory);
  yield* os.mkdir(directory);
  const conffiles = archive.files.filter(({ conffile }) => conffile === true);
  const files: [string, string][] = [
    ['control', `Package: ${archive.name}\nVersion: ${archive.version}\n`],
  ];
  if (conffiles.length > 0) {
    files.push(['conffiles', conffiles.map(({ path }) => `${path}\n`).join('')]);
  }
  if (archive.kernel !== undefined) files.push(['postinst', '#!/bin/sh\n']);
  for (const [name, text] of files) yield* os.writeFile(`${directory}/${name}`, text);
  for (const [name] of files) yield* os.fsyncPath(`${directory}/${name}`);
  yield* os.fsyncPath(directory);
}

/**
 * Only a package that was configured goes down by steps; one whose unpacking was interrupted stays half-installed.
 * Source: dpkg src/main/unpack.c, process_archive.
 */
function* noteBeginning(
  database: DpkgDatabase,
  record: PackageRecord,
  old: PackageRecord | undefined,
): Procedure {
  const configured = old?.state === 'installed' || old?.state === 'half-configured';
  for (const state of configured
    ? (['half-configured', 'unpacked', 'half-installed'] as const)
    : (['half-installed'] as const)) {
    yield* database.log(`status ${state} ${record.name} ${record.version}`);
    yield* database.note({ ...record, state });
  }
}

/**
 * Writes all files and links as `.dpkg-new`, waits for the files' data, then renames each in the order of the archive.
 * Links wait like files, so that none points to a file that is not there yet; configuration files are not renamed, and
 * never synced. Source: dpkg src/main/archives.c, tarobject and tar_deferred_extract. Gives the backups that were made.
 */
function* extractFiles(database: DpkgDatabase, archive: Archive): Procedure<readonly string[]> {
  const { os, root, unsafeIo } = database.context;
  const backups: string[] = [];
  const written: VersionFile[] = [];
  for (const file of archive.files) {
    const there = yield* extractOne(database, file);
    if (there === 'kept directory') continue;
    written.push(file);
    const backup =
      file.conffile === true ? undefined : yield* backUp(database, `${root}${file.path}`, there);
    if (backup !== undefined) backups.push(backup);
  }
  if (!unsafeIo) {
    for (const { path, target } of written) {
      if (target === undefined) yield* startWriteback(database, `${root}${path}.dpkg-new`);
    }
  }
  for (const { path, conffile, target } of written) {
    if (conffile === true) continue;
    const name = `${root}${path}`;
    if (target === undefined && !unsafeIo) yield* os.fsyncPath(`${name}.dpkg-new`);
    yield* os.rename(`${name}.dpkg-new`, name);
  }
  return backups;
}

function* startWriteback(database: DpkgDatabase, path: string): Procedure {
  const { os } = database.context;
  const fd = yield* os.open(path, { access: 'read' });
  yield* os.startWriteback(fd);
  yield* os.close(fd);
}

/** Creates one `.dpkg-new`. Gives what lies at the file's place; a directory stays where the archive has a link. */
function* extractOne(
  database: DpkgDatabase,
  file: VersionFile,
): Procedure<Status | 'kept directory' | undefined> {
  const { os, root } = database.context;
  const path = `${root}${file.path}`;
  yield* makeDirectories(os, parentOf(path));
  yield* os.compute(fileMicroseconds);
  const there = yield* statusOf(os, path);
  yield* removeTree(os, `${path}.dpkg-new`);
  if (file.target !== undefined) {
    if (there?.kind === 'directory') return 'kept directory';
    yield* os.symlink(file.target, `${path}.dpkg-new`);
    return there;
  }
  yield* os.compute(unpackMicroseconds(payload, file.content.sizeBytes));
  const flags = { access: 'write', create: true, exclusive: true } as const;
  const fd = yield* os.open(`${path}.dpkg-new`, flags, file.mode);
  for (const piece of piecesOfFile(file.content, database.context.copyBufferBytes)) {
    yield* os.write(fd, piece);
  }
  yield* os.startWriteback(fd);
  yield* os.close(fd);
  return there;
}

function* backUp(
  database: DpkgDatabase,
  path: string,
  there: Status | undefined,
): Procedure<string | undefined> {
  const { os } = database.context;
  if (there === undefined || there.kind === 'directory') return undefined;
  const backup = `${path}.dpkg-tmp`;
  yield* removeTree(os, backup);
  if (there.target !== undefined) yield* os.symlink(there.target, backup);
  else yield* os.link(path, backup);
  return backup;
}

/** What the old version shipped, by the list that the database keeps. */
function* filesBefore(
  database: DpkgDatabase,
  { name }: Archive,
  known: boolean,
): Procedure<readonly string[]> {
  const list = yield* database.information(`${name}.list`);
  if (list === undefined && known) {
    const words = `dpkg: warning: files list file for package '${name}' missing; assuming package has no files currently installed`;
    database.context.os.print(words, 'error');
  }
  return (list ?? '').split('\n').filter((path) => path.startsWith('/'));
}

/** Files that only the old version had go; its configuration files stay, obsolete. */
function* removeOldFiles(
  database: DpkgDatabase,
  archive: Archive,
  before: readonly string[],
  conffiles: ReadonlySet<string>,
): Procedure {
  const { os, root } = database.context;
  const kept = new Set(archive.files.map(({ path }) => path));
  for (const path of before) {
    if (kept.has(path) || conffiles.has(path)) continue;
    const there = yield* statusOf(os, `${root}${path}`);
    if (there !== undefined && there.kind !== 'directory') yield* os.unlink(`${root}${path}`);
  }
}

/** Lists, sums and scripts of the new version. */
function* writeInformation(database: DpkgDatabase, archive: Archive): Procedure {
  const { os } = database.context;
  const { name, files } = archive;
  const information = `${database.directory}/info`;
  yield* database.replaceInformation(`${name}.list`, files.map(({ path }) => `${path}\n`).join(''));
  const sums = `${information}/${name}.md5sums`;
  if ((yield* statusOf(os, sums)) !== undefined) yield* os.unlink(sums);
  for (const control of ['conffiles', 'postinst']) {
    const from = `${database.directory}/tmp.ci/${control}`;
    if ((yield* statusOf(os, from)) === undefined) continue;
    yield* os.rename(from, `${information}/${name}.${control}`);
  }
  yield* os.fsyncPath(information);
  yield* database.replaceInformation(`${name}.md5sums`, sumsText(database.context.blobs, files));
}

/** The text of a `md5sums` file. Source: deb-md5sums(5). */
export function sumsText(blobs: BlobTable, files: readonly VersionFile[]): string {
  return files
    .filter(({ target, conffile }) => target === undefined && conffile !== true)
    .map(({ path, content }) => `${digestOf(blobs, content)}  ${path.slice(1)}\n`)
    .join('');
}
