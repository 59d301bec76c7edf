/** The table of states that were seen: exact while there is room, and honest when there is none. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StateTable } from '../../../src/persistence/state-table.ts';

test('a state is new exactly once', () => {
  const word = fc.integer({ min: -40, max: 40 });
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { maxLength: 400 }), (states) => {
      const table = new StateTable(1_000_000);
      const known = new Set<string>();
      for (const [low, high] of states) {
        expect(table.add(low, high)).toBe(!known.has(`${String(low)} ${String(high)}`));
        known.add(`${String(low)} ${String(high)}`);
      }
      expect(table.size).toBe(known.size);
      expect(table.overflowed).toBe(0);
    }),
  );
});

test('it grows, and forgets nothing as it does', () => {
  const table = new StateTable(1_000_000);
  for (let state = 0; state < 20_000; state++) expect(table.add(state, ~state)).toBe(true);
  for (let state = 0; state < 20_000; state++) expect(table.add(state, ~state)).toBe(false);
  expect(table.sizeBytes).toBeLessThanOrEqual(20_000 * 36 * 2);
});

test('a full table counts what it cannot remember', () => {
  const table = new StateTable(100);
  for (let state = 0; state < 150; state++) table.add(state, state);
  expect(table.size).toBe(100);
  expect(table.overflowed).toBe(50);
  expect(table.add(7, 7)).toBe(false);
});
