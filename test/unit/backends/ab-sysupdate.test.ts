import { describe, expect, test } from 'vitest';
import { ab } from '../../../src/backends/ab/ab.ts';
import { countedName, menuOrder, parseName } from '../../../src/backends/ab/boot-counter.ts';
import { boot, prepareBoot } from '../../../src/boot/boot.ts';
import { textContent } from '../../../src/backends/machine-files.ts';
import type { Procedure, Process } from '../../../src/kernel/process.ts';
import type { PathOf } from '../../../src/model/expected-file.ts';
import type { BootVerdict } from '../../../src/model/verdict.ts';
import type { BackendOptions } from '../../../src/model/system.ts';
import { machineBeforeUpdate, TestMachine } from './machine.ts';

const images = '/boot/EFI/Linux';

const machine = (options: BackendOptions = {}, isBad = false): TestMachine =>
  machineBeforeUpdate(ab, { tool: 'sysupdate', ...options }, isBad);

function names(target: TestMachine): readonly string[] {
  return target.running.tree.list(images);
}

/** What a start of the disk as it is comes to. */
function start(target: TestMachine): BootVerdict {
  const { brief, running } = target;
  const { release, blobs } = brief;
  const pathOf: PathOf = (file, owner, version) => ab.pathOf(brief, file, owner, version);
  const plan = prepareBoot({ release, blobs, before: 'v1', after: 'v2', pathOf });
  const menu = ab.bootMenu(brief, running.disk);
  return boot({ menu, disk: running.disk, plan, loader: 'same' }).verdict;
}

function reason(target: TestMachine): string {
  return ab.bootMenu(target.brief, target.running.disk).entries[0]?.insteadOf?.text ?? '';
}

describe('names that count', () => {
  test.each([
    ['os_v2+3.efi', 'v2', { left: 3, done: 0 }],
    ['os_v2+2-1.efi', 'v2', { left: 2, done: 1 }],
    ['os_v2-broken-kernel+0-3.efi', 'v2-broken-kernel', { left: 0, done: 3 }],
    ['os_v1.efi', 'v1', undefined],
  ] as const)('%s', (name, version, counter) => {
    expect(parseName(name)).toEqual(
      counter === undefined ? { name, version } : { name, version, counter },
    );
    expect(countedName(version, counter?.left, counter?.done)).toBe(name);
  });

  test.each(['os_v2+.efi', 'os_v2+3', '.#sysupdateos_v2+3.efi', 'os_v3.efi'])(
    '%s is no image',
    (name) => {
      expect(parseName(name)).toBeUndefined();
    },
  );

  test('the newest comes first, unless it has no tries left', () => {
    const order = (...list: readonly string[]) => menuOrder(list).map(({ name }) => name);
    expect(order('os_v1.efi', 'os_v2+3.efi')).toEqual(['os_v2+3.efi', 'os_v1.efi']);
    expect(order('os_v1.efi', 'os_v2+1-2.efi')).toEqual(['os_v2+1-2.efi', 'os_v1.efi']);
    expect(order('os_v1.efi', 'os_v2+0-3.efi')).toEqual(['os_v1.efi', 'os_v2+0-3.efi']);
  });
});

