import { rootInode } from './live-tree.ts';
import type { Birth, Entry } from './micro-operations.ts';
import { blockBytes, pathNames, type State } from './program.ts';

/** An inode as a crash state holds it. */
export type DiskInode = {
  readonly kind: Birth['kind'];
  readonly target: string;
  mode: number;
  readonly attributes: Map<string, string>;
  readonly names: Map<string, string>;
  sizeBytes: number;
  /** Between each cut and the next, which letters may be there, sorted; `0` where nothing was written. */
  readonly cells: string[];
  /** The blocks that the file has on the disk, with the generation of each. */
  readonly blocks: Map<number, number>;
  /** Blocks with bytes in the page cache that this state took not to be written yet. */
  readonly unwritten: Set<number>;
};

/** A whole file system after a cut, while it is put together and then rendered. */
export type DiskState = {
  readonly cuts: readonly number[];
  readonly inodes: Map<string, DiskInode>;
  /** The directory that is mounted: on btrfs the default subvolume. */
  mounted: string;
};

/** A new, empty inode. */
export function bornInode(birth: Birth): DiskInode {
  return {
    kind: birth.kind,
    target: birth.target,
    mode: birth.mode,
    attributes: new Map(),
    names: new Map(),
    sizeBytes: 0,
    cells: [],
    blocks: new Map(),
    unwritten: new Set(),
  };
}

/** A file system with nothing but its root. */
export function emptyDisk(cuts: readonly number[]): DiskState {
  const root = bornInode({ kind: 'directory', mode: 0o755, target: '' });
  return { cuts, inodes: new Map([[rootInode, root]]), mounted: rootInode };
}

/** A copy of an inode that shares nothing with it. */
export function copyInode(inode: DiskInode): DiskInode {
  return {
    ...inode,
    attributes: new Map(inode.attributes),
    names: new Map(inode.names),
    cells: [...inode.cells],
    blocks: new Map(inode.blocks),
    unwritten: new Set(inode.unwritten),
  };
}

/** A copy of a state that shares nothing with it. */
export function copyDisk(disk: DiskState): DiskState {
  const inodes = new Map<string, DiskInode>();
  for (const [id, inode] of disk.inodes) inodes.set(id, copyInode(inode));
  return { cuts: disk.cuts, inodes, mounted: disk.mounted };
}

/** Puts into every cell of a range what `letters` makes of the letters that may be there so far. */
export function fillCells(
  disk: DiskState,
  inode: DiskInode,
  range: { readonly from: number; readonly to: number },
  letters: (before: string) => string,
): void {
  disk.cuts.forEach((start, position) => {
    if (start < range.from || start >= range.to) return;
    inode.cells[position] = letters(inode.cells[position] ?? '0');
  });
}

/** The union of two sets of letters. */
export function eitherLetters(one: string, other: string): string {
  return [...new Set(one + other)].sort().join('');
}

/** The content of a file in the words of the litmus schema. */
export function renderContent(disk: DiskState, inode: DiskInode): string {
  if (inode.sizeBytes === 0) return 'empty';
  const runs: { letters: string; lengthBytes: number }[] = [];
  disk.cuts.forEach((start, position) => {
    const end = Math.min(disk.cuts[position + 1] ?? Infinity, inode.sizeBytes);
    if (end <= start) return;
    const letters = inode.cells[position] ?? '0';
    const last = runs.at(-1);
    if (last?.letters === letters) last.lengthBytes += end - start;
    else runs.push({ letters, lengthBytes: end - start });
  });
  return runs
    .map(
      ({ letters, lengthBytes }) => (letters.length > 1 ? `{${letters}}` : letters) + lengthBytes,
    )
    .join('+');
}

/** The inode at a path of the mounted tree; links on the way are followed, the last one is not. */
export function lookUp(disk: DiskState, path: string): DiskInode | undefined {
  return walk(disk, disk.mounted, pathNames(path), 8);
}

function walk(
  disk: DiskState,
  from: string,
  names: readonly string[],
  linksLeft: number,
): DiskInode | undefined {
  let id = from;
  for (const [position, name] of names.entries()) {
    const next = disk.inodes.get(id)?.names.get(name);
    const inode = next === undefined ? undefined : disk.inodes.get(next);
    if (next === undefined || inode === undefined) return undefined;
    const rest = names.slice(position + 1);
    if (inode.kind === 'symlink' && rest.length > 0) {
      const start = inode.target.startsWith('/') ? disk.mounted : id;
      const onward = [...pathNames(inode.target), ...rest];
      return linksLeft === 0 ? undefined : walk(disk, start, onward, linksLeft - 1);
    }
    id = next;
  }
  return disk.inodes.get(id);
}

/** What an observer sees at each of the observed paths. */
export function renderState(
  disk: DiskState,
  observe: readonly string[],
  rootEntries: number,
): State {
  return Object.fromEntries(
    observe.map((observed) => [observed, renderPath(disk, observed, rootEntries)]),
  );
}

function renderPath(disk: DiskState, observed: string, rootEntries: number): string {
  const [path = '', question = ''] = observed.split('#');
  const inode = lookUp(disk, path);
  if (inode === undefined) return 'absent';
  if (question === 'mode') return `0o${inode.mode.toString(8)}`;
  if (question === 'n') {
    return `n${inode.names.size + (pathNames(path).length === 0 ? rootEntries : 0)}`;
  }
  if (question.startsWith('x:')) return inode.attributes.get(question.slice(2)) ?? 'noattr';
  if (inode.kind === 'directory') return 'dir';
  return inode.kind === 'symlink' ? `symlink:${inode.target}` : renderContent(disk, inode);
}

/** Sets or clears a name; a name in a directory that the state does not have is nowhere. */
export function setName(disk: DiskState, entry: Entry, inode: string | undefined): void {
  const names = disk.inodes.get(entry.directory)?.names;
  if (inode === undefined) names?.delete(entry.name);
  else names?.set(entry.name, inode);
}

/** The inode that a name has in this state. */
export function nameHolds(disk: DiskState, entry: Entry): string | undefined {
  return disk.inodes.get(entry.directory)?.names.get(entry.name);
}

/** The first offset behind a block. */
export function blockEnd(block: number): number {
  return (block + 1) * blockBytes;
}
