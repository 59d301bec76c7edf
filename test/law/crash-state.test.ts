import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../src/persistence/compile.ts';
import { CrashState } from '../../src/persistence/crash-state.ts';
import { profiles } from '../../src/persistence/registry.ts';
import { Program } from '../unit/persistence/program.ts';

const names = ['a', 'b', 'c'] as const;
const name = fc.constantFrom(...names);
const act = fc.oneof(
  fc.record({ do: fc.constant('write' as const), name, text: fc.constantFrom('B', 'CC', 'DDD') }),
  fc.record({ do: fc.constant('rename' as const), name, to: name }),
  fc.record({ do: fc.constant('fsync' as const), name }),
);
const acts = fc.array(act, { minLength: 1, maxLength: 12 });

function programOf(profile: string, steps: readonly Act[]) {
  const program = new Program(profile, { a: 'A' });
  steps.forEach((step, index) => {
    const exists = program.look(program.volume.live.cells, step.name) !== 'absent';
    if (step.do === 'write') program.write(index * 10, step.name, step.text);
    else if (!exists) return;
    else if (step.do === 'rename') {
      if (step.to !== step.name) program.rename(index * 10, step.name, step.to);
    } else program.fsync(index * 10, step.name);
  });
  return program;
}

type Act = typeof act extends fc.Arbitrary<infer Step> ? Step : never;

test('a disk depends on what reached it, not on the order in which we thought of it', () => {
  for (const profile of profiles.filter(({ id }) => id !== 'raw-slot')) {
    fc.assert(
      fc.property(acts, fc.array(fc.nat(1000), { maxLength: 60 }), (steps, toggles) => {
        const program = programOf(profile.id, steps);
        const compiled = compile(program.volume, profile);
        const wandering = new CrashState(compiled);
        for (const toggle of toggles) {
          const micro = toggle % Math.max(1, compiled.count);
          if (compiled.count > 0) wandering.set(micro, wandering.included[micro] === 0);
        }
        const straight = new CrashState(compiled);
        wandering.included.forEach((flag, micro) => {
          straight.set(micro, flag === 1);
        });
        expect(wandering.cells).toEqual(straight.cells);
      }),
    );
  }
});

test('when everything has reached the disk, the disk is what the machine saw', () => {
  for (const profile of profiles.filter(({ id }) => id !== 'raw-slot')) {
    fc.assert(
      fc.property(acts, (steps) => {
        const program = programOf(profile.id, steps);
        const compiled = compile(program.volume, profile);
        const whole = new CrashState(compiled);
        for (let micro = 0; micro < compiled.count; micro++) whole.set(micro, true);
        for (const file of names) {
          expect(program.look(whole.cells, file)).toBe(
            program.look(program.volume.live.cells, file),
          );
        }
      }),
    );
  }
});

test('with nothing on its way, the disk is what it was', () => {
  const program = programOf('ext4', [{ do: 'write', name: 'a', text: 'B' }]);
  const nothing = new CrashState(compile(program.volume, profiles[0] ?? never()));
  expect(program.look(nothing.cells, 'a')).toBe('A');
});

function never(): never {
  throw new Error('there is a first profile');
}
