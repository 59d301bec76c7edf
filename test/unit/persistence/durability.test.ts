/** The three answers of the clock, held against the windows that were measured. */
import { describe, expect, test } from 'vitest';
import { recordedDrive, type Drive } from '../../../src/model/device.ts';
import { compile } from '../../../src/persistence/compile.ts';
import {
  durabilityAt,
  durabilityClock,
  type DurabilityWindow,
} from '../../../src/persistence/durability.ts';
import { profileNamed } from '../../../src/persistence/registry.ts';
import { Program } from './program.ts';

function windowOf(
  profile: string,
  acts: (program: Program) => void,
  index: number,
  drive: Drive = recordedDrive,
): DurabilityWindow {
  const program = new Program(profile, { old: 'A' });
  acts(program);
  const compiled = compile(program.volume, profileNamed(profile), drive);
  const window = durabilityClock(compiled, 130_000_000).ofOperation(index);
  if (window === undefined) throw new Error('the operation changes nothing');
  return window;
}

const newFile = (program: Program): void => {
  program.write(0, 'f', 'B');
};
const overwrite = (program: Program): void => {
  program.write(0, 'old', 'B');
};

/** Kernel 6.18, default mounts, first moment the change was seen on the disk: persistence.md section 0 point 8. */
const measured = [
  { profile: 'ext4', what: 'the name of a new file', acts: newFile, index: 0, seconds: 6.1 },
  { profile: 'ext4', what: 'its content', acts: newFile, index: 1, seconds: 36 },
  { profile: 'xfs', what: 'the name of a new file', acts: newFile, index: 0, seconds: 29.1 },
  { profile: 'xfs', what: 'its content', acts: newFile, index: 1, seconds: 59.8 },
  { profile: 'btrfs', what: 'the name of a new file', acts: newFile, index: 0, seconds: 30.3 },
  { profile: 'btrfs', what: 'its content', acts: newFile, index: 1, seconds: 60.3 },
  { profile: 'ext4', what: 'an overwrite', acts: overwrite, index: 0, seconds: 30.3 },
  { profile: 'xfs', what: 'an overwrite', acts: overwrite, index: 0, seconds: 30.8 },
  { profile: 'btrfs', what: 'an overwrite', acts: overwrite, index: 0, seconds: 62.1 },
];

test.each(measured)(
  '$profile: $what may be there at once, likely is after about $seconds s, and later for certain',
  ({ profile, acts, index, seconds }) => {
    const window = windowOf(profile, acts, index);
    expect(durabilityAt(window, 0)).toBe('may be');
    expect(Math.abs(window.likelyMicroseconds / 1e6 - seconds)).toBeLessThanOrEqual(3);
    // A bound that the measurement contradicts is none; one that is much later says nothing.
    expect(window.certainMicroseconds).toBeGreaterThanOrEqual(seconds * 1e6);
    expect(window.certainMicroseconds).toBeLessThanOrEqual((seconds + 10) * 1e6);
  },
);

describe('a change', () => {
  const late = (program: Program): void => {
    program.create(1000, 'f');
    program.syncfs(1001);
  };

  test('cannot be on the disk before it was called', () => {
    const window = windowOf('ext4', late, 0);
    expect(durabilityAt(window, 999_999)).toBe('cannot be yet');
    expect(durabilityAt(window, 1_000_000)).toBe('may be');
  });

  test.each(['ext4', 'xfs', 'btrfs', 'vfat'])(
    'is certain on %s once a sync has returned',
    (profile) => {
      expect(durabilityAt(windowOf(profile, late, 0), 1_100_000)).toBe('certain');
    },
  );

  test('never is on a drive that loses what it was told to flush', () => {
    const lying = { ...recordedDrive, honoursFlush: false };
    expect(windowOf('ext4', late, 0, lying).certainMicroseconds).toBe(Infinity);
    const harmless: Drive = { ...lying, cache: 'power-loss-protected' };
    expect(windowOf('ext4', late, 0, harmless).certainMicroseconds).toBeLessThan(1_100_000);
  });

  test('cannot ever be in memory that is no disk', () => {
    expect(durabilityAt(windowOf('tmpfs', late, 0), 1e9)).toBe('cannot be yet');
  });

  test('of content alone is told by its file', () => {
    const program = new Program('ext4', { old: 'A' });
    program.write(0, 'old', 'B');
    const compiled = compile(program.volume, profileNamed('ext4'));
    const clock = durabilityClock(compiled, 130_000_000);
    const inode = program.volume.live.lookup(program.volume.live.root, 'old');
    expect(clock.ofContent(inode)).toEqual(clock.ofOperation(0));
    expect(clock.ofContent(inode + 1)).toBeUndefined();
  });
});
