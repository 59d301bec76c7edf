import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SystemReport, TimelineRun } from '../../../src/model/report.ts';
import { axisMarks, axisOf, instantAt, shareOf } from '../../../src/app/axis.ts';
import { laneColumns, plainAt, plainOf, segments, ticks } from '../../../src/app/lanes.ts';
import { fateSegments, laneSubjects } from '../../../src/app/lane-subject.ts';
import { fixtureReports } from './fixture-report.ts';

const timelines = fixtureReports.flatMap(({ timeline }) => timeline ?? []);
const axis = axisOf(timelines);
const [debian, , , , nixos] = fixtureReports as readonly [SystemReport, ...SystemReport[]];
const second = 1_000_000;

function withRuns(report: SystemReport, runs: readonly TimelineRun[]): SystemReport {
  return report.timeline === undefined
    ? report
    : { ...report, timeline: { ...report.timeline, runs } };
}

describe('the common axis', () => {
  test('ends with the longest machine and squeezes the quiet time after it', () => {
    expect(axis.exitMicroseconds).toBe(94 * second);
    expect(axis.endMicroseconds).toBe(132 * second);
    expect(shareOf(axis, 94 * second)).toBe(axis.exitShare);
    expect(shareOf(axis, 132 * second)).toBe(1);
    expect(shareOf(axis, 500 * second)).toBe(1);
  });

  test('there and back is the same instant, to the microsecond', () => {
    const instants = fastCheck.integer({ min: 0, max: axis.endMicroseconds });
    fastCheck.assert(
      fastCheck.property(instants, (instant) => {
        expect(Math.abs(instantAt(axis, shareOf(axis, instant)) - instant)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('is marked at round instants, no more of them than asked for', () => {
    const marks = axisMarks(axis, 10);
    expect(marks.map(({ instant }) => instant / second)).toEqual([
      0, 10, 20, 30, 40, 50, 60, 70, 80,
    ]);
    expect(axisMarks(axisOf([]), 10).length).toBeLessThanOrEqual(11);
  });
});

describe('a lane', () => {
  test('joins neighbours that look alike and covers exactly the time that was simulated', () => {
    const pieces = segments(debian, axis);
    expect(pieces.map(({ kind }) => kind)).toEqual([
      'old',
      'half',
      'dead',
      'half',
      'dead',
      'half',
      'new',
    ]);
    expect(pieces.at(0)?.from).toBe(0);
    expect(pieces.at(-1)?.to).toBe(1);
    const touching = pieces.slice(1).every((piece, place) => piece.from === pieces[place]?.to);
    expect(touching).toBe(true);
  });

  test('shows a bad window however short it is', () => {
    const exit = 94 * second;
    fastCheck.assert(
      fastCheck.property(fastCheck.integer({ min: 1, max: exit - 100 }), (from) => {
        const run = (a: number, b: number, worst: 'old' | 'broken-torn'): TimelineRun => ({
          fromMicroseconds: a,
          toMicroseconds: b,
          screen: 0,
          worstLikely: worst,
          worstPossible: worst,
        });
        const runs = [
          run(0, from, 'old'),
          run(from, from + 1, 'broken-torn'),
          run(from + 1, exit, 'old'),
        ];
        const dead = segments(withRuns(debian, runs), axis).filter(({ kind }) => kind === 'dead');
        expect(dead).toHaveLength(1);
        expect((dead[0]?.to ?? 0) - (dead[0]?.from ?? 0)).toBeLessThanOrEqual(2.0001 / laneColumns);
      }),
    );
  });

  test('what nobody searched is dotted, never filled, though its own image would start', () => {
    const runs = [{ fromMicroseconds: 0, toMicroseconds: 94 * second, screen: 0 }];
    expect(segments(withRuns(debian, runs), axis)).toMatchObject([
      { kind: 'unknown', known: 'old' },
    ]);
  });

  test('an outcome that is only possible marks the edge, and only where it is worse', () => {
    const base = { fromMicroseconds: 0, toMicroseconds: 94 * second, screen: 0 };
    const worse = segments(
      withRuns(debian, [{ ...base, worstLikely: 'old', worstPossible: 'broken-torn' }]),
      axis,
    );
    expect(worse).toMatchObject([{ kind: 'old', edge: 'dead' }]);
    const same = segments(
      withRuns(debian, [{ ...base, worstLikely: 'old', worstPossible: 'new' }]),
      axis,
    );
    expect(same[0]).not.toHaveProperty('edge');
    const unsearched = segments(withRuns(debian, [{ ...base, worstLikely: 'old' }]), axis);
    expect(unsearched).toMatchObject([{ kind: 'old', edge: 'unknown' }]);
  });

  test('a class means what a screen of this machine showed, the worst if there are several', () => {
    const [screen] = debian.screens;
    if (screen === undefined) throw new Error('The fixture has screens.');
    const mixed = { ...screen, outcome: 'broken-mixed', plain: 'starts, half updated' } as const;
    const bad = { ...mixed, plain: 'does not start' } as const;
    expect(plainOf({ ...debian, screens: [mixed] }, 'broken-mixed')).toBe('starts, half updated');
    expect(plainOf({ ...debian, screens: [mixed, bad] }, 'broken-mixed')).toBe('does not start');
    expect(plainOf({ ...debian, screens: [] }, 'unmountable')).toBe('does not start');
    const run = { fromMicroseconds: 0, toMicroseconds: 1, screen: 0 };
    const report = { ...debian, screens: [mixed, bad] };
    expect(plainAt(report, run, 'broken-mixed')).toBe('starts, half updated');
    expect(plainAt(report, { ...run, screen: 1 }, 'broken-mixed')).toBe('does not start');
  });
});

describe('the ticks of a lane', () => {
  test('every stage has one, and the commit points are labelled first', () => {
    const marks = ticks(nixos ?? debian, axis, 900);
    expect(marks.map(({ label }) => label)).toEqual(['profile', 'entry', 'sync']);
    expect(marks.filter(({ side }) => side !== undefined).map(({ label }) => label)).toContain(
      'entry',
    );
  });

  test('no two labels cover each other, at any width', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.integer({ min: 60, max: 2400 }), (width) => {
        for (const report of fixtureReports) {
          const spans = ticks(report, axis, width).flatMap(({ share, label, side }) => {
            if (side === undefined) return [];
            const long = label.length * 5;
            const at = share * width;
            return [side === 'right' ? [at, at + long] : [at - long, at]];
          });
          const sorted = spans.toSorted((one, other) => (one[0] ?? 0) - (other[0] ?? 0));
          for (const [place, span] of sorted.entries()) {
            expect(span[0]).toBeGreaterThanOrEqual(sorted[place - 1]?.[1] ?? 0);
            expect(span[1]).toBeLessThanOrEqual(width);
          }
        }
      }),
    );
  });

  test('of a machine with very many stages only the commit points are drawn', () => {
    const stages = Array.from({ length: 200 }, (_, id) => ({
      id,
      label: `unpack ${id}`,
      startMicroseconds: id * 1000,
      ...(id === 7 ? { commitPoint: true as const } : {}),
    }));
    const { timeline } = debian;
    if (timeline === undefined) throw new Error('The fixture has a timeline.');
    const many = { ...debian, timeline: { ...timeline, stages } };
    expect(ticks(many, axis, 900).map(({ label }) => label)).toEqual(['unpack 7']);
  });
});

describe('a lane that tells of a datum', () => {
  test('only data whose fate hangs on the instant can be chosen', () => {
    const subjects = laneSubjects(fixtureReports).map(({ id }) => id);
    expect(subjects).toEqual([
      'operating-system',
      'applications',
      'edited-config',
      'service-data',
      'thesis',
      'key',
    ]);
  });

  test('shows its fates in order, however short the worst of them is', () => {
    const marks = fateSegments(nixos ?? debian, axis, 'operating-system').map(({ mark }) => mark);
    expect(marks).toEqual(['intact', 'torn', 'updated']);
  });
});
