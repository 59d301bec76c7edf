/** A tree of configuration files read into memory, compared file by file, written back: what every merge of /etc needs. */
import { makeDirectories, namesIn, removeTree, writeInPieces } from './tool-calls.ts';
import type { Procedure, Process, Status } from '../kernel/process.ts';
import { contentKey, type Content } from '../model/content.ts';
import { parentOf } from '../model/path.ts';

/** A file, directory or link, with its bytes where it has some. */
export interface ConfigurationFile {
  readonly status: Status;
  readonly content?: Content;
}

/** Path below the top → what is there; directories before what they hold. */
export type Configuration = ReadonlyMap<string, ConfigurationFile>;

/** The buffer of the copying programs. Source: coreutils, io_blksize. */
const bufferBytes = 131_072;

/** Everything below `top`; names in `without` are left out wherever they are. */
export function* readConfiguration(
  os: Process,
  top: string,
  without: readonly string[] = [],
): Procedure<Configuration> {
  const found = new Map<string, ConfigurationFile>();
  yield* readInto(os, top, '', without, found);
  return found;
}

function* readInto(
  os: Process,
  top: string,
  below: string,
  without: readonly string[],
  found: Map<string, ConfigurationFile>,
): Procedure {
  for (const name of yield* namesIn(os, `${top}${below}`)) {
    if (without.includes(name)) continue;
    const path = `${below}/${name}`;
    const status = yield* os.lstat(`${top}${path}`);
    const content = status.kind === 'file' ? yield* os.read(`${top}${path}`) : undefined;
    found.set(path, content === undefined ? { status } : { status, content });
    if (status.kind === 'directory') yield* readInto(os, top, path, without, found);
  }
}

/** Equal kind, permissions, owner, target and bytes, or both absent: a mere chmod counts as a change, as measured. */
export function sameConfigurationFile(
  left: ConfigurationFile | undefined,
  right: ConfigurationFile | undefined,
): boolean {
  return recordOf(left) === recordOf(right);
}

function recordOf(file: ConfigurationFile | undefined): string {
  if (file === undefined) return 'absent';
  const { kind, mode, user, group, target } = file.status;
  const bytes = file.content === undefined ? '' : contentKey(file.content);
  return [kind, mode, user, group, target ?? '', bytes].join(' ');
}

/** Puts a file at a path, in place of what is there; its directory is made where missing. */
export function* writeConfigurationFile(
  os: Process,
  to: string,
  { status, content }: ConfigurationFile,
): Procedure {
  if (status.kind === 'directory') {
    yield* makeDirectories(os, to);
    if (status.mode !== 0o755) yield* os.chmod(to, status.mode);
  } else {
    yield* makeDirectories(os, parentOf(to));
    yield* removeTree(os, to);
    if (status.target !== undefined) {
      yield* os.symlink(status.target, to);
    } else if (content !== undefined) {
      yield* writeInPieces(os, to, content, { bufferBytes, mode: status.mode });
    }
  }
  if (status.user !== 0 || status.group !== 0) yield* os.chown(to, status.user, status.group);
}
