import { rootInode } from './live-tree.ts';
import type { Birth, Change, Entry } from './micro-operations.ts';
import { blockBytes, pathNames } from './program.ts';
import { Register, type Pick } from './register.ts';
import { SectorData } from './sector-data.ts';
import type { SectorFileSystem } from './sectors.ts';

/** What the place of an inode in the inode table holds. */
type InodeRecord =
  | { readonly state: 'unwritten' }
  | { readonly state: 'deleted' }
  | {
      readonly state: 'in-use';
      readonly birth: Birth;
      readonly mode: number;
      readonly attributes: ReadonlyMap<string, string>;
      readonly chain: string;
      readonly sizeBytes: number;
    };
type UsedRecord = Extract<InodeRecord, { state: 'in-use' }>;

/** The names in the block of a directory; a torn block fails its checksum. */
type DirectoryBlock = ReadonlyMap<string, string> | 'torn';

/**
 * ext4 without a journal, by its blocks (persistence.md 3.8 and section 5). Registers: the block of
 * each directory and the record of each inode.
 *
 * * A name whose inode was never written reads as EBADMSG, 74 (ext4nj/create-write-nosync).
 * * A name whose inode is already deleted reads as EUCLEAN, 117 (ext4nj/ren-over-nosync).
 * * A directory block is 4096 bytes with a checksum: torn, every name in it answers 74
 *   (ext4nj/ren-over-nosync: both names).
 * * Data lands sector by sector, and unwritten blocks read as zeroes.
 * * fsync of a new name writes the directories above it as well (ext4nj/create-write-fsync: nothing
 *   but the content is left after the end).
 */
export class Ext4WithoutJournal implements SectorFileSystem {
  readonly #cuts: readonly number[];
  readonly #records = new Map<string, Register<InodeRecord>>();
  readonly #blocks = new Map<string, Register<DirectoryBlock>>();
  readonly #data = new Map<string, SectorData>();
  /** Names added since the inode was synced: the directories that fsync has to write. */
  readonly #newNames = new Map<string, Set<string>>();
  #clock = 0;

  constructor(cuts: readonly number[]) {
    this.#cuts = cuts;
    const birth: Birth = { kind: 'directory', mode: 0o755, target: '' };
    this.#create(rootInode, birth);
    this.#setNames(rootInode, (names) => names.set('lost+found', 'lost+found'));
    this.#create('lost+found', birth);
  }

