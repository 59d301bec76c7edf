/** A search shows no disk that the rules exclude: what it comes to is among what `possible.ts` enumerates. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  exactObservation,
  possibilitiesOf,
  shows,
} from '../../src/engine/explain/possibilities.ts';
import type { Observation } from '../../src/engine/litmus/observe.ts';
import { recordProgram, type LitmusProgram } from '../../src/engine/litmus/program.ts';
import { recordedDrive, timingOf, type Drive } from '../../src/model/device.ts';
import { FileSystemState } from '../../src/model/file-system-state.ts';
import { schedule } from '../../src/persistence/clock.ts';
import { compile } from '../../src/persistence/compile.ts';
import { CrashState } from '../../src/persistence/crash-state.ts';
import { search, type Visit } from '../../src/persistence/explorer.ts';
import { policyTable } from '../../src/persistence/policies.ts';
import { profileNamed } from '../../src/persistence/registry.ts';
import { featuresOf, randomProgram } from './reference/random-program.ts';

type Program = LitmusProgram & { readonly observe: readonly string[] };

/** Longer than the longest timer, so that everything arrives. */
const afterMicroseconds = 38_000_000;

const wide: Drive = { ...recordedDrive, sectorBytes: 4096 };

/** Everything that `exhaustive` shows, and which of it no possible disk shows. */
function shown(program: Program, profile: string, drive: Drive) {
  const { volume, blobs } = recordProgram(program, profile);
  const compiled = compile(volume, profileNamed(profile), drive);
  const { observe } = program;
  const end = (compiled.operations.at(-1)?.endMicroseconds ?? 0) + afterMicroseconds;
  const at = (certainty: 'likely' | 'certain') =>
    schedule(compiled, timingOf(drive), end, certainty);
  const window = { volume: 'disk', compiled, likely: at('likely'), certain: at('certain') };
  const seen = new Map<string, Observation>();
  let state = new CrashState(compiled);
  const judge = {
    fresh: () => [(state = new CrashState(compiled))],
    visit: ({ unmountable }: Visit) => {
      if (unmountable !== undefined) return;
      const disk = new FileSystemState(compiled.base.table, state.cells);
      const observation = exactObservation(disk, blobs, observe);
      seen.set(JSON.stringify(observation), observation);
    },
    dependsOn: () => true,
    resultNow: () => '',
  };
  const span = { startMicroseconds: 0, endMicroseconds: end };
  search(policyTable.exhaustive, [window], judge, span);
  const { all, isComplete } = possibilitiesOf({ compiled, blobs, observe });
  const possible = [...all.values()].map(({ observation }) => observation);
  const isPossible = (one: Observation): boolean => possible.some((other) => shows(one, other));
  const seenOnes = [...seen.values()];
  const excluded = isComplete ? seenOnes.filter((one) => !isPossible(one)) : [];
  return { seen: seenOnes, excluded };
}

const drives = [
  ['512', recordedDrive],
  ['4096', wide],
] as const;

describe.each(['ext4', 'xfs', 'btrfs'])('%s', (profile) => {
  test.each(drives)('on sectors of %s bytes no program shows an excluded disk', (_, drive) => {
    const programs = randomProgram({ features: featuresOf(profile), maximumOperations: 4 });
    fc.assert(
      fc.property(programs, (program) => {
        expect(shown(program, profile, drive).excluded).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

const cases: readonly (readonly [string, Program, number])[] = [
  [
    'an append inside the last block is seen with its size alone',
    {
      setup: [['write', 'f', 0, 100, 'A']],
      ops: [
        ['creat', 'a'],
        ['append', 'f', 100, 'B'],
      ],
      observe: ['a', 'f'],
    },
    4,
  ],
  [
    'bytes in a hole need a block as those behind the end do',
    {
      setup: [['write', 'f', 8192, 4096, 'A']],
      ops: [
        ['creat', 'a'],
        ['owrite', 'f', 0, 4096, 'B'],
      ],
      observe: ['a', 'f'],
    },
    3,
  ],
];

describe.each(['ext4', 'xfs'])('on %s', (profile) => {
  test.each(cases)('%s', (_, program, fewest) => {
    const { seen, excluded } = shown(program, profile, recordedDrive);
    expect(excluded).toEqual([]);
    expect(seen.length).toBeGreaterThanOrEqual(fewest);
  });

  test('a block of one sector holds no later write without the earlier one', () => {
    const program: Program = {
      setup: [['write', 'f', 0, 4096, 'A']],
      ops: [
        ['owrite', 'f', 0, 100, 'B'],
        ['owrite', 'f', 100, 100, 'C'],
      ],
      observe: ['f'],
    };
    const words = shown(program, profile, wide).seen.map(({ f }) => f);
    expect(words.toSorted()).toEqual(['A4096', 'B100+A3996', 'B100+C100+A3896']);
  });
});
