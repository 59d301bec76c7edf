/** The picture of what is stored: blocks within blocks, and in each the cells of its files, package by package. */
import type { StoredBlock, StoredVolume } from '../model/stored-listing.ts';
import { stateOf, tallyOf, type StoredTally } from './stored-words.ts';
import type { StoredState } from '../model/stored-listing.ts';

/** A block with the rows of its own files, those of one package beside each other, and the blocks in it. */
export interface BlockNode {
  readonly block: StoredBlock;
  readonly rows: readonly number[];
  readonly tally: StoredTally;
  readonly inner: readonly BlockNode[];
}

/** The blocks of a volume; a block without files, and without any in it, is left out. */
export function blockTree({ blocks, blockOf, ownerOf, stateOf: codes }: StoredVolume): BlockNode {
  const rows = blocks.map((): number[] => []);
  blockOf.forEach((block, row) => rows[block]?.push(row));
  const node = (place: number): BlockNode => {
    const own = rows[place] ?? [];
    // Rows come in the order of paths, which a stable sort by package keeps.
    const sorted = own.sort((left, right) => (ownerOf[left] ?? 0) - (ownerOf[right] ?? 0));
    const inner = blocks
      .flatMap(({ parent }, child) => (parent === place ? [node(child)] : []))
      .filter((one) => one.rows.length > 0 || one.inner.length > 0);
    const block = blocks[place] ?? { kind: 'volume', label: '', parent: -1 };
    return { block, rows: sorted, tally: tallyOf(codes, sorted), inner };
  };
  return node(0);
}

/** Outlines of all cells of one state, in units of a cell. */
export interface CellShape {
  readonly state: StoredState;
  /** Whether a change is only in memory: such cells are hatched over their state. */
  readonly waits: boolean;
  readonly path: string;
}

/** The cells of some rows, line by line; neighbours of one state are one outline. */
export function cellShapes(
  rows: readonly number[],
  codes: Uint8Array,
  columns: number,
): readonly CellShape[] {
  const paths = new Map<number, string>();
  let at = 0;
  while (at < rows.length) {
    const code = codes[rows[at] ?? 0] ?? 0;
    const lineEnd = Math.min(rows.length, at - (at % columns) + columns);
    let end = at + 1;
    while (end < lineEnd && codes[rows[end] ?? 0] === code) end++;
    const length = end - at;
    const outline = `M${at % columns} ${Math.floor(at / columns)}h${length}v1h-${length}z`;
    paths.set(code, (paths.get(code) ?? '') + outline);
    at = end;
  }
  return [...paths].map(([code, path]) => ({ ...stateOf(code), path }));
}

/** Side of a cell in pixels: smaller where there are more, so that a whole release fits a screen or two. */
export function cellPixels(files: number): number {
  if (files <= 1500) return 9;
  return files <= 8000 ? 7 : 5;
}

/** Cells beside each other in a block: a field three times as wide as high, no wider than the page. */
export function columnsOf(files: number, widthPixels: number, cell: number): number {
  const most = Math.max(8, Math.floor(widthPixels / cell));
  return Math.max(1, Math.min(most, files, Math.max(12, Math.ceil(Math.sqrt(files * 3)))));
}
