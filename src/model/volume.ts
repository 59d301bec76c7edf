/** One volume of a machine: where it starts from, and everything that was done to it since. */
import { attributes, type Attributes } from './attributes.ts';
import {
  CellTable,
  inodeIn,
  localOf,
  rootOf,
  subvolumeOf,
  unwritten,
  type Cell,
  type Inode,
} from './cell-table.ts';
import type { Content } from './content.ts';
import type { VolumeId } from './device.ts';
import { liveWrites } from './effect-cells.ts';
import { FileSystemState } from './file-system-state.ts';
import type { Operation } from './operation.ts';

/** What a volume is, in words of the field. */
export interface VolumeDescription {
  readonly id: VolumeId;
  /** Name of the persistence profile: `ext4`, `btrfs`, `vfat`, `raw-slot`, … */
  readonly profile: string;
  /** What people call it: `EFI system partition`, `root`. */
  readonly label: string;
}

/** The live state of a volume, its state when the run began, and the operations between the two. */
export class Volume {
  readonly description: VolumeDescription;
  readonly table: CellTable;
  /** State when recording began: on a fresh machine, what the installer left, all durable. */
  readonly base: FileSystemState;
  /** Operations since, in order. */
  readonly operations: Operation[] = [];
  #cells: Int32Array;

  constructor(description: VolumeDescription, base: FileSystemState) {
    this.description = description;
    this.table = base.table;
    this.base = base;
    this.#cells = base.cells.slice();
  }

  /** What the running machine sees, cache included. */
  get live(): FileSystemState {
    return new FileSystemState(this.table, this.#cells);
  }

  /** Applies an operation to the live state and remembers it. */
  record(operation: Operation): void {
    for (const { cell, value } of liveWrites(this.live, operation.effect)) this.#set(cell, value);
    this.operations.push(operation);
  }

  /**
   * Bytes of a file that nobody writes change on the disk. Whatever shares them with it, such as a snapshot, changes
   * too. The file must be at rest: what this history writes to it later wins.
   */
  decay(inode: Inode, content: Content): void {
    let at = inode;
    let state = this.live;
    for (;;) {
      const cell = this.table.findContentCell(at);
      const source = this.table.sourceOf(subvolumeOf(at));
      const isOwn = cell !== undefined && state.value(cell) !== unwritten;
      if (isOwn || source === undefined) break;
      at = inodeIn(source.source, localOf(at));
      state = new FileSystemState(this.table, source.cells);
    }
    const cell = this.table.contentCell(at);
    const before = state.value(cell);
    const after = this.table.contentValue(content);
    for (const cells of [this.base.cells, this.#cells, ...this.table.frozenCells()]) {
      if (cells[cell] === before) cells[cell] = after;
    }
  }

  #set(cell: Cell, value: number): void {
    if (cell >= this.#cells.length) {
      const grown = new Int32Array(Math.max(64, cell + 1, this.#cells.length * 2));
      grown.set(this.#cells);
      this.#cells = grown;
    }
    this.#cells[cell] = value;
  }
}

/** Builds the state that an installer leaves, without going through system calls. */
export class ImageBuilder {
  readonly table: CellTable;
  #cells: Int32Array;

  constructor(table: CellTable = new CellTable()) {
    this.table = table;
    this.#cells = new Int32Array(1024);
    this.setAttributes(rootOf(0), attributes('directory'));
  }

  /** The root directory of the top level. */
  get root(): Inode {
    return rootOf(0);
  }

  #set(cell: Cell, value: number): void {
    if (cell >= this.#cells.length) {
      const grown = new Int32Array(Math.max(cell + 1, this.#cells.length * 2));
      grown.set(this.#cells);
      this.#cells = grown;
    }
    this.#cells[cell] = value;
  }

  setAttributes(inode: Inode, record: Attributes): void {
    this.#set(this.table.attributesCell(inode), this.table.attributesValue(record));
  }

  setContent(inode: Inode, content: Content): void {
    this.#set(this.table.contentCell(inode), this.table.contentValue(content));
  }

  /** A further name for an inode that exists. */
  link(directory: Inode, name: string, inode: Inode): void {
    this.#set(this.table.nameCell(directory, name), inode);
  }

  /** The inode behind a name so far, or 0. */
  lookup(directory: Inode, name: string): Inode {
    return this.state().lookup(directory, name);
  }

  /** A new inode under a name. */
  create(directory: Inode, name: string, record: Attributes, content?: Content): Inode {
    const inode = this.table.newInode(Math.floor(directory / (1 << 20)));
    this.setAttributes(inode, record);
    if (content !== undefined) this.setContent(inode, content);
    this.link(directory, name, inode);
    return inode;
  }

  /** The directory at `path` below `directory`, made with its parents where missing. No links are followed. */
  directory(directory: Inode, path: string, record: Attributes = attributes('directory')): Inode {
    let at = directory;
    for (const name of path.split('/')) {
      if (name === '') continue;
      const known = this.lookup(at, name);
      at = known === 0 ? this.create(at, name, record) : known;
    }
    return at;
  }

  /** A file at `path` below `directory`, its parents made where missing; an existing one is replaced. */
  file(directory: Inode, path: string, content: Content, record = attributes('file')): Inode {
    return this.#leaf(directory, path, record, content);
  }

  /** A symbolic link at `path` below `directory`. */
  symlink(directory: Inode, path: string, target: string): Inode {
    return this.#leaf(directory, path, { ...attributes('symlink'), target });
  }

  #leaf(directory: Inode, path: string, record: Attributes, content?: Content): Inode {
    const cut = path.lastIndexOf('/');
    const parent = cut < 0 ? directory : this.directory(directory, path.slice(0, cut));
    return this.create(parent, path.slice(cut + 1), record, content);
  }

  /** A subvolume at `path` below `directory`; returns its root directory. */
  subvolume(directory: Inode, path: string): Inode {
    const cut = path.lastIndexOf('/');
    const parent = cut < 0 ? directory : this.directory(directory, path.slice(0, cut));
    const root = rootOf(this.table.newSubvolume());
    this.setAttributes(root, attributes('directory'));
    this.link(parent, path.slice(cut + 1), root);
    return root;
  }

  setDefaultSubvolume(root: Inode): void {
    this.#set(this.table.defaultSubvolumeCell, Math.floor(root / (1 << 20)) + 1);
  }

  /** The state so far; shares its cells with the builder until the builder grows. */
  state(): FileSystemState {
    return new FileSystemState(this.table, this.#cells);
  }
}
