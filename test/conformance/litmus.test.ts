/** Every litmus test that was recorded from a real kernel, and the statements of documents in the same shape. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { matches } from '../../src/engine/litmus/inclusion.ts';
import { checkLitmus } from '../../src/engine/litmus/litmus.ts';
import { readLitmus, type LitmusTest } from '../../src/engine/litmus/litmus-file.ts';

function testsOf(file: string): readonly LitmusTest[] {
  const read = readLitmus(readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8'));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.tests;
}

describe.each(['litmus.json', 'statements.json'])('%s', (file) => {
  const tests = testsOf(file);
  const { tests: results } = checkLitmus(tests);

  test.each(tests.map(({ id }) => id))('%s', (id) => {
    expect(results[id]).toBe('ok');
  });
});

describe('a litmus test fails', () => {
  const good = testsOf('litmus.json').find(({ id }) => id === 'ext4/ren-over-nosync');
  if (good === undefined) throw new Error('the recording is gone');
  const totalsOf = (changed: Partial<LitmusTest>) =>
    checkLitmus([{ ...good, ...changed }]).totals;

  test('when a state was seen that the engine does not allow', () => {
    const seen = [{ state: { f: 'absent', 'f.new': 'absent' } }];
    expect(totalsOf({ seen })).toMatchObject({ ok: 0, observedNotAllowed: 1 });
  });

  test('when the engine allows what is forbidden', () => {
    const forbidden = [{ f: '04096', 'f.new': 'absent' }];
    expect(totalsOf({ forbidden })).toMatchObject({ ok: 0, forbiddenButAllowed: 1 });
  });

  test('when the engine allows more, or less, than it should', () => {
    expect(totalsOf({ allowed: good.allowed.slice(1) })).toMatchObject({ ok: 0, allowedDiffers: 1 });
    const allowed = [...good.allowed, { f: 'C1', 'f.new': 'absent' }];
    expect(totalsOf({ allowed })).toMatchObject({ ok: 0, allowedDiffers: 1 });
  });

  test('when its file system, or one of its calls, is not modelled', () => {
    expect(totalsOf({ fileSystem: 'zfs' })).toMatchObject({ ok: 0, notModelled: 1 });
    expect(totalsOf({ ops: [['reflink', 'f', 'g']] })).toMatchObject({ ok: 0, notModelled: 1 });
  });
});

test.each([
  ['04096', '{0B}4096', true],
  ['B4096', '{0B}4096', true],
  ['C4096', '{0B}4096', false],
  ['B4095', '{0B}4096', false],
  ['A100+B412', '{AB}512', true],
  ['A100+{0A}3996', 'A100+{0A}3996', true],
  ['D12288+04096+D49152', '{0D}65536', true],
  ['mix(0D)65536', '{0D}65536', true],
  ['{AB}4096', 'A4096', false],
  ['empty', 'absent', false],
  ['err5', 'err5', true],
])('%s is one of %s: %s', (seen, pattern, is) => {
  expect(matches(seen, pattern)).toBe(is);
});
