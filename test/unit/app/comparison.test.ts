import { describe, expect, test } from 'vitest';
import { readAddress, writeAddress } from '../../../src/app/address.ts';
import { comparableAt, comparison, type Comparable } from '../../../src/app/comparison.ts';
import { reasonsFor } from '../../../src/app/outcome-reasons.ts';
import { fixtureReports } from './fixture-report.ts';

function end(report: (typeof fixtureReports)[number] | undefined, instant: number): Comparable {
  const found = report === undefined ? undefined : comparableAt(report, instant);
  if (found === undefined) throw new Error('nothing to compare');
  return found;
}

describe('a comparison', () => {
  const [first, second] = fixtureReports;

  test('of an end with itself finds nothing, and says how much is the same', () => {
    const { rows, same } = comparison(end(first, 0), end(first, 0));
    expect(rows).toEqual([]);
    expect(same).toBeGreaterThan(5);
  });

  test('names what differs, on both sides, and nothing else', () => {
    for (const one of fixtureReports) {
      const late = one.timeline?.exitMicroseconds ?? 0;
      const { rows, same } = comparison(end(one, 0), end(one, late / 2));
      expect(rows.every((row) => row.one !== row.other)).toBe(true);
      expect(rows.length + same).toBe(comparison(end(one, 0), end(one, 0)).same);
    }
    const { rows } = comparison(end(first, 0), end(second, 0));
    expect(new Set(rows.map(({ label }) => label)).size).toBe(rows.length);
  });

  test('tells two instants of one machine apart by their names', () => {
    const timed = fixtureReports.find(({ timeline }) => timeline !== undefined);
    expect(end(timed, 0).name).not.toBe(end(timed, 500_000).name);
  });
});

describe('a drive in the address', () => {
  test('comes back as it was, and a mangled one is complained about', () => {
    const known = { scenarios: ['x'], systems: ['debian'] };
    const drive = { cache: 'volatile', sectorBytes: 4096, honoursFlush: false } as const;
    const text = writeAddress({ scenario: 'x', drive });
    expect(readAddress(text, known)).toEqual({ address: { scenario: 'x', drive }, complaints: [] });
    expect(readAddress('v=1&drive=z9', known).complaints).toHaveLength(1);
  });
});

describe('the reasons of an end', () => {
  const source = 'recorded run mutable-dpkg';
  const [like] = fixtureReports;
  if (like === undefined) throw new Error('no fixture');
  const missing = Array.from({ length: 6 }, (_, operation) => {
    return { text: `File ${operation} did not reach the disk.`, path: '/f', operation };
  });
  const report = {
    ...like,
    reasons: [
      { outcome: 'broken-torn', plain: 'does not start', text: 'Init is empty.', source, missing },
      { outcome: 'broken-torn', plain: 'starts, damaged', text: 'Another reading.', source },
    ],
  } as const;

  test('are those of its class and its verdict, with the least that must be missing', () => {
    const texts = reasonsFor(report, 'broken-torn', 'does not start').map(({ text }) => text);
    expect(texts[0]).toBe('Init is empty.');
    expect(texts[1]).toMatch(/^The least that leads to it: File 0 .* And 2 more\.$/);
    expect(texts).toHaveLength(2);
    expect(reasonsFor(report, 'new', 'starts, new version')).toEqual([]);
  });
});
