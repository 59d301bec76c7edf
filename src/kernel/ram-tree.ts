/**
 * The RAM view of one file system: memfs' superblock, with the walk and the namespace calls of Linux in place of its
 * own, a recorder, and nodes that are faulted in from the volume's state on first walk. Mounting costs nothing until
 * someone looks. What differs in stock memfs was measured: rename above all.
 */
import { Link, Node, Superblock } from '@jsonjoy.com/fs-core';
import type { Attributes, InodeKind } from '../model/attributes.ts';
import type { Inode, Subvolume } from '../model/cell-table.ts';
import { contentText, type BlobTable, type Content } from '../model/content.ts';
import type { Effect } from '../model/operation.ts';
import type { Volume } from '../model/volume.ts';

/** File type bits of a mode. Source: inode(7). */
const typeBits: { readonly [kind in InodeKind]: number } = {
  file: 0o100_000,
  directory: 0o040_000,
  symlink: 0o120_000,
  device: 0o020_000,
};

/** Told of every effect, so that it is recorded with its time and its caller. */
export type Recorder = (effect: Effect, path: string) => void;

/** One file system in memory. Links are directory entries, nodes are inodes. */
export class RamTree extends Superblock {
  readonly volume: Volume;
  readonly #blobs: BlobTable;
  readonly #roots = new Map<Inode, Link>();
  readonly #readOnly = new Set<Subvolume>();

  constructor(volume: Volume, blobs: BlobTable) {
    super();
    this.volume = volume;
    this.#blobs = blobs;
  }

  /** The entry of a directory that something is mounted from. */
  rootLink(inode: Inode): Link {
    let link = this.#roots.get(inode);
    if (link === undefined) {
      link = new Link(this, undefined, '');
      link.setNode(this.nodeOf(inode));
      this.#roots.set(inode, link);
    }
    return link;
  }

  /** The node of an inode, faulted in at first use. Hard links share it. */
  nodeOf(inode: Inode): Node {
    const known = this.inodes[inode];
    if (known !== undefined) return known;
    const record = this.attributesOf(inode);
    const node = new Node(inode, modeOf(record), record.user, record.group);
    if (record.target !== undefined) node.makeSymlink(record.target);
    this.inodes[inode] = node;
    return node;
  }

  /** What an inode is. A file that lost its last name keeps its attributes as long as it is open. */
  attributesOf(inode: Inode): Attributes {
    const record = this.volume.live.attributes(inode);
    return record ?? { kind: 'directory', mode: 0o755, user: 0, group: 0 };
  }

  /** The entry of a name, faulted in at first use, or undefined when there is none. */
  child(directory: Link, name: string): Link | undefined {
    const inode = this.volume.live.lookup(directory.ino, name);
    const cached = directory.children.get(name);
    if (inode === 0) {
      if (cached !== undefined) directory.children.delete(name);
      return undefined;
    }
    if (cached?.ino === inode) return cached;
    const link = new Link(this, directory, name);
    link.setNode(this.nodeOf(inode));
    directory.children.set(name, link);
    return link;
  }

  /** Bytes of a file as text, loaded from the volume when someone reads them. */
  load(inode: Inode): Content {
    const content = this.volume.live.content(inode);
    this.nodeOf(inode).setString(contentText(content, this.#blobs));
    return content;
  }

  /** How many names lead to an inode, and for a directory the two of its own; derived, never stored. */
  linkCount(link: Link): number {
    if (this.attributesOf(link.ino).kind !== 'directory') return link.getNode().nlink;
    const below = this.volume.live
      .list(link.ino)
      .filter(({ inode }) => this.attributesOf(inode).kind === 'directory');
    return 2 + below.length;
  }

  /** Whether a subvolume has the `ro` property: writes give EROFS although `mount` shows rw. */
  isReadOnly(subvolume: Subvolume): boolean {
    return this.#readOnly.has(subvolume);
  }

  /** Sets or clears the `ro` property of a subvolume. */
  setReadOnly(subvolume: Subvolume, readOnly: boolean): void {
    if (readOnly) this.#readOnly.add(subvolume);
    else this.#readOnly.delete(subvolume);
  }

  /** Keeps the node in step with what was recorded. */
  follow(effect: Effect): void {
    if (effect.kind === 'set-attributes') {
      const node = this.nodeOf(effect.inode);
      node.perm = effect.attributes.mode;
      node.uid = effect.attributes.user;
      node.gid = effect.attributes.group;
    }
    if (effect.kind === 'link' && effect.created === undefined) this.nodeOf(effect.inode).nlink++;
    if (effect.kind === 'unlink') this.nodeOf(effect.inode).nlink--;
    if (effect.kind === 'rename' && effect.replaced !== 0) this.nodeOf(effect.replaced).nlink--;
  }
}

function modeOf(record: Attributes): number {
  return typeBits[record.kind] | record.mode;
}
