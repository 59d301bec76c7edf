import { describe, expect, test } from 'vitest';
import { mutable } from '../../../src/backends/mutable/mutable.ts';
import { inMenuOrder, parseEntry } from '../../../src/backends/mutable/loader-entries.ts';
import { boot, prepareBoot } from '../../../src/boot/boot.ts';
import type { BootResult } from '../../../src/model/boot-result.ts';
import { SpaceAccount } from '../../../src/kernel/space-account.ts';
import { callOf, countsOf, sum } from './calls.ts';
import { briefOf, TestMachine } from './machine.ts';

function machine(updates: 'online' | 'offline' = 'online'): TestMachine {
  const brief = briefOf(mutable, { layout: 'fedora', updates });
  return new TestMachine(mutable, { ...brief, release: { ...brief.release, size: 'classroom' } });
}

/** How long after its start an update comes to a stage. */
function startOf(label: string, updates: 'online' | 'offline' = 'online'): number {
  const whole = machine(updates);
  whole.update();
  const stage = whole.running.kernel.stages.find((one) => one.label === label);
  if (stage === undefined) throw new Error(`no stage ${label}`);
  return stage.startMicroseconds;
}

function startedAgain(target: TestMachine): BootResult {
  const { backend, brief } = target;
  const { disk } = target.running;
  const pathOf: Parameters<typeof prepareBoot>[0]['pathOf'] = (file, owner, version) =>
    backend.pathOf(brief, file, owner, version);
  const { release, blobs } = brief;
  const plan = prepareBoot({ release, blobs, before: 'v1', after: 'v2', pathOf });
  return boot({ menu: backend.bootMenu(brief, disk), disk, plan, loader: 'same' });
}

describe('a new kernel on a Fedora Workstation', () => {
  test('has its entry before its initramfs, which is synced with all of /boot', () => {
    const target = machine();
    target.update();
    const calls = target
      .operations()
      .filter(({ path }) => path.startsWith('/boot'))
      .map((one) => `${callOf(one)} ${one.path.replace(/[0-9a-f]{32}/, 'ID')}`);
    const entry = calls.findIndex((one) => /loader\/entries\/ID-.*\.conf$/.test(one));
    const initramfs = calls.findIndex((one) => one.includes('/boot/initramfs-'));
    expect(entry).toBeGreaterThanOrEqual(0);
    expect(initramfs).toBeGreaterThan(entry);
    expect(calls.at(-1)).toMatch(/^freeze.* \/boot$/);
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(startedAgain(target).verdict.starts).toBe(true);
    expect(target.errors()).toEqual([]);
  });

  test('stopped before its initramfs is there does not start; the kernel before does, and nothing heals it', () => {
    const target = machine();
    target.update(startOf('make the initramfs') + 1000);
    const { verdict, failure, fallbackWhole } = startedAgain(target);
    expect(verdict.starts).toBe(false);
    expect(verdict.version).toBe('v2');
    expect(failure).toMatchObject({ stage: 'initramfs', kind: 'damaged' });
    expect(fallbackWhole).toBe(true);
    target.update();
    expect(startedAgain(target).verdict.starts).toBe(false);
  });

  test('is one transaction with the other packages, and no file of a package is synced', () => {
    const target = machine();
    target.update();
    const ofPackages = target
      .operations()
      .filter(({ path }) => /^\/usr\/(bin|lib\/modules)\//.test(path));
    expect(sum(countsOf(ofPackages), 'fsync', 'fdatasync')).toBe(0);
    const installed = target.running.kernel.terminal.filter(({ text }) => text.includes('Erasing'));
    const last = target.running.kernel.terminal.findLast(({ text }) => text.includes('Installing'));
    expect(installed[0]?.atMicroseconds).toBeGreaterThan(last?.atMicroseconds ?? Infinity);
  });
});

describe('entries of the Boot Loader Specification', () => {
  const id = '5c1d0e9f2a7b4c6d8e0f1a2b3c4d5e6f';

  test.each([
    ['an empty file', `${id}-6.1.conf`, ''],
    [
      'a file that is cut before its kernel',
      `${id}-6.1.conf`,
      'title Fedora (6.1)\nversion 6.1\nlinu',
    ],
    ['another file', `${id}-6.1.conf.tmp`, 'linux /vmlinuz-6.1\n'],
  ])('%s is passed over', (_what, file, text) => {
    expect(parseEntry(file, text)).toBeUndefined();
  });

  test('the newest kernel comes first by its numbers, before it the one that is noted', () => {
    const entries = ['6.9.1', '6.10.0', '5.14'].flatMap(
      (release) => parseEntry(`${id}-${release}.conf`, `linux /vmlinuz-${release}\n`) ?? [],
    );
    const order = (saved?: string) => inMenuOrder(entries, saved).map(({ release }) => release);
    expect(order()).toEqual(['6.10.0', '6.9.1', '5.14']);
    expect(order(`${id}-6.9.1`)).toEqual(['6.9.1', '6.10.0', '5.14']);
    expect(order('gone')).toEqual(['6.10.0', '6.9.1', '5.14']);
  });
});

describe('an offline update', () => {
  test('that was prepared is installed by the next start, and its link is gone', () => {
    const target = machine('offline');
    target.update(startOf('remove the link', 'offline') - 3000);
    expect(startedAgain(target).verdict.because.text).toContain('/system-update');
    expect(target.menu()).toEqual(['v1']);
    target.switchOn();
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(target.running.tree.walk('/system-update', false)).toBeUndefined();
  });

  test('that was cut while it ran is not begun again, and leaves a mixed system', () => {
    const target = machine('offline');
    target.update(startOf('install libc6', 'offline'));
    target.switchOn();
    expect(target.menu()).toEqual(['v1']);
    expect(target.running.tree.walk('/system-update', false)).toBeUndefined();
    expect(target.text('/usr/bin/edit')).toContain('v2');
    expect(target.text('/usr/lib/libc.so.6')).toContain('v1');
  });
});

describe('rpm and a disk that is nearly full', () => {
  /** A machine whose root has this much room. */
  function withRoom(freeBytes: number): TestMachine {
    const target = machine();
    const { kernel } = target.running;
    const tree = kernel.tree('root');
    const used = new SpaceAccount(tree, Number.MAX_SAFE_INTEGER).free;
    const usedBytes = used.sizeBytes - used.freeBytes;
    kernel.limitSpace('root', new SpaceAccount(tree, usedBytes + freeBytes));
    return target;
  }

  test('it refuses before it touches a file, and says how much is missing', () => {
    const target = withRoom(1_000_000);
    target.update();
    expect(target.errors().at(-1)).toBe('Transaction failed: Rpm transaction failed.');
    expect(target.errors()[0]).toMatch(
      /^ {2}- installing package .* needs \d+[MK]B more space on the \/ filesystem$/,
    );
    const written = target
      .operations()
      .filter(({ path }) => /^\/(usr\/(bin|lib\/lib)|boot)/.test(path));
    expect(written).toEqual([]);
    expect(target.menu()).toEqual(['v1']);
  });

  test('with room it goes through, though old and new lie side by side for a while', () => {
    const target = withRoom(100_000_000);
    target.update();
    expect(target.errors()).toEqual([]);
    expect(target.menu()).toEqual(['v2', 'v1']);
  });
});
