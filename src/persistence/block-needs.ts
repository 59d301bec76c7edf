/**
 * Writes that share a block of a file: a block is one page in memory, so what a later write added to it cannot be in
 * its file without what an earlier one had put there. Where the drive writes a block in one piece, that holds for the
 * bytes of a block too; where sectors are smaller, a block may be torn. Source: persistence.md 3.4 point 3.
 */
import type { Content } from '../model/content.ts';
import { microClass, type Compiled, type ContentStep } from './compiled.ts';
import { blockBytes } from './file-blocks.ts';

/** Blocks of one write that are looked at one by one; of longer ones the first and the last. */
const blocksEachMax = 64;

/** Micro-operation → those that it cannot do without, and those that cannot do without it. */
export interface BlockNeeds {
  readonly needs: ReadonlyMap<number, readonly number[]>;
  readonly neededBy: ReadonlyMap<number, readonly number[]>;
}

/** The needs among the writes of a window. */
export function blockNeeds(compiled: Compiled): BlockNeeds {
  const needs = new Map<number, readonly number[]>();
  const neededBy = new Map<number, number[]>();
  for (const micros of compiled.contentMicros.values()) {
    if (micros.length < 2) continue;
    for (const [micro, earlier] of needsOf(compiled, micros)) {
      needs.set(micro, [...(needs.get(micro) ?? []), ...earlier]);
      for (const one of earlier) neededBy.set(one, [...(neededBy.get(one) ?? []), micro]);
    }
  }
  return { needs, neededBy };
}

type Needs = readonly [micro: number, earlier: readonly number[]];

function needsOf(compiled: Compiled, micros: readonly number[]): readonly Needs[] {
  const rooms = new LastOfBlocks();
  const bytes = new LastOfBlocks();
  const isWhole = compiled.drive.sectorBytes >= blockBytes;
  return micros.flatMap((micro): readonly Needs[] => {
    const step = compiled.steps[micro];
    if (step?.kind === 'resize') {
      // Blocks behind the new end are gone; those that the file gets there later are others.
      rooms.cutAt(step.sizeBytes);
      bytes.cutAt(step.sizeBytes);
    }
    const isRoom = step?.kind === 'attach' && compiled.classes[micro] === microClass.attach;
    return [
      ...(isRoom ? rooms.needsOf(micro, step) : []),
      ...(isWhole ? bytesNeeded(compiled, bytes, micro, step) : []),
    ];
  });
}

/** The micro-operation that carries the bytes of a step, behind those that carry what the blocks held before. */
function bytesNeeded(
  { classes }: Compiled,
  bytes: LastOfBlocks,
  micro: number,
  step: ContentStep | undefined,
): readonly Needs[] {
  if (step?.kind === 'attach') {
    return bytes.needsOf(step.dataMicro < 0 ? micro : step.dataMicro, step);
  }
  if (step?.kind !== 'in-place' && step?.kind !== 'zero-tail') return [];
  return classes[micro] === microClass.data ? bytes.needsOf(micro, step) : [];
}

/** Block → the last micro-operation that concerned it. */
class LastOfBlocks {
  readonly #last = new Map<number, number>();

  cutAt(sizeBytes: number): void {
    for (const block of this.#last.keys()) {
      if (block * blockBytes >= sizeBytes) this.#last.delete(block);
    }
  }

  /** What a micro-operation over these bytes needs; from here on it is the last. */
  needsOf(
    micro: number,
    { offsetBytes, data }: { readonly offsetBytes: number; readonly data: Content },
  ): readonly Needs[] {
    const blocks = blocksOf(offsetBytes, data.sizeBytes);
    const earlier = new Set(blocks.flatMap((block) => this.#last.get(block) ?? []));
    for (const block of blocks) this.#last.set(block, micro);
    earlier.delete(micro);
    return earlier.size > 0 ? [[micro, [...earlier]]] : [];
  }
}

function blocksOf(offsetBytes: number, sizeBytes: number): readonly number[] {
  const first = Math.floor(offsetBytes / blockBytes);
  const end = Math.ceil((offsetBytes + sizeBytes) / blockBytes);
  if (end - first > blocksEachMax) return [first, end - 1];
  return Array.from({ length: end - first }, (_, index) => first + index);
}
