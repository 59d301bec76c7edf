/**
 * Which cells each file of a census was read from, and a digest of what those hold now: a file whose digest was seen
 * before is in the state that it was in then, and no path need be walked to know it. Two states of a file share a digest
 * of 53 bits with odds of one in 10^16.
 */
import type { Cell } from '../model/cell-table.ts';
import { mix } from '../model/mix.ts';

interface Readers {
  readonly files: number[];
  /** What the cell holds, as far as the digests know. */
  value: number;
}

/** The cells of one volume. */
interface VolumeCells {
  readonly salt: number;
  /** Cell → files that read it once; never shrinks, which costs a needless look at most. */
  readonly readers: Map<Cell, Readers>;
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** File → cells that it read here. */
  readonly cellsOf: readonly Cell[][];
}

/** Digests of a number of files over a number of volumes. */
export class FileDigests {
  readonly #volumes: readonly VolumeCells[];

  constructor(volumeCount: number, fileCount: number) {
    this.#volumes = Array.from({ length: volumeCount }, (_, volume) => ({
      salt: mix(volume + 1, 0x51ed270b),
      readers: new Map<Cell, Readers>(),
      low: new Int32Array(fileCount),
      high: new Int32Array(fileCount),
      cellsOf: Array.from({ length: fileCount }, () => []),
    }));
  }

  /** Whether any file was read from this cell. */
  has(volume: number, cell: Cell): boolean {
    return this.#volumes[volume]?.readers.has(cell) === true;
  }

  /** Files that were ever read from this cell. */
  readersOf(volume: number, cell: Cell): readonly number[] {
    return this.#volumes[volume]?.readers.get(cell)?.files ?? [];
  }

  /** A cell has changed; the files that read it are added to `touched`. */
  changed(volume: number, cell: Cell, value: number, touched: Set<number>): void {
    const cells = this.#volumes[volume];
    const readers = cells?.readers.get(cell);
    if (cells === undefined || readers === undefined) return;
    const { files, value: before } = readers;
    if (before === value) return;
    readers.value = value;
    const salt = Math.imul(cell, 0x9e3779b1) ^ cells.salt;
    const low = mix(before, salt) ^ mix(value, salt);
    const high = mix(before, ~salt) ^ mix(value, ~salt);
    for (const file of files) {
      cells.low[file] = (cells.low[file] ?? 0) ^ low;
      cells.high[file] = (cells.high[file] ?? 0) ^ high;
      touched.add(file);
    }
  }

  /** The file was read from this cell, which holds `value`. False when that was known. */
  register(file: number, volume: number, cell: Cell, value: number): boolean {
    const cells = this.#volumes[volume];
    const own = cells?.cellsOf[file];
    if (cells === undefined || own === undefined || own.includes(cell)) return false;
    own.push(cell);
    const readers = cells.readers.get(cell);
    if (readers === undefined) cells.readers.set(cell, { files: [file], value });
    else readers.files.push(file);
    const salt = Math.imul(cell, 0x9e3779b1) ^ cells.salt;
    cells.low[file] = (cells.low[file] ?? 0) ^ mix(value, salt);
    cells.high[file] = (cells.high[file] ?? 0) ^ mix(value, ~salt);
    return true;
  }

  /** What the cells of a file hold now. */
  keyOf(file: number): number {
    let low = 0;
    let high = 0;
    for (const cells of this.#volumes) {
      low ^= cells.low[file] ?? 0;
      high ^= cells.high[file] ?? 0;
    }
    return (low >>> 0) * 2 ** 21 + (high & 0x1fffff);
  }

  /** The same on one volume alone: two words; zeros when it read nothing there. */
  partOf(file: number, volume: number): readonly [number, number] {
    const cells = this.#volumes[volume];
    return [cells?.low[file] ?? 0, cells?.high[file] ?? 0];
  }

  /** The one volume that a file was read from; -1 when there are several, or none. */
  onlyVolumeOf(file: number): number {
    let only = -1;
    for (const [volume, { cellsOf }] of this.#volumes.entries()) {
      if (cellsOf[file]?.length === 0) continue;
      if (only >= 0) return -1;
      only = volume;
    }
    return only;
  }
}
