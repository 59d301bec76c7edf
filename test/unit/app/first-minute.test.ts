import { describe, expect, test } from 'vitest';
import { betHolds } from '../../../src/app/bet.ts';
import { explained, termsOf } from '../../../src/app/glossary.ts';
import {
  chapterAt,
  firstCut,
  firstMinute,
  lastSentence,
  losesChapter,
} from '../../../src/app/first-minute.ts';
import type { ContentFate } from '../../../src/model/fate.ts';
import type { SystemReport } from '../../../src/model/report.ts';
import { severity } from '../../../src/app/words.ts';
import { systemCatalogue } from '../../../src/systems/catalogue.ts';
import { fixtureReports, screenOf } from './fixture-report.ts';

/** A machine that works for ten seconds; the chapter is what `fates` says from each second on. */
function machine(id: string, fates: readonly (readonly [number, ContentFate])[]): SystemReport {
  const [like] = fixtureReports;
  if (like === undefined) throw new Error('no fixture');
  const screens = fates.map(([, content]) => {
    const screen = screenOf('old');
    const changed = screen.fates.map((fate) =>
      fate.datum === 'thesis' ? { ...fate, fates: { ...fate.fates, content } } : fate,
    );
    return { ...screen, fates: changed };
  });
  const runs = fates.map(([from], screen) => {
    const to = fates[screen + 1]?.[0] ?? 40;
    return { fromMicroseconds: from * 1e6, toMicroseconds: to * 1e6, screen };
  });
  const timeline = { exitMicroseconds: 10e6, endMicroseconds: 40e6, stages: [], runs };
  return { ...like, id, name: id, screens, timeline };
}

describe('the first minute', () => {
  const early = machine('debian', [
    [0, 'reverted'],
    [1, 'updated'],
  ]);
  const late = machine('fedora-silverblue', [
    [0, 'reverted'],
    [8, 'updated'],
  ]);

  test('the first cut is while all are at work and nobody loses the chapter', () => {
    const cut = firstCut([early, late]);
    expect(cut).toBeGreaterThan(8e6);
    expect(cut).toBeLessThan(10e6);
    expect([early, late].some((report) => losesChapter(report, cut))).toBe(false);
  });

  test('where the chapter is lost all the while, the cut is in the middle', () => {
    const never = machine('fedora-silverblue', [[0, 'reverted']]);
    expect(firstCut([early, never])).toBe(5e6);
    expect(firstCut([])).toBe(0);
  });

  test('the last sentence says what is the same on both, and what is not', () => {
    expect(lastSentence([early, late], 0)).toContain('the same on both');
    expect(lastSentence([early, late], 4e6)).toBe(
      'The system was saved; the chapter was not: it is back to the older text. On debian it is there, as saved.',
    );
    expect(chapterAt(late, 4e6)).toBe('reverted');
  });

  test('a system that does not start either is not called saved', () => {
    const dead = { ...late, screens: [screenOf('broken-torn'), screenOf('old')] };
    expect(lastSentence([early, dead], 0)).toContain('The system was not saved either');
  });

  test('each verdict fits exactly one bet', () => {
    const bets = [
      'starts, old version',
      'starts, new version',
      'starts, half updated or damaged',
      'does not start',
    ];
    for (const plain of Object.keys(severity) as (keyof typeof severity)[]) {
      expect(bets.filter((bet) => betHolds(bet, plain))).toHaveLength(1);
    }
  });

  test('its machines exist, and every term of a mechanism has an entry in the glossary', () => {
    const ids = systemCatalogue.map(({ id }) => id);
    expect(firstMinute.systems.filter((id) => !ids.includes(id))).toEqual([]);
    const terms = systemCatalogue.flatMap(({ mechanism }) => termsOf(mechanism));
    expect(terms.filter((term) => explained(term) === undefined)).toEqual([]);
  });
});
