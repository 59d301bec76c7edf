/** `rm -rf --no-preserve-root /` as root, against what was measured on real layouts (recorded runs rm-ab, rm-microos). */
import { expect, test } from 'vitest';
import { ab } from '../../../src/backends/ab/ab.ts';
import { btrfs } from '../../../src/backends/btrfs/btrfs.ts';
import type { Backend } from '../../../src/backends/backend.ts';
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
