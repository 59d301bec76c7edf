/** Several volumes are searched together: every way in which they can be at one moment comes to be judged. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Watched } from '../../../src/engine/watched.ts';
import { searchedCombinationCountMax } from '../../../src/model/limits.ts';
import { recordedTiming } from '../../../src/model/device.ts';
import type { FileSystemState } from '../../../src/model/file-system-state.ts';
import type { FileSystemView } from '../../../src/model/file-system-view.ts';
import { ObservedState } from '../../../src/model/observed-state.ts';
import type { SearchPolicy } from '../../../src/model/scenario.ts';
import { schedule } from '../../../src/persistence/clock.ts';
import { combinations } from '../../../src/persistence/combinations.ts';
import { compile } from '../../../src/persistence/compile.ts';
import { CrashState } from '../../../src/persistence/crash-state.ts';
import { search, type Judge, type Visit } from '../../../src/persistence/explorer.ts';
import { policyTable } from '../../../src/persistence/policies.ts';
import { possibleDisks } from '../../../src/persistence/possible.ts';
import { profileNamed } from '../../../src/persistence/registry.ts';
import { Program } from './program.ts';

const end = 4_000_000;
const volumes = ['esp', 'root'] as const;
type Look = (esp: FileSystemView, root: FileSystemView) => string;

function windowsOf(programs: readonly Program[]) {
  return programs.map(({ volume }, index) => {
    const compiled = compile(volume, profileNamed(volume.description.profile));
    const at = (certainty: 'likely' | 'certain') =>
      schedule(compiled, recordedTiming, end, certainty);
    const id = volumes[index] ?? 'esp';
    return { volume: id, compiled, likely: at('likely'), certain: at('certain') };
  });
}

/** Classes that a search of subsets alone finds, and how often one was worked out. */
function found(
  programs: readonly Program[],
  look: Look,
  policy: SearchPolicy,
  startMicroseconds = 0,
) {
  const windows = windowsOf(programs);
  const classes = new Set<string>();
  const visits: Visit[] = [];
  let states: readonly CrashState[] = [];
  let watched: Watched<string> | undefined;
  const judge: Judge = {
    fresh: () => {
      states = windows.map(
        ({ volume, compiled }) =>
          new CrashState(compiled, (cell, value, before) =>
            watched?.changed(volume, cell, value, before),
          ),
      );
      const views = windows.map(
        ({ compiled }, index) =>
          new ObservedState(compiled.base.table, states[index]?.cells ?? new Int32Array()),
      );
      const [esp, root] = views;
      if (esp === undefined || root === undefined) throw new Error('two volumes');
      watched = new Watched({
        states: new Map(windows.map(({ volume }, index) => [volume, views[index] ?? esp])),
        compute: () => look(esp, root),
        identify: (value) => value,
      });
      return states;
    },
    visit: (visit) => {
      visits.push(visit);
      classes.add(watched?.get() ?? '');
    },
    projectionOf: (volume) => {
      const { low, high } = watched?.partOf(volume) ?? { low: 0, high: 0 };
      return `${String(low)} ${String(high)}`;
    },
    get projection() {
      return watched?.get() ?? '';
    },
    get widenings() {
      return watched?.widenings ?? 0;
    },
    dependsOn: () => true,
    resultNow: () => watched?.get() ?? '',
  };
  const span = { startMicroseconds, endMicroseconds: end };
  const row = { ...policyTable[policy], passes: [] };
  const { notSearched } = search(row, windows, judge, span);
  return { classes, visits, notSearched };
}

/** Classes of every product of what each volume can be, at each instant at which anything happens. */
function bruteForce(programs: readonly Program[], look: Look): ReadonlySet<string> {
  const classes = new Set<string>();
  const instants = programs.flatMap(({ volume }) =>
    volume.operations.flatMap(({ startMicroseconds, endMicroseconds }) => [
      startMicroseconds,
      endMicroseconds,
    ]),
  );
  for (const instant of new Set(instants)) {
    const [esp = [], root = []] = programs.map((program) => statesAt(program, instant));
    for (const one of esp) for (const other of root) classes.add(look(one, other));
  }
  return classes;
}

function statesAt({ volume }: Program, instant: number): readonly FileSystemState[] {
  const compiled = compile(volume, profileNamed(volume.description.profile));
  const { operations } = volume;
  const called = operations.filter((one) => one.startMicroseconds <= instant).length;
  const before = operations.filter((one) => one.startMicroseconds < instant).length;
  const earlier = operations.filter((one) => one.endMicroseconds < instant).length;
  const states = new Map<string, FileSystemState>();
  for (let issued = before; issued <= called; issued++) {
    for (let completed = earlier; completed <= issued; completed++) {
      if (issued - completed > 1 && operations[completed]?.endMicroseconds !== instant) continue;
      const disks = possibleDisks(
        compiled,
        { completed, issued },
        {
          exceeded: false,
        },
      );
      for (const { state } of disks) states.set(state.cells.join(), state);
    }
  }
  return [...states.values()];
}

