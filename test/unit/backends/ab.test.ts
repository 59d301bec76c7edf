import { describe, expect, test } from 'vitest';
import { ab } from '../../../src/backends/ab/ab.ts';
import type { Backend } from '../../../src/backends/backend.ts';
import { removeTree } from '../../../src/backends/tool-calls.ts';
import type { Procedure, Process } from '../../../src/kernel/process.ts';
import { RootTree } from '../../../src/model/root-tree.ts';
import { countsOf, recordedCounts, sum } from './calls.ts';
import { briefOf, TestMachine } from './machine.ts';

function machine(options: Record<string, string | boolean> = {}, backend = ab): TestMachine {
  return new TestMachine(backend, briefOf(backend, options));
}

/** The same mechanism on a machine whose user chose this entry of the menu. */
function choosing(entry: string): Backend {
  return { ...ab, mounts: (brief, disk) => ab.mounts(brief, disk, entry) };
}

/** Text of the first bytes of a file in the root of an entry of the menu. */
function textIn(target: TestMachine, entry: number, path: string): string | undefined {
  const { disk } = target.running;
  const found = ab.bootMenu(target.brief, disk).entries[entry];
  const [segment] = new RootTree(disk, found?.root ?? []).file(path)?.segments ?? [];
  return segment === undefined ? undefined : target.brief.blobs.get(segment.blob).text;
}

describe('the calls of a slot update, against the recorded run ab', () => {
  const target = machine({ tool: 'slot-image' });
  target.update();
  const made = countsOf(target.operations());
  const real = recordedCounts('ab');

  test.each([
    ['write', sum(made, 'write', 'write-blocks'), sum(real, 'write')],
    ['fsync', sum(made, 'fsync'), sum(real, 'fsync')],
    [
      // dd opens the slot with O_TRUNC as well, which does nothing to a block device.
      'open and truncate, without the slot itself',
      sum(made, 'open+truncate'),
      sum(real, 'open+truncate') - 1,
    ],
  ] as const)('%s: as often', (_call, ours, theirs) => {
    expect(theirs).toBeGreaterThan(0);
    expect(ours).toBe(theirs);
  });

  test('the slot is flushed before the flag is touched', () => {
    const order = target.operations().map(({ effect, volume }) => `${effect.kind} ${volume}`);
    expect(order.indexOf('barrier slot-b')).toBeGreaterThan(
      order.lastIndexOf('write-blocks slot-b'),
    );
    expect(order.indexOf('barrier slot-b')).toBeLessThan(order.indexOf('truncate boot'));
  });
});

describe('which slot starts', () => {
  test.each([{ flag: 'after' }, { flag: 'before' }, { flag: 'rauc' }, { verity: true }])(
    'the one just written; rollback exchanges them: %j',
    (option) => {
      const target = machine({ tool: 'slot-image', ...option });
      const ids = () => ab.bootMenu(target.brief, target.running.disk).entries.map(({ id }) => id);
      expect(ids()).toEqual(['slot-a', 'slot-b']);
      target.update();
      expect(target.menu()).toEqual(['v2', 'v1']);
      expect(ids()).toEqual(['slot-b', 'slot-a']);
      target.perform('rollback');
      expect(target.menu()).toEqual(['v1', 'v2']);
      expect(target.errors()).toEqual([]);
    },
  );

  test('with the flag set before, it names a slot that holds nothing yet', () => {
    const target = machine({ tool: 'slot-image', flag: 'before' });
    target.update(12_500);
    const [first] = ab.bootMenu(target.brief, target.running.disk).entries;
    expect(first?.id).toBe('slot-b');
    expect(
      target.running.disk.volumes.get('slot-b')?.content(first?.kernel.directory ?? 0),
    ).toEqual({ sizeBytes: 0, segments: [] });
  });
});

