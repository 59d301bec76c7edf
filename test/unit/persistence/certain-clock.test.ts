/** The latest instants, and what a barrier brings forward: the clock says what legality says. */
import { expect, test } from 'vitest';
import { recordedTiming } from '../../../src/model/device.ts';
import { schedule } from '../../../src/persistence/clock.ts';
import { compile } from '../../../src/persistence/compile.ts';
import { durabilityClock } from '../../../src/persistence/durability.ts';
import { profileNamed } from '../../../src/persistence/registry.ts';
import { Program } from './program.ts';

const end = 400_000_000;

/** When each operation of a program is there for certain and likely, in milliseconds. */
function millisecondsOf(program: Program) {
  const profile = profileNamed(program.volume.description.profile);
  const compiled = compile(program.volume, profile);
  const clock = durabilityClock(compiled, end);
  return compiled.operations.map(({ effect }, index) => {
    const window = clock.ofOperation(index);
    return {
      kind: effect.kind,
      likely: (window?.likelyMicroseconds ?? NaN) / 1000,
      certain: (window?.certainMicroseconds ?? NaN) / 1000,
    };
  });
}

test.each(['btrfs', 'xfs'])('%s: data may miss the commit that takes its name', (profile) => {
  const program = new Program(profile);
  program.write(0, 'f', 'B');
  const [name, data] = millisecondsOf(program);
  expect(name?.certain).toBeLessThan(35_000);
  expect(data?.certain).toBeGreaterThan(62_100);
});

test.each(['btrfs', 'ext4-dioread-lock'])(
  '%s: a call just after a commit waits for the whole next one',
  (profile) => {
    const program = new Program(profile);
    const age = (profileNamed(profile).commitMicroseconds ?? 0) / 1000;
    program.create(0, 'a');
    program.create(age + 10, 'b');
    const late = millisecondsOf(program).at(-1);
    expect(late?.certain).toBeGreaterThan(2 * age);
    expect(late?.certain).toBeGreaterThanOrEqual(late?.likely ?? Infinity);
  },
);

test('ext4 with dioread_lock commits on time, whatever waits to be written', () => {
  const program = new Program('ext4-dioread-lock');
  program.create(0, 'a');
  program.write(50, 'b', 'B');
  expect(millisecondsOf(program)[0]?.likely).toBeLessThan(5100);
});

test('a barrier waits for data that a timer is writing already', () => {
  for (const profile of ['ext4', 'xfs']) {
    const program = new Program(profile);
    program.write(0, 'f', 'B'.repeat(100_000));
    program.fsync(30_010, 'f');
    const data = millisecondsOf(program)[1];
    const returned = (program.volume.operations.at(-1)?.endMicroseconds ?? 0) / 1000;
    expect(data?.likely).toBeLessThanOrEqual(returned);
    expect(data?.certain).toBeLessThanOrEqual(returned);
  }
});

test('syncfs leaves the log of XFS to a later push, and writes that of ext4 home', () => {
  const home = ['ext4', 'xfs'].map((profile) => {
    const program = new Program(profile);
    program.create(0, 'f');
    program.syncfs(1);
    const compiled = compile(program.volume, profileNamed(profile));
    const { homeMicroseconds } = schedule(compiled, recordedTiming, end, 'likely');
    return (homeMicroseconds[0] ?? Infinity) / 1e6;
  });
  expect(home[0]).toBeLessThan(1);
  expect(home[1]).toBeGreaterThan(25);
});
