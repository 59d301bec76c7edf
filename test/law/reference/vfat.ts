import { rootInode } from './live-tree.ts';
import type { Birth, Change, Entry } from './micro-operations.ts';
import { blockBytes, pathNames } from './program.ts';
import { Register, type Pick } from './register.ts';
import { SectorData } from './sector-data.ts';
import type { SectorFileSystem } from './sectors.ts';

/** Where a directory entry says that its file begins and how long it is; no chain is cluster 0. */
type Extent = { readonly chain: string | undefined; readonly sizeBytes: number };

/** A name in a directory sector. Its extent reaches the sector later, when the inode is written. */
type Slot = {
  readonly name: string;
  readonly isDirectory: boolean;
  readonly extent: Register<Extent>;
};

type VfatInode = {
  readonly kind: Birth['kind'];
  chain: string | undefined;
  sizeBytes: number;
  /** Whether fsync finds something to write: creating a file alone does not make its inode dirty. */
  isDirty: boolean;
  entry: Entry;
};

type Directory = {
  /** Which name each slot of 32 bytes belongs to. */
  readonly places: (string | undefined)[];
  readonly sectors: Register<readonly Slot[]>[];
};

const slotsPerSector = 16;
/** The letters of a long name that one slot holds; one slot more for the short name. */
const lettersPerSlot = 13;

/**
 * vfat by its sectors (persistence.md 3.6). Registers: each sector of a directory, the extent in
 * each entry, and the FAT. An extent is written with its sector, so it can't be newer than the
 * version of the sector that is on the disk.
 *
 * What the recordings say about the order inside one operation:
 * * a new name begins with cluster 0 and size 0 (vfat/rename-crossdir: `d2/a` empty);
 * * a rename over keeps the slot of the target, with its old extent until the inode is written, and
 *   frees the old clusters (vfat/ren-over-nosync: EIO);
 * * a directory whose entry still says cluster 0 answers EIO below it (vfat/gap-rename-dir-tree);
 * * an exchange within a sector is one write (vfat/exchange: two states);
 * * eight names of the recorded length fill a sector (vfat/many-creates: 8, 12, 16 or 20 entries).
 */
export class Vfat implements SectorFileSystem {
  readonly #cuts: readonly number[];
  readonly #inodes = new Map<string, VfatInode>();
  readonly #directories = new Map<string, Directory>();
  readonly #data = new Map<string, SectorData>();
  /** Clusters in use, by chain. */
  readonly #fat = new Register<ReadonlyMap<string, number>>(new Map(), 0);
  #clock = 0;

  constructor(cuts: readonly number[]) {
    this.#cuts = cuts;
    this.#directories.set(rootInode, { places: [], sectors: [] });
  }

  apply(change: Change): void {
    switch (change.kind) {
      case 'link':
        this.#create(change.entry, change.inode, change.birth);
        return;
      case 'unlink':
        this.#removeName(change.entry);
        this.#free(change.inode);
        return;
      case 'rename':
        this.#rename(change.from, change.to, change.inode);
        return;
      case 'exchange':
        this.#exchange(change.first, change.second, change.firstInode, change.secondInode);
        return;
      case 'truncate':
        this.#truncate(change.inode, change.size);
        return;
      case 'write':
        this.#write(change.inode, change.offset, change.length, change.letter);
        return;
      default:
    }
  }

