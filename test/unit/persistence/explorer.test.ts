/** Each pass of the explorer visits the disks that it names, and a write that nothing forced is found missing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordedTiming } from '../../../src/model/device.ts';
import { schedule } from '../../../src/persistence/clock.ts';
import { compile } from '../../../src/persistence/compile.ts';
import { microClass, type Compiled } from '../../../src/persistence/compiled.ts';
import { CrashState } from '../../../src/persistence/crash-state.ts';
import { explore, type Visit, type VolumeWindow } from '../../../src/persistence/explorer.ts';
import { policyTable, type Pass, type VolumeChoice } from '../../../src/persistence/policies.ts';
import { profileNamed } from '../../../src/persistence/registry.ts';
import { Program } from './program.ts';

const end = 120_000_000;
const always = { startMicroseconds: 0, endMicroseconds: end };
const everyOp = policyTable['every-op'].passes;
const dropping: Pass = {
  level: 'possible',
  choice: 'all',
  others: 'together',
  singles: 'each missing',
};

interface Seen extends Visit {
  /** What each program's names come to, in order. */
  readonly looks: readonly string[];
}

function windowOf({ volume }: Program): VolumeWindow {
  const compiled = compile(volume, profileNamed(volume.description.profile));
  const at = (certainty: 'likely' | 'certain') =>
    schedule(compiled, recordedTiming, end, certainty);
  return { volume: 'root', compiled, likely: at('likely'), certain: at('certain') };
}

/** All disks that the passes visit, as a reader finds these names on them. */
function visits(
  programs: readonly Program[],
  passes: readonly Pass[],
  names: readonly string[],
  span = always,
): readonly Seen[] {
  const windows = programs.map(windowOf);
  const seen: Seen[] = [];
  let states: readonly CrashState[] = [];
  const looks = () =>
    programs.flatMap((program, index) => {
      const cells = states[index]?.cells ?? new Int32Array();
      return names.map((name) => program.look(cells, name));
    });
  const judge = {
    fresh: () => (states = windows.map(({ compiled }) => new CrashState(compiled))),
    visit: (visit: Visit) => seen.push({ ...visit, looks: looks() }),
    dependsOn: () => true,
    resultNow: () => looks().join(),
  };
  expect(explore(passes, windows, judge, span)).toBe(seen.length);
  return seen;
}

/** A file written beside and renamed over the old one; then nothing much, 1 s, 10 s and 60 s later. */
function renamed(profile: string, synced: boolean): Program {
  const program = new Program(profile, { f: 'A' });
  program.write(0, 'f.new', 'B');
  if (synced) program.fsync(1, 'f.new');
  program.rename(8, 'f.new', 'f');
  for (const seconds of [1, 10, 60]) program.create(seconds * 1000, `after ${String(seconds)} s`);
  return program;
}

describe('what a pass shows of a file that was renamed without a sync, on ext4', () => {
  const table: readonly (readonly [VolumeChoice, readonly string[]])[] = [
    ['all', ['A', 'B']],
    ['names, data by the clock', ['A', 'empty', 'B']],
    ['names, forced data only', ['A', 'empty', 'B']],
    ['names and extents, forced data only', ['A', 'zeros', 'B']],
    ['clock', ['A', 'B']],
  ];
  test.each(table)('%s', (choice, texts) => {
    const pass: Pass = { level: 'likely', choice, others: 'together' };
    const seen = visits([renamed('ext4', false)], [pass], ['f']);
    const looks = seen.map(({ looks: [first] }) => first);
    expect(looks.filter((look, index) => look !== looks[index - 1])).toEqual(texts);
  });
});

describe('a search of every operation', () => {
  test.each([
    { profile: 'ext4', without: ['A', 'B', 'empty', 'zeros'] },
    { profile: 'btrfs', without: ['A', 'B', 'empty'] },
  ])('$profile: finds the damaged file, and none once it was synced', ({ profile, without }) => {
    const textsOf = (synced: boolean) => {
      const seen = visits([renamed(profile, synced)], everyOp, ['f']);
      return [...new Set(seen.map(({ looks }) => looks[0]))].toSorted();
    };
    expect(textsOf(false)).toEqual(without);
    expect(textsOf(true)).toEqual(['A', 'B']);
  });

  test('has passes for likely and for possible disks', () => {
    expect(new Set(everyOp.map(({ level }) => level))).toEqual(new Set(['likely', 'possible']));
  });
});

