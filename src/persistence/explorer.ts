/**
 * Which possible disks are looked at. A policy is a row of a table; each row is a list of passes over the operations,
 * and each pass walks the cut from the first operation to the last, moving only what changes.
 */
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import type { SearchPolicy } from '../model/scenario.ts';
import type { Schedule } from './clock.ts';
import { microClass, type Compiled } from './compiled.ts';
import type { CrashState } from './crash-state.ts';

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
  /** The single write that is missing, when the pass drops one: volume and micro-operation. */
  readonly missing?: { readonly volume: VolumeId; readonly micro: number };
}

/** What a volume shows at an instant within a pass. */
export type VolumeChoice =
  /** Everything issued so far has landed. */
  | 'all'
  /** All metadata; data as the clocks have it. */
  | 'names, data by the clock'
  /** All metadata; only the data that a barrier or a timer forced. */
  | 'names, forced data only'
  /** All metadata, extents included; only forced data, the rest reads as zeros. */
  | 'names and extents, forced data only'
  /** Only what the clocks have brought to the disk. */
  | 'clock';

/** A pass: what one volume shows while the others show something else; with `together` all show the same. */
export interface Pass {
  readonly level: 'likely' | 'possible';
  readonly choice: VolumeChoice;
  readonly others: VolumeChoice | 'together';
  /** Also drops each single write that nothing has forced yet. */
  readonly dropsEachWrite?: true;
}

/** The passes of each policy; an absent policy is not searched yet, and whoever asks for it is told so. */
export const policyTable: { readonly [policy in SearchPolicy]?: readonly Pass[] } = {
  instant: [],
  'every-op': [
    { level: 'likely', choice: 'all', others: 'together' },
    { level: 'likely', choice: 'names, data by the clock', others: 'together' },
    { level: 'possible', choice: 'names, forced data only', others: 'together' },
    { level: 'possible', choice: 'names and extents, forced data only', others: 'together' },
    { level: 'possible', choice: 'all', others: 'clock' },
    { level: 'possible', choice: 'names, forced data only', others: 'all' },
    { level: 'possible', choice: 'all', others: 'together', dropsEachWrite: true },
  ],
};

/** Moves one volume's state along the cut, by a choice. */
class Mover {
  readonly window: VolumeWindow;
  readonly state: CrashState;
  readonly #choice: VolumeChoice;
  readonly #byClock: readonly number[];
  readonly #instants: Float64Array;
  #clockNext = 0;

  constructor(window: VolumeWindow, state: CrashState, choice: VolumeChoice) {
    this.window = window;
    this.state = state;
    this.#choice = choice;
    const forced =
      choice === 'names, forced data only' || choice === 'names and extents, forced data only';
    this.#instants = (forced ? window.certain : window.likely).durableMicroseconds;
    const instants = this.#instants;
    this.#byClock =
      choice === 'all'
        ? []
        : Array.from({ length: window.compiled.count }, (_, micro) => micro)
            .filter((micro) => (instants[micro] ?? Infinity) < Infinity)
            .sort((left, right) => (instants[left] ?? 0) - (instants[right] ?? 0));
  }

  /** The operation with this local index was issued. */
  issue(index: number): void {
    const { microStart, classes } = this.window.compiled;
    const end = microStart[index + 1] ?? 0;
    for (let micro = microStart[index] ?? 0; micro < end; micro++) {
      if (this.#comesWithIssue(classes[micro] ?? 0)) this.state.set(micro, true);
    }
  }

  #comesWithIssue(kind: number): boolean {
    switch (this.#choice) {
      case 'all':
        return true;
      case 'clock':
        return false;
      case 'names and extents, forced data only':
        return kind !== microClass.data;
      case 'names, data by the clock':
      case 'names, forced data only':
        return kind === microClass.metadata;
    }
  }