  apply(change: Change): void {
    switch (change.kind) {
      case 'link':
        if (change.birth !== undefined) this.#create(change.inode, change.birth);
        this.#addName(change.entry, change.inode);
        return;
      case 'unlink':
        this.#setNames(change.entry.directory, (names) => names.delete(change.entry.name));
        this.#deleteIfUnnamed(change.inode);
        return;
      case 'rename':
        this.#rename(change.from, change.to, change.inode);
        return;
      case 'exchange':
        this.#addName(change.first, change.secondInode);
        this.#addName(change.second, change.firstInode);
        return;
      case 'mode':
        this.#setRecord(change.inode, (record) => ({ ...record, mode: change.mode }));
        return;
      case 'xattr':
        this.#setRecord(change.inode, (record) => ({
          ...record,
          attributes: new Map(record.attributes).set(change.name, change.value),
        }));
        return;
      case 'truncate':
        this.#truncate(change.inode, change.size);
        return;
      case 'write':
        this.#write(change.inode, change.offset, change.offset + change.length, change.letter);
        return;
      default:
    }
  }

  flush(barrier: Extract<Change, { kind: 'barrier' }>): void {
    if (barrier.scope === 'everything') {
      for (const record of this.#records.values()) record.flush();
      for (const block of this.#blocks.values()) block.flush();
      for (const data of this.#data.values()) data.flush();
      this.#newNames.clear();
      return;
    }
    this.#blocks.get(barrier.inode)?.flush();
    this.#flushInode(barrier.inode);
  }

  look(observed: string, pick: Pick): string {
    const [path = '', question = ''] = observed.split('#');
    return this.#walk(rootInode, pathNames(path), question, pick, 8);
  }

  #walk(
    from: string,
    names: readonly string[],
    question: string,
    pick: Pick,
    linksLeft: number,
  ): string {
    let id = from;
    for (const [position, name] of names.entries()) {
      const block = this.#blocks.get(id);
      if (block === undefined) return 'absent';
      const held = pick(block).value;
      if (held === 'torn') return 'err74';
      const next = held.get(name);
      if (next === undefined) return 'absent';
      const record = pick(this.#record(next)).value;
      if (record.state !== 'in-use') return record.state === 'deleted' ? 'err117' : 'err74';
      const rest = names.slice(position + 1);
      if (record.birth.kind === 'symlink' && rest.length > 0) {
        if (linksLeft === 0) return 'absent';
        const { target } = record.birth;
        const start = target.startsWith('/') ? rootInode : id;
        return this.#walk(start, [...pathNames(target), ...rest], question, pick, linksLeft - 1);
      }
      id = next;
    }
    return this.#answer(id, question, pick);
  }

  #answer(id: string, question: string, pick: Pick): string {
    const record = pick(this.#record(id)).value;
    if (record.state !== 'in-use') return 'err74';
    if (question === 'mode') return `0o${record.mode.toString(8)}`;
    if (question.startsWith('x:')) return record.attributes.get(question.slice(2)) ?? 'noattr';
    const block = this.#blocks.get(id);
    if (block !== undefined) {
      if (question !== 'n') return 'dir';
      const held = pick(block).value;
      return held === 'torn' ? 'err74' : `n${held.size}`;
    }
    if (record.birth.kind === 'symlink') return `symlink:${record.birth.target}`;
    if (record.sizeBytes === 0) return 'empty';
    return this.#dataOf(record.chain).render(record.sizeBytes);
  }

  #create(id: string, birth: Birth): void {
    const { mode } = birth;
    const record = new Register<InodeRecord>({ state: 'unwritten' }, this.#tick());
    const chain = `${id}.${this.#clock}`;
    const attributes = new Map<string, string>();
    record.set({ state: 'in-use', birth, mode, attributes, chain, sizeBytes: 0 }, this.#tick());
    this.#records.set(id, record);
    if (birth.kind !== 'directory') return;
    // Before its first write the block of a directory is garbage, as good as torn.
    const block = new Register<DirectoryBlock>('torn', this.#tick(), 'torn');
    block.set(new Map(), this.#tick());
    this.#blocks.set(id, block);
  }

  #rename(from: Entry, to: Entry, id: string): void {
    const block = this.#blocks.get(to.directory)?.newest;
    const target = block === undefined || block === 'torn' ? undefined : block.get(to.name);
    if (from.directory === to.directory) {
      // Both names lie in one block, and the old one is removed before the block can be written.
      this.#setNames(to.directory, (names) => names.set(to.name, id).delete(from.name));
      this.#noteName(to, id);
    } else {
      this.#addName(to, id);
      this.#setNames(from.directory, (names) => names.delete(from.name));
    }
    if (target !== undefined) this.#deleteIfUnnamed(target);
  }

  #write(id: string, from: number, to: number, letter: string): void {
    const used = this.#used(id);
    const data = this.#dataOf(used.chain);
    data.write(from, to, letter);
    if (to > used.sizeBytes) this.#setRecord(id, (record) => ({ ...record, sizeBytes: to }));
  }

  #truncate(id: string, sizeBytes: number): void {
    const used = this.#used(id);
    const chain = sizeBytes === 0 ? `${id}.${this.#tick()}` : used.chain;
    if (sizeBytes < used.sizeBytes && sizeBytes > 0) {
      const tailEnd = Math.ceil(used.sizeBytes / blockBytes) * blockBytes;
      this.#dataOf(chain).write(sizeBytes, tailEnd, '0');
    }
    this.#setRecord(id, (record) => ({ ...record, chain, sizeBytes }));
  }

  #addName(entry: Entry, id: string): void {
    this.#setNames(entry.directory, (names) => names.set(entry.name, id));
    this.#noteName(entry, id);
  }

  #noteName(entry: Entry, id: string): void {
    const directories = this.#newNames.get(id) ?? new Set();
    this.#newNames.set(id, directories.add(entry.directory));
  }

  #flushInode(id: string): void {
    this.#record(id).flush();
    const { chain } = this.#used(id);
    this.#data.get(chain)?.flush();
    const parents = this.#newNames.get(id) ?? new Set();
    this.#newNames.delete(id);
    for (const parent of parents) {
      this.#blocks.get(parent)?.flush();
      this.#flushInode(parent);
    }
  }

  #deleteIfUnnamed(id: string): void {
    const blocks = [...this.#blocks.values()].map((block) => block.newest);
    const isNamed = blocks.some((block) => block !== 'torn' && [...block.values()].includes(id));
    if (!isNamed) this.#record(id).set({ state: 'deleted' }, this.#tick());
  }

  #setNames(directory: string, edit: (names: Map<string, string>) => unknown): void {
    const block = this.#blocks.get(directory);
    if (block === undefined) throw new Error(`no such directory: ${directory}`);
    const names = new Map(block.newest === 'torn' ? [] : block.newest);
    edit(names);
    block.set(names, this.#tick());
  }

  #setRecord(id: string, edit: (record: UsedRecord) => InodeRecord): void {
    this.#record(id).set(edit(this.#used(id)), this.#tick());
  }

  #used(id: string): UsedRecord {
    const record = this.#record(id).newest;
    if (record.state !== 'in-use') throw new Error(`inode ${id} is not in use`);
    return record;
  }

  #record(id: string): Register<InodeRecord> {
    const record = this.#records.get(id);
    if (record === undefined) throw new Error(`no such inode: ${id}`);
    return record;
  }

  #dataOf(chain: string): SectorData {
    const data = this.#data.get(chain) ?? new SectorData(this.#cuts);
    this.#data.set(chain, data);
    return data;
  }

  #tick(): number {
    this.#clock += 1;
    return this.#clock;
  }
}
