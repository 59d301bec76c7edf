/**
 * The type checkers are run on a planted mistake, because both have been seen, in other projects, to
 * check nothing and to report success.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './source.ts';

const scratch = join(root, 'test-results');
const planted = "const count: number = 'five';";
let folder = '';

beforeAll(() => {
  mkdirSync(scratch, { recursive: true });
  folder = mkdtempSync(join(scratch, 'canary-'));
  const settings = { extends: '../../tsconfig.json', include: ['*.ts', '*.svelte'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'planted.ts'), `${planted}\nexport { count };\n`);
  writeFileSync(join(folder, 'Planted.svelte'), `<script lang="ts">${planted}</script>{count}\n`);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function complaintsOf(path: string, ...parameters: string[]): string {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', path), ...parameters],
    { cwd: folder, encoding: 'utf8' },
  );
  expect(status, 'a checker that finds a mistake must say so by its exit code').not.toBe(0);
  return stdout + stderr;
}

test('the compiler notices a wrong type', () => {
  const complaints = complaintsOf('@typescript/native/bin/tsc', '--noEmit', '--pretty', 'false');
  expect(complaints).toContain('planted.ts(1,7)');
});

test('the checker of components notices a wrong type', () => {
  const complaints = complaintsOf(
    'svelte-check/bin/svelte-check',
    '--tsconfig',
    'tsconfig.json',
    '--output',
    'machine',
  );
  expect(complaints).toMatch(/ERROR "Planted\.svelte" 1:/);
});
