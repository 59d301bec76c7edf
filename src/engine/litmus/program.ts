/** Litmus programs: small lists of calls on one file system, run on the simulated kernel and recorded. */
import { Kernel } from '../../kernel/kernel.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { SimulatedProcess } from '../../kernel/simulated-process.ts';
import type { Inode } from '../../model/cell-table.ts';
import { BlobTable, overwrite, zeroBlob, type Content } from '../../model/content.ts';
import { FileSystemState } from '../../model/file-system-state.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import { blockBytes, blocksBetween, liveBlocks } from '../../persistence/file-blocks.ts';

/** One call with its words and numbers, such as `['write', 'f', 0, 4096, 'A']`. */
export type LitmusCall = readonly (string | number)[];

/** A program on one file system: what was there and durable, then what is done. */
export interface LitmusProgram {
  readonly setup: readonly LitmusCall[];
  readonly ops: readonly LitmusCall[];
}

/** A program that was run: its operations, counted call by call. */
export interface RecordedProgram {
  readonly volume: Volume;
  readonly blobs: BlobTable;
  /** Operations that belong to the first so many calls; one element more than there are calls. */
  readonly operationsAfterCall: readonly number[];
}

/** A call that the simulated kernel has no counterpart for. */
export class UnknownCall extends Error {}

const pathOf = (word: string | number | undefined): string => {
  const name = String(word ?? '').replace(/^\/+/, '');
  return `/${name}`;
};

const numberOf = (word: string | number | undefined): number => Number(word ?? 0);

/** Bytes that all are one letter. Their place does not matter, so every run of a letter starts at its first byte. */
export function letters(blobs: BlobTable, tag: string, lengthBytes: number): Content {
  const blob = blobs.intern(tag, Number.MAX_SAFE_INTEGER);
  return { sizeBytes: lengthBytes, segments: [{ blob, fromBytes: 0, lengthBytes }] };
}

type Perform = (os: SimulatedProcess, blobs: BlobTable, words: LitmusCall) => Procedure<unknown>;

function* writeAt(
  os: SimulatedProcess,
  path: string,
  offsetBytes: number,
  data: Content,
): Procedure {
  const fd = yield* os.open(path, { access: 'write', create: true }, 0o644);
  yield* os.seek(fd, offsetBytes);
  yield* os.write(fd, data);
  yield* os.close(fd);
}

function* appendTo(os: SimulatedProcess, path: string, data: Content): Procedure {
  const fd = yield* os.open(path, { access: 'write', create: true, append: true }, 0o644);
  yield* os.write(fd, data);
  yield* os.close(fd);
}

function* creat(os: SimulatedProcess, path: string): Procedure {
  yield* os.close(yield* os.open(path, { access: 'write', create: true }, 0o644));
}

function* truncateTo(os: SimulatedProcess, path: string, sizeBytes: number): Procedure {
  const fd = yield* os.open(path, { access: 'write' });
  yield* os.ftruncate(fd, sizeBytes);
  yield* os.close(fd);
}

function* fdatasync(os: SimulatedProcess, path: string): Procedure {
  const fd = yield* os.open(path, { access: 'read' });
  yield* os.fdatasync(fd);
  yield* os.close(fd);
}

function* nothing(): Procedure {
  yield;
}

const write: Perform = (os, blobs, [, path, offset, length, tag]) =>
  writeAt(os, pathOf(path), numberOf(offset), letters(blobs, String(tag), numberOf(length)));

const calls: Readonly<Record<string, Perform>> = {
  creat: (os, _, [, path]) => creat(os, pathOf(path)),
  mkdir: (os, _, [, path]) => os.mkdir(pathOf(path)),
  rmdir: (os, _, [, path]) => os.rmdir(pathOf(path)),
  symlink: (os, _, [, target, path]) => os.symlink(String(target), pathOf(path)),
  link: (os, _, [, from, to]) => os.link(pathOf(from), pathOf(to)),
  unlink: (os, _, [, path]) => os.unlink(pathOf(path)),
  rename: (os, _, [, from, to]) => os.rename(pathOf(from), pathOf(to)),
  exchange: (os, _, [, left, right]) => os.exchange(pathOf(left), pathOf(right)),
  truncate: (os, _, [, path, size]) => truncateTo(os, pathOf(path), numberOf(size)),
  chmod: (os, _, [, path, mode]) => os.chmod(pathOf(path), numberOf(mode)),
  setxattr: (os, _, [, path, name, value]) =>
    os.setExtendedAttribute(pathOf(path), String(name), String(value)),
  write,
  owrite: write,
  writetrunc: (os, blobs, [, path, length, tag]) =>
    os.writeFile(pathOf(path), letters(blobs, String(tag), numberOf(length))),
  append: (os, blobs, [, path, length, tag]) =>
    appendTo(os, pathOf(path), letters(blobs, String(tag), numberOf(length))),
  *writesync(os, blobs, words) {
    yield* write(os, blobs, words);
    yield* os.fsyncPath(pathOf(words[1]));
  },
  fsync: (os, _, [, path]) => os.fsyncPath(pathOf(path)),
  fdatasync: (os, _, [, path]) => fdatasync(os, pathOf(path)),
  syncfs: (os) => os.syncfs('/'),
  sync: (os) => os.syncfs('/'),
  // A commit of the laboratory's making, or time that passes: the states before it stay possible.
  commit: nothing,
  sleep: nothing,
  subvol: (os, _, [, path]) => os.createSubvolume(pathOf(path)),
  snapshot: (os, _, [, from, to]) => os.snapshot(pathOf(from), pathOf(to), false),
  subdelete: (os, _, [, path]) => os.deleteSubvolume(pathOf(path)),
  setdefault: (os, _, [, path]) => os.setDefaultSubvolume(pathOf(path)),
};

