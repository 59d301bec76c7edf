/**
 * Which steps of a long content can be taken back by themselves: without them there is, at their place, what the file
 * held before all steps, or what the few others left that write there too, or zeros. A log of thousands of steps of which
 * one is missing is then made from the whole log, and not step by step.
 */
import { slice, zeros, type Content } from '../model/content.ts';
import { holesBetween, withRange, type ByteRanges } from './allocated-ranges.ts';
import type { ContentStep } from './compiled.ts';

/** Bytes that are written over a content, each at its place. */
export type Instead = readonly { readonly fromBytes: number; readonly data: Content }[];

type InPlaceStep = Extract<ContentStep, { kind: 'in-place' }>;
type AttachStep = Extract<ContentStep, { kind: 'attach' }>;

/** Parts of an attach that it writes itself; the rest of it has steps of its own. */
export function ownParts(step: AttachStep, kept: ByteRanges): ByteRanges {
  let left: ByteRanges = [];
  for (const { fromBytes, toBytes } of kept) left = withRange(left, fromBytes, toBytes);
  return holesBetween(left, step.offsetBytes, step.offsetBytes + step.data.sizeBytes);
}

const sizingKinds: ReadonlySet<ContentStep['kind']> = new Set(['resize', 'lengthen', 'zero-tail']);

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
  /** Place of bytes in place, and how many → the steps that write them, in order. */
  readonly #sameBytes = new Map<string, number[]>();

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
      if (step?.kind === 'in-place') {
        const name = nameOf(step);
        const same = this.#sameBytes.get(name);
        if (same === undefined) this.#sameBytes.set(name, [order]);
        else same.push(order);
      }
      if (step !== undefined && sizingKinds.has(step.kind)) sizing.push(order);
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
    const step = this.#steps[order];
    if (step?.kind === 'in-place') return this.#withoutBytes(order, step, has);
    if (this.#sizing.some(has)) return undefined;
    switch (step?.kind) {
      case 'data':
        return this.#withoutData(order, has);
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

  /**
   * Pages of a database are written again and again, each time at the same place. Inside of what the file held before
   * all steps, no step changes where a later one writes, unless the file becomes shorter.
   */
  #withoutBytes(
    order: number,
    step: InPlaceStep,
    has: (order: number) => boolean,
  ): Instead | undefined {
    const fromBytes = step.offsetBytes;
    const end = fromBytes + step.data.sizeBytes;
    if (this.#isLone[order] === 0 || end > this.#base.sizeBytes) return undefined;
    const isCut = (one: number): boolean => {
      const sizing = this.#steps[one];
      return sizing?.kind === 'zero-tail' || (sizing?.kind === 'resize' && sizing.sizeBytes < end);
    };
    if (this.#sizing.some((one) => has(one) && isCut(one))) return undefined;
    const others = (this.#sameBytes.get(nameOf(step)) ?? []).filter((one) => one !== order);
    const last = others.findLast(has);
    const other = last === undefined ? undefined : this.#steps[last];
    const data = other?.kind === 'in-place' ? other.data : slice(this.#base, fromBytes, end);
    return [{ fromBytes, data }];
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

function nameOf({ offsetBytes, data }: InPlaceStep): string {
  return `${String(offsetBytes)} ${String(data.sizeBytes)}`;
}

/** Per step: 1 where no other one writes into its parts, those apart that write the very same bytes in place. */
function loneOf(steps: readonly (ContentStep | undefined)[]): Uint8Array {
  const parts = steps
    .flatMap((step, order) => {
      const name = step?.kind === 'in-place' ? nameOf(step) : String(-1 - order);
      return partsOf(step).map((part) => ({ ...part, order, name }));
    })
    .sort((one, other) => one.fromBytes - other.fromBytes);
  const isLone = new Uint8Array(steps.length).fill(1);
  // All that reach as far as any, since several of one name do.
  let reaching: typeof parts = [];
  for (const part of parts) {
    reaching = reaching.filter(({ toBytes }) => toBytes > part.fromBytes);
    for (const other of reaching) {
      if (other.name === part.name) continue;
      isLone[part.order] = 0;
      isLone[other.order] = 0;
    }
    reaching.push(part);
  }
  return isLone;
}

function partsOf(step: ContentStep | undefined): ByteRanges {
  if (step?.kind === 'attach') return ownParts(step, step.except ?? []);
  if (step?.kind !== 'in-place' && step?.kind !== 'zero-tail') return [];
  return [{ fromBytes: step.offsetBytes, toBytes: step.offsetBytes + step.data.sizeBytes }];
}
