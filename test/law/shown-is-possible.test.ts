/** A search shows no disk that the rules exclude: what it comes to is among what `possible.ts` enumerates. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordedDrive, type Drive } from '../../src/model/device.ts';
import { randomWrites } from './random-writes.ts';
import { featuresOf, randomProgram } from './reference/random-program.ts';
import { seeds } from './seeds.ts';
import { shown, type ObservedProgram } from './shown-disks.ts';

const wide: Drive = { ...recordedDrive, sectorBytes: 4096 };

const drives = [
  ['512', recordedDrive],
  ['4096', wide],
] as const;

describe.each(['ext4', 'xfs', 'btrfs'])('%s', (profile) => {
  describe.each(drives)('on sectors of %s bytes', (_, drive) => {
    const programs = [
      ['program', randomProgram({ features: featuresOf(profile), maximumOperations: 4 })],
      ['program that writes into one file', randomWrites(4)],
    ] as const;

    test.each(programs)('no %s shows an excluded disk', (_kind, arbitrary) => {
      for (const seed of seeds) {
        fc.assert(
          fc.property(arbitrary, (program) => {
            expect(shown(program, profile, drive).excluded).toEqual([]);
          }),
          { numRuns: 50, seed },
        );
      }
    });
  });
});

const cases: readonly (readonly [string, ObservedProgram, number])[] = [
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
  [
    'a second write into a new block brings its size before later names',
    {
      setup: [],
      ops: [
        ['write', 'f', 0, 10, 'A'],
        ['write', 'f', 0, 100, 'B'],
        ['creat', 'g'],
      ],
      observe: ['f', 'g'],
    },
    5,
  ],
  [
    'a cut file keeps the block that it ends in, and with it the size of the next write',
    {
      setup: [],
      ops: [
        ['write', 'f', 0, 1000, 'A'],
        ['truncate', 'f', 5],
        ['write', 'f', 0, 100, 'B'],
        ['creat', 'g'],
      ],
      observe: ['f', 'g'],
    },
    5,
  ],
  [
    'a write inside the first block lengthens a file whose later blocks are missing',
    {
      setup: [['write', 'f', 0, 100, 'A']],
      ops: [
        ['write', 'f', 5000, 10, 'B'],
        ['write', 'f', 50, 150, 'C'],
        ['creat', 'g'],
      ],
      observe: ['f', 'g'],
    },
    4,
  ],
];

describe.each(['ext4', 'xfs'])('on %s', (profile) => {
  test.each(cases)('%s', (_, program, fewest) => {
    const { seen, excluded } = shown(program, profile, recordedDrive);
    expect(excluded).toEqual([]);
    expect(seen.length).toBeGreaterThanOrEqual(fewest);
  });

  test('a block of one sector holds no later write without the earlier one', () => {
    const program: ObservedProgram = {
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
