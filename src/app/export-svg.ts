/** The bench, the table of fates and a lane as pictures: SVG that stands for itself, in the light palette. */
import type { SystemReport } from '../model/report.ts';
import { axisMarks, shareOf, type Axis } from './axis.ts';
import type { FateRow } from './fates-table.ts';
import { fill, markColours, paint, patterns } from './export-palette.ts';
import { screenAt } from './instant.ts';
import { lanePhrases } from './lane-words.ts';
import { segments, ticks } from './lanes.ts';
import { capital, clock, markOfVerdict, type Mark } from './words.ts';

/** Signs that mean something in XML are written out: titles and labels come from scenarios. */
export function escaped(text: string): string {
  const names: { readonly [sign: string]: string } = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  // Control characters are no XML at all.
  const clean = [...text].filter((sign) => sign >= ' ' || sign === '\n').join('');
  return clean.replaceAll(/[&<>"]/g, (sign) => names[sign] ?? sign);
}

interface Style {
  readonly size?: number;
  readonly bold?: boolean;
  readonly colour?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

const family = 'Inter, Segoe UI, Helvetica, Arial, sans-serif';

function text(x: number, y: number, words: string, style: Style = {}): string {
  const { size = 13, bold = false, colour = fill.ink, anchor = 'start' } = style;
  const weight = bold ? ' font-weight="700"' : '';
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}" text-anchor="${anchor}"${weight}>${escaped(words)}</text>`;
}

const rect = (x: number, y: number, width: number, height: number, colour: string): string =>
  `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.5, width).toFixed(1)}" height="${height}" fill="${colour}"/>`;

/** A mark: a square of its colour with an outline, beside which its word always stands. */
function mark(x: number, y: number, which: Mark): string {
  const { colour, outline } = markColours[which];
  return `<rect x="${x}" y="${y - 9}" width="10" height="10" rx="2" fill="${colour}" stroke="${outline}" stroke-width="1.2"/>`;
}

function document(width: number, height: number, title: string, body: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${family}" role="img">`,
    `<title>${escaped(title)}</title>`,
    patterns,
    rect(0, 0, width, height, fill.paper),
    body,
    '</svg>\n',
  ].join('\n');
}

const laneHeight = 34;

function laneBody(report: SystemReport, axis: Axis, x: number, y: number, width: number): string {
  const pieces = segments(report, axis).map(({ from, to, kind, edge, known }) => {
    const look = paint[kind];
    const height = 18 * look.height;
    const left = x + from * width;
    const wide = (to - from) * width;
    const base = rect(left, y + 18 - height, wide, height, look.colour);
    const over = edge === undefined ? '' : rect(left, y, wide, 5, paint[edge].colour);
    const under = known === undefined ? '' : rect(left, y + 12, wide, 6, paint[known].colour);
    return base + over + under;
  });
  const stages = ticks(report, axis, width).map(({ share, label, commitPoint, side }) => {
    const at = x + share * width;
    const line = rect(at - 0.75, y - (commitPoint ? 3 : 0), commitPoint ? 2 : 1, 21, fill.ink);
    if (side === undefined) return line;
    const anchor = side === 'left' ? 'end' : 'start';
    return line + text(at + (side === 'left' ? -4 : 5), y + 29, label, { size: 9, anchor });
  });
  return rect(x, y, width, 18, fill.well) + pieces.join('') + stages.join('');
}

function scale(axis: Axis, x: number, y: number, width: number): string {
  return axisMarks(axis, 8)
    .map(({ instant, share, digits }) => {
      const style = { size: 10, colour: fill.soft, anchor: 'middle' } as const;
      return text(x + share * width, y, clock(instant, digits), style);
    })
    .join('');
}

/** One machine's lane, with its sentence and the scale. */
export function laneSvg(report: SystemReport, axis: Axis, scenario: string): string {
  const width = 1000;
  const body = [
    text(20, 28, `${report.name}: ${scenario}`, { size: 16, bold: true }),
    laneBody(report, axis, 20, 46, width - 40),
    scale(axis, 20, 96, width - 40),
    text(20, 118, capital(lanePhrases(report).join('; ')), { size: 12, colour: fill.soft }),
  ];
  return document(width, 134, `${report.name}: ${scenario}`, body.join('\n'));
}

function fateRowsBody(
  rows: readonly FateRow[],
  machines: readonly string[],
  y: number,
  width: number,
): string {
  const column = (width - 210) / Math.max(1, machines.length);
  const head = machines.map((name, index) => {
    return text(200 + index * column, y, name, { size: 12, bold: true });
  });
  const body = rows.map(({ label, cells }, row) => {
    const at = y + 24 + row * 22;
    const words = cells.map((cell, index) => {
      if (cell === undefined) return '';
      const x = 200 + index * column;
      const said = [cell.words, ...cell.badges].join(' · ');
      return mark(x, at, cell.mark) + text(x + 16, at, said, { size: 12 });
    });
    return text(20, at, label, { size: 12, colour: fill.soft }) + words.join('');
  });
  return [...head, ...body].join('\n');
}

const tableHeight = (rows: readonly FateRow[]): number => 40 + rows.length * 22;

/** The table of fates. */
export function fatesSvg(
  rows: readonly FateRow[],
  machines: readonly string[],
  title: string,
): string {
  const width = Math.max(640, 210 + machines.length * 190);
  const body = text(20, 28, title, { size: 16, bold: true });
  const table = fateRowsBody(rows, machines, 56, width);
  return document(width, 56 + tableHeight(rows), title, `${body}\n${table}`);
}

/** What a picture of the bench shows. */
export interface BenchPicture {
  readonly title: string;
  readonly instant: number;
  readonly reports: readonly SystemReport[];
  readonly axis: Axis;
  readonly rows: readonly FateRow[];
}

/** The whole bench: verdicts, lanes with the cord of the plug, and the table of fates. */
export function benchSvg({ title, instant, reports, axis, rows }: BenchPicture): string {
  const width = Math.max(900, 210 + reports.length * 190);
  const column = (width - 40) / Math.max(1, reports.length);
  const timed = reports.filter(({ timeline }) => timeline !== undefined);
  const cards = reports.map((report, index) => {
    const x = 20 + index * column;
    const screen = screenAt(report, instant);
    const words = screen === undefined ? 'not computed' : capital(screen.plain);
    const glyph = screen === undefined ? '' : mark(x, 70, markOfVerdict[screen.plain]);
    const mechanism = text(x, 104, report.mechanism, { size: 11, colour: fill.soft });
    return [glyph, text(x + 16, 70, words, { bold: true }), text(x, 88, report.name), mechanism];
  });
  const left = 170;
  const laneWidth = width - left - 20;
  const lanes = timed.map((report, index) => {
    const y = 150 + index * laneHeight;
    const name = text(20, y + 13, report.name, { size: 12, bold: true });
    return name + laneBody(report, axis, left, y, laneWidth);
  });
  const below = 150 + timed.length * laneHeight;
  const at = left + shareOf(axis, instant) * laneWidth;
  const cord =
    timed.length === 0
      ? ''
      : rect(at - 1, 126, 2, below - 122, fill.ink) +
        text(at, 122, clock(instant, 2), { size: 12, bold: true, anchor: 'middle' }) +
        scale(axis, left, below + 14, laneWidth);
  const table = timed.length === 0 ? 140 : below + 44;
  const names = reports.map(({ name }) => name);
  const body = [
    text(20, 32, title, { size: 18, bold: true }),
    ...cards.flat(),
    ...lanes,
    cord,
    fateRowsBody(rows, names, table, width),
  ];
  return document(width, table + tableHeight(rows), title, body.join('\n'));
}
