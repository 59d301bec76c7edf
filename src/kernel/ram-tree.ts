/**
 * The RAM view of one file system: memfs' superblock with links and nodes that are faulted in from the volume's state
 * when someone walks past, so that mounting costs nothing. From then on memfs answers: names, attributes and the
 * bytes that people write live in its links and nodes, and every effect is applied to them. Path walk and calls are
 * Linux's (mount-table.ts and the process files), because stock memfs differs in them: rename above all.
 */
import { Link, Superblock } from '@jsonjoy.com/fs-core';
import { attributes, type Attributes } from '../model/attributes.ts';
import {
  emptyDirectoryLocalInode,
  localOf,
  rootOf,
  type Inode,
  type Subvolume,
} from '../model/cell-table.ts';
import type { Content } from '../model/content.ts';
import type { Effect, RenameEffect, ExchangeEffect } from '../model/operation.ts';
import type { Volume } from '../model/volume.ts';
import type { BlobBytes } from './blob-bytes.ts';
import { LinkCounts } from './link-counts.ts';
import { RamNode } from './ram-node.ts';

/** One file system in memory. Links are directory entries, nodes are inodes. */
export class RamTree extends Superblock {
  readonly volume: Volume;
  readonly #bytes: BlobBytes;
  /** One link for each directory, whichever way it was reached: through its name or through a mount. */
  readonly #directories = new Map<Inode, Link>();
  /** Directories whose names are all in memory. */
  readonly #complete = new WeakSet<Link>();
  readonly #counts = new LinkCounts();

  constructor(volume: Volume, bytes: BlobBytes) {
    super();
    this.volume = volume;
    this.#bytes = bytes;
  }

  /** The link of a directory. */
  directoryLink(inode: Inode): Link {
    let link = this.#directories.get(inode);
    if (link === undefined) this.#directories.set(inode, (link = this.#newLink(inode)));
    return link;
  }

