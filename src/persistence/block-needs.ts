/**
 * Writes that share a block of a file: a block is one page in memory, so what a later write added to it cannot be in
 * its file without what an earlier one had put there. Source: persistence.md 3.4 point 3.
 */
import { microClass, type Compiled } from './compiled.ts';

/** Bytes that are written back together. */
const blockBytes = 4096;

/** Blocks of one write that are looked at one by one; of longer ones the first and the last. */
const blocksEachMax = 64;

/** Micro-operation → those that it cannot do without, and those that cannot do without it. */
export interface BlockNeeds {
  readonly needs: ReadonlyMap<number, readonly number[]>;
  readonly neededBy: ReadonlyMap<number, readonly number[]>;
}

/** The needs among the attached writes of a window. */
export function blockNeeds(compiled: Compiled): BlockNeeds {
  const needs = new Map<number, readonly number[]>();
  const neededBy = new Map<number, number[]>();
  for (const micros of compiled.contentMicros.values()) {
    if (micros.length < 2) continue;
    for (const [micro, earlier] of needsOf(compiled, micros)) {
      needs.set(micro, earlier);
      for (const one of earlier) neededBy.set(one, [...(neededBy.get(one) ?? []), micro]);
    }
  }
  return { needs, neededBy };
}

function needsOf(
  compiled: Compiled,
  micros: readonly number[],
): readonly (readonly [number, readonly number[]])[] {
  const last = new Map<number, number>();
  const found: (readonly [number, readonly number[]])[] = [];
  for (const micro of micros) {
    const step = compiled.steps[micro];
    if (step?.kind === 'resize' && step.sizeBytes === 0) last.clear();
    if (step?.kind !== 'attach' || compiled.classes[micro] !== microClass.attach) continue;
    const blocks = blocksOf(step.offsetBytes, step.data.sizeBytes);
    const earlier = new Set(blocks.flatMap((block) => last.get(block) ?? []));
    if (earlier.size > 0) found.push([micro, [...earlier]]);
    for (const block of blocks) last.set(block, micro);
  }
  return found;
}

function blocksOf(offsetBytes: number, sizeBytes: number): readonly number[] {
  const first = Math.floor(offsetBytes / blockBytes);
  const end = Math.ceil((offsetBytes + sizeBytes) / blockBytes);
  if (end - first > blocksEachMax) return [first, end - 1];
  return Array.from({ length: end - first }, (_, index) => first + index);
}