describe('an update that starts', () => {
  test('has three tries, uses one, and loses its counter', () => {
    const target = machine();
    target.update();
    expect(target.errors()).toEqual([]);
    expect(names(target)).toEqual(['os_v1.efi', 'os_v2+3.efi']);
    const before = target.operations().length;
    target.restart();
    expect(names(target)).toEqual(['os_v1.efi', 'os_v2.efi']);
    const renamed = target
      .operations()
      .slice(before)
      .flatMap(({ effect }) => (effect.kind === 'rename' ? [effect.toName] : []));
    expect(renamed).toEqual(['os_v2+2-1.efi', 'os_v2.efi']);
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(reason(target)).toBe('');
  });

  test('is written and labelled before its kernel image has a name: that rename is the commit point', () => {
    const target = machine();
    target.update();
    const all = target.operations();
    const at = (kind: string, volume: string) =>
      all.findLastIndex((one) => one.effect.kind === kind && one.volume === volume);
    const flushed = all.findIndex(
      ({ effect, volume }) => effect.kind === 'barrier' && volume === 'slot-b',
    );
    expect(flushed).toBeGreaterThanOrEqual(0);
    expect(at('write-blocks', 'slot-b')).toBeLessThan(at('write-blocks', 'partition-table'));
    expect(at('write-blocks', 'partition-table')).toBeLessThan(at('rename', 'esp'));
    const commit = target.running.kernel.stages.filter(({ commitPoint }) => commitPoint === true);
    expect(commit.map(({ label }) => label)).toEqual(['give the kernel image its name']);
  });

  test('is not fetched again', () => {
    const target = machine();
    target.update();
    const count = target.operations().length;
    target.update();
    expect(target.operations()).toHaveLength(count);
    expect(target.running.kernel.terminal.at(-1)?.text).toBe('No update needed.');
  });

  test.each([0.02, 0.2, 0.4, 0.6, 0.7])(
    'interrupted after %d of its time leaves the old version, and is finished when run again',
    (share) => {
      const whole = machine();
      const before = whole.running.kernel.nowMicroseconds;
      whole.update();
      const target = machine();
      target.update(Math.floor((whole.running.kernel.nowMicroseconds - before) * share));
      target.switchOn();
      expect(target.menu()[0]).toBe('v1');
      target.update();
      expect(target.errors()).toEqual([]);
      target.restart();
      expect(target.menu()).toEqual(['v2', 'v1']);
    },
  );
});

describe('an update that does not start', () => {
  test('goes back by itself when its three tries are used up, and nobody has to choose', () => {
    const target = machine({}, true);
    target.update();
    expect(target.menu()).toEqual(['v1', 'v2']);
    expect(reason(target)).toContain('was started 3 times first');
    expect(reason(target)).toContain('its kernel panics');
    expect(start(target)).toMatchObject({ starts: true, version: 'v1' });
    expect(start(target).because.text).toContain('systemd-boot takes “Test System v1”');
    target.restart();
    expect(names(target)).toEqual(['os_v1.efi', 'os_v2+0-3.efi']);
    // From now on it is last by its name alone: it is not tried again.
    expect(target.menu()).toEqual(['v1', 'v2']);
    expect(reason(target)).toBe('');
  });

  test('stays the default without a counter, however often it fails', () => {
    const target = machine({ bootCounting: false }, true);
    target.update();
    expect(names(target)).toEqual(['os_v1.efi', 'os_v2.efi']);
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(start(target)).toMatchObject({ starts: false, version: 'v2' });
  });

  test('does not go back after it once was a success: the counter is gone', () => {
    const target = machine();
    target.update();
    target.restart();
    target.asRoot(function* (os) {
      const zeros = { sizeBytes: 4096, segments: [{ blob: 0, fromBytes: 0, lengthBytes: 4096 }] };
      yield* os.writeBlocks('slot-b', 0, zeros);
    });
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(start(target)).toMatchObject({ starts: false, wayBack: { kind: 'menu' } });
    expect(start(target).because.text).toContain('dm-verity refuses');
  });

  test('with its kernel image before its /usr, an interrupted one has something to try, and goes back', () => {
    const target = machine({ bootFile: 'first' });
    const { stages } = (() => {
      const whole = machine({ bootFile: 'first' });
      whole.update();
      return whole.running.kernel;
    })();
    const began = stages.find(({ label }) => label.startsWith('write /usr'));
    const start = stages[0]?.startMicroseconds ?? 0;
    target.update((began?.startMicroseconds ?? 0) - start + 500);
    expect(names(target)).toContain('os_v2+3.efi');
    expect(target.menu()[0]).toBe('v1');
    expect(reason(target)).toContain('no partition carries the version');
  });
});

