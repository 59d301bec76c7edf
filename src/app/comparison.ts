/** What differs between two ends: of two machines, of two instants of one, or of one thing that was changed. */
import type { Screen, SystemReport } from '../model/report.ts';
import { fateRows, type FateCell } from './fates-table.ts';
import { screenAt } from './instant.ts';
import { capital, clock } from './words.ts';

/** An end that can be compared, with a name that tells it from others. */
export interface Comparable {
  readonly name: string;
  readonly report: SystemReport;
  readonly screen: Screen;
}

/** What a machine shows at an instant; `setting` says what else tells it apart. Undefined where it shows nothing. */
export function comparableAt(
  report: SystemReport,
  instant: number,
  setting = '',
): Comparable | undefined {
  const screen = screenAt(report, instant);
  if (screen === undefined) return undefined;
  const when = report.timeline === undefined ? '' : ` at ${clock(instant, 2)}`;
  const what = setting === '' ? '' : ` (${setting})`;
  return { name: `${report.name}${when}${what}`, report, screen };
}

/** One line of a comparison. */
export interface DifferenceRow {
  readonly label: string;
  readonly one: string;
  readonly other: string;
}

/** What differs, and how many lines are the same. */
export interface Comparison {
  readonly rows: readonly DifferenceRow[];
  readonly same: number;
}

const words = (cell: FateCell | undefined): string =>
  cell === undefined ? 'has none' : [cell.words, ...cell.badges].join(' · ');

/** Verdict, what the start came to, and every kind of data. */
export function comparison(one: Comparable, other: Comparable): Comparison {
  const lines: DifferenceRow[] = [
    { label: 'Verdict', one: capital(one.screen.plain), other: capital(other.screen.plain) },
    {
      label: 'Because',
      one: one.screen.verdict.because.text,
      other: other.screen.verdict.because.text,
    },
    ...fateRows([one, other]).map(({ label, cells: [left, right] }) => {
      return { label, one: words(left), other: words(right) };
    }),
  ];
  const rows = lines.filter((line) => line.one !== line.other);
  return { rows, same: lines.length - rows.length };
}