  flush(barrier: Extract<Change, { kind: 'barrier' }>): void {
    if (barrier.scope === 'everything') {
      this.#fat.flush();
      for (const { sectors } of this.#directories.values()) sectors.forEach(flushSector);
      for (const data of this.#data.values()) data.flush();
      for (const inode of this.#inodes.values()) inode.isDirty = false;
      return;
    }
    const directory = this.#directories.get(barrier.inode);
    if (directory !== undefined) {
      // The sectors with the names, neither the extents that are still with the inodes nor the FAT.
      for (const sector of directory.sectors) sector.flush();
      return;
    }
    const inode = this.#inode(barrier.inode);
    this.#fat.flush();
    if (inode.chain !== undefined) this.#data.get(inode.chain)?.flush();
    if (!inode.isDirty) return;
    inode.isDirty = false;
    const { sector, slot } = this.#slotAt(inode.entry);
    sector.flush();
    slot.extent.flush();
  }

  look(observed: string, pick: Pick): string | undefined {
    const [path = '', question = ''] = observed.split('#');
    const names = pathNames(path);
    let directory: string | undefined = rootInode;
    for (const [position, name] of names.entries()) {
      const found = this.#lookUp(directory, name, pick);
      if (typeof found !== 'object') return found;
      const { slot, extent } = found;
      const isLast = position === names.length - 1;
      if (!slot.isDirectory) return isLast ? this.#content(extent, pick) : 'absent';
      const hasChain =
        extent.chain !== undefined && (pick(this.#fat).value.get(extent.chain) ?? 0) > 0;
      if (isLast && question === '' && (hasChain || extent.chain === undefined)) return 'dir';
      if (!hasChain) return 'err5';
      directory = extent.chain;
    }
    if (question !== 'n') return 'dir';
    const sectors = this.#directories.get(directory ?? rootInode)?.sectors ?? [];
    return `n${sectors.reduce((count, sector) => count + pick(sector).value.length, 0)}`;
  }

  #lookUp(
    directory: string | undefined,
    name: string,
    pick: Pick,
  ): { readonly slot: Slot; readonly extent: Extent } | 'absent' | undefined {
    for (const sector of this.#directories.get(directory ?? '')?.sectors ?? []) {
      const version = pick(sector);
      const slot = version.value.find((candidate) => candidate.name === name);
      if (slot === undefined) continue;
      const extent = pick(slot.extent);
      return extent.from < version.until ? { slot, extent: extent.value } : undefined;
    }
    return 'absent';
  }

  #content(extent: Extent, pick: Pick): string {
    if (extent.sizeBytes === 0) return 'empty';
    if (extent.chain === undefined) return 'err5';
    const clusters = pick(this.#fat).value.get(extent.chain) ?? 0;
    if (clusters * blockBytes < extent.sizeBytes) return 'err5';
    return this.#data.get(extent.chain)?.render(extent.sizeBytes) ?? 'err5';
  }

  #create(entry: Entry, id: string, birth: Birth | undefined): void {
    if (birth === undefined || birth.kind === 'symlink') throw new Error('vfat has no links');
    const isDirectory = birth.kind === 'directory';
    const chain = isDirectory ? id : undefined;
    if (isDirectory) {
      const sectors = [new Register<readonly Slot[]>([], this.#tick())];
      this.#directories.set(id, { places: ['.', '..'], sectors });
      this.#resize(id, 1);
    }
    this.#inodes.set(id, { kind: birth.kind, chain, sizeBytes: 0, isDirty: false, entry });
    this.#addName(entry, isDirectory, { chain, sizeBytes: 0 });
  }

  #rename(from: Entry, to: Entry, id: string): void {
    const inode = this.#inode(id);
    const target = [...this.#inodes].find(([, other]) => isSame(other.entry, to))?.[0];
    if (target === undefined) {
      const empty = { chain: undefined, sizeBytes: 0 };
      this.#addName(to, inode.kind === 'directory', empty);
    }
    inode.entry = to;
    this.#dirty(inode);
    this.#removeName(from);
    if (target !== undefined) this.#free(target);
  }

  #exchange(first: Entry, second: Entry, firstInode: string, secondInode: string): void {
    const [one, other] = [this.#inode(firstInode), this.#inode(secondInode)];
    const now = this.#tick();
    for (const [entry, inode] of [
      [first, other],
      [second, one],
    ] as const) {
      const { sector, slot } = this.#slotAt(entry);
      const extent = new Register<Extent>({ chain: inode.chain, sizeBytes: inode.sizeBytes }, now);
      const swapped = { name: slot.name, isDirectory: inode.kind === 'directory', extent };
      sector.set(
        sector.newest.map((kept) => (kept === slot ? swapped : kept)),
        now,
      );
      inode.entry = entry;
    }
  }

  #write(id: string, offset: number, length: number, letter: string): void {
    const inode = this.#inode(id);
    const end = Math.max(inode.sizeBytes, offset + length);
    inode.chain ??= `${id}.${this.#tick()}`;
    const data = this.#data.get(inode.chain) ?? new SectorData(this.#cuts);
    this.#data.set(inode.chain, data);
    if (end === inode.sizeBytes) {
      data.write(offset, offset + length, letter);
      return;
    }
    // vfat has no holes: the gap gets clusters too.
    this.#resize(inode.chain, Math.ceil(end / blockBytes));
    if (offset > inode.sizeBytes) data.write(inode.sizeBytes, offset, '0');
    data.write(offset, offset + length, letter);
    inode.sizeBytes = end;
    this.#dirty(inode);
  }

  #truncate(id: string, sizeBytes: number): void {
    const inode = this.#inode(id);
    const before = inode.sizeBytes;
    if (sizeBytes > before) {
      this.#write(id, before, sizeBytes - before, '0');
      return;
    }
    const chain = inode.chain;
    inode.sizeBytes = sizeBytes;
    if (sizeBytes === 0) inode.chain = undefined;
    this.#dirty(inode);
    if (chain === undefined) return;
    const clusters = Math.ceil(sizeBytes / blockBytes);
    this.#data.get(chain)?.write(sizeBytes, clusters * blockBytes, '0');
    this.#resize(chain, clusters);
  }

  /** The inode is dirty: its extent may reach its sector from now on. */
  #dirty(inode: VfatInode): void {
    inode.isDirty = true;
    const extent = { chain: inode.chain, sizeBytes: inode.sizeBytes };
    this.#slotAt(inode.entry).slot.extent.set(extent, this.#tick());
  }

  #free(id: string): void {
    const { chain } = this.#inode(id);
    this.#inodes.delete(id);
    if (chain !== undefined) this.#resize(chain, 0);
  }

  #resize(chain: string, clusters: number): void {
    this.#fat.set(new Map(this.#fat.newest).set(chain, clusters), this.#tick());
  }

