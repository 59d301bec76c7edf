/** The repository at work: transactions, objects, refs. Order of calls: recorded `syscalls-ostree`. */
import type { Work } from '../backend.ts';
import { makeDirectories, namesIn, removeTree, writeInPieces } from '../tool-calls.ts';
import { unpackMicroseconds } from '../tool-cost.ts';
import { textContent } from '../machine-files.ts';
import { SystemError, type Procedure, type Process } from '../../kernel/process.ts';
import { allocatedBytes } from '../../model/space.ts';
import { parentOf } from '../../model/path.ts';
import type { CommitTree, RepositoryObject } from './commit-tree.ts';
import { followedRef, objectPath, repository } from './names.ts';

/** The buffer that ostree copies with. Source: GLib's splice buffer; recorded, 363 writes for 86 objects. */
export const bufferBytes = 8192;

const objects = `${repository}/objects`;
const staging = `${repository}/tmp/staging`;

/** How a server packs objects: zlib, as gzip. Source: https://ostreedev.github.io/ostree/formats/, `archive`. */
const compression = 'gzip';

/** What ostree does before its first write: recorded, 138 ms pass until then. */
const resolveMicroseconds = 120_000;

/** Fetches what the repository lacks of a commit, then moves the followed ref. */
export function* pull(work: Work, tree: CommitTree): Procedure {
  const { os } = work;
  os.stage('pull the new version', {
    note: 'Objects go to a staging directory: nothing that exists is changed.',
  });
  yield* os.compute(resolveMicroseconds);
  yield* discardLeftovers(os);
  const known = yield* knownObjects(os);
  const missing = tree.objects.filter(({ name }) => !known.has(name));
  yield* touch(os, `${repository}/.lock`);
  yield* beginTransaction(os);
  const partial = `${repository}/state/${tree.commit}.commitpartial`;
  yield* touch(os, partial);
  yield* assertRoom(os, missing);
  yield* stageObjects(os, missing);
  yield* commitTransaction(os, missing);
  yield* writeRef(work, followedRef, tree.commit);
  yield* os.unlink(partial);
}

/** Writes a tree that was put together on this machine as a commit; objects that are there already are not written. */
export function* writeCommit({ os }: Work, tree: CommitTree): Procedure {
  os.stage('rebuild the tree from its base', {
    note: 'Always from scratch: the base, then every change that the origin lists. What exists is not touched.',
  });
  const known = yield* knownObjects(os);
  const missing = tree.objects.filter(({ name }) => !known.has(name));
  yield* beginTransaction(os);
  yield* stageObjects(os, missing);
  yield* commitTransaction(os, missing);
}

/** A transaction that adds no object: it still syncs, as recorded. */
export function* emptyTransaction(os: Process): Procedure {
  yield* beginTransaction(os);
  yield* commitTransaction(os, []);
}

/** Opens a file that only has to be there. */
export function* touch(os: Process, path: string): Procedure {
  yield* os.close(yield* os.open(path, { access: 'write', create: true }));
}

function* discardLeftovers(os: Process): Procedure {
  for (const name of yield* namesIn(os, `${repository}/tmp`)) {
    yield* removeTree(os, `${repository}/tmp/${name}`);
  }
}

/** Names of the objects that the repository holds; an object counts by its name alone, as in `ostree pull`. */
export function* knownObjects(os: Process): Procedure<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const shard of yield* namesIn(os, objects)) {
    for (const name of yield* os.readdir(`${objects}/${shard}`)) known.add(`${shard}${name}`);
  }
  return known;
}

function* beginTransaction(os: Process): Procedure {
  yield* os.mkdir(staging);
  yield* touch(os, `${staging}-lock`);
}

/** Share of the file system that ostree keeps free. Source: ostree.repo-config(5), `min-free-space-percent`. */
const minimumFreePercent = 3;

/**
 * Refuses to go on where the objects would leave less than 3 % of the file system free. The real pull counts down while
 * it writes and stops at the object that would be too much; here it counts first, and writes nothing.
 */
function* assertRoom(os: Process, missing: readonly RepositoryObject[]): Procedure {
  const space = os.freeSpace === undefined ? undefined : yield* os.freeSpace(repository);
  if (space === undefined) return;
  const sizes = missing.flatMap((one) => (one.target === undefined ? [one.content.sizeBytes] : []));
  const requested = sizes.reduce((sum, sizeBytes) => sum + allocatedBytes(sizeBytes), 0);
  const reserved = (space.sizeBytes * minimumFreePercent) / 100;
  if (space.freeBytes - requested >= reserved) return;
  const megabytes = (requested / 1_000_000).toFixed(1);
  const words = `error: min-free-space-percent '${String(minimumFreePercent)}%' would be exceeded, at least ${megabytes} MB requested`;
  os.print(words, 'error');
  throw new SystemError('ENOSPC', 'write', staging);
}

function* stageObjects(os: Process, missing: readonly RepositoryObject[]): Procedure {
  const shards = new Set<string>();
  for (const object of missing) {
    const path = `${staging}/${objectPath(object.name)}`;
    const shard = parentOf(path);
    if (!shards.has(shard)) yield* os.mkdir(shard);
    shards.add(shard);
    if (object.target !== undefined) yield* os.symlink(object.target, path);
    else {
      yield* os.compute(unpackMicroseconds(compression, object.content.sizeBytes));
      yield* writeInPieces(os, path, object.content, { bufferBytes, mode: object.mode });
    }
  }
}

/** One syncfs for all data, then the names: rename into place, fsync each directory of objects that there is. */
function* commitTransaction(os: Process, added: readonly RepositoryObject[]): Procedure {
  yield* os.syncfs(`${repository}/tmp`);
  const shards = new Set(yield* namesIn(os, objects));
  const staged = new Set(added.map(({ name }) => name.slice(0, 2)));
  for (const { name } of added) {
    const path = `${objects}/${objectPath(name)}`;
    if (!shards.has(name.slice(0, 2))) yield* os.mkdir(parentOf(path));
    shards.add(name.slice(0, 2));
    yield* os.rename(`${staging}/${objectPath(name)}`, path);
  }
  for (const shard of [...shards].sort()) yield* os.fsyncPath(`${objects}/${shard}`);
  yield* os.fsyncPath(objects);
  for (const shard of staged) yield* os.rmdir(`${staging}/${shard}`);
  yield* os.rmdir(staging);
  yield* os.unlink(`${staging}-lock`);
}

/** Writes a ref: a file without a name, fdatasync, then its name over the old one. */
export function* writeRef({ os, brief }: Work, ref: string, commit: string): Procedure {
  const path = `${repository}/refs/heads/${ref}`;
  yield* makeDirectories(os, parentOf(path));
  const content = textContent(brief.blobs, `${commit}\n`);
  const temporary = `${parentOf(path)}/.tmp-ref`;
  yield* writeInPieces(os, temporary, content, { bufferBytes, sync: 'fdatasync' });
  yield* os.rename(temporary, path);
}

/** Removes objects that none of the remaining commits needs. */
export function* prune(os: Process, remaining: readonly CommitTree[]): Procedure {
  const needed = new Set(remaining.flatMap((tree) => tree.objects.map(({ name }) => name)));
  for (const name of yield* knownObjects(os)) {
    if (!needed.has(name)) yield* os.unlink(`${objects}/${objectPath(name)}`);
  }
}
