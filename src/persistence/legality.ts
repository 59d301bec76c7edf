/**
 * Which sets of micro-operations can be on a disk when the power fails: persistence.md 3.4. Everything that explores
 * asks here, so that no policy shows a disk that its profile forbids.
 */
import { subvolumeOf, type Inode } from '../model/cell-table.ts';
import { keepsAccepted, losesFlushed } from '../model/device.ts';
import type { BarrierEffect, WriteEffect } from '../model/operation.ts';
import { closureOf, type Closure } from './closure.ts';
import { microClass, type Compiled } from './compiled.ts';
import { blocksBetween, liveBlocks } from './file-blocks.ts';
import { concernsSubvolume, effectOfMicro } from './micro-facts.ts';
import { liesInNewSubvolume } from './new-subvolume.ts';

/** How far a program got, in operations: the first `completed` had returned, those before `issued` had been called. */
export interface Moment {
  readonly completed: number;
  readonly issued: number;
}

/** What a completed barrier on a part of the file system has made durable. */
interface Brought extends Closure {
  /** The barrier; micro-operations from here on are not concerned. */
  readonly operation: number;
}

/** What the completed barriers oblige a disk to hold. Places are operation numbers. */
export interface Obligations {
  readonly moment: Moment;
  /** No cut of the metadata lies below. */
  readonly cutMin: number;
  readonly brought: readonly Brought[];
  /** A barrier that was called and has not returned, where it may have carried some of what lies before it. */
  readonly underway: number | undefined;
  /** A log may hold anything: the drive dropped what it liked, and the log tree was still written. */
  readonly anySubset: boolean;
  /** Data of an inode written before this operation is on the disk, whatever the cut. */
  dataForcedBefore(inode: Inode): number;
  /** Whether data of an inode written by an operation is on the disk for certain, under a cut. */
  isDataForced(inode: Inode, operation: number, cutAt: number): boolean;
}

class Collected implements Obligations {
  readonly moment: Moment;
  cutMin = 0;
  readonly brought: Brought[] = [];
  underway: number | undefined;
  anySubset = false;
  readonly #compiled: Compiled;
  #allForcedBefore = 0;
  readonly #forcedBefore = new Map<Inode, number>();

  constructor(compiled: Compiled, moment: Moment) {
    this.#compiled = compiled;
    this.moment = moment;
  }

  dataForcedBefore(inode: Inode): number {
    return Math.max(this.#allForcedBefore, this.#forcedBefore.get(inode) ?? 0);
  }

  isDataForced(inode: Inode, operation: number, cutAt: number): boolean {
    if (operation < this.dataForcedBefore(inode)) return true;
    return this.#isInSnapshot(inode, operation, cutAt);
  }

  /** A snapshot that is there was taken after the data of its source had been written. */
  #isInSnapshot(inode: Inode, operation: number, cutAt: number): boolean {
    const { operations } = this.#compiled;
    for (let index = operation + 1; index < cutAt; index++) {
      const effect = operations[index]?.effect;
      if (effect?.kind === 'subvolume' && effect.source === subvolumeOf(inode)) return true;
    }
    return false;
  }

  everything(before: number): void {
    this.#allForcedBefore = before;
    this.cutMin = Math.max(this.cutMin, before);
  }

  data(inode: Inode, before: number): void {
    this.#forcedBefore.set(inode, before);
  }

  metadata(before: number): void {
    this.cutMin = Math.max(this.cutMin, before);
  }
}

/**
 * What a disk must hold at a moment; where the drive loses what it was told to flush, every barrier is void. A journal
 * with checksums is still replayed in order, up to the first record that does not fit, so its cuts stay prefixes; a log
 * tree that the drive dropped parts of may hold anything. Home places that were lost after their part of the journal was
 * given free are not among these disks.
 */
export function obligations(compiled: Compiled, moment: Moment): Obligations {
  const collected = new Collected(compiled, moment);
  const { operations, profile, drive } = compiled;
  if (losesFlushed(drive) || profile.fsyncScope === 'nothing') {
    collected.anySubset = profile.fsyncScope === 'closure';
    return collected;
  }
  for (let index = 0; index < moment.completed; index++) {
    const effect = operations[index]?.effect;
    // A snapshot commits, itself included; measured, litmus btrfs/btrfs-snapshot.
    if (effect?.kind === 'subvolume' && effect.source !== undefined) collected.metadata(index + 1);
    // A drive that keeps what it has accepted needs no flush; what was sent is what the closed device holds.
    const isSent = effect?.kind === 'start-writeback' && effect.because === 'close-device';
    if (isSent && keepsAccepted(drive)) collected.data(effect.inode, index);
    if (effect?.kind === 'barrier') barrier(compiled, collected, effect, index);
  }
  const next = moment.issued > moment.completed ? operations[moment.completed]?.effect : undefined;
  if (next?.kind === 'barrier' && next.inode !== 0 && profile.fsyncScope === 'closure') {
    collected.underway = moment.completed;
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
  } else if (liesInNewSubvolume(compiled, effect.inode, collected.cutMin, index)) {
    collected.metadata(index);
  } else {
    const pending = metadataBetween(compiled, collected.cutMin, index);
    collected.brought.push({ operation: index, ...closed(compiled, effect, pending) });
  }
}