  /** When the clock brings the next micro-operation, or Infinity. */
  get nextInstant(): number {
    const micro = this.#byClock[this.#clockNext];
    return micro === undefined ? Infinity : (this.#instants[micro] ?? Infinity);
  }

  /** The clock shows `now`. */
  advance(now: number): void {
    for (;;) {
      const micro = this.#byClock[this.#clockNext];
      if (micro === undefined || (this.#instants[micro] ?? Infinity) > now) return;
      this.state.set(micro, true);
      this.#clockNext++;
    }
  }
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

/** Per operation: when the next metadata after it becomes durable, so that a cut before it is impossible. */
function cutLastsUntil({ compiled, likely }: VolumeWindow): Float64Array {
  const { operations, microStart, classes } = compiled;
  const until = new Float64Array(operations.length + 1).fill(Infinity);
  for (let index = operations.length - 1; index >= 0; index--) {
    until[index] = until[index + 1] ?? Infinity;
    const end = microStart[index + 1] ?? 0;
    for (let micro = microStart[index] ?? 0; micro < end; micro++) {
      if (classes[micro] !== microClass.metadata) continue;
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
  /** Runs a change that puts everything back as it was, so that what is known of the disk stays known. */
  trial(change: () => void): void;
  /** A short name of what the disk comes to now; equal names mean that a run goes on. */
  resultNow(): string;
}

/** The time in which the power may fail. Operations before it happened, but no cut is tried among them. */
export interface Span {
  readonly startMicroseconds: number;
  readonly endMicroseconds: number;
}

/** Looks at every disk of a policy. Returns how many were visited. */
export function explore(
  passes: readonly Pass[],
  windows: readonly VolumeWindow[],
  judge: Judge,
  span: Span,
): number {
  const boundaries = boundariesOf(windows);
  const until = windows.map(cutLastsUntil);
  let count = 0;
  for (const pass of passes) {
    for (const choices of choicesOf(pass, windows)) {
      count += walk({ pass, choices, windows, boundaries, until, judge, span });
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
  readonly judge: Judge;
  readonly span: Span;
}

function walk({ pass, choices, windows, boundaries, until, judge, span }: Walk): number {
  const states = judge.fresh();
  const movers = windows.flatMap((window, index) => {
    const state = states[index];
    const choice = choices[index];
    return state === undefined || choice === undefined ? [] : [new Mover(window, state, choice)];
  });
  const issued = windows.map(() => 0);
  const dropper = pass.dropsEachWrite === true ? new Dropper(windows, judge) : undefined;
  let count = 0;
  for (const boundary of boundaries) {
    movers[boundary.window]?.issue(boundary.local);
    issued[boundary.window] = boundary.local + 1;
    for (const mover of movers) mover.advance(boundary.endMicroseconds);
    const lasts = Math.min(...until.map((times, index) => times[issued[index] ?? 0] ?? Infinity));
    const visit = {
      level: pass.level,
      fromMicroseconds: boundary.endMicroseconds,
      toMicroseconds: Math.max(boundary.endMicroseconds, Math.min(lasts, span.endMicroseconds)),
    };
    if (boundary.endMicroseconds < span.startMicroseconds) {
      dropper?.note(boundary);
    } else if (dropper === undefined) {
      count += visitByClock(judge, movers, visit);
    } else {
      count += dropper.drop(boundary, states, visit);
    }
  }
  return count;
}

/** While a cut lasts, the clock may bring more to the disk: each arrival makes another disk. */
function visitByClock(judge: Judge, movers: readonly Mover[], visit: Visit): number {
  let count = 0;
  for (let from = visit.fromMicroseconds; ;) {
    const next = Math.min(...movers.map(({ nextInstant }) => nextInstant));
    const to = Math.min(next, visit.toMicroseconds);
    judge.visit({ ...visit, fromMicroseconds: from, toMicroseconds: to });
    count++;
    if (next >= visit.toMicroseconds) return count;
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
 * Drops single writes from an otherwise whole disk. A missing write comes to the same as long as the whole disk does
 * and no name of its inode changes, so each is tried once per such run, not once per operation.
 */
class Dropper {
  readonly #windows: readonly VolumeWindow[];
  readonly #judge: Judge;
  #open: Droppable[] = [];
  #last = '';

  constructor(windows: readonly VolumeWindow[], judge: Judge) {
    this.#windows = windows;
    this.#judge = judge;
  }

  /** Before the span: only remembers what is not forced yet. */
  note(boundary: Boundary): void {
    this.#openWritesOf(boundary);
  }

  drop(boundary: Boundary, states: readonly CrashState[], visit: Visit): number {
    this.#open = this.#open.filter((open) => open.forcedMicroseconds > boundary.endMicroseconds);
    const touched = this.#openWritesOf(boundary);
    const result = this.#judge.resultNow();
    const quiet = result === this.#last && !this.#movesTrees(boundary);
    const tried = quiet ? touched : this.#open;
    this.#last = result;
    for (const open of tried) this.#try(open, states, visit);
    return tried.length;
  }

  /** Whether the operation can bring other files into play: a whole directory, a link to one, or another root. */
  #movesTrees(boundary: Boundary): boolean {
    const compiled = this.#windows[boundary.window]?.compiled;
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
    const window = this.#windows[boundary.window];
    if (window === undefined) return [];
    const { microStart, classes, inodeOf } = window.compiled;
    const first = microStart[boundary.local] ?? 0;
    const end = microStart[boundary.local + 1] ?? 0;
    const named = new Set<number>();
    for (let micro = first; micro < end; micro++) {
      named.add(inodeOf[micro] ?? 0);
      if (classes[micro] === microClass.metadata) continue;
      const forced = window.certain.durableMicroseconds[micro] ?? Infinity;
      if (forced <= boundary.endMicroseconds) continue;
      this.#open.push({ window: boundary.window, micro, forcedMicroseconds: forced });
    }
    return this.#open.filter(
      (open) => open.window === boundary.window && named.has(inodeOf[open.micro] ?? 0),
    );
  }

  #try(open: Droppable, states: readonly CrashState[], visit: Visit): void {
    const state = states[open.window];
    const volume = this.#windows[open.window]?.volume;
    if (state === undefined || volume === undefined) return;
    const inode = state.compiled.inodeOf[open.micro] ?? 0;
    const cell = state.compiled.contentCells.get(inode) ?? 0;
    if (!this.#judge.dependsOn(volume, cell)) return;
    this.#judge.trial(() => {
      state.set(open.micro, false);
      this.#judge.visit({
        ...visit,
        toMicroseconds: Math.max(
          visit.fromMicroseconds,
          Math.min(visit.toMicroseconds, open.forcedMicroseconds),
        ),
        missing: { volume, micro: open.micro },
      });
      state.set(open.micro, true);
    });
  }
}
