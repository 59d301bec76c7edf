/** The worst class that is possible at an instant is the worst of all that were found to last until then. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PossibleOutcomes, severity, worse } from '../../../src/engine/intervals.ts';
import { outcomeClasses } from '../../../src/model/verdict.ts';

const outcome = fc.constantFrom(...outcomeClasses);
const found = fc
  .array(fc.record({ outcome, from: fc.nat(100), length: fc.nat(30) }), { maxLength: 30 })
  .map((list) => list.toSorted((left, right) => left.from - right.from));

describe('possible classes over time', () => {
  test('a machine that does not mount is worse than one that starts', () => {
    expect(worse('old', 'unmountable')).toBe('unmountable');
    expect(worse('broken-torn', 'mixed-ok')).toBe('broken-torn');
    expect(outcomeClasses.map(severity)).toEqual(outcomeClasses.map((_, index) => index));
  });

  test('an interval holds from its first instant to the last before its end', () => {
    const possible = new PossibleOutcomes();
    possible.add('old', 0, 100);
    possible.add('broken-torn', 10, 20);
    expect(possible.worstAt([0, 10, 19, 20, 100])).toEqual([
      'old',
      'broken-torn',
      'broken-torn',
      'old',
      undefined,
    ]);
  });

  test('where nobody looked there is no class, rather than a good one', () => {
    expect(new PossibleOutcomes().worstAt([0, 1])).toEqual([undefined, undefined]);
    expect(new PossibleOutcomes().classes).toEqual([]);
  });

  test('it is what a look at every interval gives', () => {
    const instants = Array.from({ length: 140 }, (_, index) => index);
    fc.assert(
      fc.property(found, (list) => {
        const possible = new PossibleOutcomes();
        for (const { outcome: one, from, length } of list) possible.add(one, from, from + length);
        const looked = instants.map((instant) =>
          list
            .filter(({ from, length }) => from <= instant && instant < from + length)
            .map((entry) => entry.outcome)
            .toSorted((left, right) => severity(left) - severity(right))
            .at(-1),
        );
        expect(possible.worstAt(instants)).toEqual(looked);
      }),
    );
  });

  test('nothing changes between its edges', () => {
    fc.assert(
      fc.property(found, (list) => {
        const possible = new PossibleOutcomes();
        for (const { outcome: one, from, length } of list) possible.add(one, from, from + length);
        const edges = new Set(possible.edges);
        const instants = Array.from({ length: 140 }, (_, index) => index);
        const worst = possible.worstAt(instants);
        const moved = instants.filter((at) => at > 0 && worst[at] !== worst[at - 1]);
        expect(moved.filter((at) => !edges.has(at))).toEqual([]);
      }),
    );
  });
});
