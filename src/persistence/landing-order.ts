/** Changes that reach the disk, or are seen on it, only together: how that moves the instants of a schedule. */
import { blockNeeds } from './block-needs.ts';
import type { Compiled } from './compiled.ts';
import { blockBytes } from './file-blocks.ts';
import { bySector } from './sectors.ts';

/** The instants that are moved. */
export interface Landing {
  readonly compiled: Compiled;
  readonly durable: Float64Array;
  /** What barriers have put on the disk, ahead of the timers. */
  readonly demanded: ReadonlySet<number>;
  /** A micro-operation is on the disk from here on, where it belongs. */
  land(micro: number, at: number): void;
}

/**
 * A sector that is written holds every change to it so far. What a timer writes waits for what came before it: an entry
 * is written with its inode, after the data, and with the whole length that one write gave it. What a barrier demands
 * takes along what came before it.
 */
export function keepSectorOrder(landing: Landing): void {
  const { compiled, durable, demanded } = landing;
  const { operationOf, steps } = compiled;
  const at = (micro: number): number => durable[micro] ?? Infinity;
  // Content that a truncation dropped before it was written never comes, and nothing waits for it.
  const isDropped = (micro: number): boolean =>
    steps[micro]?.kind === 'attach' && at(micro) === Infinity;
  for (const micros of bySector(compiled, { settled: 0, at: compiled.operations.length })) {
    const coming = micros.filter((micro) => !isDropped(micro));
    for (let place = 1; place < coming.length; place++) {
      const [before = 0, micro = 0] = coming.slice(place - 1, place + 1);
      const isOneWrite = operationOf[before] === operationOf[micro] && steps[before] !== undefined;
      if (isOneWrite && steps[micro] !== undefined && at(micro) > at(before)) {
        landing.land(micro, at(before));
      }
      // What was cut off before it was written never comes by itself, and nothing waits for it.
      const isAwaited = at(before) < Infinity && !demanded.has(micro);
      if (isAwaited && at(micro) < at(before)) landing.land(micro, at(before));
    }
    for (let place = micros.length - 2; place >= 0; place--) {
      const [micro = 0, after = 0] = micros.slice(place, place + 2);
      if (at(micro) > at(after)) landing.land(micro, at(after));
    }
  }
}

/**
 * Bytes that a write puts behind the end of a file, into a block that it has, are shown once the length is there, and
 * a drive that writes a block in one piece writes a later version of it no sooner than an earlier one.
 */
export function keepContentOrder(landing: Landing): void {
  const { compiled, durable } = landing;
  const { operationOf, microStart, steps, drive } = compiled;
  const at = (micro: number): number => durable[micro] ?? Infinity;
  const needs = drive.sectorBytes >= blockBytes ? blockNeeds(compiled).needs : undefined;
  for (let micro = 0; micro < compiled.count; micro++) {
    if (steps[micro]?.kind !== 'in-place') continue;
    const first = microStart[operationOf[micro] ?? 0] ?? 0;
    const isLengthened = steps[first]?.kind === 'resize' || steps[first]?.kind === 'lengthen';
    const before = [...(isLengthened ? [first] : []), ...(needs?.get(micro) ?? [])];
    const last = Math.max(...before.map(at), 0);
    if (at(micro) < last) landing.land(micro, last);
  }
}
