/**
 * When each micro-operation reaches the disk, if the drive writes in order and the power stays on: the clocks of
 * persistence.md section 3.5. A commit timer per file system, an age per dirty file, barriers as they were called.
 */
import { subvolumeOf, type Inode, type Subvolume } from '../model/cell-table.ts';
import { writeMicroseconds, type DeviceTiming } from '../model/device.ts';
import { CertainClock } from './certain-clock.ts';
import type { BarrierEffect, Effect, Operation } from '../model/operation.ts';
import { homeInstants, writeHomeMicroseconds } from './checkpoint.ts';
import { syncClosure } from './closure.ts';
import { microClass, type Compiled } from './compiled.ts';
import { sizesBefore } from './legality.ts';
import { liesInNewSubvolume } from './new-subvolume.ts';
import { keepContentOrder, keepSectorOrder } from './landing-order.ts';
import { writtenBytes } from './written-bytes.ts';

/** Instants in microseconds, one per micro-operation; Infinity for what never reaches the disk by itself. */
export interface Schedule {
  /** From here on the kernel's mount shows it. */
  readonly durableMicroseconds: Float64Array;
  /** From here on a boot loader that replays no journal sees it too. */
  readonly homeMicroseconds: Float64Array;
}

/**
 * `likely`: timers fire when they are due, and write-back that a heuristic started finishes as fast as the drive allows.
 * `certain`: only barriers and timers count, because a started write may be slower than the next commit, and timers are
 * as late as they may be; never earlier than `likely`. Source: persistence.md 3.4 point 5.
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
  /** Data and extents that were given to the drive, and since when they are there or in a transaction. */
  readonly sent = new Map<Inode, number[]>();
  /** From here on an extent can be in a commit: its data is written. */
  readonly ready = new Map<number, number>();
  /** Operations before this one were committed by a barrier. */
  cut = 0;
  /** What barriers have put on the disk, ahead of the timers. */
  readonly demanded = new Set<number>();

  constructor(compiled: Compiled, timing: DeviceTiming) {
    this.compiled = compiled;
    this.timing = timing;
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

  #nextCommit(): number {
    const { commitMicroseconds, metadataOrder, writebackMicroseconds } = this.compiled.profile;
    if (this.transactionStart === undefined) return Infinity;
    const age = metadataOrder === 'sectors' ? writebackMicroseconds : commitMicroseconds;
    if (age === undefined) return Infinity;
    const race = this.#dataWinsRace(this.transactionStart) ? raceMicroseconds : 0;
    return this.transactionStart + age + race;
  }

  /** Whether other files than those of the transaction's very first calls wait to be written; once so, it stays so. */
  #dataWinsRace(start: number): boolean {
    const { allocation, dataRacesCommit } = this.compiled.profile;
    if (allocation !== 'after-data' || dataRacesCommit !== true) return false;
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
      return [inode, sinceMicroseconds + this.compiled.profile.writebackMicroseconds];
    }
    return [0, Infinity];
  }

  /** Writes a file's data from `start` on; its extents join the running transaction. Returns when the data is there. */
  writeBack(inode: Inode, start: number): number {
    const entry = this.dirty.get(inode);
    if (entry === undefined) return start;
    this.dirty.delete(inode);
    const sent = this.sent.get(inode);
    if (sent === undefined) this.sent.set(inode, entry.micros);
    else sent.push(...entry.micros);
    const { allocation, metadataOrder } = this.compiled.profile;
    let at = start;
    for (const micro of entry.micros) {
      const bytes = writtenBytes(this.compiled, micro);
      if (bytes > 0) at += writeMicroseconds(this.timing, bytes);
      if (this.compiled.classes[micro] === microClass.data || metadataOrder === 'sectors') {
        // In sectors no transaction waits for it: entry and places are written with the data.
        this.land(micro, at);
      } else {
        const begins = allocation === 'after-data' ? at : start;
        this.ready.set(micro, begins);
        this.join(micro, begins);
      }
    }
    return at;
  }

  /** Files with data in memory, or given to the drive since their last barrier. */
  writtenInodes(): readonly Inode[] {
    return [...new Set([...this.dirty.keys(), ...this.sent.keys()])];
  }

  /** How long it takes to write what is only in memory. */
  get dirtyMicroseconds(): number {
    let sum = 0;
    for (const { micros } of this.dirty.values()) {
      for (const micro of micros) {
        const bytes = writtenBytes(this.compiled, micro);
        if (bytes > 0) sum += writeMicroseconds(this.timing, bytes);
      }
    }
    return sum;
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

  /** Everything pending becomes durable, but for extents whose data is still being written. */
  commit(at: number): void {
    const { loaderLags } = this.compiled.profile;
    const waiting = new Set<number>();
    let waitingSince: number | undefined;
    for (const micro of this.pending) {
      const ready = this.ready.get(micro) ?? 0;
      if (ready > at) {
        waiting.add(micro);
        waitingSince = Math.min(ready, waitingSince ?? Infinity);
      } else if (loaderLags) {
        this.durable[micro] = at;
        this.awaitingHome.push(micro);
        this.awaitingSince ??= at;
      } else this.land(micro, at);
    }
    this.pending = waiting;
    this.transactionStart = waitingSince;
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
    barrier(clock, effect, index, operation);
    return;
  }
  if (effect.kind === 'start-writeback' && effect.because === 'close-device') {
    settle(clock, effect.inode, startMicroseconds, endMicroseconds);
    return;
  }
  const first = clock.compiled.microStart[index] ?? 0;
  const end = clock.compiled.microStart[index + 1] ?? 0;
  // Pages beyond the new end are dropped unwritten; what stays before it still has to be written.
  if (effect.kind === 'truncate' && effect.sizeBytes === 0) clock.dirty.delete(effect.inode);
  for (let micro = first; micro < end; micro++) arrive(clock, micro, endMicroseconds);
  startWriteback(clock, effect, endMicroseconds);
  if (effect.kind === 'subvolume' && effect.source !== undefined) {
    snapshotCommits(clock, effect.source, operation);
    clock.cut = index + 1;
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
 * A snapshot flushes the data of its source and commits. Source: litmus btrfs/snapshot-*. An empty subvolume does not, in
 * kernels as recent as those of the recordings: https://github.com/torvalds/linux/commit/1b53e51a4a8f870da194bcdaec9eb8865ee89386.
 */
function snapshotCommits(
  clock: Clock,
  source: Subvolume,
  { startMicroseconds, endMicroseconds }: Operation,
): void {
  for (const inode of clock.writtenInodes()) {
    if (subvolumeOf(inode) === source) settle(clock, inode, startMicroseconds, endMicroseconds);
  }
  clock.commit(endMicroseconds);
}

function barrier(clock: Clock, effect: BarrierEffect, index: number, operation: Operation): void {
  const { startMicroseconds, endMicroseconds } = operation;
  const { fsyncScope } = clock.compiled.profile;
  if (fsyncScope === 'nothing') return;
  if (effect.inode === 0) {
    wholeBarrier(clock, effect, startMicroseconds, endMicroseconds);
    clock.cut = index;
    return;
  }
  settle(clock, effect.inode, startMicroseconds, endMicroseconds);
  if (fsyncScope === 'everything-before') {
    if (commitsJournal(clock, effect, index)) clock.commit(endMicroseconds);
    return;
  }
  if (liesInNewSubvolume(clock.compiled, effect.inode, clock.cut, index)) {
    clock.demandPending();
    clock.commit(endMicroseconds);
    clock.cut = index;
    return;
  }
  const chosen = syncClosure(clock.compiled, effect, clock.pending);
  clock.commitOnly(endMicroseconds, chosen);
}

/** fdatasync of a file whose size and extents are on the disk writes no journal. */
function commitsJournal(clock: Clock, effect: BarrierEffect, index: number): boolean {
  if (effect.scope !== 'fdatasync') return true;
  const { inodeOf, classes, operationOf } = clock.compiled;
  const carried = sizesBefore(clock.compiled, effect, index);
  for (const micro of clock.pending) {
    const isOwnExtent = classes[micro] === microClass.attach && inodeOf[micro] === effect.inode;
    const isBefore = classes[micro] === microClass.metadata && (operationOf[micro] ?? 0) < carried;
    if (isOwnExtent || isBefore) return true;
  }
  return false;
}

/**
 * syncfs and its like. On ext4, whose new extents are unwritten until their data has arrived, Linux starts a commit
 * before it has waited for the data, and commits again after it: for a moment names are there whose files are empty.
 * Then the journal is written home; XFS leaves that to later. Source: fs/sync.c, sync_filesystem; recorded as 10 ms of
 * a menu without its kernel, lab-crash.md, surprise 7. sync(2) waits for all data first; it counts as a syncfs of each
 * volume here, which no simulated tool notices: none has that much to write on ext4 when it calls it.
 */
function wholeBarrier(clock: Clock, effect: BarrierEffect, start: number, end: number): void {
  const { flushMicroseconds } = clock.timing;
  const { loaderLags, allocation, syncfsLeavesLog } = clock.compiled.profile;
  const writesHome = loaderLags && !(effect.scope === 'syncfs' && syncfsLeavesLog === true);
  const committed = writesHome ? Math.max(start, end - flushMicroseconds) : end;
  const early = Math.max(start, committed - flushMicroseconds);
  const isTwice = writesHome && allocation === 'unwritten';
  // A few files are written before the first commit ends, and nothing is seen of it: litmus symlink-swap-tree-syncfs.
  if (isTwice && clock.dirtyMicroseconds > flushMicroseconds && early > start) {
    clock.demandPending();
    clock.commit(early);
  }
  for (const inode of clock.writtenInodes()) settle(clock, inode, start, committed);
  clock.demandPending();
  clock.commit(committed);
  if (writesHome) clock.writeHome(committed, end);
}

/**
 * A barrier waits for the data, also for what is being written already, so it is there when the barrier returns, spread
 * over the time that it took.
 */
function settle(clock: Clock, inode: Inode, start: number, end: number): void {
  clock.writeBack(inode, start);
  const micros = clock.sent.get(inode) ?? [];
  clock.sent.delete(inode);
  micros.forEach((micro, index) => {
    const share = start + ((end - start) * (index + 1)) / micros.length;
    const durable = clock.durable[micro] ?? Infinity;
    if (durable > end && durable < Infinity) clock.land(micro, Math.min(share, end));
    if ((clock.ready.get(micro) ?? 0) > end) clock.ready.set(micro, end);
  });
}

/**
 * The schedule of a compiled window. The likely timers run until `untilMicroseconds`, and what they bring later counts as
 * never; what is certain is counted from each call, so it has its instant however late that is.
 */
export function schedule(
  compiled: Compiled,
  timing: DeviceTiming,
  untilMicroseconds: number,
  certainty: Certainty,
): Schedule {
  if (certainty === 'certain') {
    const latest = new CertainClock(compiled, timing);
    compiled.operations.forEach((operation, index) => {
      latest.operation(index, operation);
    });
    return latest.end();
  }
  const clock = new Clock(compiled, timing);
  compiled.operations.forEach((operation, index) => {
    operationEnds(clock, index, operation);
  });
  clock.advance(untilMicroseconds);
  if (compiled.profile.metadataOrder === 'sectors') keepSectorOrder(clock);
  else keepContentOrder(clock);
  return { durableMicroseconds: clock.durable, homeMicroseconds: clock.home };
}
