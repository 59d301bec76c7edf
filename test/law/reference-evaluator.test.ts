import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  evaluateReference,
  referenceProfiles,
  type LitmusProgram,
  type ReferenceProfile,
  type State,
} from './reference/evaluate.ts';
import { contentIsAllowed, isUnmountable, observedIsAllowed } from './reference/inclusion.ts';
import { featuresOf, randomProgram } from './reference/random-program.ts';

type LitmusTest = LitmusProgram & {
  readonly id: string;
  readonly fs: string;
  readonly kind: 'computed' | 'observed';
  readonly allowed: readonly State[];
  readonly allowed_after_end: readonly State[];
  readonly forbidden: readonly State[];
  readonly forbidden_after_end: readonly State[];
  readonly verified: readonly {
    readonly states: readonly {
      readonly state: State;
      readonly ops_done: readonly [number, number];
    }[];
  }[];
};

const recorded = JSON.parse(
  readFileSync(new URL('../conformance/fixtures/litmus.json', import.meta.url), 'utf8'),
) as { readonly tests: readonly LitmusTest[]; readonly profiles: Record<string, object> };

function profileOf(name: string): ReferenceProfile {
  const profile = referenceProfiles[name];
  if (profile === undefined) throw new Error(`no such profile: ${name}`);
  return profile;
}

function asSet(states: readonly State[]): string[] {
  return states.map((state) => JSON.stringify(Object.entries(state).sort())).sort();
}

function allows(allowed: readonly State[], observed: State): boolean {
  return allowed.some((state) => observedIsAllowed(observed, state));
}

function isFileContent(path: string, content = 'absent'): boolean {
  return !path.includes('#') && content !== 'absent' && !/^(dir|symlink)/.test(content);
}

/** Whether a directory was moved or another subvolume mounted: then the path is not the file's for long. */
function isMovedAbove(program: LitmusProgram, path: string): boolean {
  const directory = path.includes('/') ? path.slice(0, path.indexOf('/')) : undefined;
  return program.ops.concat(program.setup).some(([name, ...words]) => {
    if (name === 'setdefault') return true;
    return ['rename', 'exchange'].includes(name) && words.some((word) => word === directory);
  });
}

describe('the reference evaluator has the profiles of the recordings', () => {
  it.each(Object.entries(recorded.profiles))('%s', (name, parameters) => {
    expect(profileOf(name)).toMatchObject(
      Object.fromEntries(Object.entries(parameters).filter(([key]) => key !== 'order')),
    );
  });
});

describe('the reference evaluator gives exactly the states of every computed litmus entry', () => {
  const computed = recorded.tests.filter(({ kind }) => kind === 'computed');

  it('finds all of them in the fixture', () => {
    expect(computed).toHaveLength(166);
  });

  it.each(computed.map((test) => [test.id, test] as const))('%s', (_id, test) => {
    const verdict = evaluateReference(test, profileOf(test.fs));
    expect(asSet(verdict.allowed)).toEqual(asSet(test.allowed));
    expect(asSet(verdict.allowedAfterEnd)).toEqual(asSet(test.allowed_after_end));
  });
});

describe('the reference evaluator allows what was seen and nothing that is forbidden', () => {
  it.each(recorded.tests.map((test) => [test.id, test] as const))('%s', (_id, test) => {
    const verdict = evaluateReference(test, profileOf(test.fs));
    const seen = test.verified
      .flatMap(({ states }) => states)
      .filter(({ state }) => !(test.fs.startsWith('btrfs') && isUnmountable(state)));
    expect(seen.filter(({ state }) => !allows(verdict.allowed, state))).toEqual([]);
    // Seen when every operation had returned, so it must be possible after the end.
    const seenAfterEnd = seen.filter(({ ops_done }) => ops_done[1] === test.ops.length);
    expect(seenAfterEnd.filter(({ state }) => !allows(verdict.allowedAfterEnd, state))).toEqual([]);
    expect(test.forbidden.filter((state) => allows(verdict.allowed, state))).toEqual([]);
    expect(
      test.forbidden_after_end.filter((state) => allows(verdict.allowedAfterEnd, state)),
    ).toEqual([]);
  });
});

describe('an observed content fits a pattern', () => {
  it.each([
    ['04096', '{0B}4096', true],
    ['B3072+A1024', '{AB}4096', true],
    ['mix(0D)65536', '{0D}65536', true],
    ['A100+B100', 'A100+{0B}100', true],
    ['A4096', 'B4096', false],
    ['A4096', 'A4095', false],
    ['A4096', '{AB}4096+C1', false],
    ['A100+B100', 'A200', false],
    ['empty', 'absent', false],
    ['err5', 'err5', true],
    ['n20', 'n20', true],
  ])('%s and %s: %s', (observed, pattern, expected) => {
    expect(contentIsAllowed(observed, pattern)).toBe(expected);
  });
});

describe.each(Object.keys(referenceProfiles))('on random programs, %s', (name) => {
  const profile = profileOf(name);
  const programs = randomProgram({ features: featuresOf(name), maximumOperations: 4 });

  it('allows after the end only what it allows at all', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const { allowed, allowedAfterEnd } = evaluateReference(program, profile);
        expect(asSet(allowed)).toEqual(expect.arrayContaining(asSet(allowedAfterEnd)));
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('leaves one state after a syncfs: the one that the running machine showed', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const ops = [...program.ops, ['syncfs', '/'] as const];
        const synced = evaluateReference({ ...program, ops }, profile);
        const { setup, observe } = program;
        const asSetup = { setup: [...setup, ...program.ops], ops: [], observe };
        const durable = evaluateReference(asSetup, profile);
        expect(synced.allowedAfterEnd).toHaveLength(1);
        expect(synced.allowedAfterEnd).toEqual(durable.allowed);
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('keeps a syncfs at any place from adding a state after the end', () => {
    fc.assert(
      fc.property(programs, fc.nat(), (program, number) => {
        const place = number % (program.ops.length + 1);
        const ops = program.ops.toSpliced(place, 0, ['syncfs', '/']);
        const synced = evaluateReference({ ...program, ops }, profile).allowedAfterEnd;
        const plain = evaluateReference(program, profile).allowedAfterEnd;
        expect(synced.filter((state) => !allows(plain, state))).toEqual([]);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  if (profile.kind !== 'prefix') return;
  it('keeps what an fsync returned for, name and content', () => {
    fc.assert(
      fc.property(programs, fc.nat(), (program, number) => {
        const { setup, observe } = program;
        const asSetup = { setup: [...setup, ...program.ops], ops: [], observe };
        const shown = evaluateReference(asSetup, profile).allowed[0] ?? {};
        const files = observe.filter((path) => isFileContent(path, shown[path]));
        const path = files[number % Math.max(1, files.length)];
        if (path === undefined || isMovedAbove(program, path)) return;
        const synced = { ...program, ops: [...program.ops, ['fsync', path] as const] };
        for (const state of evaluateReference(synced, profile).allowedAfterEnd) {
          expect(state[path]).toBe(shown[path]);
        }
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});
