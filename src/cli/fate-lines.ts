/** What became of the data of one machine, line by line, each fate with the reason for it. */
import { dataKinds, type Datum, type DatumFate } from '../model/fate.ts';
import type { SystemReport } from '../model/report.ts';
import type { Reason } from '../model/verdict.ts';
import { percent } from './percent.ts';

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

/** A fate on all axes in one word each, as the head of its reason. */
function headOf({ fates: { content, reach, secrecy, author } }: DatumFate): string {
  return [content, reach, secrecy, author].filter((word) => !dullFates.includes(word)).join(', ');
}

/** Every end that some screen shows of a datum, then those that only a search found: head → reasons. */
function reasonsOf(report: SystemReport, datum: string): ReadonlyMap<string, readonly Reason[]> {
  const all = new Map<string, readonly Reason[]>();
  const contents = new Set<string>();
  const told = new Set(Object.keys(report.possibleFates[datum] ?? {}));
  for (const fate of report.screens.flatMap(({ fates }) => fates)) {
    const { content } = fate.fates;
    if (fate.datum !== datum || fate.none === true || !told.has(content)) continue;
    contents.add(content);
    const head = headOf(fate);
    if (!all.has(head)) all.set(head, [...fate.why, ...(fate.chain ?? [])]);
  }
  for (const [content, why] of Object.entries(report.possibleFates[datum] ?? {})) {
    if (!contents.has(content)) all.set(content, why);
  }
  return all;
}

const sourced = ({ text, source }: Reason): string => `${text} [${source}]`;

/** Short: one sentence for each end. At length: the whole chain, with the sources. */
function whyLines(report: SystemReport, datum: string, isWhyWanted: boolean): readonly string[] {
  const reasons = [...reasonsOf(report, datum)];
  return reasons.flatMap(([end, why]) => {
    const [first, ...others] = why;
    if (first === undefined) return [];
    const head = reasons.length === 1 ? '' : `${end}: `;
    // What the bytes say, and who has read them or cannot reach them, are two reasons of one end.
    const short = why.length <= 2 || end.includes('locked away') ? why : [first];
    if (!isWhyWanted) return [`- ${head}${short.map(({ text }) => text).join(' ')}`];
    return [`- ${head}${sourced(first)}`, ...others.map((one) => `  ${sourced(one)}`)];
  });
}

/** Of data that the machine never had: that it is so, and why. */
function noneLines(report: SystemReport, { id, label }: Datum, width: number): readonly string[] {
  const fate = report.screens
    .flatMap(({ fates }) => fates)
    .find((one) => one.datum === id && one.none === true);
  return fate === undefined
    ? []
    : [`    ${label.padEnd(width)}  there is none: ${fate.why[0]?.text ?? ''}`];
}

/** All data of a machine, in the order of the kinds. */
export function fateLines(report: SystemReport, isWhyWanted: boolean): readonly string[] {
  const order = new Map(dataKinds.map((kind, index) => [kind, index]));
  const data = [...report.data].sort(
    (left, right) => (order.get(left.kind) ?? 0) - (order.get(right.kind) ?? 0),
  );
  const width = Math.max(0, ...data.map((datum) => datum.label.length));
  const indent = ' '.repeat(width + 6);
  return data.flatMap((datum) => {
    const { id, label } = datum;
    if (!(id in report.fates || id in report.settlingFates)) return noneLines(report, datum, width);
    const words = fateWords(report.fates[id] ?? {}).join('; ');
    const more = [...afterwards(report, id), ...alsoPossible(report, id)];
    const why = whyLines(report, id, isWhyWanted);
    return [
      `    ${label.padEnd(width)}  ${words}`,
      ...more.map((text) => `${indent}${text}`),
      ...why.map((text) => `        ${text}`),
    ];
  });
}
