/** Every content that a file held while the machine ran: a database is written in many whole steps. */
import { inodeIn, localOf, subvolumeOf, type Inode } from '../model/cell-table.ts';
import { overwrite, resize, type Content } from '../model/content.ts';
import type { SubvolumeEffect } from '../model/operation.ts';
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

/** What tracked files hold while the operations of a volume are gone through. */
class Holdings {
  readonly #volume: Volume;
  readonly #now = new Map<Inode, Content>();

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  get(inode: Inode): Content {
    return this.#now.get(inode) ?? this.#volume.base.content(inode);
  }

  set(inode: Inode, content: Content): void {
    this.#now.set(inode, content);
  }

  /** A snapshot begins with what its source holds; only files that a caller asks for are copied. */
  snapshot({ subvolume, source }: SubvolumeEffect, inodes: ReadonlySet<Inode>): void {
    if (source === undefined) return;
    for (const inode of inodes) {
      if (subvolumeOf(inode) === subvolume) {
        this.set(inode, this.get(inodeIn(source, localOf(inode))));
      }
    }
  }
}

/** Every inode that the file may have been cloned from, itself included: snapshots keep the local number. */
function withSources(volume: Volume, inodes: ReadonlySet<Inode>): ReadonlySet<Inode> {
  const all = new Set(inodes);
  for (const inode of inodes) {
    let source = volume.table.sourceOf(subvolumeOf(inode));
    while (source !== undefined) {
      all.add(inodeIn(source.source, localOf(inode)));
      source = volume.table.sourceOf(source.source);
    }
  }
  return all;
}

/**
 * Contents of the file at a path of a volume since the volume's base, or since the snapshot that it lies in was taken,
 * oldest first; `inode` is the one there at first.
 */
export function heldContents(volume: Volume, path: string, inode: Inode): readonly Content[] {
  const inodes = new Set([inode, ...inodesNamed(volume, nameOf(path))]);
  const tracked = withSources(volume, inodes);
  const now = new Holdings(volume);
  const held: Content[] = [volume.base.content(inode)];
  for (const { effect } of volume.operations) {
    if (effect.kind === 'subvolume') now.snapshot(effect, tracked);
    if (effect.kind !== 'write' && effect.kind !== 'truncate') continue;
    if (!tracked.has(effect.inode)) continue;
    const before = now.get(effect.inode);
    const next =
      effect.kind === 'write'
        ? overwrite(before, effect.offsetBytes, effect.data)
        : resize(before, effect.sizeBytes);
    now.set(effect.inode, next);
    if (inodes.has(effect.inode)) held.push(next);
  }
  return held.filter(({ sizeBytes }) => sizeBytes > 0);
}