  #newLink(inode: Inode): Link {
    const link = new Link(this, undefined, '');
    link.setNode(this.nodeOf(inode));
    return link;
  }

  /** The node of an inode, faulted in at first use. Hard links share it, and it outlives its names. */
  nodeOf(inode: Inode): RamNode {
    const known = this.inodes[inode];
    if (known instanceof RamNode) return known;
    const record = this.volume.live.attributes(inode) ?? attributes('directory');
    return this.#keep(new RamNode(inode, record, false));
  }

  #keep(node: RamNode): RamNode {
    this.inodes[node.ino] = node;
    return node;
  }

  /** What an inode is. */
  attributesOf(inode: Inode): Attributes {
    return this.nodeOf(inode).attributes;
  }

  /** The entry of a name, faulted in at first use, or undefined when there is none. */
  child(directory: Link, name: string): Link | undefined {
    const known = directory.children.get(name);
    if (known !== undefined || this.#complete.has(directory)) return known;
    const inode = this.volume.live.lookup(directory.ino, name);
    return inode === 0 ? undefined : this.#attach(directory, name, inode);
  }

  #attach(directory: Link, name: string, inode: Inode): Link {
    // A snapshot shows all subvolumes of its source as one and the same empty directory, under several names.
    const single = this.nodeOf(inode).isDirectory() && localOf(inode) !== emptyDirectoryLocalInode;
    const link = single ? this.directoryLink(inode) : this.#newLink(inode);
    return this.#place(directory, name, link);
  }

  #place(directory: Link, name: string, link: Link): Link {
    link.parent = directory;
    link.name = name;
    directory.children.set(name, link);
    return link;
  }

  /** The names in a directory, sorted. */
  names(directory: Link): readonly string[] {
    if (!this.#complete.has(directory)) {
      for (const { name, inode } of this.volume.live.list(directory.ino)) {
        if (!directory.children.has(name)) this.#attach(directory, name, inode);
      }
      this.#complete.add(directory);
    }
    return [...directory.children.keys()].sort();
  }

  /** Whether a directory has no names. */
  isEmpty(directory: Link): boolean {
    return directory.children.size === 0 && this.names(directory).length === 0;
  }

  /** What a file holds, as segments. */
  contentOf(inode: Inode): Content {
    return this.volume.live.content(inode);
  }

  /** What a file holds, as text from memfs' bytes; a stand-in gives its name. */
  textOf(inode: Inode): string {
    return this.nodeOf(inode).text(() => this.contentOf(inode), this.#bytes);
  }

  /** How many names lead to an inode; a directory has two and one for each directory in it, on btrfs always one. */
  linkCount(inode: Inode): number {
    const { live, description } = this.volume;
    if (!this.nodeOf(inode).isDirectory()) return this.#counts.namesOf(inode, live);
    return description.profile === 'btrfs' ? 1 : 2 + this.#counts.directoriesIn(inode, live);
  }

  /** Whether a subvolume has the `ro` property: writes give EROFS although `mount` shows rw. */
  isReadOnly(subvolume: Subvolume): boolean {
    return this.attributesOf(rootOf(subvolume)).readOnlySubvolume === true;
  }

  /** Does in memory what an effect says. The volume must not have recorded it yet. */
  apply(effect: Effect): void {
    switch (effect.kind) {
      case 'link':
        if (effect.created !== undefined) {
          this.#keep(new RamNode(effect.inode, effect.created, true));
        }
        this.#attach(this.directoryLink(effect.directory), effect.name, effect.inode);
        this.#count(effect.directory, effect.inode, 1);
        break;
      case 'unlink':
        this.directoryLink(effect.directory).children.delete(effect.name);
        this.#count(effect.directory, effect.inode, -1);
        break;
      case 'rename':
        this.#rename(effect);
        break;
      case 'exchange':
        this.#exchange(effect);
        break;
      case 'set-attributes':
        this.nodeOf(effect.inode).attributes = effect.attributes;
        break;
      case 'subvolume':
        this.#complete.delete(this.directoryLink(effect.directory));
        this.#counts.change(effect.directory, rootOf(effect.subvolume), true, 1);
        break;
      default:
        this.#applyToBytes(effect);
    }
  }

  #applyToBytes(effect: Effect): void {
    if (effect.kind !== 'write' && effect.kind !== 'truncate') return;
    const node = this.nodeOf(effect.inode);
    const before = (): Content => this.contentOf(effect.inode);
    if (effect.kind === 'write') node.put(effect.offsetBytes, effect.data, before, this.#bytes);
    else node.resize(effect.sizeBytes, before, this.#bytes);
  }

  #count(directory: Inode, inode: Inode, by: 1 | -1): void {
    this.#counts.change(directory, inode, this.nodeOf(inode).isDirectory(), by);
  }

  /** The moved link keeps everything that is cached below it. */
  #rename(effect: RenameEffect): void {
    const from = this.directoryLink(effect.fromDirectory);
    const to = this.directoryLink(effect.toDirectory);
    const link = this.child(from, effect.fromName) ?? this.#newLink(effect.inode);
    from.children.delete(effect.fromName);
    this.#place(to, effect.toName, link);
    this.#count(effect.fromDirectory, effect.inode, -1);
    this.#count(effect.toDirectory, effect.inode, 1);
    if (effect.replaced !== 0) this.#count(effect.toDirectory, effect.replaced, -1);
  }

  #exchange(effect: ExchangeEffect): void {
    const from = this.directoryLink(effect.fromDirectory);
    const to = this.directoryLink(effect.toDirectory);
    const left = this.child(from, effect.fromName) ?? this.#newLink(effect.fromInode);
    const right = this.child(to, effect.toName) ?? this.#newLink(effect.toInode);
    this.#place(to, effect.toName, left);
    this.#place(from, effect.fromName, right);
    this.#count(effect.fromDirectory, effect.fromInode, -1);
    this.#count(effect.toDirectory, effect.fromInode, 1);
    this.#count(effect.toDirectory, effect.toInode, -1);
    this.#count(effect.fromDirectory, effect.toInode, 1);
  }
}