function closed(compiled: Compiled, effect: BarrierEffect, pending: readonly number[]): Closure {
  const { micros, born } = closureOf(compiled, effect, pending);
  return { micros, born };
}

/**
 * fdatasync leaves modes and extended attributes behind where the profile says so, and on ext4 renames: what it carries
 * is the last change of size, blocks or links of its inode. Source: persistence.md 3.4 point 1.
 */
export function sizesBefore(compiled: Compiled, { inode }: BarrierEffect, index: number): number {
  if (compiled.profile.fdatasyncCarriesAttributes) return index;
  for (let place = index - 1; place >= 0; place--) {
    const effect = compiled.operations[place]?.effect;
    const carries =
      effect?.kind === 'link' ||
      effect?.kind === 'truncate' ||
      (effect?.kind === 'write' && changesShape(compiled, place, effect));
    if (carries && effect.inode === inode) return place + 1;
  }
  return 0;
}

/** Whether the running machine had to enlarge the file or give it blocks for a write. */
function changesShape(compiled: Compiled, place: number, effect: WriteEffect): boolean {
  const { inode, offsetBytes, data, sizeBeforeBytes } = effect;
  const end = offsetBytes + data.sizeBytes;
  if (end > sizeBeforeBytes) return true;
  const blocks = liveBlocks(compiled, inode, place);
  return blocksBetween(offsetBytes, end).some((block) => !blocks.has(block));
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

/** One legal cut: the metadata that is there for certain, and what may be there besides. */
export interface Cut {
  /** Operations before this one have their metadata on the disk. */
  readonly at: number;
  /** Operations before this one are settled: a barrier on everything came after them. */
  readonly settled: number;
  readonly required: readonly number[];
  /** Each of these may be there or not; its micro-operations go together. */
  readonly optional: readonly (readonly number[])[];
  /** Inodes that exist although the operation that created them may be missing. */
  readonly born: ReadonlySet<Inode>;
}

const nobody: ReadonlySet<Inode> = new Set();

/** Every legal cut of a moment, from the earliest to the latest. */
export function* legalCuts(compiled: Compiled, duties: Obligations): Generator<Cut> {
  const { metadataOrder } = compiled.profile;
  if (metadataOrder === 'prefix') yield* prefixCuts(compiled, duties);
  else if (metadataOrder !== 'nowhere') yield sectorCut(compiled, duties);
}

function* prefixCuts(compiled: Compiled, duties: Obligations): Generator<Cut> {
  const { moment, cutMin, brought, underway } = duties;
  for (let at = cutMin; at <= moment.issued; at++) {
    const later = brought.filter(({ operation }) => operation > at);
    const required = new Set(later.flatMap(({ micros }) => [...micros]));
    const born = new Set(later.flatMap((one) => [...one.born]));
    const last = Math.max(at, ...later.map(({ operation }) => operation), underway ?? 0);
    const prefix = metadataBetween(compiled, 0, at);
    const ahead = [...required].filter((micro) => (compiled.operationOf[micro] ?? 0) >= at);
    const optional = duties.anySubset
      ? metadataBetween(compiled, at, moment.issued).map((micro) => [micro])
      : unitsBetween(compiled, at, last, required);
    yield { at, settled: cutMin, required: [...prefix, ...ahead], optional, born };
  }
}

/** What a log may have carried along, operation by operation; a rename that is half required has its other half here. */
function unitsBetween(
  compiled: Compiled,
  start: number,
  end: number,
  required: ReadonlySet<number>,
): readonly (readonly number[])[] {
  const units = new Map<number, number[]>();
  for (const micro of metadataBetween(compiled, start, end)) {
    const effect = effectOfMicro(compiled, micro);
    // A log holds the names of others, not their data, and no whole subvolumes.
    const isNever = effect === undefined || effect.kind === 'write' || concernsSubvolume(effect);
    if (required.has(micro) || isNever) continue;
    const operation = compiled.operationOf[micro] ?? 0;
    units.set(operation, [...(units.get(operation) ?? []), micro]);
  }
  return [...units.values()];
}

/** Where sectors land one by one there is one cut, and everything that no barrier brought is optional. */
function sectorCut(compiled: Compiled, { moment, cutMin, brought }: Obligations): Cut {
  const required = new Set(metadataBetween(compiled, 0, cutMin));
  for (const { micros } of brought) for (const micro of micros) required.add(micro);
  const optional = metadataBetween(compiled, cutMin, moment.issued)
    .filter((micro) => !required.has(micro))
    .map((micro) => [micro]);
  return { at: moment.issued, settled: cutMin, required: [...required], optional, born: nobody };
}
