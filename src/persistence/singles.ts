/** Single writes that nothing has forced: each missing from what a pass shows, or each alone added to it. */
import type { Inode } from '../model/cell-table.ts';
import type { BlockNeeds } from './block-needs.ts';
import { microClass, type Compiled } from './compiled.ts';
import type { CrashState } from './crash-state.ts';
import type { Judge, Span, Visit, VolumeWindow } from './explorer.ts';
import type { Pass, VolumeChoice } from './policies.ts';

/** An operation of any volume, in the order in which they were called. */
export interface Boundary {
  readonly window: number;
  readonly local: number;
  readonly endMicroseconds: number;
}

/** One pass over all operations, with what it needs. */
export interface Walk {
  readonly pass: Pass;
  readonly choices: readonly VolumeChoice[];
  readonly windows: readonly VolumeWindow[];
  readonly boundaries: readonly Boundary[];
  readonly until: readonly Float64Array[];
  readonly needs: readonly BlockNeeds[];
  readonly judge: Judge;
  readonly span: Span;
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
export class Singles {
  readonly #walk: Walk;
  readonly #mode: 'each missing' | 'each alone';
  /** Writes that nothing had forced when they were called; those that are forced by now leave when somebody looks. */
  readonly #open = new Set<Droppable>();
  /** The same by window and inode. */
  readonly #byInode: readonly Map<Inode, Droppable[]>[];
  /** Projections that were shown at the operation that is tried, and until when each is possible. */
  readonly #shown = new Map<string, number>();
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
    this.#shown.clear();
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

  /**
   * Whether the operation can bring other files into play: a whole directory, a link to one, or another root; but only
   * through names that somebody looked at.
   */
  #movesTrees({ window, local }: Boundary): boolean {
    const { compiled, volume } = this.#walk.windows[window] ?? {};
    if (compiled === undefined || volume === undefined || !movesTree(compiled, local)) return false;
    const { microStart, writeStart, writeCell } = compiled;
    const last = writeStart[microStart[local + 1] ?? 0] ?? 0;
    for (let write = writeStart[microStart[local] ?? 0] ?? 0; write < last; write++) {
      if (this.#walk.judge.dependsOn(volume, writeCell[write] ?? 0)) return true;
    }
    return false;
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
    const toMicroseconds = Math.max(visit.fromMicroseconds, last);
    if (!this.#isFolded(toMicroseconds)) {
      const which = present ? { alone: single } : { missing: single };
      judge.visit({ ...visit, toMicroseconds, ...which });
    }
    for (const micro of toggled) state.set(micro, !present);
    return 1;
  }

  /**
   * Writes of equal role and effect are one class: what the disk comes to is computed from nothing but what its projection
   * names, so a write whose loss leads to a projection that was shown, for at least as long, adds nothing but a number.
   */
  #isFolded(toMicroseconds: number): boolean {
    const { projection } = this.#walk.judge;
    if (projection === undefined) return false;
    if ((this.#shown.get(projection) ?? -1) >= toMicroseconds) return true;
    this.#shown.set(projection, toMicroseconds);
    return false;
  }

  /** What is toggled for one write; nothing where it cannot be missing, or there, by itself. */
  #toggled({ window, micro }: Droppable, { compiled, included }: CrashState): readonly number[] {
    const needs = this.#walk.needs[window];
    if (this.#mode === 'each missing') {
      const later = needs?.neededBy.get(micro) ?? [];
      return later.some((other) => included[other] === 1) ? [] : [micro];
    }
    const step = compiled.steps[micro];
    // Data for which there is no room yet comes with its room.
    if (step?.kind === 'data') return [];
    const data = step?.kind === 'attach' && step.dataMicro >= 0 ? [step.dataMicro] : [];
    const together = [...data, micro];
    const earlier = together.flatMap((one) => needs?.needs.get(one) ?? []);
    if (earlier.some((other) => included[other] === 0)) return [];
    return together.filter((one) => included[one] === 0);
  }
}

function movesTree(compiled: Compiled, local: number): boolean {
  const effect = compiled.operations[local]?.effect;
  switch (effect?.kind) {
    case 'exchange':
    case 'subvolume':
    case 'set-default':
      return true;
    case 'rename':
      return compiled.kindOf(effect.inode) !== 'file';
    case 'link':
      return effect.created?.kind === 'symlink';
    default:
      return false;
  }
}
