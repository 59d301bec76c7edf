/** The table of fates as text that other programs read. Every row is written out, those that are equal everywhere too. */
import type { FateCell, FateRow } from './fates-table.ts';

const cellText = (cell: FateCell | undefined): string =>
  cell === undefined ? '' : [cell.words, ...cell.badges].join(' · ');

/** Rows of text, the first with the names of the machines. */
export function textRows(
  rows: readonly FateRow[],
  machines: readonly string[],
): readonly (readonly string[])[] {
  return [
    ['Data', ...machines],
    ...rows.map(({ label, cells }) => [label, ...cells.map(cellText)]),
  ];
}

/**
 * A field of a CSV file, RFC 4180. A spreadsheet takes a text that begins with one of these signs for a formula, and
 * labels come from scenarios that anybody can write; an apostrophe before it makes it text.
 */
function csvField(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** CSV, one line per row, each ending with CR LF. */
export function asCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

/** A cell of a Markdown table: nothing in it is read as markup. */
function markdownCell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]<>|#!~]/g, (sign) => `\\${sign}`);
}

/** A Markdown table; the first row is its head. */
export function asMarkdown(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const rule = line(head.map(() => '---'));
  return (
    line(head.map(markdownCell)) + rule + body.map((row) => line(row.map(markdownCell))).join('')
  );
}
