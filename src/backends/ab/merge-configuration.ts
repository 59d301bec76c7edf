/**
 * The configuration of the future root: what was changed on this machine wins, what was deleted stays deleted,
 * everything else comes from the new image. Source: EtcBuilder core/etcmerge.go,
 * https://github.com/linux-immutability-tools/EtcBuilder; measured in lab-survive c, column A/B.
 */
import { makeDirectories, namesIn, removeTree, writeInPieces } from '../tool-calls.ts';
import type { Procedure, Process, Status } from '../../kernel/process.ts';
import { contentKey, type Content } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import { bufferBytes } from './rsync.ts';

/** Directories that the merge reads and the one that it writes. */
export interface MergePlan {
  /** Pristine configuration of the running image. */
  readonly oldPristine: string;
  readonly newPristine: string;
  /** Configuration as the running machine sees it. */
  readonly running: string;
  readonly target: string;
}

interface ConfigurationFile {
  readonly status: Status;
  readonly content?: Content;
}

type Configuration = ReadonlyMap<string, ConfigurationFile>;

/** Writes the merged configuration; nothing is synced, and /var is not unmounted afterwards. */
export function* mergeConfiguration(os: Process, plan: MergePlan): Procedure {
  const before = yield* readTree(os, plan.oldPristine);
  const shipped = yield* readTree(os, plan.newPristine);
  const mine = yield* readTree(os, plan.running);
  for (const name of yield* namesIn(os, plan.target)) {
    yield* removeTree(os, `${plan.target}/${name}`);
  }
  const merged = new Map<string, ConfigurationFile>();
  for (const [path, file] of shipped) {
    if (!before.has(path) || mine.has(path)) merged.set(path, file);
  }
  for (const [path, file] of mine) {
    const old = before.get(path);
    if (old === undefined || !sameFile(old, file)) merged.set(path, file);
  }
  for (const [path, file] of [...merged].sort(([left], [right]) => (left < right ? -1 : 1))) {
    yield* write(os, `${plan.target}${path}`, file);
  }
}

function* readTree(os: Process, top: string): Procedure<Configuration> {
  const found = new Map<string, ConfigurationFile>();
  yield* readInto(os, top, '', found);
  return found;
}

function* readInto(
  os: Process,
  top: string,
  below: string,
  found: Map<string, ConfigurationFile>,
): Procedure {
  for (const name of yield* namesIn(os, `${top}${below}`)) {
    const path = `${below}/${name}`;
    const status = yield* os.lstat(`${top}${path}`);
    const content = status.kind === 'file' ? yield* os.read(`${top}${path}`) : undefined;
    found.set(path, content === undefined ? { status } : { status, content });
    if (status.kind === 'directory') yield* readInto(os, top, path, found);
  }
}

/** Equal kind, permissions, owner, target and bytes: a mere chmod pins the old content, as measured. */
function sameFile(left: ConfigurationFile, right: ConfigurationFile): boolean {
  const record = ({ status, content }: ConfigurationFile): string =>
    [
      status.kind,
      status.mode,
      status.user,
      status.group,
      status.target ?? '',
      content === undefined ? '' : contentKey(content),
    ].join(' ');
  return record(left) === record(right);
}

function* write(os: Process, to: string, { status, content }: ConfigurationFile): Procedure {
  yield* makeDirectories(os, status.kind === 'directory' ? to : parentOf(to));
  if (status.kind === 'directory') {
    if (status.mode !== 0o755) yield* os.chmod(to, status.mode);
  } else if (status.target !== undefined) {
    yield* os.symlink(status.target, to);
  } else if (content !== undefined) {
    yield* writeInPieces(os, to, content, { bufferBytes, mode: status.mode });
  }
  if (status.user !== 0 || status.group !== 0) yield* os.chown(to, status.user, status.group);
}
