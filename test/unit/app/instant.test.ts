import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SystemReport } from '../../../src/model/report.ts';
import { axisOf } from '../../../src/app/axis.ts';
import {
  activityAt,
  changes,
  firstInstant,
  nextChange,
  runAt,
  screenAt,
  stageAt,
} from '../../../src/app/instant.ts';
import { laneRows, lanePhrases, spokenInstant } from '../../../src/app/lane-words.ts';
import { unluckyEnd } from '../../../src/app/outcome-reasons.ts';
import { instantForKey } from '../../../src/app/slider.ts';
import { clock, duration, listed, percent } from '../../../src/app/words.ts';
import { fixtureReports } from './fixture-report.ts';

const second = 1_000_000;
const [debian, silverblue, , , nixos] = fixtureReports as readonly [
  SystemReport,
  SystemReport,
  SystemReport,
  SystemReport,
  SystemReport,
];
const axis = axisOf(fixtureReports.flatMap(({ timeline }) => timeline ?? []));
const range = { axis, changes: changes(fixtureReports) };

describe('looking up an instant', () => {
  test('finds the run that holds it, the nearest outside of all', () => {
    const { timeline } = debian;
    if (timeline === undefined) throw new Error('The fixture has a timeline.');
    const instants = fastCheck.integer({ min: 0, max: 132 * second - 1 });
    fastCheck.assert(
      fastCheck.property(instants, (instant) => {
        const plain = timeline.runs.find(({ fromMicroseconds, toMicroseconds }) => {
          return fromMicroseconds <= instant && instant < toMicroseconds;
        });
        expect(runAt(timeline, instant)).toBe(plain);
      }),
    );
    expect(runAt(timeline, -5)).toBe(timeline.runs[0]);
    expect(runAt(timeline, 1e12)).toBe(timeline.runs.at(-1));
  });

  test('the boundary belongs to what comes after it', () => {
    expect(screenAt(nixos, 42 * second - 1)?.plain).toBe('starts, old version');
    expect(screenAt(nixos, 42 * second)?.plain).toBe('does not start');
  });

  test('a story without a cut has one end', () => {
    const { timeline: _timeline, ...whole } = debian;
    expect(screenAt(whole, 12345)).toBe(debian.screens.at(-1));
  });

  test('says what the machine does: its stage, settling, nothing any more', () => {
    const { timeline } = silverblue;
    if (timeline === undefined) throw new Error('The fixture has a timeline.');
    expect(stageAt(timeline, 50 * second)?.label).toBe('staged in RAM');
    expect(activityAt(timeline, 69 * second)).toBe('link renamed');
    expect(activityAt(timeline, 70 * second)).toBe('done, disk settling');
    expect(activityAt(timeline, 109 * second)).toBe('long done');
  });

  test('the plug hangs first where the scenario cuts, else where all are at work', () => {
    expect(firstInstant(fixtureReports)).toBe(30 * second);
    const { timeline } = nixos;
    if (timeline === undefined) throw new Error('The fixture has a timeline.');
    const cut = { ...nixos, timeline: { ...timeline, cutMicroseconds: 7 } };
    expect(firstInstant([debian, cut])).toBe(7);
    expect(firstInstant([])).toBe(0);
  });
});

