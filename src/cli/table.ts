/** A report as text for a terminal: one block per machine, widths by content, no colour needed to read it. */
import { driveText } from '../model/drive-words.ts';
import { dataKinds } from '../model/fate.ts';
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

function percent(share: number): string {
  const value = share * 100;
  if (share > 0 && value < 0.05) return 'under 0.1 %';
  if (share < 1 && value >= 99.5) return 'over 99 %';
  if (share < 1 && value >= 99.95) return 'over 99.9 %';
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)} %`;
}

function sharesLine(shares: Shares): string {
  const parts = outcomeClasses.flatMap((outcome) => {
    const share = shares[outcome];
    return share === undefined ? [] : [`${outcome} ${percent(share)}`];
  });
  return parts.length === 0 ? 'not searched' : parts.join(', ');
}

const dullFates = ['open', 'safe', 'owner'];

function fateWords(axes: SystemReport['fates'][string]): readonly string[] {
  return Object.entries(axes).flatMap(([axis, fates]) => {
    const names = Object.keys(fates);
    if (names.length === 1 && dullFates.includes(names[0] ?? '')) return [];
    const parts = Object.entries(fates).map(([fate, share]) =>
      names.length === 1 && share >= 0.9995 ? fate : `${fate} ${percent(share)}`,
    );
    return [axis === 'content' ? parts.join(', ') : `${axis}: ${parts.join(', ')}`];
  });
}

/** What a search found besides; a datum that only one order of writing spares must not look safe. */
function alsoPossible(report: SystemReport, datum: string): readonly string[] {
  const told = new Set([
    ...Object.keys(report.fates[datum]?.['content'] ?? {}),
    ...Object.keys(report.settlingFates[datum]?.['content'] ?? {}),
  ]);
  const found = Object.keys(report.possibleFates[datum] ?? {}).filter((fate) => !told.has(fate));
  return found.length === 0 ? [] : [`possible also: ${found.join(', ')}`];
}

/** Said where it differs: what the quiet time after the step does to a datum that seemed settled. */
function afterwards(report: SystemReport, datum: string): readonly string[] {
  const [settling, during] = [report.settlingFates, report.fates].map((fates) => {
    const axes = fates[datum] ?? {};
    const isHidden = 'locked away' in (axes['reach'] ?? {});
    return fateWords(isHidden ? axes : { content: axes['content'] ?? {} }).join('; ');
  });
  const isSame =
    JSON.stringify(report.settlingFates[datum]?.['content']) ===
    JSON.stringify(report.fates[datum]?.['content']);
  const hides = 'locked away' in (report.settlingFates[datum]?.['reach'] ?? {});
  if (settling === undefined || settling === '' || settling === during) return [];
  return isSame && !hides ? [] : [`afterwards: ${settling}`];
}

function fateLines(report: SystemReport): readonly string[] {
  const order = new Map(dataKinds.map((kind, index) => [kind, index]));
  const data = report.data
    .filter(({ id }) => id in report.fates || id in report.settlingFates)
    .sort((left, right) => (order.get(left.kind) ?? 0) - (order.get(right.kind) ?? 0));
  const width = Math.max(0, ...data.map((datum) => datum.label.length));
  return data.flatMap(({ id, label }) => {
    const words = fateWords(report.fates[id] ?? {}).join('; ');
    const more = [...afterwards(report, id), ...alsoPossible(report, id)];
    const indent = ' '.repeat(width + 6);
    return [`    ${label.padEnd(width)}  ${words}`, ...more.map((text) => `${indent}${text}`)];
  });
}

function systemLines(report: SystemReport): readonly string[] {
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
    ...fateLines(report),
    '  why',
    ...reasons,
    ...(noted.length === 0 ? [] : ['  noted on the way', ...noted]),
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
    `${report.title} (${[report.scenario, ...(report.variant === undefined ? [] : [`variant ${report.variant}`])].join(', ')}, release ${report.release}, seed ${String(report.seed)}, search ${report.policy})`,
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
