/**
 * Everything a file system holds, as dense integer cells. Each (directory, name) ever seen is a cell, and so are the
 * content and the attributes of each inode ever seen; the value of a cell is an inode number or an interned record.
 * A state is then a flat Int32Array, history a list of (cell, value), a branch a flat copy. The prototypes measured
 * this against tries and persistent maps: it was 10 to 100 times faster and smaller.
 */
import type { Attributes } from './attributes.ts';
import { contentKey, emptyContent, type Content } from './content.ts';
import { localInodeCountMax, subvolumeCountMax } from './limits.ts';
import { assert } from './lab-error.ts';

/** Number of a cell in its table. */
export type Cell = number;

/** An inode: subvolume × 2^20 + local number; 0 is "no inode". Local numbers start at 2. */
export type Inode = number;

/** A subvolume's number; 0 is the top level, and the only one on file systems without subvolumes. */
export type Subvolume = number;

/** Value of a cell that was never written: absent, or, inside a snapshot, whatever the source held. */
export const unwritten = 0;

/** Value of a name cell whose name was removed. */
export const absent = -1;

/** Local number of a subvolume's root directory. */
export const rootLocalInode = 2;

/** Local number of the empty directory that a nested subvolume looks like inside a snapshot. */
export const emptyDirectoryLocalInode = 1;

/** What a cell describes. */
export type CellKind = 'name' | 'content' | 'attributes' | 'default-subvolume';

/** Where a subvolume came from: the cells of its source when the snapshot was taken. */
export interface SnapshotSource {
  readonly source: Subvolume;
  readonly cells: Int32Array;
}

/** The subvolume part of an inode number. */
export const subvolumeOf = (inode: Inode): Subvolume => Math.floor(inode / localInodeCountMax);

/** The local part of an inode number. */
export const localOf = (inode: Inode): number => inode % localInodeCountMax;

/** The inode with this local number in this subvolume. */
export const inodeIn = (subvolume: Subvolume, local: number): Inode =>
  subvolume * localInodeCountMax + local;

/** The root directory of a subvolume. */
export const rootOf = (subvolume: Subvolume): Inode => inodeIn(subvolume, rootLocalInode);

/** The cells and interned records of one file system; it only grows, so every state stays readable. */
export class CellTable {
  readonly #kinds: CellKind[] = ['default-subvolume'];
  readonly #inodes: Inode[] = [0];
  readonly #names: string[] = [''];
  readonly #directories = new Map<Inode, Map<string, Cell>>();
  readonly #contentCells = new Map<Inode, Cell>();
  readonly #attributeCells = new Map<Inode, Cell>();
  readonly #contents: (Content | (() => Content))[] = [emptyContent, emptyContent];
  /** Values of contents that are worked out again when they are read later, and those that were read last. */
  readonly #fleeting = new Set<number>();
  readonly #kept: { readonly value: number; readonly content: Content }[] = [];
  readonly #contentIds = new Map<string, number>([['', 1]]);
  readonly #attributes: (Attributes | undefined)[] = [undefined];
  readonly #attributeIds = new Map<string, number>();
  readonly #sources = new Map<Subvolume, SnapshotSource>();
  #localNext = rootLocalInode + 1;
  #subvolumeNext = 1;

  /** The cell that names the default subvolume; its value is the subvolume's number plus one. */
  readonly defaultSubvolumeCell: Cell = 0;

  /** How many cells there are. */
  get size(): number {
    return this.#kinds.length;
  }

