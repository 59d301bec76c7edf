/** `rm -rf` of everything as root, against what was measured on real layouts (recorded runs rm-*-rmroot and rm-*-rmstar). */
import { expect, test } from 'vitest';
import { ab } from '../../../src/backends/ab/ab.ts';
import { btrfs } from '../../../src/backends/btrfs/btrfs.ts';
import type { Backend } from '../../../src/backends/backend.ts';
import { mutable } from '../../../src/backends/mutable/mutable.ts';
import { nix } from '../../../src/backends/nix/nix.ts';
import { ostree } from '../../../src/backends/ostree/ostree.ts';
import { runCommand } from '../../../src/shell/shell.ts';
import { briefOf, TestMachine } from './machine.ts';

const thesis = {
  id: 'thesis',
  kind: 'document',
  path: '/home/sam/thesis.txt',
  text: 'Chapter 1',
} as const;

/** An updated machine whose user deletes everything, and the paths that went, by volume. */
function emptied(backend: Backend): { readonly target: TestMachine; readonly gone: string[] } {
  const target = new TestMachine(backend, briefOf(backend, {}, [thesis]));
  target.update();
  target.switchOn();
  const before = target.operations().length;
  target.asRoot(function* (os) {
    yield* runCommand(os, 'rm -rf --no-preserve-root /', {
      home: '/root',
      programs: {},
      asRoot: () => os,
    });
  });
  const gone = target
    .operations()
    .slice(before)
    .flatMap(({ effect, volume, path }) => (effect.kind === 'unlink' ? [`${volume} ${path}`] : []));
  return { target, gone };
}

test.each([ab, btrfs])('no document survives, and the firmware finds nothing: $id', (backend) => {
  const { target } = emptied(backend);
  expect(target.running.tree.file('/home/sam/thesis.txt')).toBeUndefined();
  expect(target.menu()).toEqual([]);
  const { nothing } = backend.bootMenu(target.brief, target.running.disk);
  expect(nothing?.stage).toBe('firmware');
});

test('of both roots and of vos-boot nothing is lost; /var with the configuration of both roots is', () => {
  const { target, gone } = emptied(ab);
  expect(gone.filter((entry) => /^(root-a|root-b|boot) /.test(entry))).toEqual([]);
  expect(target.text('/usr/bin/cp')).toContain('v2');
  for (const root of ['vos-a', 'vos-b']) {
    expect(target.running.tree.walk(`/var/lib/abroot/etc/${root}`)).toBeUndefined();
  }
});

test('of all snapshots nothing is lost but /etc, that of older snapshots included', () => {
  const { target, gone } = emptied(btrfs);
  const inSnapshots = gone.filter((entry) => /\/snapshot\//.test(entry));
  expect(inSnapshots.length).toBeGreaterThan(0);
  expect(inSnapshots.filter((entry) => !/\/snapshot\/etc\//.test(entry))).toEqual([]);
  expect(inSnapshots.some((entry) => entry.includes('/.snapshots/1/snapshot/etc/'))).toBe(true);
  expect(target.text('/usr/bin/cp')).toContain('v2');
  expect(gone.some((entry) => entry.includes('info.xml'))).toBe(true);
});

/** What rm says to root on a machine that has just been installed; the terminal itself keeps too few lines. */
function complaintsOf(backend: Backend, command: string): readonly string[] {
  const target = new TestMachine(backend, briefOf(backend, {}, [thesis]));
  const lines: string[] = [];
  target.asRoot(function* (os) {
    os.print = (text) => void lines.push(text);
    yield* runCommand(os, command, { home: '/root', programs: {}, asRoot: () => os });
  });
  return lines;
}

/** Lines that end like this, told alone or together. */
function countOf(lines: readonly string[], ending: string): number {
  return lines.reduce((sum, line, index) => {
    const more = /^\(([\d,]+) more/.exec(line)?.[1];
    const told =
      more === undefined ? line : lines.slice(0, index).findLast((text) => text.startsWith('rm: '));
    if (told?.endsWith(ending) !== true) return sum;
    return sum + Number(more?.replaceAll(',', '') ?? 1);
  }, 0);
}

// Three below /dev, three below /sys and two below /run everywhere; then mount points in a directory that is writable.
// The recorded Nix machine had /tmp in memory, which NixOS has not, and five more below /run, as where users are logged in.
test.each([
  ['mutable', mutable, ['/boot/efi', '/tmp'], 10],
  ['ostree', ostree, ['/boot/efi'], 9],
  ['ab', ab, [], 8],
  ['btrfs', btrfs, [], 8],
  ['nix', nix, ['/boot'], 9],
] as const)('%s: as many busy mount points as were recorded', (_id, backend, named, count) => {
  const lines = complaintsOf(backend, 'rm -rf /*');
  expect(countOf(lines, ': Device or resource busy')).toBe(count);
  for (const path of named) {
    expect(lines).toContain(`rm: cannot remove '${path}': Device or resource busy`);
  }
  expect(countOf(lines, ': Permission denied')).toBe(889);
});

test('of Debian only the names are left that were: mount points, and what they lie in', () => {
  const target = new TestMachine(mutable, briefOf(mutable, {}, [thesis]));
  target.asRoot(function* (os) {
    yield* runCommand(os, 'rm -rf /*', { home: '/root', programs: {}, asRoot: () => os });
    expect(yield* os.readdir('/')).toEqual(['boot', 'dev', 'proc', 'run', 'sys', 'tmp']);
  });
  expect.assertions(1);
});

test('the running snapshot, seen again below /.snapshots, leaves one directory that is not empty', () => {
  const lines = complaintsOf(btrfs, 'rm -rf --no-preserve-root /');
  expect(lines.filter((line) => line.endsWith(': Directory not empty'))).toEqual([
    "rm: cannot remove '/.snapshots/1': Directory not empty",
  ]);
  expect(lines).toContain('rm: WARNING: Circular directory structure.');
});

test('nobody has read a line that rm had no time to print', () => {
  const target = new TestMachine(mutable, briefOf(mutable, {}, [thesis]));
  const { os } = target.running.work();
  const context = { home: '/root', programs: {}, asRoot: () => os };
  target.running.perform(os, runCommand(os, 'rm -rf /*', context), 1_000_000);
  const told = target.running.kernel.terminal.map(({ text }) => text);
  expect(countOf(told, ': Operation not permitted')).toBe(5002);
  expect(told.at(-1)).toBe('^C');
});
