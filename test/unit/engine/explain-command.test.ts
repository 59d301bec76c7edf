/** `survives explain`, as somebody uses it: the list, a case, a program of one's own, and what is wrong with either. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readArguments } from '../../../src/cli/arguments.ts';
import { lectureText } from '../../../src/cli/explain.ts';
import { explain, readProgram } from '../../../src/engine/explain/explain.ts';

const main = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'what-survives-explain-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function survives(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, output: stdout, complaint: stderr };
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const own = {
  setup: [['write', 'f', 0, 4096, 'A']],
  ops: [['writetrunc', 'f', 4096, 'B']],
  observe: ['f'],
  fs: 'ext4',
};

describe('the command', () => {
  test('lists the cases', () => {
    const { code, output } = survives('explain');
    expect(code).toBe(0);
    expect(output).toMatch(/rename-over +Rename over a file, without fsync/);
  });

  test('tells a case on the file systems that are asked for', () => {
    const { code, output } = survives('explain', 'rename-over', '--on', 'xfs');
    expect(code).toBe(0);
    expect(output).toContain('f is there, but empty.');
    expect(output).not.toContain('btrfs');
    expect(output.trimEnd().split('\n').at(-2)).toMatch(/^Lesson: /);
  });

  test('gives the same as JSON', () => {
    const { output } = survives('explain', 'rename-over', '--on', 'xfs', '--json');
    expect(JSON.parse(output)).toMatchObject({
      id: 'rename-over',
      fileSystems: [{ profile: 'xfs', isComplete: true }],
    });
  });

  test('answers an unknown case with the list and the nearest name', () => {
    const { code, output, complaint } = survives('explain', 'rename-ovr');
    expect([code, output]).toEqual([64, '']);
    expect(complaint).toContain('There is no case rename-ovr.');
    expect(complaint).toContain('Did you mean rename-over?');
    expect(complaint).toContain('set-default');
  });

  test('answers an unknown file system with the nearest name', () => {
    const { code, complaint } = survives('explain', 'rename-over', '--on', 'btrsf');
    expect(code).toBe(64);
    expect(complaint).toContain('Did you mean btrfs?');
  });

  test('tells a program of your own', () => {
    const { code, output } = survives('explain', file('own.json', JSON.stringify(own)));
    expect(code).toBe(0);
    expect(output).toContain('f is there, but empty.');
    expect(output).toContain('Do this instead:');
  });

  test('answers a file that is missing, or that holds no program', () => {
    expect(survives('explain', 'none.json')).toMatchObject({ code: 64, output: '' });
    const { code, complaint } = survives('explain', file('bad.json', '{"ops": [["fsnyc", "f"]]}'));
    expect(code).toBe(64);
    expect(complaint).toContain('bad.json:1:1: ops[0]: there is no call fsnyc.');
    expect(complaint).toContain('Did you mean fsync?');
    expect(complaint).toContain('observe is no list of paths.');
  });

  test('says which call the kernel refuses', () => {
    const text = JSON.stringify({ ...own, setup: [], ops: [['unlink', 'f']] });
    const { code, complaint } = survives('explain', file('refused.json', text));
    expect(code).toBe(64);
    expect(complaint).toContain('ENOENT');
  });
});

test.each([
  ['', 'It is not JSON'],
  ['[1]', 'It is not a JSON object.'],
  ['{"ops": [], "observe": ["f"]}', 'ops is no list of calls.'],
  ['{"ops": [[1, 2]], "observe": ["f"]}', 'ops[0] is no call.'],
  ['{"ops": [["write", {}]], "observe": ["f"]}', 'ops[0] is no call.'],
  ['{"ops": [["sync"]], "observe": [1]}', 'observe is no list of paths.'],
  ['{"ops": [["sync"]], "observe": ["f"], "fs": "zfs"}', 'There is no file system zfs.'],
  [`{"ops": [${'["sync"],'.repeat(30)}["sync"]], "observe": ["f"]}`, 'ops has more than 24 calls.'],
  [' '.repeat(70_000), 'The file is too long.'],
  [
    '{"ops": [["write", "f", 0, 100000000, "A"]], "observe": ["f"]}',
    'The sizes and places of its calls come to 100000000 bytes.',
  ],
  [
    '{"ops": [["append", "f", 3000000, "A"], ["append", "f", "3000000", "B"]], "observe": ["f"]}',
    'come to 6000000 bytes',
  ],
])('%.60s is no program: %s', (text, problem) => {
  const read = readProgram(text, 'own');
  expect(read.ok ? [] : read.problems.map((one) => one.text)).toContainEqual(
    expect.stringContaining(problem),
  );
});

test('explain takes one topic', () => {
  expect(readArguments(['explain', 'a', 'b'])).toMatchObject({ kind: 'usage' });
  expect(readArguments(['explain'])).toEqual({ kind: 'explain', json: false });
});

test('what was not searched in full is not called safe', () => {
  const names = Array.from({ length: 10 }, (_, index) => `f${String(index)}`);
  const ops = names.map((name) => ['write', name, 0, 4096, 'A']);
  const read = readProgram(JSON.stringify({ ops, observe: names, fs: 'ext4' }), 'many');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const lecture = explain(read.value);
  if (!lecture.ok) throw new Error(JSON.stringify(lecture.problems));
  expect(lecture.value.fileSystems[0]).toMatchObject({
    isComplete: false,
    advice: { isFineAlready: false },
  });
  expect(lectureText(lecture.value)).toContain('this list is not complete');
});