describe('a visit lasts', () => {
  test('until the next name is on the disk, or the search ends', () => {
    const program = new Program('ext4');
    program.create(0, 'first');
    program.create(10_000, 'second');
    const pass: Pass = { level: 'likely', choice: 'all', others: 'together' };
    const seen = visits([program], [pass], ['first', 'second']);
    expect(seen).toMatchObject([
      { fromMicroseconds: 0, toMicroseconds: 15_000_000, looks: ['empty', 'absent'] },
      { fromMicroseconds: 10_000_000, toMicroseconds: end, looks: ['empty', 'empty'] },
    ]);
  });

  test('at most until the write that it misses is forced', () => {
    const program = new Program('ext4', { f: 'A' });
    program.write(0, 'f', 'B');
    program.fsync(50, 'f');
    const [only, ...others] = visits([program], [dropping], ['f']);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ fromMicroseconds: 0, looks: ['A'] });
    expect(only?.toMicroseconds).toBeLessThanOrEqual(56_000);
  });

  test('no cut is tried before the span, but a write from before it can be missing in it', () => {
    const program = new Program('ext4', { f: 'A' });
    program.write(0, 'f', 'B');
    program.create(2000, 'later');
    const span = { startMicroseconds: 1_000_000, endMicroseconds: end };
    const seen = visits([program], [dropping], ['f', 'later'], span);
    expect(seen).toMatchObject([
      { fromMicroseconds: 2_000_000, looks: ['A', 'empty'], missing: { volume: 'root' } },
    ]);
  });
});

test('a cut that lasts until data arrives is followed by the same cut with the data', () => {
  const pass: Pass = { level: 'likely', choice: 'names, data by the clock', others: 'together' };
  const seen = visits([renamed('ext4', false)], [pass], ['f']);
  for (const [index, { toMicroseconds, looks }] of seen.entries()) {
    const next = seen[index + 1];
    if (next === undefined || next.looks[0] === looks[0]) continue;
    expect(next.fromMicroseconds).toBe(Math.min(toMicroseconds, next.fromMicroseconds));
  }
});

describe('several volumes', () => {
  const apart: Pass = { level: 'possible', choice: 'all', others: 'clock' };
  const busy = () => {
    const program = new Program('ext4');
    program.create(0, 'f');
    return program;
  };

  test('take turns at being ahead', () => {
    // Before the first commit; later the clock has caught up with the one that was ahead.
    const combinations = visits([busy(), busy()], [apart], ['f'])
      .filter(({ fromMicroseconds }) => fromMicroseconds < 5_000_000)
      .map(({ looks }) => looks.join());
    expect(combinations).toContain('empty,absent');
    expect(combinations).toContain('absent,empty');
    expect(combinations).not.toContain('empty,empty');
  });

  test('one on which nothing happened takes no turn', () => {
    expect(visits([busy(), new Program('ext4')], [apart], ['f'])).toEqual([]);
  });
});

const names = ['a', 'b', 'c'] as const;
const name = fc.constantFrom(...names);
const acts = fc.array(
  fc.record({
    act: fc.constantFrom('write' as const, 'write' as const, 'rename' as const, 'fsync' as const),
    name,
    to: name,
    text: fc.constantFrom('B', 'CC', 'DDD'),
  }),
  { minLength: 1, maxLength: 12 },
);

function programOf(profile: string, steps: typeof acts extends fc.Arbitrary<infer S> ? S : never) {
  const program = new Program(profile, { a: 'A', b: 'AA' });
  steps.forEach(({ act, name: file, to, text }, index) => {
    const exists = program.look(program.volume.live.cells, file) !== 'absent';
    if (act === 'write') program.write(index * 10, file, text);
    else if (exists && act === 'fsync') program.fsync(index * 10, file);
    else if (exists && act === 'rename' && to !== file) program.rename(index * 10, file, to);
  });
  return program;
}

/** Whether a later write to new blocks shares a block: all writes here begin at the start of their file. */
function isBuiltUpon(compiled: Compiled, micro: number, issued: number): boolean {
  if (compiled.classes[micro] !== microClass.attach) return false;
  for (let later = micro + 1; later < issued; later++) {
    const sameFile = compiled.inodeOf[later] === compiled.inodeOf[micro];
    if (sameFile && compiled.classes[later] === microClass.attach) return true;
  }
  return false;
}

/** After each operation, each write so far that nothing has forced: what the disk is without it. */
function eachWriteMissing(program: Program): ReadonlySet<string> {
  const { compiled, certain } = windowOf(program);
  const found = new Set<string>();
  const state = new CrashState(compiled);
  compiled.operations.forEach(({ endMicroseconds }, index) => {
    const issued = compiled.microStart[index + 1] ?? 0;
    for (let micro = 0; micro < issued; micro++) state.set(micro, true);
    for (let micro = 0; micro < issued; micro++) {
      if (compiled.classes[micro] === microClass.metadata) continue;
      if ((certain.durableMicroseconds[micro] ?? Infinity) <= endMicroseconds) continue;
      if (isBuiltUpon(compiled, micro, issued)) continue;
      state.set(micro, false);
      const looks = names.map((file) => program.look(state.cells, file));
      found.add(`without ${String(micro)}: ${looks.join()}`);
      state.set(micro, true);
    }
  });
  return found;
}

describe('dropping single writes', () => {
  test.each(['ext4', 'btrfs', 'vfat'])(
    '%s: comes to what dropping each one everywhere comes to',
    (profile) => {
      fc.assert(
        fc.property(acts, (steps) => {
          const program = programOf(profile, steps);
          const found = visits([program], [dropping], names).map(
            ({ missing, looks }) => `without ${String(missing?.micro)}: ${looks.join()}`,
          );
          expect(new Set(found)).toEqual(eachWriteMissing(program));
        }),
      );
    },
  );
});
