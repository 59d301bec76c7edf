/** Places in the programs of several volumes at which a search of subsets looks. */
import type { Span, VolumeWindow } from './explorer.ts';

/** A place in the program of one volume, and the time that it lasts. */
export interface SearchedMoment {
  /** How many operations had returned, and how many had been called. */
  readonly completed: number;
  readonly issued: number;
  readonly fromMicroseconds: number;
  readonly toMicroseconds: number;
}

/** An instant at which all volumes are looked at: where each of them is by then, in the order of the windows. */
export interface SharedMoment {
  readonly fromMicroseconds: number;
  readonly places: readonly SearchedMoment[];
}

/** Every place in the program of a volume that lies in the span, in order of time. */
export function momentsOf({ compiled }: VolumeWindow, span: Span): readonly SearchedMoment[] {
  const moments: SearchedMoment[] = [];
  const add = (completed: number, issued: number, from: number, to: number): void => {
    const fromMicroseconds = Math.max(from, span.startMicroseconds);
    const toMicroseconds = Math.min(to, span.endMicroseconds);
    if (toMicroseconds < fromMicroseconds) return;
    moments.push({ completed, issued, fromMicroseconds, toMicroseconds });
  };
  const { operations } = compiled;
  operations.forEach(({ startMicroseconds, endMicroseconds }, index) => {
    const next = operations[index + 1]?.startMicroseconds ?? span.endMicroseconds;
    add(index, index + 1, startMicroseconds, endMicroseconds);
    add(index + 1, index + 1, endMicroseconds, next);
  });
  return moments;
}

/** At most so many of the items, the first and the last among them, spread evenly. */
export function spread<Item>(items: readonly Item[], countMax: number): readonly Item[] {
  if (items.length <= countMax) return items;
  const step = (items.length - 1) / (countMax - 1);
  const places = new Set(Array.from({ length: countMax }, (_, index) => Math.round(index * step)));
  return items.filter((_, place) => places.has(place));
}

/** For each moment that was chosen of a volume, where the others are then; each meeting once, in order of time. */
export function sharedMoments(
  windows: readonly VolumeWindow[],
  chosen: readonly (readonly SearchedMoment[])[],
): readonly SharedMoment[] {
  const found = new Map<string, SharedMoment>();
  chosen.forEach((moments, window) => {
    for (const moment of moments) {
      const { fromMicroseconds } = moment;
      const places = windows.map((other, index) =>
        index === window ? moment : placeAt(other, fromMicroseconds),
      );
      const key = places.map(({ completed, issued }) => `${String(completed)} ${String(issued)}`);
      const name = [fromMicroseconds, ...key].join();
      if (!found.has(name)) found.set(name, { fromMicroseconds, places });
    }
  });
  return [...found.values()].sort((one, other) => one.fromMicroseconds - other.fromMicroseconds);
}

function placeAt({ compiled }: VolumeWindow, instant: number): SearchedMoment {
  const { operations } = compiled;
  const issued = countBefore(operations.length, (index) => {
    return (operations[index]?.startMicroseconds ?? Infinity) <= instant;
  });
  const last = operations[issued - 1];
  const underway = last !== undefined && last.endMicroseconds > instant;
  return {
    completed: underway ? issued - 1 : issued,
    issued,
    fromMicroseconds: instant,
    toMicroseconds: operations[issued]?.startMicroseconds ?? Infinity,
  };
}

/** How many of the first numbers a condition holds for that holds for none after it fails. */
export function countBefore(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  for (let high = count; low < high;) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
