/**
 * What a power cut would come to at each instant: the one image that the order of the device leaves, walked forward
 * over time. Neighbouring instants that end alike are one run.
 */
import type { VolumeId } from '../model/device.ts';
import type { Cell } from '../model/cell-table.ts';
import { CrashState } from '../persistence/crash-state.ts';
import type { VolumeWindow } from '../persistence/explorer.ts';

/** A micro-operation that arrives, on the disk (`replayed`) or also where a boot loader looks (`home`). */
interface Arrival {
  readonly window: number;
  readonly micro: number;
  readonly atMicroseconds: number;
  readonly view: 'replayed' | 'home';
}

/** Both views of one volume, moving together. */
interface Moving {
  readonly replayed: CrashState;
  readonly home: CrashState;
}

/** Told about every cell that changes, and asked what the disk comes to. */
export interface InstantJudge {
  changed(volume: VolumeId, cell: Cell, value: number, before: number): void;
  loaderChanged(volume: VolumeId, cell: Cell, value: number, before: number): void;
  /** Number of the screen for the disk as it is now; equal numbers mean an equal end. */
  screenNow(): number;
}

/** From this instant on, this screen. */
export interface ScreenChange {
  readonly fromMicroseconds: number;
  readonly screen: number;
}

/** Both views of every volume with nothing arrived; the judge reads their cells. */
export class InstantDisk {
  readonly windows: readonly VolumeWindow[];
  readonly moving: readonly Moving[];
  readonly #arrivals: readonly Arrival[];
  #next = 0;
  /** The instant that the disk shows, in microseconds. */
  now = 0;
  #judge: InstantJudge | undefined;

  constructor(windows: readonly VolumeWindow[]) {
    this.windows = windows;
    this.moving = windows.map(({ volume, compiled }) => ({
      replayed: new CrashState(compiled, (cell, value, before) =>
        this.#judge?.changed(volume, cell, value, before),
      ),
      home: new CrashState(compiled, (cell, value, before) =>
        this.#judge?.loaderChanged(volume, cell, value, before),
      ),
    }));
    this.#arrivals = windows.flatMap(arrivalsOf).sort(byInstant);
  }

  /** Whom to tell about changes. */
  watch(judge: InstantJudge): void {
    this.#judge = judge;
  }

  /** Lets everything arrive that arrives until `now`, that instant included. */
  advance(now: number): void {
    this.now = now;
    for (;;) {
      const arrival = this.#arrivals[this.#next];
      if (arrival === undefined || arrival.atMicroseconds > now) return;
      const moving = this.moving[arrival.window];
      moving?.[arrival.view].set(arrival.micro, true);
      this.#next++;
    }
  }

  /** The instant of the next arrival, or Infinity. */
  get nextInstant(): number {
    return this.#arrivals[this.#next]?.atMicroseconds ?? Infinity;
  }
}

function arrivalsOf({ compiled, likely }: VolumeWindow, window: number): readonly Arrival[] {
  const arrivals: Arrival[] = [];
  for (let micro = 0; micro < compiled.count; micro++) {
    const durable = likely.durableMicroseconds[micro] ?? Infinity;
    const home = likely.homeMicroseconds[micro] ?? Infinity;
    if (durable < Infinity) {
      arrivals.push({ window, micro, atMicroseconds: durable, view: 'replayed' });
    }
    if (home < Infinity) arrivals.push({ window, micro, atMicroseconds: home, view: 'home' });
  }
  return arrivals;
}

function byInstant(left: Arrival, right: Arrival): number {
  return left.atMicroseconds - right.atMicroseconds || left.micro - right.micro;
}

/** Walks from `start` to `end` and tells where the screen changes; the first change is at `start`. */
export function walkInstants(
  disk: InstantDisk,
  judge: InstantJudge,
  start: number,
  end: number,
): { readonly changes: readonly ScreenChange[]; readonly instants: number } {
  disk.watch(judge);
  disk.advance(start);
  const changes: ScreenChange[] = [{ fromMicroseconds: start, screen: judge.screenNow() }];
  let instants = 1;
  for (let now = disk.nextInstant; now < end; now = disk.nextInstant) {
    disk.advance(now);
    instants++;
    const screen = judge.screenNow();
    if (screen !== changes.at(-1)?.screen) changes.push({ fromMicroseconds: now, screen });
  }
  return { changes, instants };
}
