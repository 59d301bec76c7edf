/**
 * A state: one value per cell. Reading a cell of a snapshot that was never written reads through to its source.
 */
import type { Attributes } from './attributes.ts';
import {
  absent,
  emptyDirectoryLocalInode,
  inodeIn,
  localOf,
  rootLocalInode,
  rootOf,
  subvolumeOf,
  unwritten,
  type Cell,
  type CellTable,
  type Inode,
  type Subvolume,
} from './cell-table.ts';
import { attributes as record } from './attributes.ts';
import { emptyContent, type Content } from './content.ts';
import type { DirectoryEntry, FileSystemView } from './file-system-view.ts';
import { localInodeCountMax } from './limits.ts';

const emptyDirectory: Attributes = record('directory', 0o755);

/** One state of one file system over its table; `cells` may be shorter than the table, the rest is unwritten. */
export class FileSystemState implements FileSystemView {
  readonly table: CellTable;
  readonly cells: Int32Array;

  constructor(table: CellTable, cells: Int32Array) {
    this.table = table;
    this.cells = cells;
  }

  /** The raw value of a cell, without reading through. Every read passes here, so a subclass can note it. */
  value(cell: Cell): number {
    return this.cells[cell] ?? unwritten;
  }

  get defaultSubvolume(): Subvolume {
    return Math.max(0, this.value(this.table.defaultSubvolumeCell) - 1);
  }

  get root(): Inode {
    return rootOf(this.defaultSubvolume);
  }

  lookup(directory: Inode, name: string): Inode {
    const cell = this.table.findNameCell(directory, name);
    const value = cell === undefined ? unwritten : this.value(cell);
    if (value === absent) return 0;
    if (value !== unwritten) return value;
    const below = this.#below(directory);
    return below === undefined ? 0 : seenFrom(directory, below.state.lookup(below.inode, name));
  }

  list(directory: Inode): readonly DirectoryEntry[] {
    const names = new Map<string, Inode>();
    const below = this.#below(directory);
    if (below !== undefined) {
      for (const entry of below.state.list(below.inode)) {
        names.set(entry.name, seenFrom(directory, entry.inode));
      }
    }
    for (const [name, cell] of this.table.namesIn(directory)) {
      const value = this.value(cell);
      if (value === absent) names.delete(name);
      else if (value !== unwritten) names.set(name, value);
    }
    return [...names]
      .map(([name, inode]) => ({ name, inode }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  attributes(inode: Inode): Attributes | undefined {
    if (localOf(inode) === emptyDirectoryLocalInode) return emptyDirectory;
    const cell = this.table.findAttributesCell(inode);
    const value = cell === undefined ? unwritten : this.value(cell);
    if (value !== unwritten) return this.table.attributes(value);
    const below = this.#below(inode);
    return below?.state.attributes(below.inode);
  }

  content(inode: Inode): Content {
    const cell = this.table.findContentCell(inode);
    const value = cell === undefined ? unwritten : this.value(cell);
    if (value !== unwritten) return this.table.content(value);
    const below = this.#below(inode);
    return below === undefined ? emptyContent : below.state.content(below.inode);
  }

  #below(inode: Inode): { readonly state: FileSystemState; readonly inode: Inode } | undefined {
    const source = this.table.sourceOf(subvolumeOf(inode));
    if (source === undefined) return undefined;
    return {
      state: new FileSystemState(this.table, source.cells),
      inode: inodeIn(source.source, localOf(inode)),
    };
  }
}

/**
 * How an inode of the source looks inside its snapshot: the same number in the snapshot; a nested subvolume is an
 * empty directory, because snapshots are not recursive. Source: measured, btrfs-progs 6.2 (systems.md M10).
 */
function seenFrom(directory: Inode, inode: Inode): Inode {
  if (inode === 0) return 0;
  const subvolume = subvolumeOf(directory);
  const nested = localOf(inode) === rootLocalInode && inode >= localInodeCountMax;
  return inodeIn(subvolume, nested ? emptyDirectoryLocalInode : localOf(inode));
}
