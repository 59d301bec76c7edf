/**
 * The blocks of a file on one possible disk. Whether a write lands over old bytes or needs new blocks hangs on what
 * reached the disk before it, and a block that was freed and given again is another block. Source: persistence.md 3.2.
 */
import type { Inode } from '../model/cell-table.ts';
import { zeroBlob, type Content } from '../model/content.ts';
import type { Compiled } from './compiled.ts';

/** Bytes that are allocated together. */
export const blockBytes = 4096;

/** Block of a file → how often the file had lost it when it was given. */
export type Blocks = ReadonlyMap<number, number>;

/** Blocks that a file has before the program; zeros in whole blocks are holes. */
export function blocksOf(content: Content): Blocks {
  const blocks = new Map<number, number>();
  let at = 0;
  for (const { blob, lengthBytes } of content.segments) {
    if (blob !== zeroBlob) {
      for (const block of blocksBetween(at, at + lengthBytes)) blocks.set(block, 0);
    }
    at += lengthBytes;
  }
  return blocks;
}

/** Numbers of the blocks that a range of bytes touches. */
export function blocksBetween(fromBytes: number, toBytes: number): readonly number[] {
  if (toBytes <= fromBytes) return [];
  const first = Math.floor(fromBytes / blockBytes);
  const count = Math.ceil(toBytes / blockBytes) - first;
  return Array.from({ length: count }, (_, index) => first + index);
}

/** How often a file had lost a block before an operation. */
export function generationOf(
  { operations }: Compiled,
  inode: Inode,
  block: number,
  before: number,
): number {
  let generation = 0;
  for (let index = 0; index < before; index++) {
    const effect = operations[index]?.effect;
    if (effect?.kind !== 'truncate' || effect.inode !== inode) continue;
    const isCutOff = block * blockBytes >= effect.sizeBytes;
    if (isCutOff && effect.sizeBytes < effect.sizeBeforeBytes) generation++;
  }
  return generation;
}

/** Blocks that the running machine has given a file before an operation. */
export function liveBlocks(
  { base, operations }: Pick<Compiled, 'base' | 'operations'>,
  inode: Inode,
  before: number,
): ReadonlySet<number> {
  const blocks = new Set(blocksOf(base.content(inode)).keys());
  for (let index = 0; index < before; index++) {
    const effect = operations[index]?.effect;
    if (effect?.kind === 'write' && effect.inode === inode) {
      const { offsetBytes, data } = effect;
      for (const block of blocksBetween(offsetBytes, offsetBytes + data.sizeBytes)) {
        blocks.add(block);
      }
    }
    if (effect?.kind !== 'truncate' || effect.inode !== inode) continue;
    for (const block of blocks) if (block * blockBytes >= effect.sizeBytes) blocks.delete(block);
  }
  return blocks;
}
