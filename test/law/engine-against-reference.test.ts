/** The engine and the reference evaluator, which share nothing, allow the same states for random programs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AllowedStates, keyOf } from '../../src/engine/litmus/allowed.ts';
import type { Observation } from '../../src/engine/litmus/observe.ts';
import { profileRecordedAs } from '../../src/persistence/registry.ts';
import { evaluateReference, referenceProfiles } from './reference/evaluate.ts';
import { featuresOf, randomProgram } from './reference/random-program.ts';

/** How many programs each profile is tried with: the seconds that a test may take; more with REFERENCE_RUNS. */
const runs = Number(process.env['REFERENCE_RUNS'] ?? 300);
/** What is recorded of these is a lower bound, so two right answers may differ. */
const isObservedOnly = (name: string): boolean => ['vfat', 'vfatflush', 'ext4nj'].includes(name);
const names = Object.keys(referenceProfiles).filter((name) => !isObservedOnly(name));
const keys = (states: readonly Observation[]): readonly string[] => states.map(keyOf).sort();

describe.each(names)('%s', (name) => {
  const profile = profileRecordedAs(name);
  const reference = referenceProfiles[name];
  if (profile === undefined || reference === undefined) throw new Error(`no profile ${name}`);

  test('allows what the reference allows, and nothing else', () => {
    fc.assert(
      fc.property(randomProgram({ features: featuresOf(name) }), (program) => {
        const states = new AllowedStates(program, program.observe, profile);
        const expected = evaluateReference(program, reference);
        expect(keys(states.anyTime)).toEqual(keys(expected.allowed));
        expect(keys(states.afterEnd)).toEqual(keys(expected.allowedAfterEnd));
      }),
      { numRuns: runs },
    );
  });
});
