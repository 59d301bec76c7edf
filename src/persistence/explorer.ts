/**
 * Looks at the disks of a policy. Each pass walks the cut from the first operation to the last, moving only what changes;
 * the subsets of single moments come after the passes.
 */
import type { Cell } from '../model/cell-table.ts';
import { losesFlushed, type VolumeId } from '../model/device.ts';
import { blockNeeds } from './block-needs.ts';
import type { Schedule } from './clock.ts';
import type { Compiled } from './compiled.ts';
import type { CrashState } from './crash-state.ts';
import type { Pass, PolicyRow, VolumeChoice } from './policies.ts';
import { searchSubsets } from './subset-search.ts';
import { Singles, type Boundary, type Walk } from './singles.ts';
import { VolumeMover } from './volume-mover.ts';

/** One volume of the machine over the window that is searched. */
export interface VolumeWindow {
  readonly volume: VolumeId;
  readonly compiled: Compiled;
  readonly likely: Schedule;
  readonly certain: Schedule;
}

/** A disk that was reached: when it is possible, how likely, and what is missing from it. */
export interface Visit {
  readonly level: 'likely' | 'possible';
  readonly fromMicroseconds: number;
  readonly toMicroseconds: number;
  /** How many operations of each volume had been called, in the order of the windows. */
  readonly issued: readonly number[];
  /** The single write that is missing, or that alone is there, when the pass tries them: volume and micro-operation. */
  readonly missing?: { readonly volume: VolumeId; readonly micro: number };
  readonly alone?: { readonly volume: VolumeId; readonly micro: number };
  /** Names are as a log makes them that lacks some of what they need, so the set of changes alone does not give them. */
  readonly isReplayed?: true;
  /** A volume whose superblock is torn, so that nothing mounts it. */
  readonly unmountable?: VolumeId;
}

function boundariesOf(windows: readonly VolumeWindow[]): readonly Boundary[] {
  return windows
    .flatMap(({ compiled }, window) =>
      compiled.operations.map((operation, local) => ({
        window,
        local,
        index: operation.index,
        endMicroseconds: operation.endMicroseconds,
      })),
    )
    .sort((left, right) => left.index - right.index);
}

/**
 * Per operation: when the next change after it becomes durable, so that a disk without all that follows is impossible,
 * or, by the likely clock, no longer likely.
 */
function cutLastsUntil(
  { compiled, likely, certain }: VolumeWindow,
  level: Visit['level'],
): Float64Array {
  const { operations, microStart } = compiled;
  const { durableMicroseconds } = level === 'possible' ? certain : likely;
  const until = new Float64Array(operations.length + 1).fill(Infinity);
  for (let index = operations.length - 1; index >= 0; index--) {
    until[index] = until[index + 1] ?? Infinity;
    const end = microStart[index + 1] ?? 0;
    for (let micro = microStart[index] ?? 0; micro < end; micro++) {
      until[index] = Math.min(durableMicroseconds[micro] ?? Infinity, until[index] ?? Infinity);
    }
  }
  return until;
}

/** What the explorer needs from whoever judges disks. */
export interface Judge {
  /** States of the windows with nothing included; called once per pass. */
  fresh(): readonly CrashState[];
  /** The disk is in the state described; `visit` says when that is possible. */
  visit(visit: Visit): void;
  /** Whether what the disk comes to depends on this cell; if not, a change of it needs no visit. */
  dependsOn(volume: VolumeId, cell: Cell): boolean;
  /**
   * A name of everything on a volume that what the disk comes to depends on: states of equal names can stand in for each
   * other, until {@link widenings} grows. A judge without it is shown every state.
   */
  projectionOf?(volume: VolumeId): string;
  /** The same for the disk as a whole: finer than any part, and coarser than all of them. */
  readonly projection?: string;
  /** How often the judge read something that it had never read before. */
  readonly widenings?: number;
  /** A short name of what the disk comes to now; equal names mean that a run goes on. */
  resultNow(): string;
}

/** The time in which the power may fail. Operations before it happened, but no cut is tried among them. */
export interface Span {
  readonly startMicroseconds: number;
  readonly endMicroseconds: number;
  /** Seed of the sample where more is possible than is looked at; default 1. */
  readonly seed?: number;
}

/** How a search went. */
export interface SearchFindings {
  readonly visits: number;
  /** Sentences on what was left out; empty when everything that the policy promises was looked at. */
  readonly notSearched: readonly string[];
}

/** Looks at everything that a policy names. */
export function search(
  { passes, ignoresFlushes, subsets, breaksMetadata }: PolicyRow,
  given: readonly VolumeWindow[],
  judge: Judge,
  span: Span,
): SearchFindings {
  const windows = ignoresFlushes === true ? given.map(ignoringFlushes) : given;
  const lies = windows.some(({ compiled }) => losesFlushed(compiled.drive));
  const shown = lies ? windows.map(unforced) : windows;
  let visits = explore(lies ? passes.map(withoutLikely) : passes, shown, judge, span);
  if (breaksMetadata === true) visits += breakMetadata(windows, judge, span);
  if (subsets === undefined) return { visits, notSearched: [] };
  const every = subsets === 'every subset';
  const found = searchSubsets({ windows: shown, judge, span, every });
  return { visits: visits + found.visits, notSearched: found.notSearched };
}

/** The same volume on a drive that ignores flushes. */
export function ignoringFlushes(window: VolumeWindow): VolumeWindow {
  const { compiled } = window;
  return {
    ...window,
    compiled: { ...compiled, drive: { ...compiled.drive, honoursFlush: false } },
  };
}

