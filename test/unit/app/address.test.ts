import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAddress, writeAddress } from '../../../src/app/address.ts';
import { searchPolicies } from '../../../src/model/scenario.ts';

const known = {
  scenarios: ['power-loss-update', 'rm-rf-root'],
  systems: ['debian', 'fedora-silverblue', 'nixos'],
};

describe('the address', () => {
  test('what is written is read again, whole and without complaint', () => {
    const addresses = fastCheck.record(
      {
        scenario: fastCheck.constantFrom(...known.scenarios),
        systems: fastCheck.subarray(known.systems, { minLength: 1 }),
        instantMicroseconds: fastCheck.integer({ min: 0, max: 1_000_000_000 }),
        release: fastCheck.constantFrom('classroom', 'full'),
        seed: fastCheck.integer({ min: 0, max: 0xffffffff }),
        policy: fastCheck.constantFrom(...searchPolicies),
        variant: fastCheck.constantFrom('after-3-s', 'temp rename'),
      },
      { requiredKeys: [] },
    );
    fastCheck.assert(
      fastCheck.property(addresses, (address) => {
        const read = readAddress(`#${writeAddress(address)}`, known);
        expect(read).toEqual({ address, complaints: [] });
      }),
    );
  });

  test('a run id is taken as it is, plus signs and all', () => {
    expect(readAddress('#run=w1.x.0.-.debian+nixos.full.1.-.abc', known)).toEqual({
      address: { runId: 'w1.x.0.-.debian+nixos.full.1.-.abc' },
      complaints: [],
    });
  });

  test('an empty one names nothing and is no mistake', () => {
    expect(readAddress('', known)).toEqual({ address: {}, complaints: [] });
    expect(readAddress('#', known)).toEqual({ address: {}, complaints: [] });
  });

  test.each([
    ['v=1&scenario=rm-rf-rot', {}, /no scenario “rm-rf-rot”/],
    ['v=1&scenario=rm-rf-root&on=debian,beos', { systems: ['debian'] }, /no machine “beos”/],
    ['v=1&at=soon&seed=7', { seed: 7 }, /not a time/],
    ['v=1&at=-3', {}, /not a time/],
    ['v=1&seed=1.5', {}, /not a seed/],
    ['v=9&seed=7', { seed: 7 }, /format 9/],
    ['v=1&release=huge', {}, /no release/],
    ['v=1&search=everything', {}, /no search/],
    ['v=1&constructor=x', {}, /means nothing/],
    ['scenario=rm-rf-root', { scenario: 'rm-rf-root' }, /cut short/],
    ['%%%', {}, /cut short/],
  ])('%s is read as far as it goes, with a complaint', (text, kept, complaint) => {
    const { address, complaints } = readAddress(text, known);
    expect(address).toMatchObject(kept);
    expect(complaints.join('\n')).toMatch(complaint);
  });

  test('nothing that is typed into it makes it throw or complain without end', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.string({ maxLength: 200, unit: 'binary' }), (text) => {
        const { complaints } = readAddress(text, known);
        for (const complaint of complaints) expect(complaint.length).toBeLessThan(200);
      }),
    );
  });
});
