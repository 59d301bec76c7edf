/**
 * When each micro-operation reaches the disk, if the drive writes in order and the power stays on: the clocks of
 * persistence.md section 3.5. A commit timer per file system, an age per dirty file, barriers as they were called.
 */
import type { Inode } from '../model/cell-table.ts';
import { keepsAccepted, writeMicroseconds, type DeviceTiming } from '../model/device.ts';
import type { BarrierEffect, Effect, Operation } from '../model/operation.ts';
import { homeInstants, writeHomeMicroseconds } from './checkpoint.ts';
import { syncClosure } from './closure.ts';
import { microClass, type Compiled } from './compiled.ts';
import { bySector } from './sectors.ts';

/** Instants in microseconds, one per micro-operation; Infinity for what never reaches the disk by itself. */
export interface Schedule {
  /** From here on the kernel's mount shows it. */
  readonly durableMicroseconds: Float64Array;
  /** From here on a boot loader that replays no journal sees it too. */
  readonly homeMicroseconds: Float64Array;
}

/**
 * `likely`: write-back that a heuristic started finishes as fast as the drive allows. `certain`: only barriers and
 * timers count, because a started write may be slower than the next commit. Source: persistence.md 3.4 point 5.
 */
export type Certainty = 'likely' | 'certain';

/** Data of a file that is only in memory. */
interface Dirty {
  readonly sinceMicroseconds: number;
  readonly micros: number[];
}

/**
 * On btrfs and XFS a commit and the write-back of data of the same age race, and both ends were recorded: a file that is
 * written with the first call of its transaction, alone, has its name at 30 s and its content at 60 s (litmus); several
 * files, written up to 230 ms apart, were there whole with a commit at 31.5 s (app-saves, mutable-rpm on XFS). The likely clock follows
 * the recordings; the possible disks hold both.
 */
const togetherMicroseconds = 20_000;
const raceMicroseconds = 1_000_000;

class Clock {
  readonly compiled: Compiled;
  readonly timing: DeviceTiming;
  readonly durable: Float64Array;
  readonly home: Float64Array;
  /** Metadata that waits for a commit, in order. */
  pending = new Set<number>();
  /** What a commit made durable and no boot loader sees yet. */
  awaitingHome: number[] = [];
  /** Since when something waits for it. */
  awaitingSince: number | undefined;
  transactionStart: number | undefined;
  readonly dirty = new Map<Inode, Dirty>();
  #racedSince: number | undefined;
  readonly certainty: Certainty;
  /** What barriers have put on the disk, ahead of the timers. */
  readonly demanded = new Set<number>();

  constructor(compiled: Compiled, timing: DeviceTiming, certainty: Certainty) {
    this.compiled = compiled;
    this.timing = timing;
    this.certainty = certainty;
    this.durable = new Float64Array(compiled.count).fill(Infinity);
    this.home = new Float64Array(compiled.count).fill(Infinity);
  }

  /** Lets the timers run until `now`. */
  advance(now: number): void {
    for (;;) {
      const commit = this.#nextCommit();
      const [inode, writeback] = this.#nextWriteback();
      const home = this.#nextWriteHome();
      if (Math.min(commit, writeback, home) > now) return;
      // Measured on btrfs: data of the age of the commit misses it, and waits for the next one.
      if (home <= Math.min(commit, writeback)) this.writeHome(home, home + writeHomeMicroseconds);
      else if (commit <= writeback) this.commit(commit);
      else this.writeBack(inode, writeback);
    }
  }

