import { describe, expect, test } from 'vitest';
import { recordedTiming } from '../../../src/model/device.ts';
import { schedule, type Certainty } from '../../../src/persistence/clock.ts';
import { compile } from '../../../src/persistence/compile.ts';
import { CrashState } from '../../../src/persistence/crash-state.ts';
import { profileNamed } from '../../../src/persistence/registry.ts';
import { Program } from './program.ts';

/** First second from which a look at the disk shows `text`, and everything seen before, in order. */
function history(program: Program, name: string, certainty: Certainty = 'likely') {
  const profile = profileNamed(program.volume.description.profile);
  const compiled = compile(program.volume, profile);
  const { durableMicroseconds } = schedule(compiled, recordedTiming, 100_000_000, certainty);
  const state = new CrashState(compiled);
  const seen: { text: string; seconds: number }[] = [
    { text: program.look(state.cells, name), seconds: 0 },
  ];
  const order = Array.from(durableMicroseconds.keys()).sort(
    (left, right) => (durableMicroseconds[left] ?? 0) - (durableMicroseconds[right] ?? 0),
  );
  order.forEach((micro, place) => {
    const instant = durableMicroseconds[micro] ?? Infinity;
    if (instant === Infinity) return;
    state.set(micro, true);
    const next = order[place + 1];
    if (next !== undefined && durableMicroseconds[next] === instant) return;
    const text = program.look(state.cells, name);
    if (text !== seen.at(-1)?.text) seen.push({ text, seconds: instant / 1e6 });
  });
  return seen;
}

/** Seconds measured on kernel 6.18 with default mounts: persistence.md section 0 point 8. */
const measured = [
  { profile: 'ext4', what: 'name of a new file', texts: ['absent', 'empty'], seconds: 6.1 },
  { profile: 'ext4', what: 'content of it', texts: ['empty', 'B'], seconds: 36 },
  { profile: 'xfs', what: 'name of a new file', texts: ['absent', 'empty'], seconds: 29.1 },
  { profile: 'xfs', what: 'content of it', texts: ['empty', 'B'], seconds: 59.8 },
  { profile: 'btrfs', what: 'name of a new file', texts: ['absent', 'empty'], seconds: 30.3 },
  { profile: 'btrfs', what: 'content of it', texts: ['empty', 'B'], seconds: 60.3 },
];

describe('without any sync, the clocks of the kernel decide', () => {
  test.each(measured)('$profile: $what after about $seconds s', ({ profile, texts, seconds }) => {
    const program = new Program(profile);
    program.write(0, 'f', 'B');
    const seen = history(program, 'f');
    const at = seen.find(
      (entry, index) => entry.text === texts[1] && seen[index - 1]?.text === texts[0],
    );
    expect(Math.abs((at?.seconds ?? 0) - seconds)).toBeLessThanOrEqual(2);
  });

  test('an overwrite in place takes 30 s on ext4 and XFS, and two commits on btrfs', () => {
    const last = ['ext4', 'btrfs', 'xfs'].map((profile) => {
      const program = new Program(profile, { f: 'A' });
      program.write(0, 'f', 'B');
      return history(program, 'f').at(-1)?.seconds ?? 0;
    });
    expect(last[0]).toBeCloseTo(30.3, -0.3);
    expect(Math.abs((last[1] ?? 0) - 62.1)).toBeLessThanOrEqual(3);
    expect(Math.abs((last[2] ?? 0) - 30.8)).toBeLessThanOrEqual(2);
  });

  test('a rename over an old file brings old, then new, when the drive keeps up', () => {
    for (const [profile, seconds] of [
      ['ext4', 5.7],
      ['btrfs', 30.6],
    ] as const) {
      const program = new Program(profile, { f: 'A' });
      program.write(0, 'f.new', 'B');
      program.rename(1, 'f.new', 'f');
      const seen = history(program, 'f');
      expect(seen.map((entry) => entry.text)).toEqual(['A', 'B']);
      expect(Math.abs((seen[1]?.seconds ?? 0) - seconds)).toBeLessThanOrEqual(2);
    }
  });

  test('and a hole in between, when its data is slower than the commit', () => {
    const ends = ['ext4', 'btrfs'].map((profile) => {
      const program = new Program(profile, { f: 'A' });
      program.write(0, 'f.new', 'B');
      program.rename(1, 'f.new', 'f');
      return history(program, 'f', 'certain').map((entry) => entry.text);
    });
    expect(ends).toEqual([
      ['A', 'empty', 'B'],
      ['A', 'empty', 'B'],
    ]);
  });
});

describe('what has been synced is there', () => {
  test.each(['ext4', 'btrfs'])('%s: write, fsync, rename is old or new, whole', (profile) => {
    const program = new Program(profile, { f: 'A' });
    program.write(0, 'f.new', 'B');
    program.fsync(1, 'f.new');
    program.rename(8, 'f.new', 'f');
    expect(history(program, 'f', 'certain').map((entry) => entry.text)).toEqual(['A', 'B']);
  });

  test('btrfs: fsync of the directory brings the name without its data, at once', () => {
    const program = new Program('btrfs', { f: 'A' });
    program.write(0, 'f.new', 'B');
    program.rename(1, 'f.new', 'f');
    program.fsyncDirectory(2);
    const seen = history(program, 'f', 'certain');
    expect(seen.map((entry) => entry.text)).toEqual(['A', 'empty', 'B']);
    expect(seen[1]?.seconds).toBeLessThan(0.1);
  });

  test('ext4: fsync of one file carries an older unrelated name; btrfs does not', () => {
    const seconds = ['ext4', 'btrfs'].map((profile) => {
      const program = new Program(profile);
      program.create(0, 'older');
      program.write(1, 'f', 'B');
      program.fsync(2, 'f');
      return history(program, 'older').at(-1)?.seconds ?? 0;
    });
    expect(seconds[0]).toBeLessThan(0.1);
    expect(seconds[1]).toBeGreaterThan(25);
  });

  test.each(['ext4', 'btrfs', 'vfat'])('%s: syncfs carries everything', (profile) => {
    const program = new Program(profile);
    program.write(0, 'f', 'B');
    program.syncfs(1);
    expect(history(program, 'f').at(-1)).toMatchObject({ text: 'B' });
    expect(history(program, 'f').at(-1)?.seconds).toBeLessThan(0.1);
  });

  test.each(['ext4', 'btrfs'])(
    '%s: a cut to the size that it has takes nothing away',
    (profile) => {
      const program = new Program(profile, { f: 'A' });
      program.write(0, 'f', 'B');
      program.truncate(1, 'f', 4096);
      program.fsync(2, 'f');
      expect(history(program, 'f').at(-1)).toMatchObject({ text: 'B' });
    },
  );
});
