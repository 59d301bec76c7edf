/**
 * What a program has given a file so far, as the running machine knows it and as every disk must have it: blocks, and
 * the size. Blocks that no barrier has confirmed are on a disk only where the extent that brought them is.
 */
import type { Content } from '../model/content.ts';
import {
  holesBetween,
  rangesBetween,
  rangesOf,
  withRange,
  type ByteRange,
  type ByteRanges,
} from './allocated-ranges.ts';
import { blockBytes } from './file-blocks.ts';

/** A size that a write gives its file on disks that have the blocks which it was written into. */
export interface RoomSize {
  /** The extent that brought those blocks, or -1 where every disk has them. */
  readonly attachMicro: number;
  readonly sizeBytes: number;
}

/** Blocks that an extent brings. */
interface Room extends ByteRange {
  readonly attachMicro: number;
  /** A disk that has the extent has at least this size. */
  readonly sizeBytes: number;
}

/** One file while a window is compiled. */
export class FileRooms {
  /** Bytes that lie in blocks on every disk. */
  allocated: ByteRanges;
  /** In order; none overlaps another. */
  #rooms: Room[] = [];
  #liveSizeBytes: number;
  /** Every disk that has the metadata so far has at least this size. */
  #sureSizeBytes: number;

  constructor(base: Content) {
    this.allocated = rangesOf(base);
    this.#liveSizeBytes = base.sizeBytes;
    this.#sureSizeBytes = base.sizeBytes;
  }

  /** Bytes between two places for which extents bring blocks. */
  given(fromBytes: number, toBytes: number): ByteRanges {
    return rangesBetween(this.#between(fromBytes, toBytes), fromBytes, toBytes);
  }

  /** The rooms that touch these bytes; a file may have thousands. */
  #between(fromBytes: number, toBytes: number): readonly Room[] {
    const first = this.#placeOf(fromBytes);
    let end = first;
    while ((this.#rooms[end]?.fromBytes ?? Infinity) < toBytes) end++;
    return this.#rooms.slice(first, end);
  }

  /** Place of the first room that ends behind this byte. */
  #placeOf(fromBytes: number): number {
    let low = 0;
    let high = this.#rooms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rooms[middle]?.toBytes ?? Infinity) > fromBytes) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /**
   * Sizes that a write gives the file with its metadata, because it ends in blocks that the file has: on every disk, or
   * on those with an extent. Empty where every disk has such a size already.
   */
  grow(fromBytes: number, toBytes: number): readonly RoomSize[] {
    const sizes: RoomSize[] = [];
    const last = rangesBetween(this.allocated, fromBytes, toBytes).at(-1);
    if (last !== undefined && last.toBytes > this.#sureSizeBytes) {
      sizes.push({ attachMicro: -1, sizeBytes: last.toBytes });
      this.#sureSizeBytes = last.toBytes;
    }
    const first = this.#placeOf(fromBytes);
    this.#between(fromBytes, toBytes).forEach((room, index) => {
      const sizeBytes = Math.min(room.toBytes, toBytes);
      if (sizeBytes <= Math.max(room.sizeBytes, this.#sureSizeBytes)) return;
      sizes.push({ attachMicro: room.attachMicro, sizeBytes });
      this.#rooms[first + index] = { ...room, sizeBytes };
    });
    return sizes;
  }

  /** An extent brings blocks for those of these bytes that have none. */
  attach({ fromBytes, toBytes }: ByteRange, attachMicro: number, sizeBytes: number): void {
    const from = Math.floor(fromBytes / blockBytes) * blockBytes;
    const to = Math.ceil(toBytes / blockBytes) * blockBytes;
    const first = this.#placeOf(from);
    const known = this.#between(from, to);
    const added = holesBetween(known, from, to).map((hole) => ({
      ...hole,
      attachMicro,
      sizeBytes,
    }));
    const merged = [...known, ...added].sort((one, other) => one.fromBytes - other.fromBytes);
    this.#rooms.splice(first, known.length, ...merged);
  }

  wrote(toBytes: number): void {
    this.#liveSizeBytes = Math.max(this.#liveSizeBytes, toBytes);
  }

  truncate(sizeBytes: number): void {
    const kept = Math.ceil(sizeBytes / blockBytes) * blockBytes;
    this.allocated = rangesBetween(this.allocated, 0, kept);
    this.#rooms = this.#between(0, kept).map((room) => ({
      ...room,
      toBytes: Math.min(room.toBytes, kept),
      sizeBytes: 0,
    }));
    this.#liveSizeBytes = sizeBytes;
    this.#sureSizeBytes = sizeBytes;
  }

  /** Everything so far is on every disk. */
  settle(): void {
    for (const { fromBytes, toBytes } of this.#rooms) {
      this.allocated = withRange(this.allocated, fromBytes, toBytes);
    }
    this.#rooms = [];
    this.#sureSizeBytes = this.#liveSizeBytes;
  }
}
