/** A search of subsets shows exactly the disks that are possible, and says what it left out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordedDrive, recordedTiming, type Drive } from '../../../src/model/device.ts';
import { schedule } from '../../../src/persistence/clock.ts';
import { compile } from '../../../src/persistence/compile.ts';
import { CrashState } from '../../../src/persistence/crash-state.ts';
import { search, type Visit, type VolumeWindow } from '../../../src/persistence/explorer.ts';
import { exactly, includes } from '../../../src/persistence/pattern.ts';
import { policyTable } from '../../../src/persistence/policies.ts';
import { patternsOf, possibleDisks, type PossibleDisk } from '../../../src/persistence/possible.ts';
import { profileNamed } from '../../../src/persistence/registry.ts';
import { FileSystemState } from '../../../src/model/file-system-state.ts';
import type { SearchPolicy } from '../../../src/model/scenario.ts';
import { Program } from './program.ts';

const end = 4_000_000;
const names = ['a', 'b', 'c'] as const;
const name = fc.constantFrom(...names);
const acts = fc.array(
  fc.record({
    act: fc.constantFrom(
      'write' as const,
      'write' as const,
      'rename' as const,
      'fsync' as const,
      'sync' as const,
    ),
    name,
    to: name,
    text: fc.constantFrom('B', 'CC', 'DDD'),
  }),
  { minLength: 1, maxLength: 6 },
);

type Acts = typeof acts extends fc.Arbitrary<infer S> ? S : never;

function programOf(profile: string, steps: Acts): Program {
  const program = new Program(profile, { a: 'A', b: 'AA' });
  steps.forEach(({ act, name: file, to, text }, index) => {
    const exists = program.look(program.volume.live.cells, file) !== 'absent';
    if (act === 'write') program.write(index * 10, file, text);
    else if (act === 'sync') program.syncfs(index * 10);
    else if (exists && act === 'fsync') program.fsync(index * 10, file);
    else if (exists && act === 'rename' && to !== file) program.rename(index * 10, file, to);
  });
  return program;
}

interface Seen {
  readonly visit: Visit;
  readonly cells: Int32Array;
}

function seenBy(policy: SearchPolicy, { volume }: Program, drive = recordedDrive) {
  const compiled = compile(volume, profileNamed(volume.description.profile), drive);
  const at = (certainty: 'likely' | 'certain') =>
    schedule(compiled, recordedTiming, end, certainty);
  const window: VolumeWindow = {
    volume: 'root',
    compiled,
    likely: at('likely'),
    certain: at('certain'),
  };
  const seen: Seen[] = [];
  let states: readonly CrashState[] = [];
  const judge = {
    fresh: () => (states = [new CrashState(compiled)]),
    visit: (visit: Visit) =>
      seen.push({ visit, cells: states[0]?.cells.slice() ?? new Int32Array() }),
    dependsOn: () => true,
    resultNow: () => String(seen.length),
  };
  const span = { startMicroseconds: 0, endMicroseconds: end };
  const { notSearched } = search(policyTable[policy], [window], judge, span);
  return { compiled, seen, notSearched };
}

/** Every disk that is possible at an instant. Where a call begins as another returns, both are tried. */
function possible(program: Program, instant: number, drive: Drive) {
  const profile = profileNamed(program.volume.description.profile);
  const compiled = compile(program.volume, profile, drive);
  const { operations } = program.volume;
  const called = operations.filter((one) => one.startMicroseconds <= instant).length;
  const before = operations.filter((one) => one.startMicroseconds < instant).length;
  const returned = operations.filter((one) => one.endMicroseconds <= instant).length;
  const earlier = operations.filter((one) => one.endMicroseconds < instant).length;
  const moments = new Set<string>();
  for (let issued = before; issued <= called; issued++) {
    for (const completed of [earlier, returned, issued]) {
      if (completed <= issued && completed >= earlier) {
        moments.add(`${String(completed)} ${String(issued)}`);
      }
    }
  }
  return [...moments].flatMap((moment) => {
    const [completed = 0, issued = 0] = moment.split(' ').map(Number);
    return [...possibleDisks(compiled, { completed, issued }, { exceeded: false })];
  });
}

function isAmong(cells: Int32Array, disks: readonly PossibleDisk[]): boolean {
  return disks.some((disk) => {
    const { compiled, state } = disk;
    const found = new FileSystemState(compiled.base.table, cells);
    return names.every((file) => {
      const inode = found.lookup(found.root, file);
      if (state.lookup(state.root, file) !== inode) return false;
      if (inode === 0) return true;
      const content = exactly(found.content(inode));
      return patternsOf(disk, inode).some(
        (pattern) => pattern.kind === 'bytes' && includes(pattern, content),
      );
    });
  });
}

