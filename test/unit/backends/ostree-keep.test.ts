/** What stays of older deployments: pinned ones, and none where /boot is too small for the kernels. */
import { describe, expect, test } from 'vitest';
import { ostree } from '../../../src/backends/ostree/ostree.ts';
import { SpaceAccount } from '../../../src/kernel/space-account.ts';
import type { VersionName } from '../../../src/model/release.ts';
import { usedBytes } from '../../../src/model/space.ts';
import { briefOf, TestMachine } from './machine.ts';
import { recordedRelease } from './recorded-release.ts';

/** A machine with a third version whose kernel is again another one. */
function machine(): TestMachine {
  const brief = briefOf(ostree, { layout: 'fedora' });
  const { v2 } = recordedRelease.kernels;
  if (v2 === undefined) throw new Error('no version 2');
  const image = { ...v2.image, text: `${v2.image.text} of another build` };
  const kernels = { ...recordedRelease.kernels, 'v2-broken-kernel': { ...v2, image } };
  const packages = recordedRelease.packages.map((one) => {
    const { v2: newest } = one.versions;
    return newest === undefined
      ? one
      : { ...one, versions: { ...one.versions, 'v2-broken-kernel': newest } };
  });
  return new TestMachine(ostree, { ...brief, release: { ...recordedRelease, kernels, packages } });
}

function updateTo(target: TestMachine, version: VersionName): void {
  const work = target.running.work();
  const procedure = ostree.update?.(work, version);
  if (procedure !== undefined) target.running.perform(work.os, procedure);
}

/** From now on /boot has room for this much more than it holds. */
function leaveOnBoot(target: TestMachine, freeBytes: number): void {
  const { kernel } = target.running;
  const { volume } = kernel.tree('boot');
  const capacity = usedBytes(volume.live, volume.description.profile) + freeBytes;
  kernel.limitSpace('boot', new SpaceAccount(kernel.tree('boot'), capacity));
}

const terminal = (target: TestMachine): string =>
  target.running.kernel.terminal.map(({ text }) => text).join('\n');

describe('a pinned deployment', () => {
  test('stays through two updates, and through cleaning up after them', () => {
    const target = machine();
    target.perform('pin');
    updateTo(target, 'v2');
    target.restart();
    updateTo(target, 'v2-broken-kernel');
    target.restart();
    expect(target.menu()).toEqual(['v2-broken-kernel', 'v2', 'v1']);
    target.perform('collectGarbage');
    expect(target.menu()).toEqual(['v2-broken-kernel', 'v1']);
    expect(target.errors()).toEqual([]);
  });

  test('one that is not pinned goes with the second update', () => {
    const target = machine();
    updateTo(target, 'v2');
    target.restart();
    updateTo(target, 'v2-broken-kernel');
    target.restart();
    expect(target.menu()).toEqual(['v2-broken-kernel', 'v2']);
  });

  test('says so when it is pinned again, and changes nothing', () => {
    const target = machine();
    target.perform('pin');
    const before = target.operations().length;
    target.perform('pin');
    expect(terminal(target)).toContain('Deployment 0 is already pinned');
    expect(target.operations()).toHaveLength(before);
  });
});

describe('/boot without room for the kernels of the new menu', () => {
  const kernelBytes =
    (recordedRelease.kernels.v2?.image.sizeBytes ?? 0) +
    (recordedRelease.kernels.v2?.initramfs.sizeBytes ?? 0);

  test('loses the rollback deployment first, and the update goes through', () => {
    const target = machine();
    updateTo(target, 'v2');
    target.restart();
    updateTo(target, 'v2-broken-kernel');
    leaveOnBoot(target, Math.floor(kernelBytes / 2));
    const { running } = target;
    running.shutDown();
    const said = terminal(target);
    expect(said).toContain('updating bootloader in two steps');
    const switches = target
      .operations()
      .filter(({ path, effect }) => effect.kind === 'rename' && path === '/boot/loader.tmp');
    // The first update, then the two steps of the second.
    expect(switches).toHaveLength(3);
    target.switchOn();
    expect(target.menu()).toEqual(['v2-broken-kernel', 'v2']);
  });

  test('keeps the old menu where no step would help; the next start says that the shutdown failed', () => {
    const target = machine();
    updateTo(target, 'v2');
    leaveOnBoot(target, Math.floor(kernelBytes / 2));
    target.running.shutDown();
    target.switchOn();
    expect(target.menu()).toEqual(['v1']);
    expect(target.errors().join()).toMatch(
      /ostree-boot-complete: error: ostree-finalize-staged.service failed on previous boot: .*ENOSPC/,
    );
    target.switchOn();
    expect(target.errors()).toEqual([]);
    updateTo(target, 'v2');
    target.restart();
    expect(target.menu()).toEqual(['v2', 'v1']);
  });

  test('a pinned deployment is not pruned for it: the update fails instead', () => {
    const target = machine();
    target.perform('pin');
    updateTo(target, 'v2');
    target.restart();
    updateTo(target, 'v2-broken-kernel');
    leaveOnBoot(target, Math.floor(kernelBytes / 2));
    target.restart();
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(target.errors().join()).toMatch(/failed on previous boot/);
  });
});
