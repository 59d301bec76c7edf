/**
 * rsync -aHAX --delete --delete-before --checksum onto a tree, in place: first every name that the source lacks is
 * deleted, then each file that differs is written under a temporary name and renamed. Nothing is synced.
 * Source: rsync(1); ABRoot core/rsync.go and core/oci.go at 89b4ae0c.
 */
import { namesIn, removeTree, writeInPieces } from '../tool-calls.ts';
import type { VersionFile } from '../version-files.ts';
import type { Procedure, Process, Status } from '../../kernel/process.ts';
import { contentKey } from '../../model/content.ts';
import { nameOf, parentOf } from '../../model/path.ts';
import { digest32 } from '../../model/seed.ts';

/** What rsync writes at once. Source: rsync.h, WRITE_SIZE. */
export const bufferBytes = 32_768;

/**
 * Bytes per second of `--checksum`: what was just written, or read before, is read from memory; the rest from the drive,
 * as fast as model/device.ts lets it be written.
 */
const memoryBytesPerSecond = 1_000_000_000;
const driveBytesPerSecond = 400_000_000;

function readMicroseconds(sizeBytes: number, bytesPerSecond: number): number {
  return Math.ceil((sizeBytes * 1_000_000) / bytesPerSecond);
}

/** What the source of a synchronisation holds. */
export interface Source {
  readonly files: readonly VersionFile[];
  /** Directories that are there besides the parents of files. */
  readonly directories: readonly string[];
}

/**
 * Makes the tree at `destination` equal to the source. `onStage` is told before deleting and before copying. ABRoot has
 * rsync go through everything twice: first with --dry-run, for the length of its progress bar; that run reads the
 * destination from the drive. Source: ABRoot core/rsync.go, rsyncCmd.
 */
export function* synchronize(
  os: Process,
  source: Source,
  destination: string,
  onStage: (phase: 'delete' | 'copy') => void,
): Procedure {
  const wanted = wantedKinds(source);
  const bytes = source.files.reduce((sum, { content }) => sum + content.sizeBytes, 0);
  const found = new Map<string, Status>();
  yield* list(os, destination, '', found);
  yield* os.compute(readMicroseconds(bytes, memoryBytesPerSecond));
  yield* os.compute(readMicroseconds(comparedBytes(source, found), driveBytesPerSecond));
  yield* os.compute(readMicroseconds(bytes, memoryBytesPerSecond));
  onStage('delete');
  for (const [path, { kind }] of found) {
    const want = wanted.get(path);
    const parentGone = path !== '/' && !isKept(parentOf(path), wanted, found);
    if (parentGone || (want !== undefined && (want === 'directory') === (kind === 'directory'))) {
      continue;
    }
    yield* removeTree(os, `${destination}${path}`);
    found.delete(path);
  }
  onStage('copy');
  for (const [path, kind] of [...wanted].sort(([left], [right]) => (left < right ? -1 : 1))) {
    if (kind === 'directory' && !found.has(path)) yield* os.mkdir(`${destination}${path}`);
  }
  for (const file of source.files) yield* copyFile(os, file, destination, found.get(file.path));
}

/** Bytes of the destination that are read: of files whose size is that of the source's. */
function comparedBytes({ files }: Source, found: ReadonlyMap<string, Status>): number {
  return files
    .map(({ path, content }) =>
      found.get(path)?.sizeBytes === content.sizeBytes ? content.sizeBytes : 0,
    )
    .reduce((sum, sizeBytes) => sum + sizeBytes, 0);
}

type WantedKind = 'directory' | 'other';

function wantedKinds({ files, directories }: Source): ReadonlyMap<string, WantedKind> {
  const wanted = new Map<string, WantedKind>();
  const addDirectory = (path: string): void => {
    if (path === '/' || wanted.has(path)) return;
    wanted.set(path, 'directory');
    addDirectory(parentOf(path));
  };
  for (const path of directories) addDirectory(path);
  for (const { path } of files) addDirectory(parentOf(path));
  for (const { path } of files) wanted.set(path, 'other');
  return wanted;
}

/** Whether a directory stays where it is, so that its own names must be looked at. */
function isKept(
  path: string,
  wanted: ReadonlyMap<string, WantedKind>,
  found: ReadonlyMap<string, Status>,
): boolean {
  return path === '/' || (wanted.get(path) === 'directory' && found.has(path));
}

function* list(os: Process, top: string, below: string, found: Map<string, Status>): Procedure {
  for (const name of yield* namesIn(os, `${top}${below}`)) {
    const path = `${below}/${name}`;
    const status = yield* os.lstat(`${top}${path}`);
    found.set(path, status);
    if (status.kind === 'directory') yield* list(os, top, path, found);
  }
}

/** Copies one file where it differs. */
export function* copyFile(
  os: Process,
  file: VersionFile,
  destination: string,
  there: Status | undefined,
): Procedure {
  const path = `${destination}${file.path}`;
  if (there !== undefined && (yield* isSame(os, file, path, there))) {
    if (file.target === undefined && there.mode !== file.mode) yield* os.chmod(path, file.mode);
    return;
  }
  const temporary = `${parentOf(path)}/.${nameOf(path)}.${suffixOf(path)}`;
  if (file.target !== undefined) {
    yield* os.symlink(file.target, there === undefined ? path : temporary);
    if (there !== undefined) yield* os.rename(temporary, path);
    return;
  }
  yield* writeInPieces(os, temporary, file.content, { bufferBytes, mode: 0o600 });
  yield* os.chmod(temporary, file.mode);
  yield* os.rename(temporary, path);
}

function* isSame(os: Process, file: VersionFile, path: string, there: Status): Procedure<boolean> {
  if (file.target !== undefined) return there.kind === 'symlink' && there.target === file.target;
  if (there.kind !== 'file' || there.sizeBytes !== file.content.sizeBytes) return false;
  yield* os.compute(readMicroseconds(there.sizeBytes, memoryBytesPerSecond));
  return contentKey(yield* os.read(path)) === contentKey(file.content);
}

/** A stand-in for the six letters of mkstemp(3); the same for the same path. */
function suffixOf(path: string): string {
  return digest32(path).toString(36).padStart(6, 'X').slice(-6);
}
