import { describe, expect, test } from 'vitest';
import { snapPoints, snapped } from '../../../src/app/instant.ts';
import { typedTime } from '../../../src/app/typed-time.ts';
import { fixtureReports } from './fixture-report.ts';

describe('a typed time', () => {
  test.each([
    ['41', 41_000_000],
    ['41.5', 41_500_000],
    ['41,5 s', 41_500_000],
    ['0:41', 41_000_000],
    ['1:02.25', 62_250_000],
    [' 0:00.0 ', 0],
  ])('%j is a time', (text, microseconds) => {
    expect(typedTime(text)).toBe(microseconds);
  });

  test.each(['', 'soon', '-1', '1:75', '1e3', '0x10', '1:2:3', '9999999', 'NaN'])(
    '%j is none',
    (text) => {
      expect(typedTime(text)).toBeUndefined();
    },
  );
});

describe('a plug that is dragged', () => {
  const points = snapPoints(fixtureReports);

  test('snaps to commit points and to where a machine first does not start', () => {
    const commits = fixtureReports.flatMap(({ timeline }) =>
      (timeline?.stages ?? []).filter(({ commitPoint }) => commitPoint === true),
    );
    for (const { startMicroseconds } of commits) expect(points).toContain(startMicroseconds);
    for (const { timeline, screens } of fixtureReports) {
      const bad = timeline?.runs.find(({ screen }) => screens[screen]?.verdict.starts === false);
      if (bad !== undefined) expect(points).toContain(bad.fromMicroseconds);
    }
  });

  test('takes the nearest within reach, and none beyond', () => {
    expect(snapped(105, [100, 108, 200], 10)).toBe(108);
    expect(snapped(105, [100, 108, 200], 2)).toBe(105);
    expect(snapped(105, [], 10)).toBe(105);
  });
});
