/**
 * The latest instant at which each micro-operation reaches the disk: an upper bound over every instant at which the
 * timers may fire. Each change has a deadline of its own, counted from its call, and only a barrier brings it forward;
 * write-back that a heuristic starts is not counted on. Source: persistence.md 3.4 point 5 and 3.5.
 */
import { subvolumeOf, type Inode } from '../model/cell-table.ts';
import { keepsAccepted, writeMicroseconds, type DeviceTiming } from '../model/device.ts';
import type { BarrierEffect, Operation } from '../model/operation.ts';
import { writeHomeMicroseconds } from './checkpoint.ts';
import { syncClosure } from './closure.ts';
import { microClass, type Compiled } from './compiled.ts';
import { sizesBefore } from './legality.ts';
import { committedAfterMicroseconds, writtenAfterMicroseconds } from './timers.ts';
import { liesInNewSubvolume } from './new-subvolume.ts';
import { keepContentOrder, keepSectorOrder } from './landing-order.ts';
import { writtenBytes } from './written-bytes.ts';

/** The deadlines of a compiled window. */
export class CertainClock {
  readonly compiled: Compiled;
  readonly timing: DeviceTiming;
  readonly durable: Float64Array;
  readonly demanded = new Set<number>();
  /** From here on a commit takes a micro-operation along: metadata at once, an extent once its data is written. */
  readonly #ready: Float64Array;
  /** Metadata and extents that no barrier has brought, in order. */
  readonly #open = new Set<number>();
  readonly #contentOf = new Map<Inode, number[]>();
  /** Until when the drive is busy with what the timers will give it. */
  #busyUntil = 0;
  /** Operations before this one were committed by a barrier. */
  #cut = 0;

  constructor(compiled: Compiled, timing: DeviceTiming) {
    this.compiled = compiled;
    this.timing = timing;
    this.durable = new Float64Array(compiled.count).fill(Infinity);
    this.#ready = new Float64Array(compiled.count).fill(Infinity);
  }

  land(micro: number, at: number): void {
    this.durable[micro] = at;
  }