describe('the keys of the plug', () => {
  const keys: readonly [string, number, number][] = [
    ['ArrowRight', 41 * second, 42 * second],
    ['ArrowLeft', 41 * second, 40 * second],
    ['ArrowRight', 500 * second, 500 * second],
    ['Home', 41 * second, 0],
    ['End', 41 * second, 132 * second],
  ];
  test.each(keys)('%s at %i leads to %i', (key, from, to) => {
    expect(instantForKey(key, false, from, range)).toBe(to);
  });

  test('other keys mean nothing', () => {
    expect(instantForKey('a', false, 0, range)).toBeUndefined();
    expect(instantForKey('Tab', false, 0, range)).toBeUndefined();
  });

  test('every change can be reached with arrows alone, in order and back', () => {
    let instant = 0;
    const forward = [instant];
    while (nextChange(range.changes, instant, 'forward') !== instant) {
      instant = instantForKey('ArrowRight', false, instant, range) ?? instant;
      forward.push(instant);
    }
    expect(forward).toEqual(range.changes);
    const back = [instant];
    while (nextChange(range.changes, instant, 'back') !== instant) {
      instant = instantForKey('ArrowLeft', false, instant, range) ?? instant;
      back.push(instant);
    }
    expect(back.reverse()).toEqual(range.changes);
  });

  test('Page keys and Shift move and stay within the axis', () => {
    const instants = fastCheck.integer({ min: 0, max: 132 * second });
    const pages = fastCheck.constantFrom('PageUp', 'PageDown', 'ArrowLeft', 'ArrowRight');
    fastCheck.assert(
      fastCheck.property(instants, pages, (instant, key) => {
        const next = instantForKey(key, true, instant, range) ?? -1;
        expect(next).toBeGreaterThanOrEqual(0);
        expect(next).toBeLessThanOrEqual(132 * second);
        const up = key === 'PageUp' || key === 'ArrowRight';
        if (up && instant < 131 * second) expect(next).toBeGreaterThan(instant);
        if (!up && instant > second) expect(next).toBeLessThan(instant);
      }),
    );
  });
});

describe('the words of a lane', () => {
  test('count instants where there are several bad windows, seconds where there is one', () => {
    expect(lanePhrases(debian)).toEqual(['starts at 96 of 100 instants', 'half updated for 72 s']);
    expect(lanePhrases(silverblue)).toEqual(['starts at every instant']);
    expect(lanePhrases(nixos)).toEqual(['does not start for 16 s']);
  });

  test('never call safe what was not searched', () => {
    const { timeline } = silverblue;
    if (timeline === undefined) throw new Error('The fixture has a timeline.');
    const runs = timeline.runs.map(
      ({ worstLikely: _likely, worstPossible: _possible, ...run }) => run,
    );
    const blind = { ...silverblue, timeline: { ...timeline, runs } };
    expect(lanePhrases(blind)).toEqual([
      'starts at every instant if written in the usual order',
      'other orders not searched',
    ]);
    expect(laneRows(blind, 9).rows.map(({ likely }) => likely)).toContain('not searched');
  });

  test('the table has a row for each change of the verdict', () => {
    const { rows, more } = laneRows(nixos, 2);
    expect(rows.map(({ verdict }) => verdict)).toEqual(['starts, old version', 'does not start']);
    expect(more).toBe(1);
  });

  test('the plug speaks of all machines, grouped by their end', () => {
    expect(spokenInstant([debian, silverblue, nixos], 41 * second)).toBe(
      '0:41. Debian (libc6): does not start. ' +
        'Fedora Silverblue (pull) and NixOS (profile): starts, old version.',
    );
  });

  test('bad luck is named only where it is worse than what is shown', () => {
    const { timeline } = silverblue;
    if (timeline === undefined) throw new Error('The fixture has a timeline.');
    const runs = timeline.runs.map((run) => ({ ...run, worstPossible: 'unmountable' as const }));
    expect(unluckyEnd({ ...silverblue, timeline: { ...timeline, runs } }, 0)?.plain).toBe(
      'does not start',
    );
    expect(unluckyEnd(silverblue, 0)).toBeUndefined();
    expect(unluckyEnd(nixos, 45 * second)).toBeUndefined();
  });
});

describe('figures', () => {
  test.each([
    [0, 0, '0:00'],
    [41_900_000, 0, '0:41'],
    [61_050_000, 1, '1:01.0'],
    [3_599_990_000, 2, '59:59.99'],
  ])('%i µs with %i places reads %s', (microseconds, digits, text) => {
    expect(clock(microseconds, digits)).toBe(text);
  });

  test.each([
    [16_000_000, '16 s'],
    [1_440_000, '1.4 s'],
    [30_000, '30 ms'],
    [12, 'under 1 ms'],
    [300_000_000, '5 min'],
  ])('%i µs last %s', (microseconds, text) => {
    expect(duration(microseconds)).toBe(text);
  });

  test.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.9999, '> 99.9 %'],
    [0.00001, '< 0.1 %'],
    [0.996, '99 %'],
    [0.112, '11 %'],
    [0.0264, '2.6 %'],
  ])('a share of %d never rounds to all or nothing: %s', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  test('lists read like sentences', () => {
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });
});