  /** Certain is what even a commit that lost its race has brought: without the data, and as late as it was seen. */
  get #lateMicroseconds(): number {
    const isLate =
      this.certainty === 'certain' && this.compiled.profile.allocation === 'after-data';
    return isLate ? raceMicroseconds : 0;
  }

  #nextCommit(): number {
    const { commitMicroseconds, metadataOrder, writebackMicroseconds } = this.compiled.profile;
    if (this.transactionStart === undefined) return Infinity;
    const age = metadataOrder === 'sectors' ? writebackMicroseconds : commitMicroseconds;
    if (age === undefined) return Infinity;
    const race = this.#dataWinsRace(this.transactionStart) ? raceMicroseconds : 0;
    return this.transactionStart + age + race + this.#lateMicroseconds;
  }

  /** Whether other files than those of the transaction's very first calls wait to be written; once so, it stays so. */
  #dataWinsRace(start: number): boolean {
    const { allocation } = this.compiled.profile;
    if (allocation !== 'after-data' || this.certainty === 'certain') return false;
    if (this.#racedSince === start) return true;
    for (const { sinceMicroseconds } of this.dirty.values()) {
      const isTogether = Math.abs(sinceMicroseconds - start) <= togetherMicroseconds;
      const isLater = sinceMicroseconds > start + raceMicroseconds;
      if (isTogether || isLater) continue;
      this.#racedSince = start;
      return true;
    }
    return false;
  }

  /** The blocks of the drive age like a file: the oldest that is dirty takes the others along. Measured: mutable-rpm. */
  #nextWriteHome(): number {
    if (this.awaitingSince === undefined) return Infinity;
    return this.awaitingSince + this.compiled.profile.writebackMicroseconds;
  }

  #nextWriteback(): readonly [Inode, number] {
    // Files become dirty in order of time, and a Map keeps that order, so the first one is the oldest.
    for (const [inode, { sinceMicroseconds }] of this.dirty) {
      const age = this.compiled.profile.writebackMicroseconds + this.#lateMicroseconds;
      return [inode, sinceMicroseconds + age];
    }
    return [0, Infinity];
  }

  /** Writes a file's data from `start` on; its extents join the running transaction. Returns when the data is there. */
  writeBack(inode: Inode, start: number): number {
    const entry = this.dirty.get(inode);
    if (entry === undefined) return start;
    this.dirty.delete(inode);
    let at = start;
    for (const micro of entry.micros) {
      if (this.compiled.classes[micro] === microClass.data) {
        at += writeMicroseconds(this.timing, this.#lengthBytes(micro));
        this.land(micro, at);
      } else if (this.compiled.profile.metadataOrder === 'sectors') {
        // No transaction waits for it: entry and places are written with the data.
        this.land(micro, at);
      } else {
        const begins = this.compiled.profile.allocation === 'after-data' ? at : start;
        this.join(micro, begins);
      }
    }
    return at;
  }

  /** How long it takes to write what is only in memory. */
  get dirtyMicroseconds(): number {
    let sum = 0;
    for (const { micros } of this.dirty.values()) {
      for (const micro of micros) {
        if (this.compiled.classes[micro] !== microClass.data) continue;
        sum += writeMicroseconds(this.timing, this.#lengthBytes(micro));
      }
    }
    return sum;
  }

  #lengthBytes(micro: number): number {
    const step = this.compiled.steps[micro];
    if (step?.kind === 'in-place' || step?.kind === 'zero-tail') return step.data.sizeBytes;
    const attach = this.compiled.steps[micro + 1];
    return attach?.kind === 'attach' ? attach.data.sizeBytes : 0;
  }

  /** A micro-operation is on the disk from here on, where it belongs. */
  land(micro: number, at: number): void {
    this.durable[micro] = at;
    this.home[micro] = at;
  }

  /** Metadata joins the running transaction, opening one if there is none. */
  join(micro: number, at: number): void {
    this.transactionStart ??= at;
    this.pending.add(micro);
  }

  /** Everything pending becomes durable. */
  commit(at: number): void {
    const { loaderLags } = this.compiled.profile;
    for (const micro of this.pending) {
      if (loaderLags) {
        this.durable[micro] = at;
        this.awaitingHome.push(micro);
        this.awaitingSince ??= at;
      } else this.land(micro, at);
    }
    this.pending = new Set();
    this.transactionStart = undefined;
  }

  /** Everything pending is on the disk because a barrier wanted it. */
  demandPending(): void {
    for (const micro of this.pending) this.demanded.add(micro);
  }

  /** What is durable is also written to its place, where a boot loader finds it. */
  writeHome(start: number, end: number): void {
    const instants = homeInstants(this.compiled, this.awaitingHome, start, end);
    this.awaitingHome.forEach((micro, place) => {
      this.home[micro] = instants[place] ?? end;
    });
    this.awaitingHome = [];
    this.awaitingSince = undefined;
  }

  /** Some of what is pending becomes durable, ahead of the rest: the log tree of btrfs, the sectors of vfat. */
  commitOnly(at: number, chosen: ReadonlySet<number>): void {
    for (const micro of chosen) {
      if (!this.pending.delete(micro)) continue;
      this.land(micro, at);
      this.demanded.add(micro);
    }
    if (this.pending.size === 0) this.transactionStart = undefined;
  }
}