  #lower(micro: number, at: number): void {
    this.durable[micro] = Math.min(at, this.durable[micro] ?? Infinity);
  }

  /** What an operation does to the deadlines; operations come in their order. */
  operation(index: number, operation: Operation): void {
    const { effect, startMicroseconds, endMicroseconds } = operation;
    if (effect.kind === 'barrier') {
      this.#barrier(effect, index, operation);
      return;
    }
    if (effect.kind === 'start-writeback') {
      // Closing a block device tells the drive no flush. Source: recorded run ab-flag-first.
      const isSafe = effect.because === 'close-device' && keepsAccepted(this.compiled.drive);
      if (isSafe) this.#settle(effect.inode, endMicroseconds);
      return;
    }
    if (effect.kind === 'truncate' && effect.sizeBytes === 0) {
      this.#drop(effect.inode, startMicroseconds);
    }
    const end = this.compiled.microStart[index + 1] ?? 0;
    for (let micro = this.compiled.microStart[index] ?? 0; micro < end; micro++) {
      this.#arrive(micro, endMicroseconds);
    }
    if (effect.kind === 'subvolume' && effect.source !== undefined) {
      this.#snapshot(effect.source, index, endMicroseconds);
    }
  }

  #arrive(micro: number, at: number): void {
    const { classes, inodeOf, profile } = this.compiled;
    const isInSectors = profile.metadataOrder === 'sectors';
    if (classes[micro] !== microClass.data) this.#open.add(micro);
    if (classes[micro] === microClass.metadata) {
      this.#ready[micro] = at;
      this.durable[micro] = isInSectors ? this.#writtenBack(at) : this.#committed(at);
      return;
    }
    const inode = inodeOf[micro] ?? 0;
    const known = this.#contentOf.get(inode);
    if (known === undefined) this.#contentOf.set(inode, [micro]);
    else known.push(micro);
    const written = this.#written(micro, at);
    this.#ready[micro] = written;
    const needsCommit = classes[micro] === microClass.attach && !isInSectors;
    this.durable[micro] = needsCommit ? this.#committed(written) : written;
  }

  /** A commit that misses a change is followed by another one, whose age counts from the change at the latest. */
  #committed(at: number): number {
    return at + committedAfterMicroseconds(this.compiled.profile);
  }

  #writtenBack(at: number): number {
    return at + writtenAfterMicroseconds(this.compiled.profile);
  }

  /** One drive writes all files, so each waits for those before it. */
  #written(micro: number, at: number): number {
    if (this.compiled.profile.writebackMicroseconds === Infinity) return Infinity;
    const start = Math.max(this.#busyUntil, this.#writtenBack(at));
    // The data of an extent that is told apart from it has been counted.
    const step = this.compiled.steps[micro];
    const isCounted = step?.kind === 'attach' && step.dataMicro >= 0;
    const bytes = writtenBytes(this.compiled, micro);
    this.#busyUntil = start + (isCounted ? 0 : writeMicroseconds(this.timing, bytes));
    return this.#busyUntil;
  }

  /** Pages beyond the new end are dropped unwritten; what a timer may have written by now is beside the point. */
  #drop(inode: Inode, now: number): void {
    for (const micro of this.#contentOf.get(inode) ?? []) {
      if ((this.#ready[micro] ?? Infinity) <= now) continue;
      this.durable[micro] = Infinity;
      this.#open.delete(micro);
    }
    this.#contentOf.delete(inode);
  }

  /** All data of a file is on the disk, whether it waited to be written or was being written. */
  #settle(inode: Inode, at: number): void {
    for (const micro of this.#contentOf.get(inode) ?? []) {
      this.#ready[micro] = Math.min(at, this.#ready[micro] ?? Infinity);
      const isWhole =
        this.compiled.classes[micro] === microClass.data ||
        this.compiled.profile.metadataOrder === 'sectors';
      if (isWhole) this.#bring(micro, at);
    }
    this.#contentOf.delete(inode);
  }

  #bring(micro: number, at: number): void {
    this.#lower(micro, at);
    this.demanded.add(micro);
    this.#open.delete(micro);
  }

  /** A whole commit of the operations before one; extents of other files only if their data has been written. */
  #commit(before: number, at: number): void {
    this.#cut = Math.max(this.#cut, before);
    for (const micro of this.#open) {
      const isBefore = (this.compiled.operationOf[micro] ?? 0) < before;
      if (isBefore && (this.#ready[micro] ?? Infinity) <= at) this.#bring(micro, at);
    }
  }

  /** Extents of a file that was synced are in what was committed for it. */
  #bringExtents(micros: readonly number[], at: number): void {
    for (const micro of micros) this.#bring(micro, at);
  }

  /** A snapshot holds the data of its source alone. Source: litmus btrfs/snapshot-*. */
  #snapshot(source: number, index: number, at: number): void {
    for (const inode of [...this.#contentOf.keys()]) {
      if (subvolumeOf(inode) === source) this.#settle(inode, at);
    }
    this.#commit(index + 1, at);
  }

  #barrier(effect: BarrierEffect, index: number, operation: Operation): void {
    const { startMicroseconds, endMicroseconds: end } = operation;
    const { profile } = this.compiled;
    if (profile.fsyncScope === 'nothing') return;
    this.#forget(startMicroseconds);
    if (effect.inode === 0) {
      for (const inode of [...this.#contentOf.keys()]) this.#settle(inode, end);
      this.#commit(index, end);
      return;
    }
    const own = [...(this.#contentOf.get(effect.inode) ?? [])];
    this.#settle(effect.inode, end);
    this.#bringExtents(own, end);
    if (profile.fsyncScope === 'everything-before') {
      const isPartial = effect.scope === 'fdatasync';
      this.#commit(isPartial ? sizesBefore(this.compiled, effect, index) : index, end);
    } else if (liesInNewSubvolume(this.compiled, effect.inode, this.#cut, index)) {
      this.#commit(index, end);
    } else {
      for (const micro of syncClosure(this.compiled, effect, this.#openMetadata())) {
        this.#bring(micro, end);
      }
    }
  }

  #openMetadata(): ReadonlySet<number> {
    const { classes } = this.compiled;
    return new Set([...this.#open].filter((micro) => classes[micro] === microClass.metadata));
  }

  /** What is past its deadline needs no barrier any more. */
  #forget(now: number): void {
    for (const micro of this.#open) {
      if ((this.durable[micro] ?? Infinity) <= now) this.#open.delete(micro);
    }
  }

  /** All deadlines, however late: what nothing brings has none. */
  end(): { readonly durableMicroseconds: Float64Array; readonly homeMicroseconds: Float64Array } {
    const { profile, classes } = this.compiled;
    if (profile.metadataOrder === 'sectors') keepSectorOrder(this);
    else keepContentOrder(this);
    const homeMicroseconds = this.durable.map((at, micro) => {
      const isInJournal = profile.loaderLags && classes[micro] !== microClass.data;
      return isInJournal ? this.#writtenBack(at) + writeHomeMicroseconds : at;
    });
    return { durableMicroseconds: this.durable, homeMicroseconds };
  }
}