describe('abroot upgrade', () => {
  test('both roots hold version 1 before; afterwards B is current with version 2, A previous', () => {
    const target = machine();
    expect(target.menu()).toEqual(['v1', 'v1']);
    target.update();
    expect(target.errors()).toEqual([]);
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(textIn(target, 0, '/usr/bin/cp')).toContain('v2');
    expect(textIn(target, 1, '/usr/bin/cp')).toContain('v1');
  });

  test('the running root is not touched, and the update shows after a restart', () => {
    const target = machine();
    target.update();
    expect(target.operations().filter(({ volume }) => volume === 'root-a')).toEqual([]);
    expect(target.text('/usr/bin/cp')).toContain('v1');
    target.switchOn();
    expect(target.text('/usr/bin/cp')).toContain('v2');
    expect(target.text('/etc/desk.conf')).toContain('v2');
    expect(target.text('/etc/app.conf')).toContain('changed by its user');
    expect(target.errors()).toEqual([]);
  });

  test('deleting comes first, then temporary names and renames; nothing is synced until the initramfs is made, then all of the root', () => {
    const target = machine();
    target.update();
    const operations = target.operations().filter(({ volume }) => volume === 'root-b');
    const renames = operations.filter(({ effect }) => effect.kind === 'rename');
    const firstRename = operations.findIndex(({ effect }) => effect.kind === 'rename');
    const unlinked = operations
      .filter(({ effect, path }) => effect.kind === 'unlink' && path.includes('/usr/'))
      .map((operation) => operations.indexOf(operation));
    expect(unlinked.length).toBeGreaterThan(0);
    expect(Math.max(...unlinked)).toBeLessThan(firstRename);
    expect(renames.length).toBeGreaterThan(50);
    const synced = operations.filter(({ effect }) => effect.kind === 'barrier');
    expect(
      synced.map(({ effect, path }) => [effect.kind === 'barrier' && effect.scope, path]),
    ).toEqual([
      ['syncfs', '/part-future/boot/initrd.img-6.2.0'],
      ['unmount', '/part-future'],
    ]);
    const lastRename = operations.findLastIndex(({ effect }) => effect.kind === 'rename');
    const firstBarrier = operations.findIndex(({ effect }) => effect.kind === 'barrier');
    expect(firstBarrier).toBeGreaterThan(lastRename);
  });

  test('the menus are exchanged once, unsynced; then the other root is unmounted, and vos-boot after it', () => {
    const target = machine();
    target.update();
    const all = target.operations();
    const exchange = all.findIndex(({ effect }) => effect.kind === 'exchange');
    const after = all
      .slice(exchange)
      .filter(({ volume }) => !volume.startsWith('tmpfs'))
      .map(
        ({ effect, volume }) =>
          `${effect.kind === 'barrier' ? effect.scope : effect.kind} ${volume}`,
      );
    expect(after).toEqual(['exchange boot', 'unmount root-b', 'unmount boot']);
    const stages = target.running.kernel.stages.filter(({ commitPoint }) => commitPoint === true);
    expect(stages.map(({ label }) => label)).toEqual(['exchange the menus']);
  });

  test('the previous version is destroyed from the first deletion on', () => {
    const target = machine();
    const whole = machine();
    whole.update();
    const { stages } = whole.running.kernel;
    const began = stages.find(({ label }) => label.startsWith('copy the image'));
    target.update((began?.startMicroseconds ?? 0) + 1000 - (stages[0]?.startMicroseconds ?? 0));
    expect(target.menu()[0]).toBe('v1');
    expect(textIn(target, 0, '/usr/bin/cp')).toContain('v1');
    // The first entry is whole; the second one has lost its initramfs and what version 2 does not have.
    const [, previous] = ab.bootMenu(target.brief, target.running.disk).entries;
    expect(previous?.missing?.text).toContain('abroot.cfg');
    expect(textIn(target, 1, '/usr/lib/desk/old-plugin.so')).toBeUndefined();
    expect(textIn(target, 0, '/usr/lib/desk/old-plugin.so')).toContain('v1');
  });

  test.each([0.05, 0.3, 0.5, 0.7, 0.9, 0.99])(
    'interrupted after %d of its time it is run again: the new version',
    (share) => {
      const whole = machine();
      const before = whole.running.kernel.nowMicroseconds;
      whole.update();
      const target = machine();
      target.update(Math.floor((whole.running.kernel.nowMicroseconds - before) * share));
      target.switchOn();
      expect(textIn(target, 0, '/usr/bin/cp')).toContain(target.menu()[0]);
      target.update();
      expect(target.errors()).toEqual([]);
      expect(target.menu()).toEqual(['v2', 'v1']);
      expect(textIn(target, 0, '/usr/bin/cp')).toContain('v2');
    },
  );

  test('a second one is refused until a restart', () => {
    const target = machine();
    target.update();
    const count = target.operations().length;
    target.update();
    expect(target.errors()).toEqual([
      'another operation finished successfully, a reboot is required',
    ]);
    expect(target.operations()).toHaveLength(count);
  });
});

describe('abroot rollback', () => {
  test('on the default root it does nothing', () => {
    const target = machine();
    target.update();
    target.switchOn();
    target.perform('rollback');
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(target.running.kernel.terminal.at(-1)?.text).toContain('nothing to do');
  });

  test('on the previous root it makes that one the default', () => {
    const target = machine({}, choosing('vos-a'));
    target.update();
    target.switchOn();
    expect(target.text('/usr/bin/cp')).toContain('v1');
    target.perform('rollback');
    expect(target.errors()).toEqual([]);
    expect(target.menu()).toEqual(['v1', 'v2']);
  });
});

describe('when the shared /var is emptied', () => {
  test('both roots still come up, with the configuration that the image ships', () => {
    const target = machine();
    target.asRoot(function* (os) {
      for (const root of ['vos-a', 'vos-b']) {
        yield* removeTree(os, `/var/lib/abroot/etc/${root}`);
      }
    });
    expect(textIn(target, 0, '/etc/app.conf')).toContain('v1');
    target.switchOn();
    expect(target.errors()).toEqual([]);
    expect(textIn(target, 0, '/etc/app.conf')).toContain('v1');
  });
});

describe('a root without the part of the menu that names its kernel', () => {
  test.each([
    [
      'is gone',
      'is not there',
      function* (os: Process): Procedure {
        yield* os.unlink('/mnt/boot/grub/abroot.cfg');
      },
    ],
    [
      'was emptied',
      'is empty',
      function* (os: Process): Procedure {
        yield* os.writeFile('/mnt/boot/grub/abroot.cfg', '');
      },
    ],
  ] as const)('%s: the first missing link is the menu', (_how, words, harm) => {
    const target = machine();
    target.asRoot(function* (os) {
      const source = { kind: 'volume', volume: 'root-b' } as const;
      yield* os.mount({ mountPoint: '/mnt', source, readOnly: false });
      yield* harm(os);
      yield* os.unmount('/mnt');
    });
    expect(target.errors()).toEqual([]);
    const [current, previous] = ab.bootMenu(target.brief, target.running.disk).entries;
    expect(current?.missing).toBeUndefined();
    expect(previous?.missingAt).toBe('loader');
    expect(previous?.missing?.text).toContain(`/boot/grub/abroot.cfg of vos-b, which ${words}`);
  });
});
