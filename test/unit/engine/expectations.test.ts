/** What a scenario expects is held against every end that was found, and against those that had to be found. */
import { describe, expect, test } from 'vitest';
import { disappointments } from '../../../src/engine/expectations.ts';
import type { SystemReport } from '../../../src/model/report.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import { systems, withLine } from '../scenario/good-scenario.ts';
import { reportWith } from './small-report.ts';

/** The good scenario with one expectation, on line 22, in place of its two. */
function complaints(expectation: string, reports: readonly SystemReport[]): readonly string[] {
  const lines = withLine(22, `  - ${expectation}`).split('\n');
  const text = lines.toSpliced(22, 1).join('\n');
  const parsed = parseScenario(text, systems);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return disappointments(parsed.value, reports).map(
    ({ line, system, text: words }) => `${String(line)} ${system} ${words}`,
  );
}

const old = reportWith({ outcomes: { old: 1 }, possible: ['old'] });
const torn = reportWith({
  id: 'nixos',
  outcomes: { old: 0.9, 'broken-torn': 0.1 },
  settling: { new: 1 },
  possible: ['new', 'old', 'broken-torn'],
  fates: { thesis: { content: { updated: 0.5, lost: 0.5 } } },
});

const table: readonly (readonly [string, string, readonly string[]])[] = [
  ['a class that is allowed', '{ on: [debian], boot: [old], because: x }', []],
  [
    'a class that is not',
    '{ on: [debian], boot: [new], because: x }',
    ['22 debian can end as old, which is not expected'],
  ],
  [
    'one that is only rarely possible, or only while settling',
    '{ on: [nixos], boot: [old], because: x }',
    [
      '22 nixos can end as new, which is not expected',
      '22 nixos can end as broken-torn, which is not expected',
    ],
  ],
  [
    'one that has to occur and does not',
    '{ on: all, occurs: [new], because: x }',
    ['22 debian never ends as new, which is expected to occur'],
  ],
  ['a machine that is not spoken of', '{ on: [vanilla-os], boot: [new], because: x }', []],
  [
    'a fate that is not allowed',
    '{ on: [nixos], data.thesis.content: [updated, reverted], because: x }',
    ['22 nixos thesis: content can be lost, expected updated or reverted'],
  ],
  [
    'a datum that was never followed',
    '{ on: [debian], data.thesis.content: [updated], because: x }',
    ['22 debian has no datum thesis'],
  ],
];

describe('an expectation meets', () => {
  test.each(table)('%s', (_what, expectation, words) => {
    expect(complaints(expectation, [old, torn])).toEqual(words);
  });

  test('one cut alone, and what has to occur at some instant is not asked of it', () => {
    const timeline = { exitMicroseconds: 9, endMicroseconds: 10, stages: [], runs: [] };
    const expectation = '{ on: [debian], occurs: [new], because: x }';
    const asked = (cut: object): readonly string[] =>
      complaints(expectation, [{ ...old, timeline: { ...timeline, ...cut } }]);
    expect(asked({ cutMicroseconds: 9 })).toEqual([]);
    expect(asked({})).toEqual(['22 debian never ends as new, which is expected to occur']);
  });
});