  #addName(entry: Entry, isDirectory: boolean, extent: Extent): void {
    const directory = this.#directory(entry.directory);
    const length = 1 + Math.ceil(entry.name.length / lettersPerSlot);
    let start = 0;
    while (directory.places.slice(start, start + length).some((owner) => owner !== undefined)) {
      start += 1;
    }
    for (let place = start; place < start + length; place += 1) {
      directory.places[place] = entry.name;
    }
    const sector = this.#sectorAt(directory, start + length - 1);
    const now = this.#tick();
    const slot = { name: entry.name, isDirectory, extent: new Register(extent, now) };
    sector.set([...sector.newest, slot], now);
  }

  #removeName(entry: Entry): void {
    const directory = this.#directory(entry.directory);
    const { sector, slot } = this.#slotAt(entry);
    sector.set(
      sector.newest.filter((kept) => kept !== slot),
      this.#tick(),
    );
    directory.places.forEach((owner, place) => {
      if (owner === entry.name) directory.places[place] = undefined;
    });
  }

  #sectorAt(directory: Directory, place: number): Register<readonly Slot[]> {
    const position = Math.floor(place / slotsPerSector);
    while (directory.sectors.length <= position) {
      directory.sectors.push(new Register<readonly Slot[]>([], 0));
    }
    const sector = directory.sectors[position];
    if (sector === undefined) throw new Error('a directory without the sector of its name');
    return sector;
  }

  #slotAt(entry: Entry): { readonly sector: Register<readonly Slot[]>; readonly slot: Slot } {
    for (const sector of this.#directory(entry.directory).sectors) {
      const slot = sector.newest.find(({ name }) => name === entry.name);
      if (slot !== undefined) return { sector, slot };
    }
    throw new Error(`no entry for ${entry.name}`);
  }

  #directory(id: string): Directory {
    const directory = this.#directories.get(id);
    if (directory === undefined) throw new Error(`no such directory: ${id}`);
    return directory;
  }

  #inode(id: string): VfatInode {
    const inode = this.#inodes.get(id);
    if (inode === undefined) throw new Error(`no such inode: ${id}`);
    return inode;
  }

  #tick(): number {
    this.#clock += 1;
    return this.#clock;
  }
}

function flushSector(sector: Register<readonly Slot[]>): void {
  sector.flush();
  for (const slot of sector.newest) slot.extent.flush();
}

function isSame(one: Entry, other: Entry): boolean {
  return one.directory === other.directory && one.name === other.name;
}