/** Names of the calls that there are. */
export const callNames: readonly string[] = Object.keys(calls);

interface Bench {
  readonly kernel: Kernel;
  readonly os: SimulatedProcess;
}

function benchOn(volume: Volume, blobs: BlobTable): Bench {
  const kernel = new Kernel({
    volumes: [volume],
    blobs,
    startMicroseconds: 0,
    operationIndexStart: 0,
  });
  const os = kernel.process({ user: 0, group: 0 });
  // The top level, as when it was made, whatever a program has set as the default since.
  const source = { kind: 'volume', volume: volume.description.id, subvolume: '/' } as const;
  finish({ kernel, os }, os.mount({ mountPoint: '/', source, readOnly: false }));
  return { kernel, os };
}

function finish({ kernel, os }: Bench, procedure: Procedure<unknown>): void {
  kernel.start(os, procedure);
  kernel.run();
}

/** Bytes of a file of a program; more would have more blocks than anybody enumerates. */
const fileBytesMax = 64 * 1024 * 1024;

/** Calls whose words behind the path are numbers, with how many. */
const numbersOf: Readonly<Record<string, number>> = {
  write: 2,
  owrite: 2,
  writesync: 2,
  writetrunc: 1,
  append: 1,
  truncate: 1,
  chmod: 1,
};

/** The sizes and places in bytes that a call names. */
export function bytesNamed([name, , ...rest]: LitmusCall): readonly number[] {
  const count = name === 'chmod' ? 0 : (numbersOf[String(name)] ?? 0);
  return rest.slice(0, count).map(Number);
}

/** Throws {@link UnknownCall} for words that the call cannot have. */
function assertWords([name, path, ...rest]: LitmusCall): void {
  if (name === undefined) throw new UnknownCall('without a name');
  const numbers = numbersOf[String(name)] ?? 0;
  if (numbers > 0 && path === undefined) throw new UnknownCall(`${String(name)} without a path`);
  for (const word of rest.slice(0, numbers)) {
    const isFit = Number.isSafeInteger(Number(word)) && Number(word) >= 0;
    if (!isFit || Number(word) > fileBytesMax) {
      throw new UnknownCall(`${String(name)} with ${String(word)} where a size or place is due`);
    }
  }
}

function perform(bench: Bench, blobs: BlobTable, call: LitmusCall): void {
  assertWords(call);
  const name = String(call[0]);
  const performed = Object.hasOwn(calls, name) ? calls[name] : undefined;
  if (performed === undefined) throw new UnknownCall(name);
  finish(bench, performed(bench.os, blobs, call));
}

/** Runs a program. Throws {@link UnknownCall} for a call that is not modelled, and what the kernel refuses. */
export function recordProgram(program: LitmusProgram, profile: string): RecordedProgram {
  const blobs = new BlobTable();
  const before = prepared(program, profile, blobs);
  const volume = restarted(before, blobs);
  const bench = benchOn(volume, blobs);
  const operationsAfterCall = [0];
  for (const call of program.ops) {
    perform(bench, blobs, call);
    operationsAfterCall.push(volume.operations.length);
  }
  return { volume, blobs, operationsAfterCall };
}

function prepared(program: LitmusProgram, profile: string, blobs: BlobTable): Volume {
  const description = { id: 'disk', profile, label: 'disk' };
  const volume = new Volume(description, new ImageBuilder().state());
  const bench = benchOn(volume, blobs);
  for (const call of program.setup) perform(bench, blobs, call);
  return volume;
}

/** What was set up is durable, and its history is over. */
function restarted(volume: Volume, blobs: BlobTable): Volume {
  const cells = volume.live.cells.slice();
  const { table } = volume;
  for (const inode of writtenInodes(volume)) {
    const blocks = liveBlocks(volume, inode, volume.operations.length);
    const content = withWrittenZeros(volume.live.content(inode), blocks, blobs);
    cells[table.contentCell(inode)] = table.contentValue(content);
  }
  return new Volume(volume.description, new FileSystemState(table, cells));
}

function writtenInodes({ operations }: Volume): ReadonlySet<Inode> {
  return new Set(
    operations.flatMap(({ effect }) => (effect.kind === 'write' ? [effect.inode] : [])),
  );
}

/** Zeros in blocks that a file has are bytes like others; only those in no block are a hole. */
function withWrittenZeros(
  content: Content,
  blocks: ReadonlySet<number>,
  blobs: BlobTable,
): Content {
  let result = content;
  let at = 0;
  for (const { blob, lengthBytes } of content.segments) {
    for (const block of blob === zeroBlob ? blocksBetween(at, at + lengthBytes) : []) {
      if (!blocks.has(block)) continue;
      const from = Math.max(at, block * blockBytes);
      const to = Math.min(at + lengthBytes, (block + 1) * blockBytes);
      result = overwrite(result, from, letters(blobs, '0', to - from));
    }
    at += lengthBytes;
  }
  return result;
}
