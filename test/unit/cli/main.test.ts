/** The terminal, as somebody uses it: words, exit code, JSON. Small runs, one machine each. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeRunId } from '../../../src/engine/run-id.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'what-survives-cli-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
}

function survives(...words: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, output: stdout, complaint: stderr };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Nothing happens to the machine, so it starts as before; what is expected of it is up to the test. */
const quiet = (outcome: string): string => `id: quiet
title: Nothing happens
story: A machine waits.
goal: To see nothing.
tests: [safety-net-atomicity]
level: 1
data:
  - { id: thesis, kind: document, path: ~/thesis.txt, text: One }
steps:
  - wait: 1 s
expect:
  - { on: all, boot: [${outcome}], because: Nothing happened }
teach: Nothing.
`;

const fedora = ['--on', 'fedora-silverblue'] as const;

describe('a fate', () => {
  test('has a reason, and with --why its sources', () => {
    const name = file('why.yaml', quiet('old'));
    const { output } = survives('run', name, ...fedora);
    expect(output).toMatch(/thesis\.txt +intact\n +- \/home\/sam\/thesis\.txt is byte for byte/);
    expect(output).not.toContain('[the bytes on this disk');
    expect(survives('run', name, ...fedora, '--why').output).toContain('[the bytes on this disk');
  });

  test('of data that the machine never had is that there is none, and why', () => {
    const { output } = survives('run', file('none.yaml', quiet('old')), '--on', 'debian');
    expect(output).toMatch(/Older version to go back to +there is none: There is no older version/);
  });
});

describe('the exit code', () => {
  test('is 0 when all came out as expected', () => {
    const { code, output, complaint } = survives('run', file('as.yaml', quiet('old')), ...fedora);
    expect(complaint).toBe('');
    expect(output).toContain('As expected.');
    expect(code).toBe(0);
  });

  test('is 1 when not, and the line of the expectation is named', () => {
    const { code, output } = survives('run', file('not.yaml', quiet('new')), ...fedora);
    expect(output).toMatch(/Not as expected:\n {2}line 12, fedora-silverblue: can end as old/);
    expect(code).toBe(1);
  });

  test('is 2 when something asked for was not searched, and that is said', () => {
    const words = ['run', 'unsaved-thesis', ...fedora, '--search', 'reordered'];
    const { code, output } = survives(...words);
    expect(output).toMatch(/NOT SEARCHED +At \d+ of \d+ .* were tried/);
    expect(code).toBe(2);
  });

  test.each([
    ['without a command', [], /a command is missing[^]*Usage:/],
    ['for a scenario that is not there', ['run', 'no-such'], /no scenario of this name.*no-such/],
    ['for a folder', ['run', '.'], /no file of this name/],
    ['for a file that is not there', ['run', 'no.yaml'], /no file of this name.*no.yaml/],
    ['for no system at all', ['run', 'unsaved-thesis', '--on', ''], /--on needs/],
    [
      'for a stage that a machine does not go through',
      ['run', 'power-loss-update', ...fedora, '--cut', 'foo'],
      /no stage of this name.*foo; there are/,
    ],
    ['for a system that is not there', ['run', 'unsaved-thesis', '--on', 'beos'], /beos/],
    [
      'for a variant that is not there',
      ['run', 'unsaved-thesis', '--variant', 'x'],
      /no variant of this name.*x; there are/,
    ],
  ])('is 64 %s', (_what, words, complaint) => {
    const ended = survives(...words);
    expect(ended.complaint).toMatch(complaint);
    expect(ended).toMatchObject({ code: 64, output: '' });
  });

  test('is 64 for a scenario with mistakes: place, reason, and what to do', () => {
    const path = file('tab.yaml', 'id: x\n\ttitle: y\n');
    const { code, output, complaint } = survives('run', path, ...fedora);
    expect(complaint).toContain(`${path}:2:1: This line is indented with a tab.`);
    expect(complaint).toContain('Replace the tab by spaces.');
    expect({ code, output }).toEqual({ code: 64, output: '' });
  });
});

test('the list names every scenario without mistakes, and every system', () => {
  const { code, output } = survives('list');
  for (const word of ['unsaved-thesis', 'power-loss-update', 'debian', 'nixos']) {
    expect(output).toContain(`  ${word} `);
  }
  expect(output).not.toContain('has mistakes');
  expect(code).toBe(0);
});

test('--json prints the report, nothing else, the same each time', () => {
  const words = ['run', 'unsaved-thesis', ...fedora, '--cut', '50%', '--seed', '7', '--json'];
  const { code, output } = survives(...words);
  expect(code).toBe(0);
  const report = JSON.parse(output) as { runId: string; systems: readonly object[] };
  expect(report).toMatchObject({
    scenario: 'unsaved-thesis',
    seed: 7,
    policy: 'instant',
    release: 'classroom',
    systems: [
      {
        id: 'fedora-silverblue',
        backend: 'ostree',
        searched: { complete: true, notSearched: [] },
        outcomes: { old: 1 },
        settling: {},
        possible: ['old'],
        reasons: [{ outcome: 'old' }],
      },
    ],
  });
  expect(Object.keys(report.systems[0] ?? {})).toEqual(expect.arrayContaining(['states', 'fates']));
  expect(decodeRunId(report.runId)).toMatchObject({
    ok: true,
    value: { scenario: 'unsaved-thesis', seed: 7, systems: ['fedora-silverblue'] },
  });
  expect(survives(...words).output).toBe(output);
});
