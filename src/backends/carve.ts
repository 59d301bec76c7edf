/** A directory of an image that becomes a file system of its own, as an installer does with a separate /boot. */
import { attributes } from '../model/attributes.ts';
import type { Inode } from '../model/cell-table.ts';
import type { FileSystemState } from '../model/file-system-state.ts';
import { nameOf, parentOf } from '../model/path.ts';
import { ImageBuilder } from '../model/volume.ts';

/** Moves what lies in the directory at `path` into an image of its own; the directory stays, empty, as a mount point. */
export function carve(builder: ImageBuilder, path: string): ImageBuilder {
  const state = builder.state();
  const parent = builder.directory(builder.root, parentOf(path));
  const directory = builder.directory(builder.root, path);
  const carved = new ImageBuilder();
  copyBelow(state, directory, carved, carved.root);
  builder.create(parent, nameOf(path), state.attributes(directory) ?? attributes('directory'));
  return carved;
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
