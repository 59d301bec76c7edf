/**
 * The RAM view of one file system: a memfs volume whose core is this superblock. Links and nodes are faulted in from
 * the volume's state when someone walks past, so that mounting costs nothing. From then on memfs answers: names,
 * attributes and the bytes that people write live in its links and nodes, every effect is applied to them, and what a
 * process reads (stat, readdir, readlink, text) it reads through memfs' own file system calls. Which inode a path leads
 * to, and what changes, is Linux's business (mount-table.ts and the process files): stock memfs differs in those,
 * rename above all, and knows neither mounts nor root.
 */
import { Ok, Superblock, type IProcess, type Link } from '@jsonjoy.com/fs-core';
import { Volume as MemoryFileSystem } from 'memfs';
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
import { RamLink } from './ram-link.ts';
import { RamNode } from './ram-node.ts';

/** The calls of memfs that only look. Changes go through {@link RamTree.apply}, or nothing would record them. */
export type ReadingCalls = Pick<
  MemoryFileSystem,
  'existsSync' | 'lstatSync' | 'readFileSync' | 'readdirSync' | 'readlinkSync' | 'statSync'
>;

/** Whom memfs takes itself to run for: the same on every computer, and always root. */
const superuser: IProcess = {
  cwd: () => '/',
  platform: 'linux',
  env: {},
  emitWarning: () => undefined,
  getuid: () => 0,
  getgid: () => 0,
};

const handlePrefix = '/.inode/';

/**
 * A path by which {@link RamTree.files} finds an inode, whatever its names are: what a file handle is to
 * open_by_handle_at(2). It stands for mounted directories too, whose path on their own volume nobody knows.
 */
export function handleOf(inode: Inode): string {
  return `${handlePrefix}${String(inode)}`;
}

/** One file system in memory. Links are directory entries, nodes are inodes. */
export class RamTree extends Superblock {
  readonly volume: Volume;
  /** What is in memory, read through memfs: by path from the root of the volume, or by {@link handleOf}. */
  readonly files: ReadingCalls;
  /** The bytes of what its files hold. */
  readonly bytes: BlobBytes;
  /** Inodes that running programs have mapped: without a name they still take their room. Source: unlink(2). */
  readonly held = new Set<Inode>();
  /** One link for each directory, whichever way it was reached: through its name or through a mount. */
  readonly #directories = new Map<Inode, Link>();
  /** Directories whose names are all in memory. */
  readonly #whole = new WeakSet<Link>();
  readonly #counts = new LinkCounts();

  constructor(volume: Volume, bytes: BlobBytes) {
    super({ process: superuser });
    this.volume = volume;
    this.bytes = bytes;
    this.root = this.directoryLink(volume.live.root);
    this.files = new MemoryFileSystem(this);
  }

  /** memfs' own walk, but for handles; whoever lists a directory finds all its names in memory. */
  override walk(
    where: string[] | string | Link,
    follow: boolean,
    mustExist: boolean,
    mayEnter: boolean,
    call?: string,
    budget?: { hops: number },
  ): ReturnType<Superblock['walk']> {
    const isHandle = typeof where === 'string' && where.startsWith(handlePrefix);
    const found = isHandle
      ? Ok(this.#linkTo(Number(where.slice(handlePrefix.length))))
      : super.walk(where, follow, mustExist, mayEnter, call, budget);
    if (call === 'scandir' && found.ok && found.value !== null) this.#complete(found.value);
    return found;
  }

  #linkTo(inode: Inode): Link {
    return this.nodeOf(inode).isDirectory() ? this.directoryLink(inode) : this.#newLink(inode);
  }

  /** The link of a directory. */
  directoryLink(inode: Inode): Link {
    let link = this.#directories.get(inode);
    if (link === undefined) this.#directories.set(inode, (link = this.#newLink(inode)));
    return link;
  }

  #newLink(inode: Inode): Link {
    const link = new RamLink(this);
    link.setNode(this.nodeOf(inode));
    return link;
  }

  /** The node of an inode, faulted in at first use. Hard links share it, and it outlives its names. */
  nodeOf(inode: Inode): RamNode {
    const known = this.inodes[inode];
    if (known instanceof RamNode) return known;
    const record = this.volume.live.attributes(inode) ?? attributes('directory');
    return this.#keep(new RamNode(this, inode, record, false));
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
    if (known !== undefined) return known;
    const isVfat = this.volume.description.profile === 'vfat';
    if (this.#whole.has(directory)) return isVfat ? this.#inAnyCase(directory, name) : undefined;
    const inode = this.volume.live.lookup(directory.ino, name);
    if (inode !== 0) return this.#attach(directory, name, inode);
    return isVfat ? this.#inAnyCase(directory, name) : undefined;
  }

  /** On vfat `efi` finds `EFI`. Source: mount(8), vfat; recorded, rm-nix-rmuserslash lists /boot/efi. */
  #inAnyCase(directory: Link, name: string): Link | undefined {
    this.#complete(directory);
    const wanted = name.toLowerCase();
    for (const [there, link] of directory.children) {
      if (there.toLowerCase() === wanted) return link;
    }
    return undefined;
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

  /** Fetches all names of a directory. */
  #complete(directory: Link): void {
    if (this.#whole.has(directory)) return;
    for (const { name, inode } of this.volume.live.list(directory.ino)) {
      if (!directory.children.has(name)) this.#attach(directory, name, inode);
    }
    this.#whole.add(directory);
  }

  /** Whether a directory has no names. */
  isEmpty(directory: Link): boolean {
    if (directory.children.size > 0) return false;
    this.#complete(directory);
    return directory.children.size === 0;
  }

  /** What a file holds, as segments. */
  contentOf(inode: Inode): Content {
    return this.volume.live.content(inode);
  }

  /** The text of a file, zeros shown as nothing; a stand-in gives its name. */
  textOf(inode: Inode): string {
    return this.files.readFileSync(handleOf(inode), 'utf8').toString().replaceAll('\0', '');
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
          this.#keep(new RamNode(this, effect.inode, effect.created, true));
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
        this.#whole.delete(this.directoryLink(effect.directory));
        this.#counts.change(effect.directory, rootOf(effect.subvolume), true, 1);
        break;
      default:
        this.#applyToBytes(effect);
    }
  }

  #applyToBytes(effect: Effect): void {
    if (effect.kind !== 'write' && effect.kind !== 'truncate') return;
    const node = this.nodeOf(effect.inode);
    if (effect.kind === 'write') node.put(effect.offsetBytes, effect.data);
    else node.resize(effect.sizeBytes);
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
