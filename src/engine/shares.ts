/** How much of a span of time each class and each fate takes. */
import type { DatumFate } from '../model/fate.ts';
import type { Screen, Shares, SystemReport, TimelineRun } from '../model/report.ts';

function overlap(run: TimelineRun, from: number, to: number): number {
  return Math.max(0, Math.min(run.toMicroseconds, to) - Math.max(run.fromMicroseconds, from));
}

/** Class → share of the time between two instants; a span without length takes what holds at its start. */
export function outcomeShares(
  runs: readonly TimelineRun[],
  screens: readonly Screen[],
  from: number,
  to: number,
): Shares {
  const shares: { [outcome: string]: number } = {};
  for (const [screen, share] of screenShares(runs, from, to)) {
    const outcome = screens[screen]?.outcome;
    if (outcome !== undefined) shares[outcome] = (shares[outcome] ?? 0) + share;
  }
  return shares;
}

/** Screen → share of the time between two instants. */
export function screenShares(
  runs: readonly TimelineRun[],
  from: number,
  to: number,
): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  if (to <= from) {
    const run = runs.find(({ toMicroseconds }) => toMicroseconds > from) ?? runs.at(-1);
    return run === undefined ? shares : shares.set(run.screen, 1);
  }
  for (const run of runs) {
    const share = overlap(run, from, to) / (to - from);
    if (share > 0) shares.set(run.screen, (shares.get(run.screen) ?? 0) + share);
  }
  return shares;
}

const axes = ['content', 'reach', 'secrecy', 'author'] as const;

/** Datum → axis → fate → share, from screens and their shares; without what a machine never had. */
export function fateShares(
  screens: readonly Screen[],
  shares: ReadonlyMap<number, number>,
): SystemReport['fates'] {
  const fates: { [datum: string]: { [axis: string]: { [fate: string]: number } } } = {};
  for (const [index, share] of shares) {
    for (const fate of screens[index]?.fates ?? []) {
      if (fate.none !== true) add(fates, fate, share);
    }
  }
  return fates;
}

function add(
  fates: { [datum: string]: { [axis: string]: { [fate: string]: number } } },
  { datum, fates: values }: DatumFate,
  share: number,
): void {
  const ofDatum = (fates[datum] ??= {});
  for (const axis of axes) {
    const ofAxis = (ofDatum[axis] ??= {});
    ofAxis[values[axis]] = (ofAxis[values[axis]] ?? 0) + share;
  }
}
