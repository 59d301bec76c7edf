/** A kernel package whose initramfs finds no room in /boot: half-configured, the menu as before, and healed by more room. */
import { expect, test } from 'vitest';
import { mutable } from '../../../src/backends/mutable/mutable.ts';
import { SpaceAccount } from '../../../src/kernel/space-account.ts';
import { usedBytes } from '../../../src/model/space.ts';
import { briefOf, TestMachine } from './machine.ts';

function machine(): TestMachine {
  return new TestMachine(mutable, briefOf(mutable, { bootFilesystem: 'ext4' }));
}

function roomOnBoot(target: TestMachine, freeBytes: number): void {
  const { kernel } = target.running;
  const { volume } = kernel.tree('boot');
  const used = usedBytes(volume.live, volume.description.profile);
  kernel.limitSpace('boot', new SpaceAccount(kernel.tree('boot'), used + freeBytes));
}

test('the kernel fits and its initramfs does not: the menu is not written, and says so', () => {
  const target = machine();
  const kernel = target.brief.release.kernels.v2;
  const menu = target.text('/boot/grub/grub.cfg');
  roomOnBoot(target, (kernel?.image.sizeBytes ?? 0) + 20_000);
  target.update();
  expect(target.errors().join('\n')).toMatch(
    /update-initramfs: failed for .*\n.*dpkg: error processing package .* \(--configure\):\n.*post-installation script subprocess returned error exit status 1/,
  );
  expect(target.text('/boot/grub/grub.cfg')).toBe(menu);
  expect(target.running.tree.file(`${kernel?.initramfs.path ?? ''}.new`)).toBeUndefined();
  expect(target.running.tree.file(kernel?.image.path ?? '')).toBeDefined();
  expect(target.text('/var/lib/dpkg/status')).toContain('install ok half-configured');
});

test('with room again, the same command finishes the package', () => {
  const target = machine();
  roomOnBoot(target, (target.brief.release.kernels.v2?.image.sizeBytes ?? 0) + 20_000);
  target.update();
  target.restart();
  target.update();
  expect(target.menu()[0]).toBe('v2');
  expect(target.text('/var/lib/dpkg/status')).not.toContain('half-configured');
});
