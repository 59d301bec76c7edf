/** Sequences of system calls that several tools share: whole trees removed, files written in pieces. */
import { SystemError, type Procedure, type Process, type Status } from '../kernel/process.ts';
import type { Content } from '../model/content.ts';

/** Pieces of a file at most; the files of the recorded runs stay below. */
const pieceCountMax = 32;

/** Pieces of a larger file, so that a large release stays countable. */
const pieceCountOfLargeFiles = 8;

/** What lstat says of a path, or undefined when nothing is there. Other errors pass through. */
export function* statusOf(os: Process, path: string): Procedure<Status | undefined> {
  try {
    return yield* os.lstat(path);
  } catch (error) {
    if (error instanceof SystemError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined;
    }
    throw error;
  }
}

/** Names in a directory; none when it is not there. */
export function* namesIn(os: Process, path: string): Procedure<readonly string[]> {
  const status = yield* statusOf(os, path);
  return status?.kind === 'directory' ? yield* os.readdir(path) : [];
}

/** mkdir -p: makes what is missing of a path. */
export function* makeDirectories(os: Process, path: string): Procedure {
  if ((yield* statusOf(os, path)) !== undefined) return;
  const parent = path.slice(0, path.lastIndexOf('/'));
  if (parent !== '') yield* makeDirectories(os, parent);
  yield* os.mkdir(path);
}

/** Removes a file or a whole tree, name by name, as tools do; silent when nothing is there. */
export function* removeTree(os: Process, path: string): Procedure {
  const status = yield* statusOf(os, path);
  if (status === undefined) return;
  if (status.kind !== 'directory') {
    yield* os.unlink(path);
    return;
  }
  if (status.immutable === true) yield* os.setImmutable(path, false);
  for (const name of yield* os.readdir(path)) yield* removeTree(os, `${path}/${name}`);
  yield* os.rmdir(path);
}

/** The pieces in which a tool with a buffer of `bufferBytes` writes a file. */
export function piecesOf(content: Content, bufferBytes: number): readonly Content[] {
  const large = content.sizeBytes > bufferBytes * pieceCountMax;
  const size = large ? Math.ceil(content.sizeBytes / pieceCountOfLargeFiles) : bufferBytes;
  return content.segments.flatMap((segment) => {
    const pieces: Content[] = [];
    for (let at = 0; at < segment.lengthBytes; at += size) {
      const lengthBytes = Math.min(size, segment.lengthBytes - at);
      const part = { ...segment, fromBytes: segment.fromBytes + at, lengthBytes };
      pieces.push({ sizeBytes: lengthBytes, segments: [part] });
    }
    return pieces;
  });
}

/** How a file is written: its permissions, the tool's buffer, and what makes it durable. */
export interface WriteManner {
  readonly mode?: number;
  readonly bufferBytes: number;
  readonly sync?: 'fsync' | 'fdatasync';
}

/** Creates or truncates a file and writes it piece by piece. */
export function* writeInPieces(
  os: Process,
  path: string,
  content: Content,
  manner: WriteManner,
): Procedure {
  const { mode, bufferBytes, sync } = manner;
  const fd = yield* os.open(path, { access: 'write', create: true, truncate: true }, mode);
  for (const piece of piecesOf(content, bufferBytes)) yield* os.write(fd, piece);
  if (sync === 'fsync') yield* os.fsync(fd);
  if (sync === 'fdatasync') yield* os.fdatasync(fd);
  yield* os.close(fd);
}

/** Makes a mount read-only again at the end of a tool; a mount that is not there was not the tool's to restore. */
export function* remountReadOnly(os: Process, mountPoint: string): Procedure {
  try {
    yield* os.remount(mountPoint, true);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}
