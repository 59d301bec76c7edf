/**
 * What is stored on a machine at an instant: every file of every volume, as the usual order of writing leaves it on the
 * disk, held against what the machine had before the step and what it sees. A directory without files is not listed.
 */
import {
  inodeIn,
  localOf,
  rootLocalInode,
  rootOf,
  subvolumeOf,
  type Inode,
} from '../model/cell-table.ts';
import { slice, type BlobTable, type Content } from '../model/content.ts';
import { sameContent } from '../model/expected-file.ts';
import { FileSystemState } from '../model/file-system-state.ts';
import { CellHistory } from '../persistence/cell-history.ts';
import type { VolumeWindow } from '../persistence/explorer.ts';
import {
  storedStates,
  waitingFlag,
  type StoredBlock,
  type StoredListing,
  type StoredState,
  type StoredVolume,
} from '../model/stored-listing.ts';
import { StoredOwners } from './stored-owners.ts';
import { partAt, volumeLabel } from './stored-parts.ts';
import { isWaiting, stateOnDisk, type NamedInodes, type VolumeStates } from './stored-state.ts';
import { machineInstant, type StudiedDisks } from './studied-disks.ts';

/** How a volume moves, on the disk and in the eyes of the machine; and where it stood when the step began. */
interface VolumeHistory {
  readonly window: VolumeWindow;
  readonly disk: CellHistory;
  readonly memory: CellHistory;
  readonly before: FileSystemState;
}

/** A machine's disks, to be looked into at any instant of the step. */
export class StoredFiles {
  readonly #studied: StudiedDisks;
  readonly #histories: readonly VolumeHistory[];
  readonly #owners: StoredOwners;

  constructor(studied: StudiedDisks) {
    this.#studied = studied;
    this.#owners = new StoredOwners(studied.release, studied.blobs);
    this.#histories = studied.windows.map((window) => historyOf(window, studied.startMicroseconds));
  }

  /** Everything stored at an instant, counted from the start of the step. */
  at(instantMicroseconds: number): StoredListing {
    const instant = machineInstant(this.#studied, instantMicroseconds);
    const { blobs } = this.#studied;
    const volumes = this.#histories.map((history) => {
      const states = statesAt(history, instant, blobs);
      const { profile } = history.window.compiled;
      const rows = new VolumeRows(history.window.volume, this.#owners);
      if (profile.metadataOrder === 'blocks') rows.addImage(states);
      else rows.addTree(states);
      return rows.volume(profile.label);
    });
    return { owners: [...this.#owners.names], volumes };
  }
}

function historyOf(window: VolumeWindow, startMicroseconds: number): VolumeHistory {
  const { compiled, likely } = window;
  const called = Float64Array.from(
    { length: compiled.count },
    (_, micro) => compiled.operations[compiled.operationOf[micro] ?? 0]?.startMicroseconds ?? 0,
  );
  const memory = new CellHistory(compiled, called);
  // The step begins with the first call at its start, so what is called then is not from before.
  memory.seek(startMicroseconds - 1);
  const before = new FileSystemState(compiled.base.table, memory.cells.slice());
  const disk = new CellHistory(compiled, likely.durableMicroseconds);
  return { window, disk, memory, before };
}

function statesAt(
  { window, disk, memory, before }: VolumeHistory,
  instant: number,
  blobs: BlobTable,
): VolumeStates {
  const { compiled } = window;
  const until = Math.min(instant, Number.MAX_SAFE_INTEGER);
  memory.seek(until);
  disk.seek(until);
  const { table } = compiled.base;
  const seen = new FileSystemState(table, memory.cells);
  const later = compiled.operations.findIndex(
    ({ startMicroseconds }) => startMicroseconds > instant,
  );
  return {
    before,
    memory: seen,
    disk: new FileSystemState(table, disk.cells),
    compiled,
    issued: later < 0 ? compiled.operations.length : later,
    blobs,
  };
}

/** Into so many parts an image is cut; each is shown like a file. */
const imagePartCount = 64;

/** Collects the files of one volume. */
class VolumeRows {
  readonly #id: string;
  readonly #owners: StoredOwners;
  readonly #blocks: StoredBlock[];
  readonly #paths: string[] = [];
  readonly #blockOf: number[] = [];
  readonly #ownerOf: number[] = [];
  readonly #sizes: number[] = [];
  readonly #stateOf: number[] = [];
  /** Every inode that has a name on the disk. */
  readonly #named = new Set<Inode>();
  /** Files whose name is only in memory, with their inodes there; told when all names on the disk are known. */
  readonly #missing: (readonly [row: number, inode: Inode])[] = [];

  constructor(id: string, owners: StoredOwners) {
    this.#id = id;
    this.#owners = owners;
    this.#blocks = [{ kind: 'volume', label: volumeLabel(id), parent: -1 }];
  }

  addTree(states: VolumeStates): void {
    const top = rootOf(0);
    this.#folder(states, '', { before: top, memory: top, disk: top }, 0);
    // A file that was there before and has lost its only name is lost; a new one only waits.
    for (const [row, inode] of this.#missing) {
      const isOld = states.before.attributes(inode) !== undefined && !this.#named.has(inode);
      if (isOld) this.#setState(row, 'lost', true);
    }
  }

  #folder(states: VolumeStates, path: string, inodes: NamedInodes, block: number): void {
    const { before, memory, disk } = states;
    const names = new Set<string>();
    for (const { name } of disk.list(inodes.disk)) names.add(name);
    for (const { name } of memory.list(inodes.memory)) names.add(name);
    for (const name of [...names].sort()) {
      const here = `${path}/${name}`;
      const found = {
        before: before.lookup(inodes.before, name),
        memory: memory.lookup(inodes.memory, name),
        disk: disk.lookup(inodes.disk, name),
      };
      this.#entry(states, here, found, block);
    }
  }

  #entry(states: VolumeStates, path: string, found: NamedInodes, block: number): void {
    const { before, memory, disk } = states;
    const onDisk = found.disk === 0 ? undefined : disk.attributes(found.disk)?.kind;
    const seen = found.memory === 0 ? undefined : memory.attributes(found.memory)?.kind;
    const isFile = (onDisk ?? 'directory') !== 'directory' || (seen ?? 'directory') !== 'directory';
    if (isFile) this.#file(states, path, found, block);
    if (onDisk !== 'directory' && seen !== 'directory') return;
    const inodes = {
      before: directoryBefore(before, found),
      memory: seen === 'directory' ? found.memory : 0,
      disk: onDisk === 'directory' ? found.disk : 0,
    };
    const part = partAt(path, inodes.disk || inodes.memory, this.#blocks[block]?.kind ?? 'volume');
    const inner = part === undefined ? block : this.#blocks.push({ ...part, parent: block }) - 1;
    this.#folder(states, path, inodes, inner);
  }

  #file(states: VolumeStates, path: string, found: NamedInodes, block: number): void {
    const { before, memory, disk } = states;
    const isOnDisk = found.disk !== 0 && disk.attributes(found.disk)?.kind !== 'directory';
    const content = isOnDisk ? disk.content(found.disk) : memory.content(found.memory);
    const later = isOnDisk ? memory.content(found.disk) : content;
    const owner = this.#owners.of(path, [content, later, before.content(found.before)]);
    const row = this.#add(path.slice(1), block, owner, content.sizeBytes);
    if (isOnDisk) {
      this.#named.add(found.disk);
      this.#setState(row, stateOnDisk(states, found), isWaiting(states, found));
    } else {
      const wasThere = found.before !== 0;
      this.#setState(row, wasThere ? 'lost' : 'memory', true);
      if (!wasThere) this.#missing.push([row, found.memory]);
    }
  }

