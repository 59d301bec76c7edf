import { describe, expect, test } from 'vitest';
import { mutable } from '../../../src/backends/mutable/mutable.ts';
import { countsOf } from './calls.ts';
import { briefOf, TestMachine } from './machine.ts';

function archMachine(): TestMachine {
  return new TestMachine(mutable, briefOf(mutable, { tool: 'pacman' }));
}

const lock = '/var/lib/pacman/db.lck';

describe('an upgrade with pacman', () => {
  test('syncs nothing of the packages, and renames nothing but configuration', () => {
    const target = archMachine();
    const before = target.operations().length;
    target.update();
    const counts = countsOf(target.operations().slice(before));
    // depmod renames its indexes.
    expect([...counts.keys()].filter((call) => /sync|barrier/.test(call))).toEqual([]);
    expect(counts.get('rename') ?? 0).toBeLessThan(10);
    expect(counts.get('unlink') ?? 0).toBeGreaterThan(50);
    expect(target.errors().filter((line) => !line.includes('.pacnew'))).toEqual([]);
    expect(target.menu()).toEqual(['v2']);
  });

  test('removes the kernel from /boot first and makes it again last', () => {
    const whole = archMachine();
    whole.update();
    const stages = whole.running.kernel.stages.map(({ label }) => label);
    const removed = stages.indexOf('remove kernel and initramfs from /boot');
    const copied = stages.indexOf('copy the kernel to /boot');
    expect(removed).toBeGreaterThanOrEqual(0);
    expect(stages[removed + 1]).toMatch(/^upgrade /);
    expect(stages.slice(copied)).toEqual(['copy the kernel to /boot', 'make the initramfs']);
  });

  test('that is killed leaves the lock and no kernel, and pacman refuses until the lock is deleted', () => {
    const probe = archMachine();
    const start = probe.running.kernel.nowMicroseconds;
    probe.update();
    const { stages } = probe.running.kernel;
    const upgrade = stages.filter(({ label }) => label.startsWith('upgrade '))[4];
    const target = archMachine();
    target.update((upgrade?.startMicroseconds ?? 0) - start);
    target.restart();
    expect(target.running.tree.file('/boot/vmlinuz-linux')).toBeUndefined();
    expect(target.running.tree.walk(lock)).toBeDefined();
    target.update();
    expect(target.errors().join('\n')).toMatch(/unable to lock database/);
    target.asRoot(function* (os) {
      yield* os.unlink(lock);
    });
    target.update();
    expect(target.running.tree.walk(lock)).toBeUndefined();
  });

  test('keeps edited configuration and puts the new one beside it', () => {
    const target = archMachine();
    target.asRoot(function* (os) {
      yield* os.writeFile('/etc/app.conf', 'mine\n');
    });
    target.update();
    expect(target.text('/etc/app.conf')).toBe('mine\n');
  });

  test('there is one kernel afterwards: modules of the old one are gone', () => {
    const target = archMachine();
    target.update();
    const { v1, v2 } = target.brief.release.kernels;
    const image = (release: string | undefined): string =>
      `/usr/lib/modules/${release ?? ''}/vmlinuz`;
    expect(target.running.tree.file(image(v2?.release))).toBeDefined();
    if (v1?.release !== v2?.release) {
      expect(target.running.tree.file(image(v1?.release))).toBeUndefined();
    }
  });
});
