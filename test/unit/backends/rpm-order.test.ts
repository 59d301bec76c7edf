import { describe, expect, test } from 'vitest';
import { inTransactionOrder } from '../../../src/backends/package-tools/rpm-order.ts';
import type { Release } from '../../../src/model/release.ts';
import { recordedRelease } from './recorded-release.ts';

/** A release of packages with these requirements. */
function releaseOf(requires: { readonly [name: string]: readonly string[] }): Release {
  const packages = Object.entries(requires).map(([name, depends]) => ({
    ...{ name, depends, essential: false, boot: false, versions: {} },
  }));
  return { ...recordedRelease, packages };
}

describe.each([
  ['without requirements in reverse', { a: [], b: [], c: [] }, 'c b a'],
  ['what others require first', { app: ['lib'], lib: ['base'], base: [] }, 'base lib app'],
  [
    'what most others require before the rest',
    { base: [], x: ['base'], other: [] },
    'base x other',
  ],
  ['requirements outside of the transaction do not count', { a: ['elsewhere'], b: [] }, 'b a'],
  [
    'a loop opens, and what needs it waits',
    { app: ['one'], one: ['two'], two: ['one'] },
    'one two app',
  ],
] as const)('rpm orders packages: %s', (_rule, requires, expected) => {
  test(expected, () => {
    const names = Object.keys(requires).map((name) => ({ name }));
    const ordered = inTransactionOrder(releaseOf(requires), names);
    expect(ordered.map(({ name }) => name).join(' ')).toBe(expected);
  });
});
