/**
 * Which steps of a long content can be taken back by themselves: their bytes lie where no other step writes, so without
 * them there is what the file held before all steps, or zeros. A log of thousands of steps of which one is missing is
 * then made from the whole log, and not step by step.
 */
import { slice, zeros, type Content } from '../model/content.ts';
import { holesBetween, withRange, type ByteRanges } from './allocated-ranges.ts';
import type { ContentStep } from './compiled.ts';

/** Bytes that are written over a content, each at its place. */
export type Instead = readonly { readonly fromBytes: number; readonly data: Content }[];

type AttachStep = Extract<ContentStep, { kind: 'attach' }>;

/** Parts of an attach that it writes itself; the rest of it has steps of its own. */
export function ownParts(step: AttachStep, kept: ByteRanges): ByteRanges {
  let left: ByteRanges = [];
  for (const { fromBytes, toBytes } of kept) left = withRange(left, fromBytes, toBytes);
  return holesBetween(left, step.offsetBytes, step.offsetBytes + step.data.sizeBytes);
}

/** The steps of one file. */
export class LoneSteps {
  readonly #steps: readonly (ContentStep | undefined)[];
  readonly #base: Content;
  /** Step of data → the step that makes it part of the file. */
  readonly #attachOf = new Map<number, number>();
  /** Steps that change the size, or what lies behind it, for all that come later. */
  readonly #sizing: readonly number[];
  /** Whether bytes in place can lie behind the end, so that they depend on what lengthened the file before. */
  readonly #isCut: boolean;
  readonly #isLone: Uint8Array;

  /** `orderOf`: micro-operation → its place among the steps. */
  constructor(
    steps: readonly (ContentStep | undefined)[],
    base: Content,
    orderOf: (micro: number) => number,
  ) {
    this.#steps = steps;
    this.#base = base;
    const sizing: number[] = [];
    let isCut = false;
    for (const [order, step] of steps.entries()) {
      if (step?.kind === 'resize' || step?.kind === 'zero-tail') sizing.push(order);
      if (step?.kind === 'attach' && step.dataMicro >= 0) {
        this.#attachOf.set(orderOf(step.dataMicro), order);
      }
      if (step?.kind === 'in-place' && !step.lengthens) {
        isCut ||= step.offsetBytes + step.data.sizeBytes > base.sizeBytes;
      }
    }
    this.#sizing = sizing;
    this.#isCut = isCut;
    this.#isLone = loneOf(steps);
  }

  /** What to write over a content of `sizeBytes` to take one of its steps back; undefined where it must be folded anew. */
  without(order: number, has: (order: number) => boolean, sizeBytes: number): Instead | undefined {
    if (this.#sizing.some(has)) return undefined;
    const step = this.#steps[order];
    switch (step?.kind) {
      case 'data':
        return this.#withoutData(order, has);
      case 'in-place':
        return this.#withoutBytes(order, step.offsetBytes, step.data.sizeBytes);
      case 'attach':
        return this.#withoutAttach(order, step, sizeBytes);
      default:
        return undefined;
    }
  }

  /** The extent stays and reads as zeros. */
  #withoutData(order: number, has: (order: number) => boolean): Instead | undefined {
    const attach = this.#attachOf.get(order);
    const step = attach === undefined ? undefined : this.#steps[attach];
    if (attach === undefined || step?.kind !== 'attach') return undefined;
    if (!has(attach)) return [];
    if (this.#isLone[attach] !== 1 || (step.given ?? []).length > 0) return undefined;
    return ownParts(step, step.except ?? []).map(({ fromBytes, toBytes }) => ({
      fromBytes,
      data: zeros(toBytes - fromBytes),
    }));
  }

  #withoutBytes(order: number, fromBytes: number, lengthBytes: number): Instead | undefined {
    const end = fromBytes + lengthBytes;
    if (this.#isLone[order] !== 1 || end > this.#base.sizeBytes) return undefined;
    return [{ fromBytes, data: slice(this.#base, fromBytes, end) }];
  }

  /** Where a later step reaches further, the file is as long as before, and what was attached is a hole. */
  #withoutAttach(order: number, step: AttachStep, sizeBytes: number): Instead | undefined {
    const end = step.offsetBytes + step.data.sizeBytes;
    if (this.#isLone[order] !== 1 || this.#isCut || end >= sizeBytes) return undefined;
    return ownParts(step, step.except ?? []).map(({ fromBytes, toBytes }) => ({
      fromBytes,
      data: slice(this.#base, fromBytes, toBytes),
    }));
  }
}

/** Per step: 1 where no other one writes into its parts. */
function loneOf(steps: readonly (ContentStep | undefined)[]): Uint8Array {
  const parts = steps
    .flatMap((step, order) => partsOf(step).map((part) => ({ ...part, order })))
    .sort((one, other) => one.fromBytes - other.fromBytes);
  const isLone = new Uint8Array(steps.length).fill(1);
  let furthest = { toBytes: -1, order: -1 };
  for (const { fromBytes, toBytes, order } of parts) {
    if (fromBytes < furthest.toBytes && order !== furthest.order) {
      isLone[order] = 0;
      isLone[furthest.order] = 0;
    }
    if (toBytes > furthest.toBytes) furthest = { toBytes, order };
  }
  return isLone;
}

function partsOf(step: ContentStep | undefined): ByteRanges {
  if (step?.kind === 'attach') return ownParts(step, step.except ?? []);
  if (step?.kind !== 'in-place' && step?.kind !== 'zero-tail') return [];
  return [{ fromBytes: step.offsetBytes, toBytes: step.offsetBytes + step.data.sizeBytes }];
}
