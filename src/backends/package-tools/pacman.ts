/**
 * A transaction of pacman: package by package, what only the old version had is unlinked, then each file is unlinked and
 * written under its final name. No temporary name, no rename, no sync. Source: pacman 7 lib/libalpm/add.c,
 * commit_single_pkg and perform_extraction (ARCHIVE_EXTRACT_UNLINK); lib/libalpm/remove.c.
 */
import { makeDirectories, statusOf, writeInPieces } from '../tool-calls.ts';
import { unpackMicroseconds } from '../tool-cost.ts';
import type { VersionFile } from '../version-files.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import { contentKey, type Content } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import type { Archive } from './archive.ts';
import { prepareRecord, removeRecord, writeRecord } from './pacman-database.ts';

/** What libarchive writes at once at most. Source: libarchive archive_write_disk_posix.c, in blocks as they are read. */
const bufferBytes = 65_536;

/** How packages are packed. Source: pacman, makepkg.conf of Arch Linux, PKGEXT. */
const payload = 'zstd';

/** Installs an archive in place of `old`, if there is one. */
export function* commitPackage(os: Process, archive: Archive, old: Archive | undefined): Procedure {
  os.stage(`${old === undefined ? 'install' : 'upgrade'} ${archive.name}`, {
    note: 'Each file is unlinked, then written under its final name: in between it is not there, or not whole.',
  });
  os.print(`${old === undefined ? 'installing' : 'upgrading'} ${archive.name}...`);
  if (old !== undefined) {
    const kept = new Set(archive.files.map(({ path }) => path));
    yield* removeFiles(
      os,
      old.files.filter(({ path }) => !kept.has(path)),
    );
    yield* removeRecord(os, old);
  }
  yield* prepareRecord(os, archive);
  const before = new Map(old?.files.map((file) => [file.path, file]));
  for (const file of archive.files) yield* extract(os, file, before.get(file.path));
  yield* writeRecord(os, archive);
}

/** Removes a package: `pacman -R`. Its files go, the last one first. */
export function* removePackageFiles(os: Process, archive: Archive): Procedure {
  os.stage(`remove ${archive.name}`);
  os.print(`removing ${archive.name}...`);
  yield* removeFiles(os, archive.files);
  yield* removeRecord(os, archive);
}

/** A configuration file that was changed here is kept under another name. Source: pacman(8), `.pacsave`. */
function* removeFiles(os: Process, files: readonly VersionFile[]): Procedure {
  for (const file of [...files].reverse()) {
    const { path } = file;
    const there = yield* statusOf(os, path);
    if (there === undefined || there.kind === 'directory') continue;
    const isEdited =
      file.conffile === true &&
      there.kind === 'file' &&
      contentKey(yield* os.read(path)) !== contentKey(file.content);
    if (isEdited) yield* os.rename(path, `${path}.pacsave`);
    else yield* os.unlink(path);
  }
}

function* extract(os: Process, file: VersionFile, before: VersionFile | undefined): Procedure {
  const { path } = file;
  yield* makeDirectories(os, parentOf(path));
  const there = yield* statusOf(os, path);
  const backs = file.conffile === true || before?.conffile === true;
  if (there?.kind === 'file' && backs) yield* extractBeside(os, file, before?.content);
  else if (there?.kind !== 'directory') yield* extractTo(os, file, path);
}

function* extractTo(os: Process, file: VersionFile, path: string): Procedure {
  if ((yield* statusOf(os, path)) !== undefined) yield* os.unlink(path);
  if (file.target !== undefined) {
    yield* os.symlink(file.target, path);
  } else {
    yield* os.compute(unpackMicroseconds(payload, file.content.sizeBytes));
    yield* writeInPieces(os, path, file.content, { bufferBytes, mode: file.mode });
  }
}

/** A file listed in `backup=` goes to `.pacnew` first; what becomes of it three sums decide. Source: add.c. */
function* extractBeside(os: Process, file: VersionFile, shipped: Content | undefined): Procedure {
  const { path, content } = file;
  const fresh = `${path}.pacnew`;
  const wasThere = (yield* statusOf(os, fresh)) !== undefined;
  yield* extractTo(os, file, fresh);
  const present = contentKey(yield* os.read(path));
  const original = shipped === undefined ? undefined : contentKey(shipped);
  if (present === contentKey(content)) yield* os.rename(fresh, path);
  else if (original === contentKey(content)) {
    if (!wasThere) yield* os.unlink(fresh);
  } else if (original === present) yield* os.rename(fresh, path);
  else os.print(`warning: ${path} installed as ${fresh}`, 'error');
}
