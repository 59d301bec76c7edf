/** Shares of time add up, and belong to the span that was asked about. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fateShares, outcomeShares, screenShares } from '../../../src/engine/shares.ts';
import type { TimelineRun } from '../../../src/model/report.ts';
import { screenWith } from './small-report.ts';

const screens = [
  screenWith('old', 'reverted'),
  screenWith('broken-torn', 'torn'),
  screenWith('old', 'updated'),
];

/** Runs one after the other: screens and lengths. */
function runsOf(parts: readonly (readonly [screen: number, length: number])[]): TimelineRun[] {
  let at = 0;
  return parts.map(([screen, length]) => {
    const fromMicroseconds = at;
    at += length;
    return { fromMicroseconds, toMicroseconds: at, screen };
  });
}

const runs = runsOf([
  [0, 50],
  [1, 25],
  [2, 25],
]);

describe('shares of time', () => {
  test('screens of one class count together', () => {
    expect(outcomeShares(runs, screens, 0, 100)).toEqual({ old: 0.75, 'broken-torn': 0.25 });
  });

  test('only the part of a run inside the span counts', () => {
    expect(outcomeShares(runs, screens, 40, 60)).toEqual({ old: 0.5, 'broken-torn': 0.5 });
  });

  test.each([
    ['before a border, what ends there', 49, 0],
    ['on a border, what begins there', 50, 1],
    ['after the last run, the last', 100, 2],
  ])('at one instant: %s', (_what, instant, screen) => {
    expect(screenShares(runs, instant, instant)).toEqual(new Map([[screen, 1]]));
  });

  test('nothing is known where there is no run', () => {
    expect(outcomeShares([], screens, 0, 0)).toEqual({});
  });

  test('over everything they add up to one', () => {
    const parts = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 1000 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(parts, (lengths) => {
        const all = runsOf(lengths);
        const end = all.at(-1)?.toMicroseconds ?? 0;
        const sum = [...screenShares(all, 0, end).values()].reduce((total, one) => total + one, 0);
        expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });
});

test('each axis of a fate has shares of its own', () => {
  expect(fateShares(screens, screenShares(runs, 0, 100))).toEqual({
    thesis: {
      content: { reverted: 0.5, torn: 0.25, updated: 0.25 },
      reach: { open: 1 },
      secrecy: { safe: 1 },
      author: { owner: 1 },
    },
  });
});
