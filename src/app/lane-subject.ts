/** What the lanes show: whether the machine starts, or what became of one piece of data. */
import type { Screen, SystemReport } from '../model/report.ts';
import { shareOf, type Axis } from './axis.ts';
import { fateCell } from './fates-table.ts';
import { laneColumns } from './lanes.ts';
import { wordsOfContent, type Mark } from './words.ts';

/** A piece of a lane that tells of a datum: its mark, from share to share. */
export interface FateSegment {
  readonly from: number;
  readonly to: number;
  readonly mark: Mark;
  readonly words: string;
}

/** A datum that lanes can tell of. */
export interface LaneSubject {
  readonly id: string;
  readonly label: string;
}

const worstFirst: readonly Mark[] = [
  'lost',
  'torn',
  'locked',
  'mixed',
  'reverted',
  'updated',
  'intact',
];

function markOf(screen: Screen | undefined, datum: string): Mark {
  const fate = screen?.fates.find((one) => one.datum === datum);
  return fate === undefined ? 'unknown' : fateCell(fate).mark;
}

/** Data whose fate hangs on the instant, on one of the machines at least. */
export function laneSubjects(reports: readonly SystemReport[]): readonly LaneSubject[] {
  const subjects = new Map<string, LaneSubject>();
  for (const { data, screens, timeline } of reports) {
    const shown = new Set(timeline?.runs.map(({ screen }) => screen));
    for (const { id, label } of data) {
      const marks = new Set([...shown].map((place) => markOf(screens[place], id)));
      if (marks.size > 1) subjects.set(id, { id, label });
    }
  }
  return [...subjects.values()];
}

/** What lanes tell of unasked: the start, unless all machines start alike at every instant. */
export function firstSubject(reports: readonly SystemReport[]): string {
  const plains = reports.flatMap(({ screens, timeline }) =>
    (timeline?.runs ?? []).map(({ screen }) => screens[screen]?.plain),
  );
  const subjects = new Set(laneSubjects(reports).map(({ id }) => id));
  const documents = reports.flatMap(({ data }) => data).filter(({ kind }) => kind === 'document');
  if (new Set(plains).size > 1) return '';
  return documents.find(({ id }) => subjects.has(id))?.id ?? '';
}

/** The lane of a datum: what the image that the order of writing leaves makes of it. */
export function fateSegments(
  { timeline, screens }: SystemReport,
  axis: Axis,
  datum: string,
): readonly FateSegment[] {
  const marks = screens.map((screen) => markOf(screen, datum));
  const columns = new Array<Mark | undefined>(laneColumns).fill(undefined);
  for (const { fromMicroseconds, toMicroseconds, screen } of timeline?.runs ?? []) {
    const mark = marks[screen] ?? 'unknown';
    const first = Math.floor(shareOf(axis, fromMicroseconds) * laneColumns + 1e-6);
    const end = Math.ceil(shareOf(axis, toMicroseconds) * laneColumns - 1e-6);
    for (let column = first; column < Math.min(laneColumns, Math.max(end, first + 1)); column++) {
      columns[column] = worseMark(columns[column], mark);
    }
  }
  return joined(columns);
}

function worseMark(one: Mark | undefined, other: Mark): Mark {
  if (one === undefined) return other;
  const [rank, otherRank] = [worstFirst.indexOf(one), worstFirst.indexOf(other)];
  return otherRank <= rank ? other : one;
}

function joined(columns: readonly (Mark | undefined)[]): readonly FateSegment[] {
  const pieces: FateSegment[] = [];
  let from = 0;
  for (let column = 1; column <= columns.length; column++) {
    if (column < columns.length && columns[column] === columns[from]) continue;
    const mark = columns[from];
    if (mark !== undefined) {
      const words = wordsOfMark(mark);
      pieces.push({ from: from / columns.length, to: column / columns.length, mark, words });
    }
    from = column;
  }
  return pieces;
}

function wordsOfMark(mark: Mark): string {
  if (mark === 'locked') return 'out of reach';
  return mark === 'stop' || mark === 'unknown' ? 'not searched' : wordsOfContent[mark];
}
