/** A report as text for a terminal: one block per machine, widths by content, no colour needed to read it. */
import { dataKinds } from '../model/fate.ts';
import type { LabReport, Shares, SystemReport } from '../model/report.ts';
import { outcomeClasses, type OutcomeClass } from '../model/verdict.ts';

const plainWords: { readonly [outcome in OutcomeClass]: string } = {
  old: 'starts, old version',
  new: 'starts, new version',
  'mixed-ok': 'starts, half updated',
  'degraded-torn': 'starts, damaged',
  'broken-mixed': 'does not start reliably: files that must match do not',
  'broken-torn': 'does not start: a file that it needs is damaged',
  'broken-noboot': 'does not start: nothing to boot',
  unmountable: 'does not start: the file system refuses to mount',
};

function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)} %`;
}

function sharesLine(shares: Shares): string {
  const parts = outcomeClasses.flatMap((outcome) => {
    const share = shares[outcome];
    return share === undefined ? [] : [`${outcome} ${percent(share)}`];
  });
  return parts.length === 0 ? 'not searched' : parts.join(', ');
}

function fateLines(report: SystemReport): readonly string[] {
  const order = new Map(dataKinds.map((kind, index) => [kind, index]));
  const data = report.data
    .filter(({ id }) => id in report.fates)
    .sort((left, right) => (order.get(left.kind) ?? 0) - (order.get(right.kind) ?? 0));
  const width = Math.max(0, ...data.map((datum) => datum.label.length));
  return data.map((datum) => {
    const axes = report.fates[datum.id] ?? {};
    const words = Object.entries(axes).flatMap(([axis, fates]) => {
      const names = Object.keys(fates);
      const dull = names.length === 1 && ['open', 'safe', 'owner'].includes(names[0] ?? '');
      if (dull) return [];
      const parts = Object.entries(fates).map(([fate, share]) =>
        share >= 0.995 ? fate : `${fate} ${percent(share)}`,
      );
      return [axis === 'content' ? parts.join(', ') : `${axis}: ${parts.join(', ')}`];
    });
    return `    ${datum.label.padEnd(width)}  ${words.join('; ')}`;
  });
}

function systemLines(report: SystemReport): readonly string[] {
  const cut = report.timeline !== undefined;
  const only = report.screens[0];
  const head = `${report.name} (${report.mechanism})`;
  const verdict = cut
    ? [
        `  during the step   ${sharesLine(report.outcomes)}`,
        `  38 s afterwards   ${sharesLine(report.settling)}`,
      ]
    : [`  ends as           ${only === undefined ? 'nothing' : `${only.outcome}: ${only.plain}`}`];
  const possible =
    report.possible.length === 0
      ? []
      : [
          `  ${report.searched.complete ? 'possible ' : 'at least '}         ${report.possible.join(', ')}`,
        ];
  const reasons = report.reasons.map(
    ({ outcome, text, source }) => `    ${outcome}: ${text} [${source}]`,
  );
  const missing = report.searched.notSearched.map((text) => `  NOT SEARCHED      ${text}`);
  return [
    head,
    ...verdict,
    ...possible,
    `  disks judged      ${String(report.states)}`,
    ...missing,
    '  what became of the data',
    ...fateLines(report),
    '  why',
    ...reasons,
    '',
  ];
}

/** The whole report, lines joined. */
export function reportTable(report: LabReport): string {
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
    `${report.title} (${report.scenario}, release ${report.release}, seed ${String(report.seed)}, search ${report.policy})`,
    `run ${report.runId}`,
    '',
    ...report.systems.flatMap(systemLines),
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
