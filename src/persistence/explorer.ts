/**
 * Looks at the disks of a policy. Each pass walks the cut from the first operation to the last, moving only what changes;
 * the subsets of single moments come after the passes.
 */
import type { Cell, Inode } from '../model/cell-table.ts';
import { recordedSectorBytes, type VolumeId } from '../model/device.ts';
import { blockNeeds, type BlockNeeds } from './block-needs.ts';
import type { Schedule } from './clock.ts';
import { microClass, type Compiled } from './compiled.ts';
import type { CrashState } from './crash-state.ts';
import type { Pass, PolicyRow, VolumeChoice } from './policies.ts';
import { searchSubsets } from './subset-search.ts';
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

/** An operation of any volume, in the order in which they were called. */
interface Boundary {
  readonly window: number;
  readonly local: number;
  readonly endMicroseconds: number;
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

/** Per operation: when the next change after it becomes durable, so that a disk without all that follows is impossible. */
function cutLastsUntil({ compiled, likely }: VolumeWindow): Float64Array {
  const { operations, microStart } = compiled;
  const until = new Float64Array(operations.length + 1).fill(Infinity);
  for (let index = operations.length - 1; index >= 0; index--) {
    until[index] = until[index + 1] ?? Infinity;
    const end = microStart[index + 1] ?? 0;
    for (let micro = microStart[index] ?? 0; micro < end; micro++) {
      until[index] = Math.min(
        likely.durableMicroseconds[micro] ?? Infinity,
        until[index] ?? Infinity,
      );
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
  /** A short name of what the disk comes to now; equal names mean that a run goes on. */
  resultNow(): string;
}

/** The time in which the power may fail. Operations before it happened, but no cut is tried among them. */
export interface Span {
  readonly startMicroseconds: number;
  readonly endMicroseconds: number;
}

/** How a search went. */
export interface SearchFindings {
  readonly visits: number;
  /** Sentences on what was left out; empty when everything that the policy promises was looked at. */
  readonly notSearched: readonly string[];
}

/** Looks at everything that a policy names. */
export function search(
  { passes, honesty, subsets, tearsSuperblocks }: PolicyRow,
  windows: readonly VolumeWindow[],
  judge: Judge,
  span: Span,
): SearchFindings {
  const shown = honesty === 'lies' ? windows.map(unforced) : windows;
  let visits = explore(passes, shown, judge, span);
  if (tearsSuperblocks === true) visits += tearSuperblocks(windows, judge, span);
  if (subsets === undefined) return { visits, notSearched: [] };
  const every = subsets === 'every subset';
  const found = searchSubsets({ windows: shown, judge, span, honesty, every });
  return { visits: visits + found.visits, notSearched: found.notSearched };
}

/** A drive that lies keeps what it likes of everything in the window, whatever barriers and timers there were. */
function unforced(window: VolumeWindow): VolumeWindow {
  const never = new Float64Array(window.compiled.count).fill(Infinity);
  const nothing = { durableMicroseconds: never, homeMicroseconds: never };
  return { ...window, likely: nothing, certain: nothing };
}

/** From the first commit on, the superblock may be the one thing that was being written. */
function tearSuperblocks(windows: readonly VolumeWindow[], judge: Judge, span: Span): number {
  let visits = 0;
  for (const { volume, compiled, likely } of windows) {
    const { superblockBytes } = compiled.profile;
    if (superblockBytes === undefined || superblockBytes <= recordedSectorBytes) continue;
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
  const until = windows.map(cutLastsUntil);
  const needs = windows.map(({ compiled }) => blockNeeds(compiled));
  let count = 0;
  for (const pass of passes) {
    for (const choices of choicesOf(pass, windows)) {
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

interface Walk {
  readonly pass: Pass;
  readonly choices: readonly VolumeChoice[];
  readonly windows: readonly VolumeWindow[];
  readonly boundaries: readonly Boundary[];
  readonly until: readonly Float64Array[];
  readonly needs: readonly BlockNeeds[];
  readonly judge: Judge;
  readonly span: Span;
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

/** An unforced write, and where in the window it can be missing. */
interface Droppable {
  readonly window: number;
  readonly micro: number;
  readonly forcedMicroseconds: number;
}

/**
 * Tries single writes: each missing from an otherwise whole disk, or each alone on a disk without unforced data. A write
 * comes to the same as long as the disk around it does and no name of its inode changes, so each is tried once per
 * such run, not once per operation. Writes that share a block with others are tried only where the set stays legal.
 */
class Singles {
  readonly #walk: Walk;
  readonly #mode: 'each missing' | 'each alone';
  /** Writes that nothing had forced when they were called; those that are forced by now leave when somebody looks. */
  readonly #open = new Set<Droppable>();
  /** The same by window and inode. */
  readonly #byInode: readonly Map<Inode, Droppable[]>[];
  #last = '';

  constructor(walk: Walk, mode: 'each missing' | 'each alone') {
    this.#walk = walk;
    this.#mode = mode;
    this.#byInode = walk.windows.map(() => new Map<Inode, Droppable[]>());
  }

  /** Before the span: only remembers what is not forced yet. */
  note(boundary: Boundary): void {
    this.#openWritesOf(boundary);
  }

  tryEach(boundary: Boundary, states: readonly CrashState[], visit: Visit): number {
    const touched = this.#openWritesOf(boundary);
    const result = this.#walk.judge.resultNow();
    const quiet = result === this.#last && !this.#movesTrees(boundary);
    this.#last = result;
    let visits = 0;
    for (const open of quiet ? touched : this.#open) {
      if (open.forcedMicroseconds > boundary.endMicroseconds) {
        visits += this.#try(open, states, visit);
      } else {
        this.#open.delete(open);
      }
    }
    return visits;
  }

  /** Whether the operation can bring other files into play: a whole directory, a link to one, or another root. */
  #movesTrees(boundary: Boundary): boolean {
    const compiled = this.#walk.windows[boundary.window]?.compiled;
    const effect = compiled?.operations[boundary.local]?.effect;
    switch (effect?.kind) {
      case 'exchange':
      case 'subvolume':
      case 'set-default':
        return true;
      case 'rename':
        return compiled?.kindOf(effect.inode) !== 'file';
      case 'link':
        return effect.created?.kind === 'symlink';
      default:
        return false;
    }
  }

  /** New unforced writes of the operation just issued, and older ones of an inode that it names. */
  #openWritesOf(boundary: Boundary): readonly Droppable[] {
    const window = this.#walk.windows[boundary.window];
    const byInode = this.#byInode[boundary.window];
    if (window === undefined || byInode === undefined) return [];
    const { microStart, classes, inodeOf } = window.compiled;
    const now = boundary.endMicroseconds;
    const named = new Set<Inode>();
    for (
      let micro = microStart[boundary.local] ?? 0;
      micro < (microStart[boundary.local + 1] ?? 0);
      micro++
    ) {
      const inode = inodeOf[micro] ?? 0;
      named.add(inode);
      const forced = window.certain.durableMicroseconds[micro] ?? Infinity;
      if (classes[micro] === microClass.metadata || forced <= now) continue;
      const open = { window: boundary.window, micro, forcedMicroseconds: forced };
      this.#open.add(open);
      const ofInode = byInode.get(inode);
      if (ofInode === undefined) byInode.set(inode, [open]);
      else ofInode.push(open);
    }
    return [...named].flatMap((inode) => this.#stillOpen(byInode, inode, now));
  }

  #stillOpen(byInode: Map<Inode, Droppable[]>, inode: Inode, now: number): readonly Droppable[] {
    const known = byInode.get(inode);
    if (known === undefined) return [];
    const open = known.filter(({ forcedMicroseconds }) => forcedMicroseconds > now);
    if (open.length === 0) byInode.delete(inode);
    else if (open.length < known.length) byInode.set(inode, open);
    return open;
  }

  #try(open: Droppable, states: readonly CrashState[], visit: Visit): number {
    const { windows, judge } = this.#walk;
    const state = states[open.window];
    const volume = windows[open.window]?.volume;
    if (state === undefined || volume === undefined) return 0;
    const cell = state.compiled.contentCells.get(state.compiled.inodeOf[open.micro] ?? 0) ?? 0;
    if (!judge.dependsOn(volume, cell)) return 0;
    const toggled = this.#toggled(open, state);
    if (toggled.length === 0) return 0;
    const present = this.#mode === 'each alone';
    const single = { volume, micro: open.micro };
    const last = Math.min(visit.toMicroseconds, open.forcedMicroseconds);
    for (const micro of toggled) state.set(micro, present);
    judge.visit({
      ...visit,
      toMicroseconds: Math.max(visit.fromMicroseconds, last),
      ...(present ? { alone: single } : { missing: single }),
    });
    for (const micro of toggled) state.set(micro, !present);
    return 1;
  }

  /** What is toggled for one write; nothing where it cannot be missing, or there, by itself. */
  #toggled({ window, micro }: Droppable, { compiled, included }: CrashState): readonly number[] {
    const needs = this.#walk.needs[window];
    if (this.#mode === 'each missing') {
      const later = needs?.neededBy.get(micro) ?? [];
      return later.some((other) => included[other] === 1) ? [] : [micro];
    }
    const isAttach = compiled.classes[micro] === microClass.attach;
    // Data for which there is no room yet comes with its room.
    if (!isAttach) return compiled.steps[micro]?.kind === 'data' ? [] : [micro];
    const earlier = needs?.needs.get(micro) ?? [];
    if (earlier.some((other) => included[other] === 0)) return [];
    const step = compiled.steps[micro];
    const data = step?.kind === 'attach' && step.dataMicro >= 0 ? [step.dataMicro] : [];
    return [...data, micro].filter((one) => included[one] === 0);
  }
}
