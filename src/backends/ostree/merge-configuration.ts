/**
 * The three-way merge of /etc. Base is the old version's /usr/etc, mine the running /etc, theirs the new /usr/etc, which
 * the new deployment's /etc is a copy of. Whole files; what was changed here wins, what was deleted here stays deleted.
 * Source: ostree "Handling upgrades", measured in lab-survive c.
 */
import { removeTree, makeDirectories, namesIn, writeInPieces } from '../tool-calls.ts';
import type { Procedure, Process, Status } from '../../kernel/process.ts';
import { contentKey, type Content } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import { bufferBytes } from './repository.ts';

interface ConfigurationFile {
  readonly status: Status;
  readonly content?: Content;
}

type Configuration = ReadonlyMap<string, ConfigurationFile>;

/** Carries the local changes of `/etc` of one deployment over to `/etc` of another. */
export function* mergeConfiguration(os: Process, from: string, to: string): Procedure {
  const base = yield* readTree(os, `${from}/usr/etc`);
  const mine = yield* readTree(os, `${from}/etc`);
  for (const [path, file] of mine) {
    const before = base.get(path);
    if (before !== undefined && sameFile(before, file)) continue;
    yield* carry(os, `${to}/etc${path}`, file);
  }
  for (const path of [...base.keys()].reverse()) {
    if (!mine.has(path)) yield* removeTree(os, `${to}/etc${path}`);
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

/** Equal kind, permissions, owner, target and bytes: a mere chmod counts as a change, as measured. */
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

function* carry(os: Process, to: string, file: ConfigurationFile): Procedure {
  const { status, content } = file;
  if (status.kind === 'directory') {
    yield* makeDirectories(os, to);
    yield* os.chmod(to, status.mode);
    return;
  }
  yield* makeDirectories(os, parentOf(to));
  yield* removeTree(os, to);
  if (status.target !== undefined) {
    yield* os.symlink(status.target, to);
  } else if (content !== undefined) {
    yield* writeInPieces(os, to, content, { bufferBytes, mode: status.mode });
  }
  if (status.user !== 0 || status.group !== 0) yield* os.chown(to, status.user, status.group);
}