describe('a loader on one volume and the system on another', () => {
  // Both are written before anything is synced, so either may be ahead; a third file of each moves besides.
  const machine = (): readonly Program[] => {
    const esp = new Program('vfat', { entry: 'old' });
    esp.create(0, 'entry.new');
    esp.rename(10, 'entry.new', 'entry');
    esp.create(20, 'default');
    const root = new Program('ext4', { kernel: 'old' });
    root.create(5, 'modules');
    root.create(15, 'kernel.new');
    return [esp, root];
  };
  const has = (view: FileSystemView, name: string): boolean => view.lookup(view.root, name) !== 0;
  /** Bad only when the loader has come half the way and the system half the way as well. */
  const look: Look = (esp, root) => {
    if (!has(esp, 'entry.new') || has(esp, 'default')) return 'old';
    return has(root, 'modules') && !has(root, 'kernel.new') ? 'bad' : 'good';
  };

  test.each(['reordered', 'exhaustive', 'lying-drive'] as const)(
    '%s: the end that needs both half-way states is found',
    (policy) => {
      // The power fails after all calls returned, so that no volume shows half the way unless it lacks something.
      const { classes, visits } = found(machine(), look, policy, 100_000);
      expect(classes).toContain('bad');
      // Of what makes no difference nothing is multiplied.
      expect(visits.length).toBeLessThan(30);
    },
  );
});

const names = ['a', 'b', 'c'] as const;
const name = fc.constantFrom(...names);
const acts = fc.array(
  fc.record({
    act: fc.constantFrom('create' as const, 'rename' as const, 'rename' as const, 'sync' as const),
    name,
    to: name,
  }),
  { minLength: 1, maxLength: 4 },
);

function programOf(
  profile: string,
  steps: typeof acts extends fc.Arbitrary<infer S> ? S : never,
  startMilliseconds: number,
): Program {
  const program = new Program(profile, { a: 'A' });
  steps.forEach(({ act, name: file, to }, index) => {
    const at = startMilliseconds + index * 100;
    const exists = program.look(program.volume.live.cells, file) !== 'absent';
    if (act === 'create' && !exists) program.create(at, file);
    else if (act === 'sync') program.syncfs(at);
    else if (act === 'rename' && exists && to !== file) program.rename(at, file, to);
  });
  return program;
}

/** Reads of the second volume what the first one leads to, as a loader does. */
const chained: Look = (esp, root) => {
  const first = esp.lookup(esp.root, 'a');
  if (first === 0) return `no entry, ${String(esp.lookup(esp.root, 'b') !== 0)}`;
  const wanted = esp.lookup(esp.root, 'c') === 0 ? 'a' : 'b';
  return `${wanted} is ${String(root.lookup(root.root, wanted))}`;
};

describe.each([
  ['vfat', 'ext4'],
  ['ext4', 'btrfs'],
  ['vfat', 'btrfs'],
] as const)('%s beside %s', (first, second) => {
  test('the combined search finds what the product of all legal states holds, and no more', () => {
    fc.assert(
      fc.property(acts, acts, (ofEsp, ofRoot) => {
        const programs = [programOf(first, ofEsp, 0), programOf(second, ofRoot, 50)];
        // Where nothing ever changes, the other passes show all there is.
        fc.pre(windowsOf(programs).some(({ compiled }) => compiled.count > 0));
        const { classes, notSearched } = found(programs, chained, 'exhaustive');
        fc.pre(notSearched.length === 0);
        expect([...classes].toSorted()).toEqual([...bruteForce(programs, chained)].toSorted());
      }),
      { numRuns: 60 },
    );
  });
});

describe('choices of one item from each list', () => {
  test('are all of them, each once, the near ones first', () => {
    const all = [...combinations([3, 2, 2], 100)].map((places) => places.join(''));
    expect(all).toHaveLength(12);
    expect(new Set(all).size).toBe(12);
    expect(all.slice(0, 5)).toEqual(['000', '100', '200', '010', '001']);
  });

  test('stop at the bound', () => {
    expect([...combinations([9, 9], 7)]).toHaveLength(7);
    expect(searchedCombinationCountMax).toBeGreaterThan(7);
  });
});
