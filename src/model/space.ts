/**
 * What a file system's files take on the disk, in whole blocks: hard links once, and what a snapshot shares with its
 * source once. A file that is rewritten in part counts whole where a snapshot holds its older content; what a file
 * system keeps for itself (inodes, checksums, journals, copies of metadata) is not counted.
 */
import { inodeIn, localOf, rootOf, subvolumeOf, unwritten, type Inode } from './cell-table.ts';
import { FileSystemState } from './file-system-state.ts';

/** Bytes of one block. Source: mke2fs(8), mkfs.xfs(8), mkfs.btrfs(8): 4096 is what all three choose on a disk of today. */
export const blockBytes = 4096;

/** Bytes on the disk of a file with this size. */
export function allocatedBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / blockBytes) * blockBytes;
}

/** Where the content of an inode was written, and how long it is: equal keys are the same blocks. */
interface Extent {
  readonly key: string;
  readonly sizeBytes: number;
}

function extentOf(state: FileSystemState, inode: Inode): Extent | undefined {
  const { table } = state;
  const cell = table.findContentCell(inode);
  const value = cell === undefined ? unwritten : state.value(cell);
  if (value !== unwritten) {
    return { key: `${String(inode)}:${String(value)}`, sizeBytes: table.content(value).sizeBytes };
  }
  const source = table.sourceOf(subvolumeOf(inode));
  if (source === undefined) return undefined;
  const below = new FileSystemState(table, source.cells);
  return extentOf(below, inodeIn(source.source, localOf(inode)));
}

/** Bytes that the files of a file system take. A directory takes a block, on btrfs none of its own. */
export function usedBytes(state: FileSystemState, profile: string): number {
  const directoryBytes = profile === 'btrfs' ? 0 : blockBytes;
  const extents = new Set<string>();
  const seen = new Set<Inode>();
  const open: Inode[] = [rootOf(0)];
  let bytes = 0;
  for (let inode = open.pop(); inode !== undefined; inode = open.pop()) {
    if (seen.has(inode)) continue;
    seen.add(inode);
    const kind = state.attributes(inode)?.kind;
    if (kind === 'directory') {
      bytes += directoryBytes;
      for (const entry of state.list(inode)) open.push(entry.inode);
      continue;
    }
    const extent = kind === 'file' ? extentOf(state, inode) : undefined;
    if (extent === undefined || extents.has(extent.key)) continue;
    extents.add(extent.key);
    bytes += allocatedBytes(extent.sizeBytes);
  }
  return bytes;
}
