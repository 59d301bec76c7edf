/** Small programs on one volume, written as people speak of them, for tests about persistence. */
import { attributes } from '../../../src/model/attributes.ts';
import type { Inode } from '../../../src/model/cell-table.ts';
import { BlobTable, contentText, wholeBlob, type Content } from '../../../src/model/content.ts';
import { FileSystemState } from '../../../src/model/file-system-state.ts';
import type { Effect } from '../../../src/model/operation.ts';
import { ImageBuilder, Volume } from '../../../src/model/volume.ts';

/** A volume with files, and a way to do things to it at given milliseconds. */
export class Program {
  readonly blobs = new BlobTable();
  readonly volume: Volume;
  readonly #root: Inode;
  #index = 0;

  constructor(profile: string, files: { readonly [name: string]: string } = {}) {
    const builder = new ImageBuilder();
    for (const [name, text] of Object.entries(files)) {
      builder.file(builder.root, name, this.content(text));
    }
    this.#root = builder.root;
    this.volume = new Volume({ id: 'root', profile, label: 'root' }, builder.state());
  }

  content(text: string): Content {
    const sizeBytes = text.length * 4096;
    return wholeBlob(this.blobs.intern(text, sizeBytes), sizeBytes);
  }

  #do(milliseconds: number, effect: Effect, path: string, lastsMilliseconds = 0): void {
    this.volume.record({
      index: this.#index++,
      volume: 'root',
      startMicroseconds: milliseconds * 1000,
      endMicroseconds: (milliseconds + lastsMilliseconds) * 1000,
      process: 1,
      stage: 0,
      effect,
      path,
    });
  }

  #inode(name: string): Inode {
    return this.volume.live.lookup(this.#root, name);
  }

  create(milliseconds: number, name: string): void {
    const inode = this.volume.table.newInode(0);
    const created = attributes('file');
    this.#do(milliseconds, { kind: 'link', directory: this.#root, name, inode, created }, name);
  }

  write(milliseconds: number, name: string, text: string, offsetBytes = 0): void {
    if (this.#inode(name) === 0) this.create(milliseconds, name);
    const inode = this.#inode(name);
    const sizeBeforeBytes = this.volume.live.content(inode).sizeBytes;
    const data = this.content(text);
    this.#do(milliseconds, { kind: 'write', inode, offsetBytes, data, sizeBeforeBytes }, name);
  }

  truncate(milliseconds: number, name: string, sizeBytes: number): void {
    const inode = this.#inode(name);
    const sizeBeforeBytes = this.volume.live.content(inode).sizeBytes;
    this.#do(
      milliseconds,
      { kind: 'truncate', inode, sizeBytes, sizeBeforeBytes, atOpen: false },
      name,
    );
  }

  rename(milliseconds: number, from: string, to: string): void {
    this.#do(
      milliseconds,
      {
        kind: 'rename',
        fromDirectory: this.#root,
        fromName: from,
        toDirectory: this.#root,
        toName: to,
        inode: this.#inode(from),
        replaced: this.#inode(to),
      },
      from,
    );
  }

  fsync(milliseconds: number, name: string): void {
    const inode = this.#inode(name);
    this.#do(milliseconds, { kind: 'barrier', scope: 'fsync', inode }, name, 6);
  }

  fsyncDirectory(milliseconds: number): void {
    this.#do(
      milliseconds,
      { kind: 'barrier', scope: 'fsync-directory', inode: this.#root },
      '/',
      6,
    );
  }

  syncfs(milliseconds: number): void {
    this.#do(milliseconds, { kind: 'barrier', scope: 'syncfs', inode: 0 }, '/', 6);
  }

  /** What a reader of these cells finds under a name: its text, `zeros`, `empty` or `absent`. */
  look(cells: Int32Array, name: string): string {
    const state = new FileSystemState(this.volume.table, cells);
    const inode = state.lookup(this.#root, name);
    if (inode === 0) return 'absent';
    const content = state.content(inode);
    if (content.sizeBytes === 0) return 'empty';
    return contentText(content, this.blobs) || 'zeros';
  }
}