function operationEnds(clock: Clock, index: number, operation: Operation): void {
  const { effect, startMicroseconds, endMicroseconds } = operation;
  clock.advance(startMicroseconds);
  if (effect.kind === 'barrier') {
    barrier(clock, effect, operation);
    return;
  }
  if (effect.kind === 'start-writeback' && effect.because === 'close-device') {
    deviceCloses(clock, effect.inode, operation);
    return;
  }
  const first = clock.compiled.microStart[index] ?? 0;
  const end = clock.compiled.microStart[index + 1] ?? 0;
  // Pages beyond the new end are dropped unwritten; what stays before it still has to be written.
  if (effect.kind === 'truncate' && effect.sizeBytes === 0) clock.dirty.delete(effect.inode);
  for (let micro = first; micro < end; micro++) arrive(clock, micro, endMicroseconds);
  startWriteback(clock, effect, endMicroseconds);
  if (effect.kind === 'subvolume' && effect.source !== undefined) {
    snapshotCommits(clock, endMicroseconds);
  }
}

function arrive(clock: Clock, micro: number, at: number): void {
  if (clock.compiled.classes[micro] === microClass.metadata) {
    clock.join(micro, at);
    return;
  }
  const inode = clock.compiled.inodeOf[micro] ?? 0;
  const entry = clock.dirty.get(inode);
  if (entry === undefined) clock.dirty.set(inode, { sinceMicroseconds: at, micros: [micro] });
  else entry.micros.push(micro);
}

/** The events that make a kernel start write-back at once; it does not wait for it. */
function startWriteback(clock: Clock, effect: Effect, at: number): void {
  if (clock.certainty === 'certain') return;
  const { startsWriteback } = clock.compiled.profile;
  if (effect.kind === 'rename' && effect.replaced !== 0 && startsWriteback.renameOver) {
    clock.writeBack(effect.inode, at);
  }
  if (effect.kind === 'start-writeback' && effect.because !== 'close-device') {
    const heeded = effect.because === 'sync-file-range' || startsWriteback.closeAfterTruncate;
    if (heeded) clock.writeBack(effect.inode, at);
  }
}

/**
 * A snapshot flushes the data and commits. Source: litmus btrfs/snapshot-*. An empty subvolume does not, in
 * kernels as recent as those of the recordings: https://github.com/torvalds/linux/commit/1b53e51a4a8f870da194bcdaec9eb8865ee89386.
 */
function snapshotCommits(clock: Clock, at: number): void {
  for (const inode of [...clock.dirty.keys()]) clock.writeBack(inode, at);
  clock.commit(at);
}

/**
 * Closing the last handle of a block device writes it out and waits, but tells the drive no flush: a volatile cache may
 * still lose it, so there it is certain no earlier than a timer would have made it. Source: recorded run ab-flag-first,
 * whose subsets after the end lack blocks of the slot.
 */
function deviceCloses(
  clock: Clock,
  inode: Inode,
  { startMicroseconds, endMicroseconds }: Operation,
): void {
  const isUnsure = clock.certainty === 'certain' && !keepsAccepted(clock.compiled.drive);
  if (!isUnsure) settle(clock, inode, startMicroseconds, endMicroseconds);
}

function barrier(clock: Clock, effect: BarrierEffect, operation: Operation): void {
  const { startMicroseconds, endMicroseconds } = operation;
  if (clock.compiled.profile.fsyncScope === 'nothing') return;
  if (effect.inode === 0) {
    wholeBarrier(clock, startMicroseconds, endMicroseconds);
    return;
  }
  settle(clock, effect.inode, startMicroseconds, endMicroseconds);
  if (clock.compiled.profile.fsyncScope === 'everything-before') {
    if (commitsJournal(clock, effect)) clock.commit(endMicroseconds);
    return;
  }
  const chosen = syncClosure(clock.compiled, effect, clock.pending);
  clock.commitOnly(endMicroseconds, chosen);
}

