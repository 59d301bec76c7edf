/**
 * Which sets of micro-operations can be on a disk when the power fails: persistence.md 3.4. Everything that explores
 * asks here, so that no policy shows a disk that its profile forbids.
 */
import type { Inode } from '../model/cell-table.ts';
import type { BarrierEffect } from '../model/operation.ts';
import { syncClosure } from './closure.ts';
import { microClass, type Compiled } from './compiled.ts';

/** How far a program got, in operations: the first `completed` had returned, those before `issued` had been called. */
export interface Moment {
  readonly completed: number;
  readonly issued: number;
}

/** What a drive does with a flush; a drive that lies makes every barrier void. */
export type FlushHonesty = 'honours-flush' | 'lies';

/** What a completed barrier on a part of the file system has made durable. */
interface Brought {
  /** The barrier; micro-operations from here on are not concerned. */
  readonly operation: number;
  readonly micros: ReadonlySet<number>;
}

/** What the completed barriers oblige a disk to hold. Places are operation numbers. */
export interface Obligations {
  readonly moment: Moment;
  /** No cut of the metadata lies below. */
  readonly cutMin: number;
  readonly brought: readonly Brought[];
  /** What a barrier that was called and has not returned may have brought already: names, not yet data. */
  readonly underway: Brought | undefined;
  /** Data of an inode written before this operation is on the disk. */
  dataForcedBefore(inode: Inode): number;
}

class Collected implements Obligations {
  readonly moment: Moment;
  cutMin = 0;
  readonly brought: Brought[] = [];
  underway: Brought | undefined;
  #allForcedBefore = 0;
  readonly #forcedBefore = new Map<Inode, number>();

  constructor(moment: Moment) {
    this.moment = moment;
  }

  dataForcedBefore(inode: Inode): number {
    return Math.max(this.#allForcedBefore, this.#forcedBefore.get(inode) ?? 0);
  }

  everything(before: number): void {
    this.#allForcedBefore = before;
    this.cutMin = before;
  }

  data(inode: Inode, before: number): void {
    this.#forcedBefore.set(inode, before);
  }

  metadata(before: number): void {
    this.cutMin = Math.max(this.cutMin, before);
  }
}

/** What a disk must hold at a moment. */
export function obligations(
  compiled: Compiled,
  moment: Moment,
  honesty: FlushHonesty = 'honours-flush',
): Obligations {
  const collected = new Collected(moment);
  const { operations, profile } = compiled;
  if (honesty === 'lies' || profile.fsyncScope === 'nothing') return collected;
  for (let index = 0; index < moment.completed; index++) {
    const effect = operations[index]?.effect;
    // A snapshot flushes and commits before it, and itself; measured, litmus btrfs/snapshot-*.
    if (effect?.kind === 'subvolume') collected.everything(index + 1);
    if (effect?.kind === 'barrier') barrier(compiled, collected, effect, index);
  }
  const next = moment.issued > moment.completed ? operations[moment.completed]?.effect : undefined;
  if (next?.kind === 'barrier' && next.inode !== 0 && profile.fsyncScope === 'closure') {
    collected.underway = broughtBy(compiled, collected.cutMin, next, moment.completed);
  }
  return collected;
}

function barrier(
  compiled: Compiled,
  collected: Collected,
  effect: BarrierEffect,
  index: number,
): void {
  if (effect.inode === 0) {
    collected.everything(index);
    return;
  }
  const { fsyncScope } = compiled.profile;
  if (effect.scope !== 'fsync-directory') collected.data(effect.inode, index);
  if (fsyncScope === 'everything-before') {
    collected.metadata(effect.scope === 'fdatasync' ? sizesBefore(compiled, effect, index) : index);
  } else {
    collected.brought.push(broughtBy(compiled, collected.cutMin, effect, index));
  }
}

function broughtBy(
  compiled: Compiled,
  cutMin: number,
  effect: BarrierEffect,
  operation: number,
): Brought {
  const pending = metadataBetween(compiled, cutMin, operation);
  return { operation, micros: syncClosure(compiled, effect, new Set(pending)) };
}

/** fdatasync leaves modes and extended attributes behind where the profile says so: the cut may lie before them. */
function sizesBefore(compiled: Compiled, effect: BarrierEffect, index: number): number {
  if (compiled.profile.fdatasyncCarriesAttributes) return index;
  for (let micro = (compiled.microStart[index] ?? 0) - 1; micro >= 0; micro--) {
    if (compiled.inodeOf[micro] !== effect.inode) continue;
    const place = compiled.operationOf[micro] ?? 0;
    if (compiled.operations[place]?.effect.kind === 'set-attributes') continue;
    if (isPlainOverwrite(compiled, micro)) continue;
    return place + 1;
  }
  return 0;
}

function isPlainOverwrite(compiled: Compiled, micro: number): boolean {
  const kind = compiled.steps[micro]?.kind;
  return compiled.classes[micro] === microClass.data && kind !== 'data';
}

/** Metadata micro-operations of the operations from `start` up to, not including, `end`. */
export function metadataBetween(compiled: Compiled, start: number, end: number): readonly number[] {
  const { microStart, classes } = compiled;
  const micros: number[] = [];
  for (let micro = microStart[start] ?? 0; micro < (microStart[end] ?? 0); micro++) {
    if (classes[micro] === microClass.metadata) micros.push(micro);
  }
  return micros;
}

/** One legal cut: the metadata that is there for certain, and what may be there besides, each for itself. */
export interface Cut {
  /** Operations before this one have their metadata on the disk. */
  readonly at: number;
  /** Operations before this one are whole, data included, because a barrier on everything came after them. */
  readonly settled: number;
  readonly required: readonly number[];
  readonly optional: readonly number[];
}

/** Every legal cut of a moment, from the earliest to the latest. */
export function* legalCuts(compiled: Compiled, duties: Obligations): Generator<Cut> {
  const { metadataOrder } = compiled.profile;
  if (metadataOrder === 'prefix') yield* prefixCuts(compiled, duties);
  else if (metadataOrder !== 'nowhere') yield sectorCut(compiled, duties);
}

function* prefixCuts(compiled: Compiled, duties: Obligations): Generator<Cut> {
  const { brought, underway } = duties;
  yield* cutsWith(compiled, duties, brought);
  if (underway !== undefined) yield* cutsWith(compiled, duties, [...brought, underway]);
}

function* cutsWith(
  compiled: Compiled,
  { moment, cutMin }: Obligations,
  brought: readonly Brought[],
): Generator<Cut> {
  for (let at = cutMin; at <= moment.issued; at++) {
    const later = brought.filter(({ operation }) => operation > at);
    const required = new Set(later.flatMap(({ micros }) => [...micros]));
    const last = Math.max(at, ...later.map(({ operation }) => operation));
    const optional = metadataBetween(compiled, at, last).filter((micro) => !required.has(micro));
    const prefix = metadataBetween(compiled, 0, at);
    const ahead = [...required].filter((micro) => (compiled.operationOf[micro] ?? 0) >= at);
    yield { at, settled: cutMin, required: [...prefix, ...ahead], optional };
  }
}

/** Where sectors land one by one there is one cut, and everything that no barrier brought is optional. */
function sectorCut(compiled: Compiled, { moment, cutMin, brought }: Obligations): Cut {
  const required = new Set(metadataBetween(compiled, 0, cutMin));
  for (const { micros } of brought) for (const micro of micros) required.add(micro);
  const optional = metadataBetween(compiled, cutMin, moment.issued).filter(
    (micro) => !required.has(micro),
  );
  return { at: moment.issued, settled: cutMin, required: [...required], optional };
}
