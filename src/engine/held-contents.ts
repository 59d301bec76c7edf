/** Every content that a file held while the machine ran: a database is written in many whole steps. */
import type { Inode } from '../model/cell-table.ts';
import { overwrite, resize, type Content } from '../model/content.ts';
import { nameOf } from '../model/path.ts';
import type { Volume } from '../model/volume.ts';

/** Inodes that had this name, in any directory: a few too many do no harm. */
function inodesNamed(volume: Volume, name: string): ReadonlySet<Inode> {
  const inodes = new Set<Inode>();
  for (const { effect } of volume.operations) {
    if (effect.kind === 'rename' && effect.toName === name) inodes.add(effect.inode);
    if (effect.kind === 'link' && effect.name === name) inodes.add(effect.inode);
  }
  return inodes;
}

/** Contents of the file at a path of a volume since the volume's base, oldest first; `inode` is the one there at first. */
export function heldContents(volume: Volume, path: string, inode: Inode): readonly Content[] {
  const inodes = new Set([inode, ...inodesNamed(volume, nameOf(path))]);
  const now = new Map<Inode, Content>();
  const held: Content[] = [volume.base.content(inode)];
  for (const { effect } of volume.operations) {
    if (effect.kind !== 'write' && effect.kind !== 'truncate') continue;
    if (!inodes.has(effect.inode)) continue;
    const before = now.get(effect.inode) ?? volume.base.content(effect.inode);
    const next =
      effect.kind === 'write'
        ? overwrite(before, effect.offsetBytes, effect.data)
        : resize(before, effect.sizeBytes);
    now.set(effect.inode, next);
    held.push(next);
  }
  return held.filter(({ sizeBytes }) => sizeBytes > 0);
}
