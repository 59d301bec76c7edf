/** A link names a run exactly, or says why it does not. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRunId, encodeRunId, type RunRequest } from '../../../src/engine/run-id.ts';
import { driveCaches, driveSectorSizes } from '../../../src/model/device.ts';
import { searchPolicies } from '../../../src/model/scenario.ts';
import { idPattern } from '../../../src/scenario/schema.ts';

const id = fc.stringMatching(idPattern);
const whole = fc.nat({ max: 0xffff_ffff });

const request: fc.Arbitrary<RunRequest> = fc
  .record(
    {
      scenario: id,
      digest: whole,
      variant: id,
      systems: fc.array(id, { minLength: 1, maxLength: 5 }),
      release: fc.constantFrom('classroom' as const, 'full' as const, 'recorded' as const),
      seed: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      policy: fc.constantFrom(...searchPolicies),
      drive: fc.record({
        cache: fc.constantFrom(...driveCaches),
        sectorBytes: fc.constantFrom(...driveSectorSizes),
        honoursFlush: fc.boolean(),
      }),
      cut: fc.oneof(
        fc.record({ kind: fc.constant('share' as const), percent: fc.nat({ max: 100 }) }),
        fc.record({ kind: fc.constant('seconds' as const), seconds: fc.nat({ max: 1e6 }) }),
        fc.constant({ kind: 'commit' as const }),
        fc.record({ kind: fc.constant('label' as const), label: fc.string({ unit: 'grapheme' }) }),
      ),
    },
    { requiredKeys: ['scenario', 'digest', 'systems', 'release', 'seed'] },
  )
  .map((record) => record satisfies RunRequest);

const good = encodeRunId({
  scenario: 'power-loss-update',
  digest: 123_456_789,
  systems: ['debian', 'nixos'],
  release: 'classroom',
  seed: 7,
});

/** The version that it begins with, whatever it is today. */
const version = good.slice(0, good.indexOf('.'));

function problemOf(text: string): string {
  const decoded = decodeRunId(text);
  return decoded.ok ? 'none' : decoded.problems.map(({ code }) => code).join();
}

describe('a run id', () => {
  test('gives back the request that it was made from', () => {
    fc.assert(
      fc.property(request, (wanted) => {
        expect(decodeRunId(encodeRunId(wanted))).toEqual({ ok: true, value: wanted });
      }),
    );
  });

  test('needs no escapes in an address', () => {
    fc.assert(
      fc.property(request, (wanted) => {
        expect(encodeRunId(wanted)).toMatch(/^[a-z0-9.+-]+$/);
      }),
    );
  });

  test.each([
    ['nothing', '', 'bad-run-id'],
    ['a word', 'hello', 'bad-run-id'],
    ['a version alone', version, 'bad-run-id'],
    ['no version number', good.replace(version, 'w'), 'bad-run-id'],
    ['something before it', ` ${good}`, 'bad-run-id'],
    ['something after it', `${good}.`, 'bad-run-id'],
    ['an older version', good.replace(version, 'w0'), 'stale-run-id'],
    ['a newer version', good.replace(version, 'w12'), 'stale-run-id'],
    ['another seed', good.replace('.7.', '.8.'), 'bad-run-id'],
    ['another system', good.replace('debian', 'fedora'), 'bad-run-id'],
    ['no release', good.replace('.classroom', ''), 'bad-run-id'],
  ])('with %s is refused', (_what, text, code) => {
    expect(problemOf(text)).toBe(code);
  });

  test('that lost any one character, or its end, is refused', () => {
    for (let place = 0; place < good.length; place++) {
      expect(problemOf(good.slice(0, place) + good.slice(place + 1)), String(place)).not.toBe(
        'none',
      );
      expect(problemOf(good.slice(0, place)), String(place)).not.toBe('none');
    }
  });

  test('is refused with a sentence, a reason and a way out', () => {
    for (const text of ['', good.slice(0, -1), good.replace(version, 'w1')]) {
      const decoded = decodeRunId(text);
      expect(decoded.ok).toBe(false);
      for (const { text: sentence, why, fix } of decoded.ok ? [] : decoded.problems) {
        for (const part of [sentence, why, fix]) expect(part).toMatch(/^[A-Z].*\.$/);
      }
    }
  });
});
