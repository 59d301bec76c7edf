/** Laws about drives: a better drive never loses more, on every profile, whatever the program. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AllowedStates, keyOf } from '../../src/engine/litmus/allowed.ts';
import { isAllowed } from '../../src/engine/litmus/inclusion.ts';
import type { Observation } from '../../src/engine/litmus/observe.ts';
import type { LitmusCall } from '../../src/engine/litmus/program.ts';
import { recordedDrive, type Drive } from '../../src/model/device.ts';
import { profileNamed, profiles } from '../../src/persistence/registry.ts';
import { featuresOf, randomProgram } from './reference/random-program.ts';

const runs = { numRuns: 40 };
const lying: Drive = { ...recordedDrive, honoursFlush: false };
const protectedCache: Drive = { ...recordedDrive, cache: 'power-loss-protected' };
const wide = (drive: Drive): Drive => ({ ...drive, sectorBytes: 4096 });

/** The worse drive first. */
const pairs: readonly (readonly [string, Drive, Drive])[] = [
  ['an honest drive instead of one that lies', lying, recordedDrive],
  ['a protected cache', recordedDrive, protectedCache],
  ['no cache', recordedDrive, { ...recordedDrive, cache: 'write-through' }],
  ['larger sectors', recordedDrive, wide(recordedDrive)],
  ['larger sectors on a drive that lies', lying, wide(lying)],
  ['a protected cache and larger sectors', lying, wide(protectedCache)],
];

const beyond = (states: readonly Observation[], others: readonly Observation[]) =>
  states.filter((state) => !isAllowed(state, others));

const withNames = profiles.filter(({ metadataOrder }) => metadataOrder !== 'blocks');

describe.each(withNames)('on $label', (profile) => {
  const programs = randomProgram({
    features: featuresOf(profile.recordedAs[0] ?? profile.id),
    maximumOperations: 4,
  });

  test.each(pairs)('%s never loses more', (_, worse, better) => {
    fc.assert(
      fc.property(programs, (program) => {
        const on = (drive: Drive) => new AllowedStates(program, program.observe, profile, drive);
        expect(beyond(on(better).afterEnd, on(worse).afterEnd)).toEqual([]);
      }),
      runs,
    );
  });

  test('a drive that loses nothing may lie about flushes as it likes', () => {
    fc.assert(
      fc.property(
        programs,
        fc.constantFrom('power-loss-protected', 'write-through'),
        (program, cache) => {
          const [honest, liar] = [true, false].map((honoursFlush) => {
            const drive = { ...recordedDrive, cache, honoursFlush };
            return new AllowedStates(program, program.observe, profile, drive).anyTime;
          });
          expect(liar?.map(keyOf)).toEqual(honest?.map(keyOf));
        },
      ),
      runs,
    );
  });
});

const overwrite = {
  setup: [['write', 'f', 0, 4096, 'A'], ['sync']],
  ops: [['owrite', 'f', 0, 4096, 'B']],
} as const;

function seen(profile: string, program: { readonly ops: readonly LitmusCall[] }, drive: Drive) {
  const whole = { setup: overwrite.setup, ops: program.ops };
  const states = new AllowedStates(whole, ['f'], profileNamed(profile), drive).anyTime;
  return states.map(({ f }) => f).toSorted();
}

describe('a block that is written in one piece', () => {
  test.each([
    ['ext4', ['{AB}4096'], ['A4096', 'B4096']],
    ['xfs', ['{AB}4096'], ['A4096', 'B4096']],
    ['vfat', ['{AB}4096'], ['A4096', 'B4096']],
    ['btrfs', ['A4096', 'B4096'], ['A4096', 'B4096']],
  ])('%s: is a mix of old and new on small sectors alone', (profile, small, large) => {
    const grown = [...small, 'A4096', 'B4096'];
    expect(
      seen(profile, overwrite, recordedDrive).every((word) => grown.includes(word ?? '')),
    ).toBe(true);
    expect(seen(profile, overwrite, recordedDrive)).toContain(small[0]);
    expect(seen(profile, overwrite, wide(recordedDrive))).toEqual(large);
  });

  test('two blocks still land in any order', () => {
    const ops = [['owrite', 'f', 0, 8192, 'B']];
    const setup = [['write', 'f', 0, 8192, 'A'], ['sync']];
    const { anyTime } = new AllowedStates(
      { setup, ops },
      ['f'],
      profileNamed('ext4'),
      wide(recordedDrive),
    );
    expect(anyTime.map(({ f }) => f).toSorted()).toEqual([
      'A4096+B4096',
      'A8192',
      'B4096+A4096',
      'B8192',
    ]);
  });

  test('what was written to it later is not there without what was written to it before', () => {
    const ops = [
      ['owrite', 'f', 0, 100, 'B'],
      ['owrite', 'f', 100, 100, 'C'],
    ];
    expect(seen('ext4', { ops }, wide(recordedDrive))).toEqual([
      'A4096',
      'B100+A3996',
      'B100+C100+A3896',
    ]);
  });

  test('room without its bytes is zeros or bytes, and no mix', () => {
    const ops = [['write', 'f', 4096, 4096, 'B']];
    expect(seen('ext4', { ops }, wide(recordedDrive))).toEqual([
      'A4096',
      'A4096+04096',
      'A4096+B4096',
    ]);
  });

  test('a truncation leaves the rest of its block alone, or zeroes it whole', () => {
    const ops = [['truncate', 'f', 100]];
    expect(seen('ext4', { ops }, wide(recordedDrive))).toEqual(['A100', 'A100+03996', 'A4096']);
  });

  test('so many blocks that they are not told apart are any mix, and none is called safe', () => {
    const ops = [['owrite', 'f', 0, 65_536, 'B']];
    const setup = [['write', 'f', 0, 65_536, 'A'], ['sync']];
    const { anyTime } = new AllowedStates(
      { setup, ops },
      ['f'],
      profileNamed('ext4'),
      wide(recordedDrive),
    );
    expect(anyTime.map(({ f }) => f)).toContain('{AB}65536');
  });
});
