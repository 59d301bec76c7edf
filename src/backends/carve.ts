/** A directory of an image that becomes a file system, or a subvolume, of its own, as an installer does. */
import { attributes } from '../model/attributes.ts';
import type { Inode } from '../model/cell-table.ts';
import type { FileSystemState } from '../model/file-system-state.ts';
import { nameOf, parentOf } from '../model/path.ts';
import { ImageBuilder } from '../model/volume.ts';

/**
 * Moves what lies in the directory at `path` below `root` into an image of its own; the directory stays, empty, as a
 * mount point.
 */
export function carve(builder: ImageBuilder, path: string, root = builder.root): ImageBuilder {
  const carved = new ImageBuilder();
  carveInto(builder, { root, path }, carved, carved.root);
  return carved;
}

/** The same into a directory that is there, of this image or of another one. */
export function carveInto(
  builder: ImageBuilder,
  { root, path }: { readonly root: Inode; readonly path: string },
  to: ImageBuilder,
  into: Inode,
): void {
  const state = builder.state();
  const parent = builder.directory(root, parentOf(path));
  const directory = builder.directory(root, path);
  copyBelow(state, directory, to, into);
  builder.create(parent, nameOf(path), state.attributes(directory) ?? attributes('directory'));
}

function copyBelow(from: FileSystemState, directory: Inode, to: ImageBuilder, into: Inode): void {
  for (const { name, inode } of from.list(directory)) {
    const record = from.attributes(inode);
    if (record === undefined) continue;
    if (record.kind === 'directory') copyBelow(from, inode, to, to.create(into, name, record));
    else if (record.kind === 'symlink') to.create(into, name, record);
    else to.create(into, name, record, from.content(inode));
  }
}
