/**
 * How many names lead to an inode, and how many directories a directory holds. The disk does not say, so a subvolume
 * is counted through when someone asks first, and kept in step after that.
 */
import {
  absent,
  inodeIn,
  localOf,
  subvolumeOf,
  unwritten,
  type Inode,
  type Subvolume,
} from '../model/cell-table.ts';
import { FileSystemState } from '../model/file-system-state.ts';

/** Counts by local inode number. */
interface Counts {
  readonly names: Map<number, number>;
  readonly directories: Map<number, number>;
}

/** Link counts of one file system. */
export class LinkCounts {
  readonly #subvolumes = new Map<Subvolume, Counts>();

  /** Names of an inode. */
  namesOf(inode: Inode, state: FileSystemState): number {
    return this.#of(subvolumeOf(inode), state).names.get(localOf(inode)) ?? 0;
  }

  /** Directories in a directory. */
  directoriesIn(inode: Inode, state: FileSystemState): number {
    return this.#of(subvolumeOf(inode), state).directories.get(localOf(inode)) ?? 0;
  }

  #of(subvolume: Subvolume, state: FileSystemState): Counts {
    let counts = this.#subvolumes.get(subvolume);
    if (counts === undefined) {
      this.#subvolumes.set(subvolume, (counts = countNames(state, subvolume)));
    }
    return counts;
  }

  /** A name appears (1) or disappears (-1). */
  change(directory: Inode, inode: Inode, isDirectory: boolean, by: 1 | -1): void {
    const own = this.#subvolumes.get(subvolumeOf(inode));
    if (own !== undefined) add(own.names, localOf(inode), by);
    const above = this.#subvolumes.get(subvolumeOf(directory));
    if (above !== undefined && isDirectory) add(above.directories, localOf(directory), by);
  }
}

function add(counts: Map<number, number>, key: number, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** Counts one subvolume; a snapshot starts from what its source held, and only its own cells are looked at. */
function countNames(state: FileSystemState, subvolume: Subvolume): Counts {
  const { table } = state;
  const source = table.sourceOf(subvolume);
  const below = source === undefined ? undefined : new FileSystemState(table, source.cells);
  const counts: Counts =
    source === undefined || below === undefined
      ? { names: new Map(), directories: new Map() }
      : countNames(below, source.source);
  const count = (directory: Inode, inode: Inode, by: 1 | -1): void => {
    add(counts.names, localOf(inode), by);
    const isDirectory = state.attributes(inode)?.kind === 'directory';
    if (isDirectory) add(counts.directories, localOf(directory), by);
  };
  for (let cell = 0; cell < table.size; cell++) {
    const value = state.value(cell);
    const directory = table.inodeOf(cell);
    const concerned = table.kindOf(cell) === 'name' && subvolumeOf(directory) === subvolume;
    if (!concerned || value === unwritten) continue;
    if (source !== undefined && below !== undefined) {
      const before = below.lookup(inodeIn(source.source, localOf(directory)), table.nameOf(cell));
      if (before !== 0) count(directory, inodeIn(subvolume, localOf(before)), -1);
    }
    if (value !== absent) count(directory, value, 1);
  }
  return counts;
}
