import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shuffled } from '../../../src/app/guessing.svelte.ts';
import { systemCatalogue } from '../../../src/systems/catalogue.ts';

const ids = systemCatalogue.map(({ id }) => id);

test('covered machines are the same machines in an order that the seed decides', () => {
  fc.assert(
    fc.property(fc.nat(), fc.shuffledSubarray(ids), (seed, some) => {
      expect(shuffled(some, seed).toSorted()).toEqual(some.toSorted());
      expect(shuffled(some, seed)).toEqual(shuffled(some.toReversed(), seed));
    }),
  );
  const orders = new Set(Array.from({ length: 20 }, (_, seed) => shuffled(ids, seed).join()));
  expect(orders.size).toBeGreaterThan(3);
});