const profileNames = ['ext4', 'xfs', 'btrfs', 'vfat', 'ext4-data-journal'];

describe.each(profileNames)('%s', (profile) => {
  test.each(['every-op', 'reordered', 'exhaustive', 'lying-drive'] as const)(
    '%s: shows no disk that its profile forbids',
    (policy) => {
      const drive = { ...recordedDrive, honoursFlush: policy !== 'lying-drive' };
      fc.assert(
        fc.property(acts, (steps) => {
          const program = programOf(profile, steps);
          const { seen } = seenBy(policy, program);
          for (const { visit, cells } of seen) {
            if (visit.unmountable !== undefined) continue;
            const disks = possible(program, visit.fromMicroseconds, drive);
            expect(isAmong(cells, disks), JSON.stringify(visit)).toBe(true);
            if (policy === 'every-op' || visit.toMicroseconds <= visit.fromMicroseconds) continue;
            const lasting = possible(program, visit.toMicroseconds - 1, drive);
            expect(isAmong(cells, lasting), `at its end: ${JSON.stringify(visit)}`).toBe(true);
          }
        }),
        { numRuns: 40 },
      );
    },
  );

  test('exhaustive: shows each way in which the names can be', () => {
    fc.assert(
      fc.property(acts, (steps) => {
        const program = programOf(profile, steps);
        const { compiled, seen, notSearched } = seenBy('exhaustive', program);
        fc.pre(notSearched.length === 0);
        const look = (state: FileSystemState): string =>
          names.map((file) => state.lookup(state.root, file)).join();
        const shown = new Set(
          seen.map(({ cells }) => look(new FileSystemState(compiled.base.table, cells))),
        );
        const wanted = new Set<string>();
        for (const { startMicroseconds, endMicroseconds } of program.volume.operations) {
          for (const instant of [startMicroseconds, endMicroseconds]) {
            for (const { state } of possible(program, instant, recordedDrive)) {
              wanted.add(look(state));
            }
          }
        }
        expect(shown).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

test('what is too much to search is said', () => {
  const program = new Program('ext4');
  for (let index = 0; index < 60; index++) program.write(index * 10, `file ${String(index)}`, 'B');
  const { notSearched } = seenBy('exhaustive', program);
  expect(notSearched.join(' ')).toMatch(/moments.*cuts.*more than 12 changes were free/);
});

test('a policy that names no subsets leaves nothing unsaid', () => {
  const program = new Program('ext4');
  for (let index = 0; index < 60; index++) program.write(index * 10, `file ${String(index)}`, 'B');
  expect(seenBy('every-op', program).notSearched).toEqual([]);
});

test('a lying drive may leave metadata that nothing mounts, unless its cache is protected or there is no metadata', () => {
  const unmountable = (profile: string, drive: Partial<Drive> = {}) => {
    const program = new Program(profile, { a: 'A' });
    program.write(0, 'a', 'B');
    program.fsync(10, 'a');
    const { seen } = seenBy('lying-drive', program, { ...recordedDrive, ...drive });
    return seen.some(({ visit }) => visit.unmountable !== undefined);
  };
  expect(unmountable('btrfs')).toBe(true);
  expect(unmountable('ext4')).toBe(true);
  expect(unmountable('xfs', { sectorBytes: 4096 })).toBe(true);
  expect(unmountable('btrfs', { cache: 'power-loss-protected' })).toBe(false);
  expect(unmountable('vfat')).toBe(false);
});

test('a search of a drive that ignores flushes loses nothing more where the cache is protected', () => {
  const program = new Program('ext4', { a: 'A' });
  program.write(0, 'a', 'B');
  program.fsync(10, 'a');
  const cells = (policy: SearchPolicy, cache: Drive['cache']) => {
    const { seen } = seenBy(policy, program, { ...recordedDrive, cache });
    const whole = seen.filter(({ visit }) => visit.unmountable === undefined);
    return new Set(whole.map((one) => one.cells.join()));
  };
  const honest = cells('reordered', 'power-loss-protected');
  expect(cells('lying-drive', 'power-loss-protected')).toEqual(honest);
  expect(cells('reordered', 'volatile')).toEqual(honest);
});

test('on a drive that lies every policy finds what a sync had made safe, missing, and calls nothing likely', () => {
  const program = new Program('ext4', { a: 'A' });
  program.write(0, 'a', 'B');
  program.fsync(10, 'a');
  const drive = { ...recordedDrive, honoursFlush: false };
  const { seen } = seenBy('every-op', program, drive);
  const after = seen.filter(({ visit }) => visit.fromMicroseconds > 10_000);
  expect(after.map(({ cells }) => program.look(cells, 'a'))).toContain('A');
  expect(seen.some(({ visit }) => visit.level === 'likely')).toBe(false);
});