  /** A volume without files: the parts of its image, each as it is. */
  addImage({ before, memory, disk }: VolumeStates): void {
    const top = rootOf(0);
    const images = [before, memory, disk].map((state) => state.content(top));
    const size = Math.max(...images.map(({ sizeBytes }) => sizeBytes));
    const step = Math.max(4096, Math.ceil(size / imagePartCount / 4096) * 4096);
    for (let from = 0, part = 1; from < size; from += step, part++) {
      const to = Math.min(size, from + step);
      const cut = (content: Content | undefined): Content =>
        slice(
          content ?? nothing,
          Math.min(from, content?.sizeBytes ?? 0),
          Math.min(to, content?.sizeBytes ?? 0),
        );
      const [old, seen, stored] = [cut(images[0]), cut(images[1]), cut(images[2])];
      const owner = this.#owners.of('', [stored, seen]);
      const row = this.#add(`part ${String(part).padStart(2, '0')}`, 0, owner, to - from);
      this.#setState(row, imageState(old, seen, stored), !sameContent(seen, stored));
    }
  }

  #add(path: string, block: number, owner: number, sizeBytes: number): number {
    this.#blockOf.push(block);
    this.#ownerOf.push(owner);
    this.#sizes.push(sizeBytes);
    this.#stateOf.push(0);
    return this.#paths.push(path) - 1;
  }

  #setState(row: number, state: StoredState, waits: boolean): void {
    this.#stateOf[row] = storedStates.indexOf(state) + (waits ? waitingFlag : 0);
  }

  volume(fileSystem: string): StoredVolume {
    return {
      id: this.#id,
      label: volumeLabel(this.#id),
      fileSystem,
      blocks: this.#blocks,
      paths: this.#paths.join('\n'),
      blockOf: Uint16Array.from(this.#blockOf),
      ownerOf: Uint16Array.from(this.#ownerOf),
      sizeBytes: Float64Array.from(this.#sizes),
      stateOf: Uint8Array.from(this.#stateOf),
    };
  }
}

const nothing: Content = { sizeBytes: 0, segments: [] };

function imageState(old: Content, seen: Content, stored: Content): StoredState {
  if (sameContent(stored, old)) {
    // Nothing there before and nothing yet: what is to be written waits.
    return stored.sizeBytes === 0 && seen.sizeBytes > 0 ? 'memory' : 'before';
  }
  if (sameContent(stored, seen)) return 'updated';
  return stored.sizeBytes === 0 ? 'empty' : 'torn';
}

/** A new snapshot is held against what its source was. */
function directoryBefore(
  before: FileSystemState,
  { before: known, memory, disk }: NamedInodes,
): Inode {
  if (known !== 0) return before.attributes(known)?.kind === 'directory' ? known : 0;
  const inode = disk === 0 ? memory : disk;
  if (localOf(inode) !== rootLocalInode) return 0;
  const source = before.table.sourceOf(subvolumeOf(inode));
  return source === undefined ? 0 : inodeIn(source.source, rootLocalInode);
}
