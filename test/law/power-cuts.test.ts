/** Laws that hold on every profile, whatever the program: random programs of every call that there is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AllowedStates, keyOf } from '../../src/engine/litmus/allowed.ts';
import { isAllowed } from '../../src/engine/litmus/inclusion.ts';
import type { Observation } from '../../src/engine/litmus/observe.ts';
import { recordProgram, type LitmusProgram } from '../../src/engine/litmus/program.ts';
import { recordedDrive } from '../../src/model/device.ts';
import { compile } from '../../src/persistence/compile.ts';
import { CrashState } from '../../src/persistence/crash-state.ts';
import type { Profile } from '../../src/persistence/profile.ts';
import { profiles } from '../../src/persistence/registry.ts';
import { featuresOf, randomProgram } from './reference/random-program.ts';

const lyingDrive = { ...recordedDrive, honoursFlush: false };
const runs = { numRuns: 60 };
const isNamespace = ({ metadataOrder }: Profile): boolean =>
  metadataOrder !== 'blocks' && metadataOrder !== 'nowhere';
const withNames = profiles.filter(isNamespace);

type Program = LitmusProgram & { readonly observe: readonly string[] };

const programsFor = ({ recordedAs, id }: Profile, maximumOperations = 4): fc.Arbitrary<Program> =>
  randomProgram({ features: featuresOf(recordedAs[0] ?? id), maximumOperations });

const after = (program: Program, profile: Profile): readonly Observation[] =>
  new AllowedStates(program, program.observe, profile).afterEnd;

const nothingElse = (states: readonly Observation[], others: readonly Observation[]) =>
  states.filter((state) => !isAllowed(state, others));

/** What the running machine shows at the end: the same program with everything durable. */
const shown = (program: Program, profile: Profile): readonly Observation[] =>
  after({ ...program, setup: [...program.setup, ...program.ops], ops: [] }, profile);

describe.each(withNames)('on $label', (profile) => {
  test('more syncing never loses more', () => {
    fc.assert(
      fc.property(programsFor(profile), fc.nat(), (program, number) => {
        const place = number % (program.ops.length + 1);
        const ops = program.ops.toSpliced(place, 0, ['syncfs', '/']);
        expect(nothingElse(after({ ...program, ops }, profile), after(program, profile))).toEqual(
          [],
        );
      }),
      runs,
    );
  });

  test('what a sync of everything made durable stays so: one state is left, the one that was shown', () => {
    fc.assert(
      fc.property(programsFor(profile), (program) => {
        const synced = { ...program, ops: [...program.ops, ['syncfs', '/']] };
        expect(after(synced, profile).map(keyOf)).toEqual(shown(program, profile).map(keyOf));
      }),
      runs,
    );
  });

  test('what was lost is not lost again: time without calls changes nothing', () => {
    fc.assert(
      fc.property(programsFor(profile), (program) => {
        const later = { ...program, ops: [...program.ops, ['sleep'], ['commit']] };
        const keys = (states: readonly Observation[]) => states.map(keyOf).toSorted();
        expect(keys(after(later, profile))).toEqual(keys(after(program, profile)));
      }),
      runs,
    );
  });

  test('a drive that lies about flushes allows whatever an honest one allows', () => {
    fc.assert(
      fc.property(programsFor(profile), (program) => {
        const honest = after(program, profile);
        const lying = new AllowedStates(program, program.observe, profile, lyingDrive).afterEnd;
        expect(nothingElse(honest, lying)).toEqual([]);
      }),
      runs,
    );
  });

  test('a disk on which everything landed has lost nothing', () => {
    fc.assert(
      fc.property(programsFor(profile, 6), (program) => {
        const { volume } = recordProgram(program, profile.id);
        const compiled = compile(volume, profile);
        const whole = new CrashState(compiled);
        for (let micro = 0; micro < compiled.count; micro++) whole.set(micro, true);
        const live = volume.live.cells;
        expect(whole.cells.filter((value, cell) => value !== (live[cell] ?? 0))).toHaveLength(0);
      }),
      runs,
    );
  });
});

const inOrder = withNames.filter(
  ({ metadataOrder, fsyncScope }) => metadataOrder === 'prefix' && fsyncScope !== 'closure',
);

test.each(inOrder)('$label never shows a later name without an earlier one', (profile) => {
  const names = ['a', 'b', 'c', 'd'];
  fc.assert(
    fc.property(fc.shuffledSubarray(names, { minLength: 2 }), fc.nat(), (order, number) => {
      const creats = order.map((name) => ['creat', name]);
      const ops = creats.toSpliced(number % (creats.length + 1), 0, ['fsync', '/']);
      const states = new AllowedStates({ setup: [], ops }, order, profile).anyTime;
      for (const state of states) {
        const firstMissing = order.findIndex((name) => state[name] === 'absent');
        const rest = firstMissing < 0 ? [] : order.slice(firstMissing);
        expect(rest.map((name) => state[name])).toEqual(rest.map(() => 'absent'));
      }
    }),
    runs,
  );
});

test('nothing of a file system in memory is ever left', () => {
  const tmpfs = profiles.find(({ metadataOrder }) => metadataOrder === 'nowhere');
  if (tmpfs === undefined) throw new Error('there is no file system in memory');
  fc.assert(
    fc.property(randomProgram({ features: [] }), (program) => {
      const [only, ...others] = new AllowedStates(program, program.observe, tmpfs).anyTime;
      expect(others).toEqual([]);
      expect(Object.values(only ?? {})).toEqual(program.observe.map(() => 'absent'));
    }),
    runs,
  );
});