/** A drive that lies forces nothing, so no disk of it is likelier than another. */
function withoutLikely(pass: Pass): Pass {
  return { ...pass, level: 'possible' };
}

/** A drive that lies keeps what it likes of everything in the window, whatever barriers and timers there were. */
function unforced(window: VolumeWindow): VolumeWindow {
  const never = new Float64Array(window.compiled.count).fill(Infinity);
  const nothing = { durableMicroseconds: never, homeMicroseconds: never };
  return { ...window, likely: nothing, certain: nothing };
}

/**
 * From the first commit on, a drive that dropped what it liked may have left metadata that mount refuses: a torn
 * superblock, a block whose checksum belongs to another. Recorded on ext4 and btrfs, lab-crash.md, `lying disk`.
 */
function breakMetadata(windows: readonly VolumeWindow[], judge: Judge, span: Span): number {
  let visits = 0;
  for (const { volume, compiled, likely } of windows) {
    // What a protected cache has accepted it keeps, whatever it answers to a flush.
    if (compiled.profile.metadataOrder !== 'prefix' || compiled.drive.cache !== 'volatile') {
      continue;
    }
    const first = likely.durableMicroseconds.reduce((least, at) => Math.min(least, at), Infinity);
    const fromMicroseconds = Math.max(first, span.startMicroseconds);
    if (fromMicroseconds >= span.endMicroseconds) continue;
    judge.fresh();
    const toMicroseconds = span.endMicroseconds;
    const issued = windows.map(() => 0);
    judge.visit({
      level: 'possible',
      fromMicroseconds,
      toMicroseconds,
      issued,
      unmountable: volume,
    });
    visits++;
  }
  return visits;
}

/** Walks the passes. Returns how many disks were visited. */
export function explore(
  passes: readonly Pass[],
  windows: readonly VolumeWindow[],
  judge: Judge,
  span: Span,
): number {
  const boundaries = boundariesOf(windows);
  const untilOf = {
    likely: windows.map((window) => cutLastsUntil(window, 'likely')),
    possible: windows.map((window) => cutLastsUntil(window, 'possible')),
  };
  const needs = windows.map(({ compiled }) => blockNeeds(compiled));
  let count = 0;
  for (const pass of passes) {
    for (const choices of choicesOf(pass, windows)) {
      const until = untilOf[pass.level];
      count += walk({ pass, choices, windows, boundaries, until, needs, judge, span });
    }
  }
  return count;
}

/** Taking turns makes a difference only among volumes on which something happened. */
function choicesOf(
  pass: Pass,
  windows: readonly VolumeWindow[],
): readonly (readonly VolumeChoice[])[] {
  const { choice, others } = pass;
  if (others === 'together') return [windows.map(() => choice)];
  const busy = windows.filter(({ compiled }) => compiled.count > 0);
  if (busy.length < 2) return [];
  return busy.map((moving) => windows.map((window) => (window === moving ? choice : others)));
}

function walk(walked: Walk): number {
  const { pass, choices, windows, boundaries, until, judge, span } = walked;
  const states = judge.fresh();
  const movers = windows.flatMap((window, index) => {
    const state = states[index];
    const choice = choices[index];
    return state === undefined || choice === undefined
      ? []
      : [new VolumeMover(window, state, choice)];
  });
  const issued = windows.map(() => 0);
  const lastsOf = until.map((times) => times[0] ?? Infinity);
  const singles = pass.singles === undefined ? undefined : new Singles(walked, pass.singles);
  let count = 0;
  for (const [place, boundary] of boundaries.entries()) {
    const nextEnd = boundaries[place + 1]?.endMicroseconds ?? Infinity;
    movers[boundary.window]?.issue(boundary.local);
    issued[boundary.window] = boundary.local + 1;
    for (const mover of movers) mover.advance(boundary.endMicroseconds);
    lastsOf[boundary.window] = until[boundary.window]?.[boundary.local + 1] ?? Infinity;
    if (boundary.endMicroseconds < span.startMicroseconds) {
      singles?.note(boundary);
      continue;
    }
    const lasts = Math.min(...lastsOf);
    const visit = {
      level: pass.level,
      fromMicroseconds: boundary.endMicroseconds,
      toMicroseconds: Math.max(boundary.endMicroseconds, Math.min(lasts, span.endMicroseconds)),
      issued: issued.slice(),
    };
    if (singles === undefined) {
      count += visitByClock(judge, movers, visit, nextEnd);
    } else {
      count += singles.tryEach(boundary, states, visit);
    }
  }
  return count;
}

/**
 * While a cut lasts, the clock may bring more to the disk: each arrival makes another disk. It is followed until the next
 * operation returns and no further, because what comes then would have to be taken off the disk again.
 */
function visitByClock(
  judge: Judge,
  movers: readonly VolumeMover[],
  visit: Visit,
  nextEnd: number,
): number {
  let count = 0;
  for (let from = visit.fromMicroseconds; ;) {
    const next = Math.min(...movers.map(({ nextInstant }) => nextInstant));
    const to = Math.min(next, visit.toMicroseconds);
    judge.visit({ ...visit, fromMicroseconds: from, toMicroseconds: to });
    count++;
    if (next >= Math.min(visit.toMicroseconds, nextEnd)) return count;
    for (const mover of movers) mover.advance(next);
    from = next;
  }
}