  /** A fresh inode number in `subvolume`; numbers are never used again, so a crash state stays unambiguous. */
  newInode(subvolume: Subvolume): Inode {
    assert(this.#localNext < localInodeCountMax, 'out of inode numbers');
    return inodeIn(subvolume, this.#localNext++);
  }

  /** A fresh subvolume, empty or, with a source, reading through to what the source held. */
  newSubvolume(source?: SnapshotSource): Subvolume {
    assert(this.#subvolumeNext < subvolumeCountMax, 'out of subvolume numbers');
    const subvolume = this.#subvolumeNext++;
    if (source !== undefined) this.#sources.set(subvolume, source);
    return subvolume;
  }

  /** Where a subvolume reads through to, if it is a snapshot. */
  sourceOf(subvolume: Subvolume): SnapshotSource | undefined {
    return this.#sources.get(subvolume);
  }

  /** Whether some snapshot of a subvolume reads through to this value of a cell. */
  wasFrozenWith(subvolume: Subvolume, cell: Cell, value: number): boolean {
    for (const { source, cells } of this.#sources.values()) {
      if (source === subvolume && cells[cell] === value) return true;
    }
    return false;
  }

  /** The cells that snapshots read through to. */
  frozenCells(): readonly Int32Array[] {
    return [...this.#sources.values()].map(({ cells }) => cells);
  }

  #add(kind: CellKind, inode: Inode, name: string): Cell {
    const cell = this.#kinds.length;
    this.#kinds.push(kind);
    this.#inodes.push(inode);
    this.#names.push(name);
    return cell;
  }

  /** The cell of a name in a directory, interned at first use. */
  nameCell(directory: Inode, name: string): Cell {
    let names = this.#directories.get(directory);
    if (names === undefined) this.#directories.set(directory, (names = new Map<string, Cell>()));
    let cell = names.get(name);
    if (cell === undefined) names.set(name, (cell = this.#add('name', directory, name)));
    return cell;
  }

  /** The cell of a name, if anyone ever wrote it. */
  findNameCell(directory: Inode, name: string): Cell | undefined {
    return this.#directories.get(directory)?.get(name);
  }

  /** Every name ever written in a directory, with its cell. */
  namesIn(directory: Inode): ReadonlyMap<string, Cell> {
    return this.#directories.get(directory) ?? noNames;
  }

  /** The content cell of an inode, interned at first use. */
  contentCell(inode: Inode): Cell {
    let cell = this.#contentCells.get(inode);
    if (cell === undefined) this.#contentCells.set(inode, (cell = this.#add('content', inode, '')));
    return cell;
  }

  /** The attribute cell of an inode, interned at first use. */
  attributesCell(inode: Inode): Cell {
    let cell = this.#attributeCells.get(inode);
    if (cell === undefined) {
      this.#attributeCells.set(inode, (cell = this.#add('attributes', inode, '')));
    }
    return cell;
  }

  /** The content cell of an inode, if one was ever written. */
  findContentCell(inode: Inode): Cell | undefined {
    return this.#contentCells.get(inode);
  }

  /** The attribute cell of an inode, if one was ever written. */
  findAttributesCell(inode: Inode): Cell | undefined {
    return this.#attributeCells.get(inode);
  }

  /** What a cell describes. */
  kindOf(cell: Cell): CellKind {
    return this.#kinds[cell] ?? 'name';
  }

  /** The directory of a name cell, the inode of any other. */
  inodeOf(cell: Cell): Inode {
    return this.#inodes[cell] ?? 0;
  }

  /** The name of a name cell. */
  nameOf(cell: Cell): string {
    return this.#names[cell] ?? '';
  }

  /** The value of a content cell that holds this content. */
  contentValue(content: Content): number {
    const key = contentKey(content);
    let id = this.#contentIds.get(key);
    if (id === undefined) {
      id = this.#contents.length;
      this.#contents.push(content);
      this.#contentIds.set(key, id);
    }
    return id;
  }

  /**
   * A value of its own for a content that is worked out when somebody reads it. Its bytes may be those of another value:
   * for contents of which there are thousands and hardly one is read. Of `fleeting` ones only a few that were read last
   * are kept.
   */
  derivedContentValue(derive: () => Content, kept: 'for good' | 'fleeting' = 'for good'): number {
    const value = this.#contents.push(derive) - 1;
    if (kept === 'fleeting') this.#fleeting.add(value);
    return value;
  }

  /** The content behind a value; unwritten reads as empty. */
  content(value: number): Content {
    const known = this.#contents[Math.max(0, value)] ?? emptyContent;
    if (typeof known !== 'function') return known;
    const place = this.#fleeting.has(value) ? value % fleetingKeptCount : -1;
    const kept = this.#kept[place];
    if (kept?.value === value) return kept.content;
    const derived = known();
    if (place < 0) this.#contents[value] = derived;
    else this.#kept[place] = { value, content: derived };
    return derived;
  }

  /** The value of an attribute cell that holds this record. */
  attributesValue(record: Attributes): number {
    const key = `${record.kind} ${String(record.mode)} ${String(record.user)} ${String(record.group)} ${record.immutable === true ? 'i' : ''}${record.readOnlySubvolume === true ? 'r' : ''} ${record.target ?? ''} ${record.extended === undefined ? '' : JSON.stringify(record.extended)}`;
    let id = this.#attributeIds.get(key);
    if (id === undefined) {
      id = this.#attributes.length;
      this.#attributes.push(record);
      this.#attributeIds.set(key, id);
    }
    return id;
  }

  /** The record behind a value, or undefined for an inode that does not exist in this state. */
  attributes(value: number): Attributes | undefined {
    return this.#attributes[Math.max(0, value)];
  }
}

/** Whoever judges a disk reads a content a few times, and then the next one. */
const fleetingKeptCount = 16;

const noNames: ReadonlyMap<string, Cell> = new Map();
