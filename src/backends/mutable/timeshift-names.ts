/** Where Timeshift keeps snapshots, and what it leaves out of them. Source: src/Core/Main.vala, see `timeshift.ts`. */
import type { BlobTable } from '../../model/content.ts';
import type { Inode } from '../../model/cell-table.ts';
import type { ImageBuilder } from '../../model/volume.ts';
import { textContent } from '../machine-files.ts';

/** Directory of all snapshots, on the file system of the system itself by default. */
export const snapshotsDirectory = '/timeshift/snapshots';

/** A snapshot counts once it has this file, which is written last. */
export const listName = 'info.json';

/** Name of the n-th snapshot: a date. */
export function snapshotName(number: number): string {
  return `2026-01-${String(number).padStart(2, '0')}_10-00-00`;
}

/** Directories whose contents are left out; the EFI system partition because what is on it is not compared here. */
const leftOut = new Set([
  ...['/dev', '/proc', '/sys', '/run', '/tmp', '/mnt', '/media', '/timeshift', '/root'],
  ...['/boot/efi', '/var/run', '/var/lock', '/var/lib/docker', '/snap'],
]);

/** Whether what lies in a directory is left out. */
export function isLeftOut(directory: string): boolean {
  return leftOut.has(directory) || /^\/home\/[^/]+$/.test(directory);
}

/** Puts a first snapshot of a root beside it, as one that was taken some time ago. */
export function putFirstSnapshot(blobs: BlobTable, root: ImageBuilder): void {
  const path = `${snapshotsDirectory}/${snapshotName(1)}`;
  const top = root.directory(root.root, `${path}/localhost`);
  copyBelow(root, root.root, top, '');
  root.file(root.root, `${path}/${listName}`, textContent(blobs, '{"tags":"daily"}\n'));
}

function copyBelow(builder: ImageBuilder, from: Inode, into: Inode, below: string): void {
  const state = builder.state();
  for (const { name, inode } of state.list(from)) {
    const record = state.attributes(inode);
    if (record === undefined) continue;
    const path = `${below}/${name}`;
    if (record.kind === 'directory') {
      const made = builder.create(into, name, record);
      if (!isLeftOut(path)) copyBelow(builder, inode, made, path);
    } else if (record.kind === 'symlink') builder.create(into, name, record);
    else builder.create(into, name, record, state.content(inode));
  }
}
