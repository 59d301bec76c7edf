/**
 * How anyone reads a file system in one possible state: the kernel when it faults a node in, the boot loader, survival.
 */
import type { Attributes } from './attributes.ts';
import type { Inode, Subvolume } from './cell-table.ts';
import type { Content } from './content.ts';

/** A name in a directory and what it leads to. */
export interface DirectoryEntry {
  readonly name: string;
  readonly inode: Inode;
}

/** One state of one file system, read only. Inode 0 means that there is nothing. */
export interface FileSystemView {
  /** The root directory of the default subvolume: what a plain mount shows. */
  readonly root: Inode;
  /** The subvolume that a plain mount shows. */
  readonly defaultSubvolume: Subvolume;
  /** The inode behind a name, or 0. */
  lookup(directory: Inode, name: string): Inode;
  /** The names in a directory, sorted. */
  list(directory: Inode): readonly DirectoryEntry[];
  /** Undefined for an inode that does not exist in this state. */
  attributes(inode: Inode): Attributes | undefined;
  content(inode: Inode): Content;
}
