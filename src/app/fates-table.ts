/** The table of fates: kinds of data as rows, machines as columns, equal rows folded. */
import { dataKinds, type Datum, type DatumFate } from '../model/fate.ts';
import type { Screen, SystemReport } from '../model/report.ts';
import type { Reason } from '../model/verdict.ts';
import { wordsOfContent, wordsOfWayBack, type Mark } from './words.ts';

/** One cell. */
export interface FateCell {
  readonly mark: Mark;
  readonly words: string;
  readonly badges: readonly string[];
  readonly why: readonly Reason[];
}

/** One row; a cell is undefined where the machine has no such data or no answer yet. */
export interface FateRow {
  readonly id: string;
  readonly label: string;
  readonly paths: readonly string[];
  readonly cells: readonly (FateCell | undefined)[];
}

/** Rows that read alike on every machine, by what they say. */
export interface FoldedRows {
  readonly mark: Mark;
  readonly words: string;
  readonly badges: readonly string[];
  readonly rows: readonly FateRow[];
}

/** The table. */
export interface FatesTable {
  readonly rows: readonly FateRow[];
  readonly folded: readonly FoldedRows[];
}

/** What a machine shows at an instant; the screen is undefined while it computes. */
export interface Ending {
  readonly report: SystemReport;
  readonly screen: Screen | undefined;
}

function wordsOf({ fates, counts }: DatumFate): string {
  const words = wordsOfContent[fates.content];
  if (fates.reach === 'locked away' && fates.content !== 'lost') {
    return fates.content === 'intact' ? 'there, but out of reach' : `${words}, out of reach`;
  }
  const concerned = counts?.[fates.content];
  const total = Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);
  const partly = concerned !== undefined && concerned > 0 && concerned < total;
  return partly ? `${words}: ${concerned} of ${total}` : words;
}

/** The cell of one fate. */
export function fateCell(fate: DatumFate): FateCell {
  if (fate.none === true) {
    return { mark: 'unknown', words: 'there is none', badges: [], why: fate.why };
  }
  const { content, reach, secrecy, author } = fate.fates;
  const locked = reach === 'locked away' && content !== 'lost';
  const badges = [
    ...(secrecy === 'leaked' ? ['leaked'] : []),
    ...(author === 'tampered' ? ['tampered'] : []),
  ];
  const why = [...fate.why, ...(fate.chain ?? [])];
  return { mark: locked ? 'locked' : content, words: wordsOf(fate), badges, why };
}

function wayBackRow(endings: readonly Ending[]): FateRow {
  const cells = endings.map(({ screen }): FateCell | undefined => {
    if (screen === undefined) return undefined;
    const { wayBack, because } = screen.verdict;
    const [mark, words] = wordsOfWayBack[wayBack.kind];
    const how = { text: wayBack.how, source: because.source };
    return { mark, words, badges: [], why: [how] };
  });
  return { id: 'way-back', label: 'Way back', paths: [], cells };
}

function dataOf(endings: readonly Ending[]): readonly Datum[] {
  const byId = new Map<string, Datum>();
  for (const { report } of endings) {
    for (const datum of report.data) if (!byId.has(datum.id)) byId.set(datum.id, datum);
  }
  const rank = ({ kind }: Datum): number => dataKinds.indexOf(kind);
  return [...byId.values()].toSorted((one, other) => rank(one) - rank(other));
}

const harmless: ReadonlySet<string> = new Set(['intact', 'updated']);

/** What a search found that no instant of the usual order of writing shows: with bad luck. */
function alsoPossible({ possibleFates, screens }: SystemReport, datum: string): FateCell['why'] {
  const usual = new Set(
    screens.flatMap(({ fates }) =>
      fates.filter((fate) => fate.datum === datum).map((fate): string => fate.fates.content),
    ),
  );
  return Object.entries(possibleFates[datum] ?? {})
    .filter(([content]) => !usual.has(content) && !harmless.has(content))
    .flatMap(([content, [first, ...rest]]) => {
      if (first === undefined) return [];
      const text = `With bad luck it can be ${content}, at another order of writing: ${first.text}`;
      return [{ ...first, text }, ...rest];
    });
}

/** Report → datum → what is possible besides: the same at every instant, and asked at each. */
const possibleBesides = new WeakMap<SystemReport, Map<string, FateCell['why']>>();

function rememberedPossible(report: SystemReport, datum: string): FateCell['why'] {
  let ofReport = possibleBesides.get(report);
  if (ofReport === undefined)
    {possibleBesides.set(report, (ofReport = new Map<string, FateCell['why']>()));}
  let why = ofReport.get(datum);
  if (why === undefined) ofReport.set(datum, (why = alsoPossible(report, datum)));
  return why;
}

function withLuck(cell: FateCell, report: SystemReport, datum: string): FateCell {
  const bad = rememberedPossible(report, datum);
  if (bad.length === 0) return cell;
  return { ...cell, badges: [...cell.badges, 'worse with bad luck'], why: [...cell.why, ...bad] };
}

/** All rows, unfolded, in the order of the kinds, without those that no machine says anything of; last the way back. */
export function fateRows(endings: readonly Ending[]): readonly FateRow[] {
  const rows = dataOf(endings).map((datum): FateRow => {
    const cells = endings.map(({ report, screen }) => {
      const fate = screen?.fates.find((one) => one.datum === datum.id);
      return fate === undefined ? undefined : withLuck(fateCell(fate), report, datum.id);
    });
    return { id: datum.id, label: datum.label, paths: datum.paths, cells };
  });
  const told = rows.filter(({ cells }) => cells.some((cell) => cell !== undefined));
  return [...told, wayBackRow(endings)];
}

const textOf = (cell: FateCell): string => [cell.words, ...cell.badges].join(' · ');

function commonCell(row: FateRow): FateCell | undefined {
  const [first, ...others] = row.cells;
  if (first === undefined || others.length === 0) return undefined;
  const alike = others.every((cell) => cell !== undefined && textOf(cell) === textOf(first));
  return alike ? first : undefined;
}

/** Folds the rows that read alike on all machines, at least two. */
export function foldedTable(rows: readonly FateRow[]): FatesTable {
  const kept: FateRow[] = [];
  const groups = new Map<string, FoldedRows>();
  for (const row of rows) {
    const cell = commonCell(row);
    if (cell === undefined) {
      kept.push(row);
      continue;
    }
    const { mark, words, badges } = cell;
    const group = groups.get(textOf(cell));
    groups.set(textOf(cell), { mark, words, badges, rows: [...(group?.rows ?? []), row] });
  }
  return { rows: kept, folded: [...groups.values()] };
}
