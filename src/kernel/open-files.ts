/** Open files of a process: they outlive their names. */
import type { Inode } from '../model/cell-table.ts';
import type { OpenFlags } from './process.ts';
import type { RamTree } from './ram-tree.ts';

/** One open file. */
export interface OpenFile {
  readonly tree: RamTree;
  readonly inode: Inode;
  readonly flags: OpenFlags;
  readonly path: string;
  readonly directory: boolean;
  /** Offset of the next read or write. */
  offsetBytes: number;
  /** It was cut to nothing when it was opened, which some file systems take as a replacement. */
  readonly truncated: boolean;
  /** It was written since it was opened or last synced. */
  written: boolean;
}
