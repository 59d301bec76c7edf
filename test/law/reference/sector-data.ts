import {
  bornInode,
  copyInode,
  eitherLetters,
  fillCells,
  renderContent,
  type DiskInode,
} from './disk-state.ts';
import { emptyDisk } from './disk-state.ts';

/**
 * The content of one run of clusters: what may be on the disk, sector by sector, and what memory
 * holds. Fresh clusters read as zeroes, as on the empty disks of the recordings.
 */
export class SectorData {
  readonly #cuts: readonly number[];
  #possible: DiskInode = bornInode({ kind: 'file', mode: 0, target: '' });
  #newest: DiskInode = bornInode({ kind: 'file', mode: 0, target: '' });

  constructor(cuts: readonly number[]) {
    this.#cuts = cuts;
  }

  write(from: number, to: number, letter: string): void {
    const disk = emptyDisk(this.#cuts);
    fillCells(disk, this.#newest, { from, to }, () => letter);
    fillCells(disk, this.#possible, { from, to }, (before) => eitherLetters(before, letter));
  }

  flush(): void {
    this.#possible = copyInode(this.#newest);
  }

  render(sizeBytes: number): string {
    return renderContent(emptyDisk(this.#cuts), { ...this.#possible, sizeBytes });
  }
}
