import { blockBytes, pathNames } from './program.ts';
import type { Birth, Change, Entry } from './micro-operations.ts';

type LiveInode = {
  readonly id: string;
  readonly kind: Birth['kind'];
  readonly target: string;
  readonly isSubvolume: boolean;
  readonly names: Map<string, string>;
  sizeBytes: number;
  /** How often each block has been freed by a truncate. */
  readonly generations: Map<number, number>;
  /** Blocks that were written to, also where the disk does not have them yet. */
  readonly blocks: Set<number>;
};

/** The inode of the root, on every disk. */
export const rootInode = '/';

/**
 * The tree as the running machine sees it while a program runs: it only serves to turn paths into
 * inodes, and knows nothing of what lasts. Programs are valid, so every failure here is a mistake.
 */
export class LiveTree {
  readonly #inodes = new Map<string, LiveInode>();
  readonly #offsets = new Set<number>();
  #count = 0;

  constructor() {
    this.#add(rootInode, 'directory', '', true);
  }

  inodeAt(path: string): string {
    const id = this.#find(path);
    if (id === undefined) throw new Error(`no such file or directory: ${path}`);
    return id;
  }

  exists(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  sizeOf(id: string): number {
    return this.#inode(id).sizeBytes;
  }

  isSubvolume(id: string): boolean {
    return this.#inode(id).isSubvolume;
  }

  directories(): ReadonlySet<string> {
    const all = [...this.#inodes.values()];
    return new Set(all.filter((inode) => inode.kind === 'directory').map((inode) => inode.id));
  }

  cuts(): number[] {
    const last = Math.max(0, ...this.#offsets);
    for (let offset = 0; offset < last + blockBytes; offset += blockBytes) {
      this.#offsets.add(offset);
    }
    return [...this.#offsets].sort((a, b) => a - b);
  }

  create(path: string, kind: Birth['kind'] | 'subvolume', target = ''): Change {
    const entry = this.#entry(path);
    this.#count += 1;
    const inode = `${this.#count}`;
    const isSubvolume = kind === 'subvolume';
    const plain = isSubvolume ? 'directory' : kind;
    this.#add(inode, plain, target, isSubvolume);
    this.#inode(entry.directory).names.set(entry.name, inode);
    const mode = { file: 0o644, directory: 0o755, symlink: 0o777 }[plain];
    return { kind: 'link', entry, inode, birth: { kind: plain, mode, target } };
  }

  link(from: string, to: string): Change {
    const inode = this.inodeAt(from);
    const entry = this.#entry(to);
    this.#inode(entry.directory).names.set(entry.name, inode);
    return { kind: 'link', entry, inode };
  }

  unlink(path: string): Change {
    const inode = this.inodeAt(path);
    const entry = this.#entry(path);
    this.#inode(entry.directory).names.delete(entry.name);
    return { kind: 'unlink', entry, inode };
  }

  rename(source: string, target: string): Change {
    const inode = this.inodeAt(source);
    const from = this.#entry(source);
    const to = this.#entry(target);
    // Two names of one inode: rename does nothing and says that it succeeded (POSIX rename).
    if (this.#inode(to.directory).names.get(to.name) === inode) return { kind: 'nothing' };
    this.#inode(from.directory).names.delete(from.name);
    this.#inode(to.directory).names.set(to.name, inode);
    return { kind: 'rename', from, to, inode };
  }

  exchange(one: string, other: string): Change {
    const [firstInode, secondInode] = [this.inodeAt(one), this.inodeAt(other)];
    const [first, second] = [this.#entry(one), this.#entry(other)];
    if (firstInode === secondInode) return { kind: 'nothing' };
    this.#inode(first.directory).names.set(first.name, secondInode);
    this.#inode(second.directory).names.set(second.name, firstInode);
    return { kind: 'exchange', first, second, firstInode, secondInode };
  }

  truncate(id: string, sizeBytes: number): Change {
    const inode = this.#inode(id);
    this.#offsets.add(sizeBytes);
    const shrinks = sizeBytes < inode.sizeBytes;
    const tailBlock = Math.floor(sizeBytes / blockBytes);
    const tailGeneration = inode.generations.get(tailBlock) ?? 0;
    for (let block = 0; shrinks && block * blockBytes < inode.sizeBytes; block += 1) {
      if (block * blockBytes < sizeBytes) continue;
      inode.generations.set(block, (inode.generations.get(block) ?? 0) + 1);
      inode.blocks.delete(block);
    }
    inode.sizeBytes = sizeBytes;
    return { kind: 'truncate', inode: id, size: sizeBytes, shrinks, tailGeneration };
  }

  write(id: string, offset: number, length: number, letter: string): Change {
    const inode = this.#inode(id);
    const end = offset + length;
    this.#offsets.add(offset).add(end);
    const generations = new Map<number, number>();
    let changesShape = end > inode.sizeBytes;
    for (let block = Math.floor(offset / blockBytes); block * blockBytes < end; block += 1) {
      generations.set(block, inode.generations.get(block) ?? 0);
      changesShape ||= !inode.blocks.has(block);
      inode.blocks.add(block);
    }
    inode.sizeBytes = Math.max(inode.sizeBytes, end);
    return { kind: 'write', inode: id, offset, length, letter, changesShape, generations };
  }

  snapshot(from: string, to: string): Change {
    const source = this.inodeAt(from);
    const entry = this.#entry(to);
    this.#count += 1;
    const suffix = `~${this.#count}`;
    const inodes = new Set<string>();
    this.#copy(source, suffix, inodes);
    this.#inode(entry.directory).names.set(entry.name, source + suffix);
    return { kind: 'snapshot', entry, source, suffix, inodes };
  }

  /** Copies what lies in the subvolume; a subvolume inside it becomes an empty directory. */
  #copy(id: string, suffix: string, inodes: Set<string>): void {
    if (inodes.has(id)) return;
    const inode = this.#inode(id);
    const isTop = inodes.size === 0;
    inodes.add(id);
    const copy = this.#add(id + suffix, inode.kind, inode.target, isTop);
    copy.sizeBytes = inode.sizeBytes;
    for (const [block, count] of inode.generations) copy.generations.set(block, count);
    for (const block of inode.blocks) copy.blocks.add(block);
    if (inode.isSubvolume && !isTop) return;
    for (const [name, child] of inode.names) {
      copy.names.set(name, child + suffix);
      this.#copy(child, suffix, inodes);
    }
  }

  #add(id: string, kind: Birth['kind'], target: string, isSubvolume: boolean): LiveInode {
    const names = new Map<string, string>();
    const generations = new Map<number, number>();
    const blocks = new Set<number>();
    const inode = { id, kind, target, isSubvolume, names, sizeBytes: 0, generations, blocks };
    this.#inodes.set(id, inode);
    return inode;
  }

  #inode(id: string): LiveInode {
    const inode = this.#inodes.get(id);
    if (inode === undefined) throw new Error(`no such inode: ${id}`);
    return inode;
  }

  #entry(path: string): Entry {
    const names = pathNames(path);
    const name = names.pop();
    if (name === undefined) throw new Error('the root has no name');
    return { directory: this.inodeAt(names.join('/')), name };
  }

  #find(path: string): string | undefined {
    let id: string = rootInode;
    for (const name of pathNames(path)) {
      const next = this.#inode(id).names.get(name);
      if (next === undefined) return undefined;
      id = next;
    }
    return id;
  }
}
