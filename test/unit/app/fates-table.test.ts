import { describe, expect, test } from 'vitest';
import type { DatumFate } from '../../../src/model/fate.ts';
import { fateCell, fateRows, foldedTable } from '../../../src/app/fates-table.ts';
import { screenAt } from '../../../src/app/instant.ts';
import { fixtureReports } from './fixture-report.ts';

const second = 1_000_000;
const endingsAt = (instant: number) =>
  fixtureReports.map((report) => ({ report, screen: screenAt(report, instant) }));

const fate = (change: Partial<DatumFate['fates']>, counts?: DatumFate['counts']): DatumFate => ({
  datum: 'x',
  fates: { content: 'intact', reach: 'open', secrecy: 'safe', author: 'owner', ...change },
  ...(counts === undefined ? {} : { counts }),
  why: [{ text: 'Because.', source: 'test' }],
});

describe('a cell', () => {
  test.each([
    [fate({}), 'intact', 'as before'],
    [fate({ content: 'lost' }), 'lost', 'lost'],
    [fate({ reach: 'locked away' }), 'locked', 'there, but out of reach'],
    [fate({ content: 'torn', reach: 'locked away' }), 'locked', 'torn, out of reach'],
    [fate({ content: 'torn' }, { torn: 3, intact: 7 }), 'torn', 'torn: 3 of 10'],
    [fate({ content: 'lost' }, { lost: 7 }), 'lost', 'lost'],
  ] as const)('%o', (one, mark, words) => {
    expect(fateCell(one)).toMatchObject({ mark, words, badges: [] });
  });

  test('a stolen key is as before and leaked', () => {
    const cell = fateCell(fate({ secrecy: 'leaked', author: 'tampered' }));
    expect(cell).toMatchObject({ words: 'as before', badges: ['leaked', 'tampered'] });
  });

  test('never comes without its reason', () => {
    const cells = fateRows(endingsAt(44 * second)).flatMap((row) => row.cells);
    expect(cells.every((cell) => cell !== undefined && cell.why.length > 0)).toBe(true);
  });
});

describe('the table', () => {
  test('folds rows that read alike everywhere, and says once what they say', () => {
    const { rows, folded } = foldedTable(fateRows(endingsAt(0)));
    expect(rows).toEqual([]);
    const texts = folded.map((group) => [group.words, group.rows.map((row) => row.label).join()]);
    expect(Object.fromEntries(texts)).toMatchObject({ 'back to older': 'Thesis' });
  });

  test('says of a datum that only bad luck harms that it is worse then, and why', () => {
    const why = [{ text: 'It is empty.', source: 'test' }];
    const endings = endingsAt(0).map(({ report, screen }) => ({
      report: { ...report, possibleFates: { thesis: { torn: why, updated: why } } },
      screen,
    }));
    const thesis = fateRows(endings).find(({ id }) => id === 'thesis');
    for (const cell of thesis?.cells ?? []) {
      expect(cell?.badges).toEqual(['worse with bad luck']);
      expect(cell?.why.at(-1)?.text).toMatch(/^With bad luck it can be torn.*It is empty\.$/);
    }
  });

  test('keeps what differs, in the order of the kinds', () => {
    const { rows, folded } = foldedTable(fateRows(endingsAt(44 * second)));
    expect(rows.map((row) => row.id)).toEqual([
      'operating-system',
      'applications',
      'edited-config',
      'service-data',
      'thesis',
      'key',
      'way-back',
    ]);
    expect(folded.flatMap((group) => group.rows.map((row) => row.id))).toEqual(['boot-loader']);
  });

  test('one machine alone is not “all”', () => {
    const { folded } = foldedTable(fateRows(endingsAt(0).slice(0, 1)));
    expect(folded).toEqual([]);
  });

  test('a machine that has no answer yet keeps its rows apart', () => {
    const endings = endingsAt(0).map((ending, place) =>
      place === 2 ? { ...ending, screen: undefined } : ending,
    );
    const { rows, folded } = foldedTable(fateRows(endings));
    expect(folded).toEqual([]);
    expect(rows.every((row) => row.cells[2] === undefined)).toBe(true);
  });
});