/** fdatasync of a file whose size and extents are on the disk writes no journal. */
function commitsJournal(clock: Clock, effect: BarrierEffect): boolean {
  if (effect.scope !== 'fdatasync') return true;
  const { inodeOf, classes, steps } = clock.compiled;
  for (const micro of clock.pending) {
    if (inodeOf[micro] !== effect.inode) continue;
    const isNamed = (clock.compiled.directoryOf[micro] ?? 0) !== 0;
    if (classes[micro] === microClass.attach || steps[micro] !== undefined || isNamed) return true;
  }
  return false;
}

/**
 * syncfs and its like. Where a new extent becomes part of its file only with its data, Linux starts a commit before it has
 * waited for the data, and commits again after it: for a moment names are there whose files are empty. Then the journal
 * is written home. Source: fs/sync.c, sync_filesystem; recorded as 10 ms of a menu without its kernel, lab-crash.md,
 * surprise 7.
 */
function wholeBarrier(clock: Clock, start: number, end: number): void {
  const { flushMicroseconds } = clock.timing;
  const { loaderLags, allocation } = clock.compiled.profile;
  const committed = loaderLags ? Math.max(start, end - flushMicroseconds) : end;
  const early = Math.max(start, committed - flushMicroseconds);
  const isTwice = loaderLags && allocation === 'unwritten' && clock.certainty === 'likely';
  // A few files are written before the first commit ends, and nothing is seen of it: litmus symlink-swap-tree-syncfs.
  if (isTwice && clock.dirtyMicroseconds > flushMicroseconds && early > start) {
    clock.demandPending();
    clock.commit(early);
  }
  for (const inode of [...clock.dirty.keys()]) settle(clock, inode, start, committed);
  clock.demandPending();
  clock.commit(committed);
  clock.writeHome(committed, end);
}

/** A barrier waits for the data, so it is there when the barrier returns, spread over the time that it took. */
function settle(clock: Clock, inode: Inode, start: number, end: number): void {
  const micros = clock.dirty.get(inode)?.micros ?? [];
  clock.writeBack(inode, start);
  micros.forEach((micro, index) => {
    const share = start + ((end - start) * (index + 1)) / micros.length;
    const durable = clock.durable[micro] ?? Infinity;
    if (durable > end && durable < Infinity) {
      clock.durable[micro] = Math.min(share, end);
      clock.home[micro] = Math.min(share, end);
    }
  });
}

/**
 * A sector that is written holds every change to it so far. What a timer writes waits for what came before it: an entry
 * is written with its inode, after the data, and with the whole length that one write gave it. What a barrier demands
 * takes along what came before it.
 */
function keepSectorOrder(clock: Clock): void {
  const { compiled, durable, demanded } = clock;
  const { operationOf, steps } = compiled;
  const at = (micro: number): number => durable[micro] ?? Infinity;
  for (const micros of bySector(compiled, { settled: 0, at: compiled.operations.length })) {
    for (let place = 1; place < micros.length; place++) {
      const [before = 0, micro = 0] = micros.slice(place - 1, place + 1);
      const isOneWrite = operationOf[before] === operationOf[micro] && steps[before] !== undefined;
      if (isOneWrite && steps[micro] !== undefined && at(micro) > at(before)) {
        clock.land(micro, at(before));
      }
      if (!demanded.has(micro) && at(micro) < at(before)) clock.land(micro, at(before));
    }
    for (let place = micros.length - 2; place >= 0; place--) {
      const [micro = 0, after = 0] = micros.slice(place, place + 2);
      if (at(micro) > at(after)) clock.land(micro, at(after));
    }
  }
}

/** The schedule of a compiled window, with the timers run until `untilMicroseconds`. */
export function schedule(
  compiled: Compiled,
  timing: DeviceTiming,
  untilMicroseconds: number,
  certainty: Certainty,
): Schedule {
  const clock = new Clock(compiled, timing, certainty);
  compiled.operations.forEach((operation, index) => {
    operationEnds(clock, index, operation);
  });
  clock.advance(untilMicroseconds);
  if (compiled.profile.metadataOrder === 'sectors') keepSectorOrder(clock);
  return { durableMicroseconds: clock.durable, homeMicroseconds: clock.home };
}
