/** A report as text for a terminal: one block per machine, widths by content, no colour needed to read it. */
import { driveText } from '../model/drive-words.ts';
import { fateLines } from './fate-lines.ts';
import { percent } from './percent.ts';
import type { LabReport, Shares, SystemReport } from '../model/report.ts';
import { outcomeClasses, type OutcomeClass } from '../model/verdict.ts';

const plainWords: { readonly [outcome in OutcomeClass]: string } = {
  old: 'starts, old version',
  new: 'starts, new version',
  'mixed-ok': 'starts, half updated',
  'degraded-torn': 'starts, damaged',
  'broken-mixed': 'files that must match do not: whether it starts is said below why',
  'broken-torn': 'does not start: a file that it needs is damaged or says something wrong',
  'broken-noboot': 'does not start: nothing to boot',
  unmountable: 'does not start: the file system refuses to mount',
};

function sharesLine(shares: Shares): string {
  const parts = outcomeClasses.flatMap((outcome) => {
    const share = shares[outcome];
    return share === undefined ? [] : [`${outcome} ${percent(share)}`];
  });
  return parts.length === 0 ? 'not searched' : parts.join(', ');
}

function systemLines(report: SystemReport, isWhyWanted: boolean): readonly string[] {
  const only = report.screens[0];
  const head = `${report.name} (${report.mechanism})`;
  const verdict =
    report.timeline !== undefined
      ? [
          `  ${report.timeline.cutMicroseconds === undefined ? 'during the step' : 'at this instant'}   ${sharesLine(report.outcomes)}`,
          ...(report.timeline.cutMicroseconds === undefined
            ? [`  38 s afterwards   ${sharesLine(report.settling)}`]
            : []),
        ]
      : [
          `  ends as           ${only === undefined ? 'nothing' : `${only.outcome}: ${only.plain}`}`,
        ];
  const possible =
    report.possible.length === 0
      ? []
      : [
          `  ${report.searched.complete ? 'possible ' : 'at least '}         ${report.possible.join(', ')}`,
        ];
  const drive = `  drive             ${driveText(report.drive)}`;
  const reasons = report.reasons.map(
    ({ outcome, text, source }) => `    ${outcome}: ${text} [${source}]`,
  );
  const missing = report.searched.notSearched.map((text) => `  NOT SEARCHED      ${text}`);
  const noted = [
    ...(report.measured ?? []).map(({ step, text }) => `    ${step}: ${text}`),
    ...(report.refused ?? []).map(({ text, source }) => `    cannot: ${text} [${source}]`),
  ];
  return [
    head,
    drive,
    ...verdict,
    ...possible,
    `  disks judged      ${String(report.states)}`,
    ...missing,
    '  what became of the data',
    ...fateLines(report, isWhyWanted),
    '  why',
    ...reasons,
    ...(noted.length === 0 ? [] : ['  noted on the way', ...noted]),
    '',
  ];
}

/**
 * The whole report, lines joined. Each fate has a sentence with its reason; with `isWhyWanted` all reasons and their
 * sources.
 */
export function reportTable(report: LabReport, isWhyWanted = false): string {
  const used = outcomeClasses.filter((outcome) =>
    report.systems.some(
      (system) => system.possible.includes(outcome) || outcome in system.outcomes,
    ),
  );
  const legend = used.map((outcome) => `  ${outcome.padEnd(14)} ${plainWords[outcome]}`);
  const complete = report.systems.every(({ searched }) => searched.complete);
  const failed = report.disappointments.map(
    ({ line, system, text }) => `  line ${String(line)}, ${system}: ${text}`,
  );
  return [
    `${report.title} (${[report.scenario, ...(report.variant === undefined ? [] : [`variant ${report.variant}`])].join(', ')}, release ${report.release}, seed ${String(report.seed)}, search ${report.policy})`,
    `run ${report.runId}`,
    '',
    ...report.systems.flatMap((system) => systemLines(system, isWhyWanted)),
    'Words',
    ...legend,
    '',
    failed.length > 0
      ? 'Not as expected:'
      : complete
        ? 'As expected.'
        : 'As expected, as far as was searched.',
    ...failed,
  ].join('\n');
}
