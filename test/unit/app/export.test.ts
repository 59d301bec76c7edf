import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisOf } from '../../../src/app/axis.ts';
import { benchSvg, escaped, fatesSvg, laneSvg } from '../../../src/app/export-svg.ts';
import { asCsv, asMarkdown, textRows } from '../../../src/app/export-table.ts';
import { fateRows } from '../../../src/app/fates-table.ts';
import { screenAt } from '../../../src/app/instant.ts';
import { fixtureReports } from './fixture-report.ts';

const timed = fixtureReports.filter(({ timeline }) => timeline !== undefined);
const axis = axisOf(timed.flatMap(({ timeline }) => timeline ?? []));
const instant = axis.exitMicroseconds / 2;
const endings = fixtureReports.map((report) => ({ report, screen: screenAt(report, instant) }));
const rows = fateRows(endings);
const names = fixtureReports.map(({ name }) => name);
const nasty = '<script>alert("1")</script> & \u0000 | `x`';

/** Every tag that is opened is closed, in order; enough of XML to find a text that became markup. */
function openTags(svg: string): string[] {
  const open: string[] = [];
  for (const [, closing, name = '', own] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/gi)) {
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (own !== '/') open.push(name);
  }
  return open;
}

describe('the table as text', () => {
  test('has a row for each kind of data and a column for each machine', () => {
    const text = textRows(rows, names);
    expect(text).toHaveLength(rows.length + 1);
    expect(new Set(text.map(({ length }) => length))).toEqual(new Set([names.length + 1]));
  });

  test('CSV comes back as it was, and nothing in it is a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { minLength: 1 }), { minLength: 1 }), (table) => {
        const csv = asCsv(table);
        const fields = [...csv.matchAll(/("(?:[^"]|"")*"|[^,"\r\n]*)(,|\r\n)/g)];
        expect(fields).toHaveLength(table.flat().length);
        const read = fields.map(([, field = '']) =>
          field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
        );
        const isFormula = (text: string) => /^[=+\-@\t\r]/.test(text);
        expect(read).toEqual(table.flat().map((text) => (isFormula(text) ? `'${text}` : text)));
        expect(read.filter(isFormula)).toEqual([]);
      }),
    );
  });

  test('Markdown is a table whatever the labels are', () => {
    const lines = asMarkdown([
      ['Data', nasty],
      ['a|b', 'c\nd'],
    ]).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).not.toMatch(/(^|[^\\])<script/);
    expect(lines[2]).toBe('| a\\|b | c d |');
  });
});

describe('pictures', () => {
  const pictures = {
    bench: benchSvg({ title: nasty, instant, reports: fixtureReports, axis, rows }),
    fates: fatesSvg(rows, names, nasty),
    lanes: timed.map((report) => laneSvg(report, axis, nasty)).join('\n'),
  };

  test.each(Object.entries(pictures))('%s is whole SVG, and text in it stays text', (_, svg) => {
    expect(openTags(svg)).toEqual([]);
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg).not.toContain('\u0000');
  });

  test('the bench names every machine, its verdict and every kind of data', () => {
    for (const name of names) expect(pictures.bench).toContain(escaped(name));
    for (const { label } of rows) expect(pictures.bench).toContain(escaped(label));
    for (const { screen } of endings) {
      expect(pictures.bench.toLowerCase()).toContain(screen?.plain ?? 'not computed');
    }
  });

  test('a story without a power cut has a picture without lanes', () => {
    const reports = fixtureReports.map(({ timeline: _, ...report }) => report);
    const svg = benchSvg({ title: 'T', instant: 0, reports, axis: axisOf([]), rows });
    expect(openTags(svg)).toEqual([]);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});
