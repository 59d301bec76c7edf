import { describe, expect, test } from 'vitest';
import { btrfs } from '../../../src/backends/btrfs/btrfs.ts';
import { briefOf, TestMachine } from './machine.ts';

function tumbleweed(): TestMachine {
  return new TestMachine(btrfs, briefOf(btrfs, { layout: 'tumbleweed' }));
}

describe('a root that zypper changes in place', () => {
  test('is of the new version at once; the snapshot before it can be started, the one after it too', () => {
    const target = tumbleweed();
    target.update();
    expect(target.errors()).toEqual([]);
    expect(target.menu()).toEqual(['v2', 'v2', 'v1']);
    expect(target.text('/etc/app.conf')).toBeDefined();
  });

  test('goes back by a writable copy of the snapshot before the change, with its own /etc', () => {
    const target = tumbleweed();
    target.asRoot(function* (os) {
      yield* os.writeFile('/etc/early.conf', 'before\n');
    });
    target.update();
    target.asRoot(function* (os) {
      yield* os.writeFile('/etc/late.conf', 'after\n');
    });
    target.perform('rollback');
    target.restart();
    expect(target.errors()).toEqual([]);
    expect(target.menu()[0]).toBe('v1');
    expect(target.text('/etc/early.conf')).toBe('before\n');
    expect(target.text('/etc/late.conf')).toBeUndefined();
    // Nothing is lost: the root that was left is kept as a read-only snapshot.
    expect(target.text('/.snapshots/4/snapshot/etc/late.conf')).toBe('after\n');
    target.asRoot(function* (os) {
      yield* os.writeFile('/usr/written', 'the copy is writable\n');
    });
    expect(target.errors()).toEqual([]);
  });

  test('that was interrupted keeps the snapshot before it whole', () => {
    const probe = tumbleweed();
    const start = probe.running.kernel.nowMicroseconds;
    probe.update();
    const target = tumbleweed();
    target.update((probe.running.kernel.nowMicroseconds - start) / 2);
    target.restart();
    const { entries } = btrfs.bootMenu(target.brief, target.running.disk);
    expect(entries.map(({ version }) => version)).toContain('v1');
    target.perform('rollback');
    target.restart();
    expect(target.menu()[0]).toBe('v1');
  });
});
