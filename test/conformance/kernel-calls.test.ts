/**
 * Programs of two users and root, recorded on Linux 6.18 (tmpfs), give the same on our kernel, line by line.
 * KERNEL_CALLS names another recording; record-kernel-calls.py makes one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { execute, randomProgram } from './kernel-programs.ts';

const recording =
  process.env['KERNEL_CALLS'] ?? join(import.meta.dirname, 'fixtures', 'kernel-calls.txt');
const programs = readFileSync(recording, 'utf8')
  .trim()
  .split('\n\n')
  .map((program) => program.split('\n'));

test(`${String(programs.length)} recorded programs of several users give the same on our kernel`, () => {
  for (const recorded of programs) {
    const lines = recorded.map((line) => line.slice(0, line.lastIndexOf(' = ')));
    expect(execute(lines)).toEqual(recorded);
  }
});

test('the recording of the tests is of the programs that the generator makes', () => {
  for (const [index, recorded] of programs.slice(0, 3).entries()) {
    const lines = recorded.map((line) => line.slice(0, line.lastIndexOf(' = ')));
    if (process.env['KERNEL_CALLS'] === undefined) expect(randomProgram(index + 1)).toEqual(lines);
  }
});
