/** One inode in memory: memfs' node with the attributes that memfs lacks, and bytes that may still lie on the disk. */
import { Node } from '@jsonjoy.com/fs-core';
import type { Attributes, InodeKind } from '../model/attributes.ts';
import type { Inode } from '../model/cell-table.ts';
import { contentText, type Content } from '../model/content.ts';
import { bytesOf, type BlobBytes, type RamBytes } from './blob-bytes.ts';

/** File type bits of a mode. Source: inode(7). */
const typeBits: { readonly [kind in InodeKind]: number } = {
  file: 0o100_000,
  directory: 0o040_000,
  symlink: 0o120_000,
  device: 0o020_000,
};

/** Where the bytes are: not looked at yet, in the node, or nowhere because they are a stand-in. */
type BytesPlace = 'on disk' | 'in memory' | 'stand-in';

/** What a node asks of the file system that it lies in. */
export interface NodeSource {
  readonly bytes: BlobBytes;
  contentOf(inode: Inode): Content;
  linkCount(inode: Inode): number;
}

/** A node of a RAM tree. */
export class RamNode extends Node {
  readonly #source: NodeSource;
  #record: Attributes;
  #place: BytesPlace;

  constructor(source: NodeSource, inode: Inode, record: Attributes, fresh: boolean) {
    super(inode, typeBits[record.kind] | record.mode, record.user, record.group);
    this.#source = source;
    if (record.target !== undefined) this.symlink = record.target;
    this.#place = fresh ? 'in memory' : 'on disk';
    this.#record = record;
  }

  /** What the inode is, beside its content; memfs has fields for the mode, the owner and the target alone. */
  get attributes(): Attributes {
    return this.#record;
  }

  set attributes(record: Attributes) {
    this.#record = record;
    this.mode = typeBits[record.kind] | record.mode;
    this.uid = record.user;
    this.gid = record.group;
  }

  /** Permissions are asked of permissions.ts: memfs lets root read nothing that its mode forbids. */
  override canRead(): boolean {
    return true;
  }

  override canWrite(): boolean {
    return true;
  }

  override canExecute(): boolean {
    return true;
  }

  override get nlink(): number {
    return this.#source.linkCount(this.ino);
  }

  override set nlink(_count: number) {
    // Follows from the names.
  }

  /** Bytes that stat(2) gives; those of a stand-in are only counted. */
  override getSize(): number {
    if (this.isSymlink()) return bytesOf(this.symlink).length;
    return this.#place === 'in memory' ? super.getSize() : this.#content().sizeBytes;
  }

  /** The bytes; a stand-in gives those of its name. */
  override getBuffer(): RamBytes {
    this.#fetch();
    if (this.#place !== 'stand-in') return super.getBuffer();
    return bytesOf(contentText(this.#content(), this.#source.bytes.blobs));
  }

  #content(): Content {
    return this.#source.contentOf(this.ino);
  }

  /** Fetches the bytes when they still lie on the disk. */
  #fetch(): void {
    if (this.#place !== 'on disk') return;
    const { bytes } = this.#source;
    const now = this.#content();
    if (!bytes.areReal(now)) {
      this.#place = 'stand-in';
      return;
    }
    bytes.write(this, 0, now);
    this.#place = 'in memory';
  }

  /** Writes at an offset. */
  put(offsetBytes: number, data: Content): void {
    this.#fetch();
    if (this.#place !== 'in memory') return;
    const { bytes } = this.#source;
    const sizeBytes = offsetBytes + data.sizeBytes;
    if (bytes.areReal({ sizeBytes, segments: data.segments })) {
      bytes.write(this, offsetBytes, data);
    } else this.#release();
  }

  /** Cuts or lengthens with zeros. */
  resize(sizeBytes: number): void {
    if (sizeBytes === 0) this.#place = 'in memory';
    this.#fetch();
    if (this.#place !== 'in memory') return;
    if (this.#source.bytes.areReal({ sizeBytes, segments: [] })) this.truncate(sizeBytes);
    else this.#release();
  }

  #release(): void {
    this.truncate(0);
    this.#place = 'stand-in';
  }
}
