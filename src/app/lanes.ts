/** How a lane is drawn: what would happen if the power failed, from left to right. */
import type { SystemReport, TimelineRun } from '../model/report.ts';
import type { OutcomeClass, PlainVerdict } from '../model/verdict.ts';
import { shareOf, type Axis } from './axis.ts';
import { plainOfClass, severity } from './words.ts';

/** How a piece of a lane looks. `unknown` means that nobody looked, and never looks like safe. */
export type LaneKind = 'old' | 'new' | 'half' | 'damaged' | 'dead' | 'unknown';

/** A piece of a lane; `edge` is the worst possible outcome where it is worse than the filling. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly kind: LaneKind;
  readonly edge?: LaneKind;
  /** Where nobody searched: what the one disk comes to that the usual order of writing leaves. */
  readonly known?: LaneKind;
}

const kindOfVerdict: { readonly [verdict in PlainVerdict]: LaneKind } = {
  'starts, old version': 'old',
  'starts, new version': 'new',
  'starts, half updated': 'half',
  'starts, damaged': 'damaged',
  'starts, nobody can log in': 'dead',
  'does not start': 'dead',
};

const badness: { readonly [kind in LaneKind]: number } = {
  old: 0,
  new: 0,
  half: 1,
  damaged: 2,
  unknown: 3,
  dead: 4,
};

/** The plain verdict of a class on this machine: the worst that its screens of this class have shown. */
export function plainOf(report: SystemReport, outcome: OutcomeClass): PlainVerdict {
  const seen = report.screens.filter((screen) => screen.outcome === outcome);
  const worst = seen.toSorted((one, other) => severity[other.plain] - severity[one.plain])[0];
  return worst?.plain ?? plainOfClass[outcome];
}

/** The same for one piece of time: where its own screen is of the class, that is what the page shows there. */
export function plainAt(
  report: SystemReport,
  run: TimelineRun,
  outcome: OutcomeClass,
): PlainVerdict {
  const screen = report.screens[run.screen];
  return screen?.outcome === outcome ? screen.plain : plainOf(report, outcome);
}

interface Look {
  readonly kind: LaneKind;
  readonly edge?: LaneKind;
  readonly known?: LaneKind;
}

function lookOf(report: SystemReport, run: TimelineRun): Look {
  const kindOf = (outcome: OutcomeClass | undefined): LaneKind =>
    outcome === undefined ? 'unknown' : kindOfVerdict[plainAt(report, run, outcome)];
  const kind = kindOf(run.worstLikely);
  const edge = kindOf(run.worstPossible);
  const screen = report.screens[run.screen];
  if (kind === 'unknown') {
    return screen === undefined ? { kind } : { kind, known: kindOfVerdict[screen.plain] };
  }
  return badness[edge] > badness[kind] ? { kind, edge } : { kind };
}

const worse = (one: LaneKind | undefined, other: LaneKind | undefined): LaneKind | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return badness[other] >= badness[one] ? other : one;
};

/** Columns that a lane is computed in; a screen has hardly more dots. */
export const laneColumns = 1000;

interface Column {
  readonly kind: LaneKind;
  readonly edge: LaneKind | undefined;
  readonly known: LaneKind | undefined;
}

/** The pieces of a lane. Within one column the worst counts, so that no short window disappears. */
export function segments(report: SystemReport, axis: Axis): readonly Segment[] {
  const columns = new Array<Column | undefined>(laneColumns).fill(undefined);
  for (const run of report.timeline?.runs ?? []) {
    const look = lookOf(report, run);
    const first = Math.floor(shareOf(axis, run.fromMicroseconds) * laneColumns + 1e-6);
    const end = Math.ceil(shareOf(axis, run.toMicroseconds) * laneColumns - 1e-6);
    for (let column = first; column < Math.min(laneColumns, Math.max(end, first + 1)); column++) {
      const before = columns[column];
      columns[column] = {
        kind: worse(before?.kind, look.kind) ?? look.kind,
        edge: worse(before?.edge, look.edge),
        known: worse(before?.known, look.known),
      };
    }
  }
  return merged(columns);
}

function merged(columns: readonly (Column | undefined)[]): readonly Segment[] {
  const pieces: Segment[] = [];
  const count = columns.length;
  let from = 0;
  for (let column = 1; column <= count; column++) {
    if (column < count && alike(columns[column], columns[from])) continue;
    const look = columns[from];
    if (look !== undefined) pieces.push({ from: from / count, to: column / count, ...drawn(look) });
    from = column;
  }
  return pieces;
}

function alike(one: Column | undefined, other: Column | undefined): boolean {
  return one?.kind === other?.kind && one?.edge === other?.edge && one?.known === other?.known;
}

function drawn({ kind, edge, known }: Column): Look {
  if (kind === 'unknown') return known === undefined ? { kind } : { kind, known };
  return edge !== undefined && badness[edge] > badness[kind] ? { kind, edge } : { kind };
}

/** A tick on a lane, with its label where there is room. */
export interface Tick {
  readonly share: number;
  readonly label: string;
  readonly commitPoint: boolean;
  /** Side of the tick on which the label stands; undefined where it would cover another. */
  readonly side?: 'left' | 'right';
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const letterPixels = 5.4;
const tickCountMax = 40;
const narrowPixels = 480;

/** Ticks of the stages: commit points get their labels first, the others while there is room. */
export function ticks(report: SystemReport, axis: Axis, widthPixels: number): readonly Tick[] {
  const stages = report.timeline?.stages ?? [];
  const shown = stages.length > tickCountMax ? stages.filter((one) => one.commitPoint) : stages;
  const taken: Span[] = [];
  const inOrder = shown.toSorted((one, other) => {
    return Number(other.commitPoint ?? false) - Number(one.commitPoint ?? false);
  });
  const placed = inOrder.map((stage): Tick => {
    const share = shareOf(axis, stage.startMicroseconds);
    const tick = { share, label: stage.label, commitPoint: stage.commitPoint ?? false };
    const isLabelled = tick.commitPoint || widthPixels >= narrowPixels;
    const side = isLabelled
      ? roomFor(share * widthPixels, stage.label, widthPixels, taken)
      : undefined;
    return side === undefined ? tick : { ...tick, side };
  });
  return placed.toSorted((one, other) => one.share - other.share);
}

function roomFor(
  at: number,
  label: string,
  widthPixels: number,
  taken: Span[],
): 'left' | 'right' | undefined {
  const width = label.length * letterPixels + 14;
  const sides = [
    { side: 'right', from: at, to: at + width },
    { side: 'left', from: at - width, to: at },
  ] as const;
  const free = sides.find(({ from, to }) => {
    const inside = from >= 0 && to <= widthPixels;
    return inside && taken.every((span) => to <= span.from || from >= span.to);
  });
  if (free === undefined) return undefined;
  taken.push({ from: free.from, to: free.to });
  return free.side;
}
