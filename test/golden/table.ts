/** A report as the table that a teacher would draw: a row per system, a row per kind of data. */
import { dataKinds } from '../../src/model/fate.ts';
import type { LabReport, SystemReport } from '../../src/model/report.ts';
import { outcomeClasses, type OutcomeClass } from '../../src/model/verdict.ts';

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Coarse on purpose: a table that changes with every millisecond teaches nobody. */
function share(value: number): string {
  if (value >= 0.995) return 'always';
  if (value < 0.005) return 'under 1 %';
  return `${String(Math.round(value * 100))} %`;
}

function outcomesOf(shares: SystemReport['outcomes']): string {
  const parts = outcomeClasses.flatMap((outcome: OutcomeClass) => {
    const value = shares[outcome];
    return value === undefined || value === 0 ? [] : [`${outcome} ${share(value)}`];
  });
  return parts.join(', ') || '-';
}

function fateOf(report: SystemReport, datum: string): string {
  const axes = report.fates[datum];
  if (axes === undefined) return '-';
  return Object.values(axes)
    .flatMap((fates) =>
      Object.entries(fates)
        .filter(([fate, value]) => value > 0 && !['open', 'safe', 'owner'].includes(fate))
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([fate, value]) => `${fate} ${share(value)}`),
    )
    .join(', ')
    .replace(/ always/g, '');
}

function dataRows(report: LabReport): readonly (readonly string[])[] {
  const all = new Map(report.systems.flatMap(({ data }) => data.map((datum) => [datum.id, datum])));
  return [...all.values()]
    .filter(({ id }) => report.systems.some(({ fates, screens }) => id in fates || isTold(screens, id)))
    .sort((left, right) => dataKinds.indexOf(left.kind) - dataKinds.indexOf(right.kind))
    .map(({ id, label }) => [label, ...report.systems.map((system) => fateOf(system, id))]);
}

/** Of what a machine never had a row says so: its cells are dashes. */
function isTold(screens: SystemReport['screens'], id: string): boolean {
  return screens.some(({ fates }) => fates.some(({ datum }) => datum === id));
}

/** The table of one report. */
export function goldenTable(report: LabReport, variant: string | undefined): string {
  const cut = report.systems.some(({ timeline }) => timeline !== undefined);
  const verdicts = report.systems.map((system) => [
    system.name,
    outcomesOf(system.outcomes),
    ...(cut ? [outcomesOf(system.settling), system.possible.join(', ')] : []),
    system.screens.length === 1 ? (system.screens[0]?.verdict.wayBack.kind ?? '') : '',
  ]);
  const head = cut
    ? ['system', 'during the step', '38 s afterwards', 'possible', '']
    : ['system', 'ends as', 'way back'];
  const reasons = report.systems.flatMap((system) => [
    system.name,
    ...system.reasons.map(({ outcome, text }) => `  ${outcome}: ${text}`),
  ]);
  const noted = report.systems.flatMap(({ name, measured = [], refused = [] }) => [
    ...measured.map(({ step, text }) => `  ${name}, ${step}: ${text}`),
    ...refused.map(({ text }) => `  ${name} cannot: ${text}`),
  ]);
  return [
    `${report.title}${variant === undefined ? '' : ` (${variant})`}`,
    `release ${report.release}, search ${report.policy}`,
    '',
    ...columns([head, ...verdicts]),
    '',
    ...columns([['data', ...report.systems.map(({ name }) => name)], ...dataRows(report)]),
    '',
    'why',
    ...reasons,
    '',
    ...(noted.length === 0 ? [] : ['noted on the way', ...noted, '']),
    report.disappointments.length === 0 ? 'as expected' : 'NOT as expected',
    ...report.disappointments.map(
      ({ line, system, text }) => `  line ${String(line)}, ${system}: ${text}`,
    ),
    '',
  ].join('\n');
}
