/** A file of litmus tests is data: whatever is in it, reading it never throws. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkLitmus } from '../../../src/engine/litmus/litmus.ts';
import { recordedDrive } from '../../../src/model/device.ts';
import { readLitmus } from '../../../src/engine/litmus/litmus-file.ts';

test.each([
  ['nothing', ''],
  ['half an object', '{"tests": ['],
  ['no list', '{"program": []}'],
  ['a test without calls', '{"tests": [{"id": "x", "fs": "ext4", "observe": ["f"]}]}'],
  ['a test that is a number', '{"tests": [7]}'],
])('%s is refused with a reason and a way out', (_, text) => {
  const read = readLitmus(text);
  expect(read.ok).toBe(false);
  for (const { text: sentence, why, fix } of read.ok ? [] : read.problems) {
    for (const part of [sentence, why, fix]) expect(part).toMatch(/^[A-Z].*\.$/);
  }
});

test('any JSON at all gives tests or problems', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(readLitmus(text)).toHaveProperty('ok');
    }),
  );
});

test('any words as calls give a result for each test', () => {
  const word = fc.oneof(fc.constantFrom('write', 'rename', 'fsync', 'f', 'g', 'A', '/'), fc.nat());
  const calls = fc.array(fc.array(word, { maxLength: 5 }), { maxLength: 4 });
  fc.assert(
    fc.property(calls, calls, (setup, ops) => {
      const tests = [{ id: 'x', fs: 'ext4', setup, ops, observe: ['f'] }];
      const read = readLitmus(JSON.stringify({ tests }));
      if (!read.ok) throw new Error('the shape is right');
      expect(checkLitmus(read.tests).totals.tests).toBe(1);
    }),
  );
});

test.each([
  [{}, recordedDrive],
  [{ drive: 'lies' }, { ...recordedDrive, honoursFlush: false }],
  [{ sector: 4096 }, { ...recordedDrive, sectorBytes: 4096 }],
  [
    { drive: 'power-loss-protected', sector: 4096 },
    { cache: 'power-loss-protected', sectorBytes: 4096, honoursFlush: true },
  ],
])('an entry with %j is about the drive %j', (words, drive) => {
  const test = { id: 'x', fs: 'ext4', ops: [], observe: ['f'], ...words };
  const read = readLitmus(JSON.stringify({ tests: [test] }));
  expect(read.ok ? read.tests[0]?.drive : read.problems).toEqual(drive);
});

test.each([{ drive: 'ssd' }, { sector: 1024 }, { drive: { toString: 1 } }])(
  'an entry with %j is refused',
  (words) => {
    const test = { id: 'x', fs: 'ext4', ops: [], observe: ['f'], ...words };
    expect(readLitmus(JSON.stringify({ tests: [test] })).ok).toBe(false);
  },
);