describe('the third version', () => {
  test('takes the place of the one that does not run, kernel image and all', () => {
    const target = machine();
    target.update();
    target.restart();
    const { os, brief } = target.running.work();
    const procedure = ab.update?.({ os, brief }, 'v2-no-display-manager');
    if (procedure === undefined) throw new Error('no update');
    target.running.perform(os, procedure);
    expect(names(target)).toEqual(['os_v2-no-display-manager+3.efi', 'os_v2.efi']);
  });
});

describe('going back', () => {
  test('the version that runs is named, and wins over a newer one', () => {
    const target = machine();
    target.update();
    target.perform('rollback');
    expect(target.menu()).toEqual(['v1', 'v2']);
    target.restart();
    expect(target.errors()).toEqual([]);
    expect(target.menu()).toEqual(['v1', 'v2']);
    expect(names(target)).toEqual(['os_v1.efi', 'os_v2+3.efi']);
  });
});

test('an image that lacks a program of the login starts, and is not given up: nobody can work with it', () => {
  const target = machine();
  const { release } = target.brief;
  const path = '/usr/bin/greeter';
  const needs = [...release.boot, { stage: 'login', path, message: '' } as const];
  const [owner, ...others] = release.packages;
  const v1 = owner?.versions.v1;
  if (owner === undefined || v1 === undefined) throw new Error('no package');
  const greeter = { path, text: 'greeter', sizeBytes: 7, mode: 0o755 };
  const versions = { ...owner.versions, v1: { ...v1, files: [...v1.files, greeter] } };
  const packages = [{ ...owner, versions }, ...others];
  const brief = { ...target.brief, release: { ...release, packages, boot: needs } };
  const lacking = new TestMachine(ab, brief);
  expect(start(lacking).starts).toBe(true);
  lacking.update();
  expect(lacking.menu()).toEqual(['v2', 'v1']);
  expect(start(lacking)).toMatchObject({ starts: false, reached: 'services' });
  expect(start(lacking).because.text).toContain('/usr/bin/greeter is missing');
});

test('/usr cannot be written, the rest can', () => {
  const target = machine();
  target.asRoot(function* (os) {
    yield* os.writeFile('/etc/motd', 'hello\n');
    yield* os.writeFile('/usr/motd', 'hello\n');
  });
  expect(target.errors()).toEqual(['EROFS: open /usr/motd']);
  expect(target.text('/etc/motd')).toBe('hello\n');
});

describe('the files of /usr', () => {
  const library = '/usr/lib/libc.so.6';

  /** What a call of root comes to. */
  function refusal(target: TestMachine, call: (os: Process) => Procedure): string {
    const before = target.errors().length;
    target.asRoot(call);
    return target.errors()[before]?.split(':')[0] ?? 'done';
  }

  test('can be read, and neither deleted nor written, and the mount cannot be made writable', () => {
    const target = machine();
    expect(target.text(library)).toContain('v1');
    expect(refusal(target, (os) => os.unlink(library))).toBe('EROFS');
    expect(refusal(target, (os) => os.writeFile(library, 'changed\n'))).toBe('EROFS');
    expect(refusal(target, (os) => os.remount('/usr', false))).toBe('EROFS');
    expect(target.text(library)).toContain('v1');
  });

  test('are those of the slot that runs, after an update too', () => {
    const target = machine();
    target.update();
    expect(target.text(library)).toContain('v1');
    target.restart();
    expect(target.text(library)).toContain('v2');
    target.perform('rollback');
    expect(target.errors()).toEqual([]);
  });

  test('are not there to be judged while the image of their slot is torn', () => {
    const target = machine();
    target.asRoot(function* (os) {
      yield* os.writeBlocks('slot-a', 0, textContent(target.brief.blobs, 'zeros'));
    });
    const [entry] = ab.bootMenu(target.brief, target.running.disk).entries;
    expect(entry?.image?.isWalkable).toBeUndefined();
    expect(entry?.root.map(({ mountPoint }) => mountPoint)).toEqual(['/']);
    expect(start(target).starts).toBe(false);
  });
});
