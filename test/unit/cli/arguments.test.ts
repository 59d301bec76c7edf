/** What is typed is either one command, whole, or a sentence about what is wrong with it. */
import { describe, expect, test } from 'vitest';
import { instantNamed, readArguments } from '../../../src/cli/arguments.ts';

const plainRun = {
  kind: 'run',
  scenario: 'x',
  seed: 1,
  release: 'classroom',
  why: false,
  json: false,
};

describe('a command line that is understood', () => {
  test.each<readonly [typed: string, command: object]>([
    ['list', { kind: 'list' }],
    ['help', { kind: 'help' }],
    ['--help', { kind: 'help' }],
    ['run x -h', { kind: 'help' }],
    ['run x', plainRun],
    ['run x --on debian,nixos', { ...plainRun, systems: ['debian', 'nixos'] }],
    ['run x --on=debian', { ...plainRun, systems: ['debian'] }],
    ['run x --cut 41%', { ...plainRun, cut: { kind: 'share', percent: 41 } }],
    ['run x --search every-op', { ...plainRun, policy: 'every-op' }],
    ['run x --search lying-drive', { ...plainRun, policy: 'lying-drive' }],
    ['--json run --seed 7 x', { ...plainRun, seed: 7, json: true }],
    ['run x --release full', { ...plainRun, release: 'full' }],
    [
      'run x --drive power-loss-protected,4096',
      {
        ...plainRun,
        drive: { cache: 'power-loss-protected', sectorBytes: 4096, honoursFlush: true },
      },
    ],
    [
      'explain rename-over --drive lies',
      {
        kind: 'explain',
        topic: 'rename-over',
        json: false,
        drive: { cache: 'volatile', sectorBytes: 512, honoursFlush: false },
      },
    ],
    ['conform runs --json', { kind: 'conform', folder: 'runs', json: true }],
    ['run x --variant early', { ...plainRun, variant: 'early' }],
  ])('%s', (typed, command) => {
    expect(readArguments(typed.split(' '))).toEqual(command);
  });
});

describe('a command line that is not', () => {
  test.each([
    ['', /a command is missing/],
    ['walk', /no command walk/],
    ['run', /needs the id or the file/],
    ['run x y z', /too many words: y z/],
    ['run x --release tiny', /no release tiny/],
    ['run x --release recorded', /no release recorded/],
    ['run x --seed -1', /seed/],
    ['run x --seed=-1', /whole number/],
    ['run x --seed 1.5', /whole number/],
    ['run x --seed seven', /whole number/],
    ['run x --search everything', /no policy everything; there are instant, every-op/],
    ['run x --cut 101%', /101% is no instant/],
    ['run x --cut 5', /5 is no instant/],
    ['run x --cut 41% --search every-op', /exclude each other/],
    ['run x --on', /--on/],
    ['run x --drive ssd', /"ssd"; there are volatile, power-loss-protected, write-through, 512/],
    ['explain rename-over --drive 512,4096', /only one of 512, 4096/],
    ['run x --fast', /--fast/],
  ])('%s', (typed, words) => {
    const command = readArguments(typed === '' ? [] : typed.split(' '));
    expect(command).toMatchObject({ kind: 'usage', text: expect.stringMatching(words) as string });
  });
});

describe('an instant', () => {
  test.each([
    ['0%', { kind: 'share', percent: 0 }],
    ['12.5 %', { kind: 'share', percent: 12.5 }],
    ['100%', { kind: 'share', percent: 100 }],
    ['31s', { kind: 'seconds', seconds: 31 }],
    ['1500ms', { kind: 'seconds', seconds: 1.5 }],
    ['2min', { kind: 'seconds', seconds: 120 }],
    ['commit', { kind: 'commit' }],
    ['unpack', { kind: 'label', label: 'unpack' }],
    ['', undefined],
    ['100.1%', undefined],
    ['-3s', undefined],
    ['3 hours', undefined],
  ])('%s', (text, instant) => {
    expect(instantNamed(text)).toEqual(instant);
  });
});
