import { describe, expect, test } from 'vitest';
import { menuText, parseMenu } from '../../../src/backends/mutable/grub-menu.ts';
import { mutable } from '../../../src/backends/mutable/mutable.ts';
import { configurePending } from '../../../src/backends/package-tools/dpkg.ts';
import { decide } from '../../../src/backends/package-tools/dpkg-configure.ts';
import { readRecords } from '../../../src/backends/package-tools/dpkg-database.ts';
import type { PackageRecord } from '../../../src/backends/package-tools/status-file.ts';
import type { Procedure } from '../../../src/kernel/process.ts';
import type { SimulatedProcess } from '../../../src/kernel/simulated-process.ts';
import { contentText } from '../../../src/model/content.ts';
import { callOf, countsOf, recordedCounts, sum } from './calls.ts';
import { briefOf, TestMachine } from './machine.ts';

const recorded = { layout: 'root-only', menuWrite: 'rename', kernelHookSyncs: false } as const;

function machine(options: Record<string, string | boolean> = {}): TestMachine {
  return new TestMachine(mutable, briefOf(mutable, options));
}

describe('the calls of an upgrade with dpkg, against the recorded run mutable-dpkg', () => {
  const target = machine(recorded);
  target.update();
  const made = countsOf(target.operations());
  const real = recordedCounts('dpkg');

  test.each([
    ['write', ['write']],
    ['fsync', ['fsync']],
    ['rename', ['rename']],
    ['unlink and rmdir', ['unlink', 'rmdir']],
    ['sync_file_range', ['start-writeback', 'sync_file_range']],
    ['create, open and truncate', ['create', 'open+truncate']],
    ['ftruncate', ['ftruncate']],
    ['link', ['link']],
    ['mkdir', ['mkdir']],
  ])('%s: within 5 %%', (_call, calls) => {
    const ours = sum(made, ...calls);
    const theirs = sum(real, ...calls);
    expect(theirs).toBeGreaterThan(0);
    expect(Math.abs(ours - theirs) / theirs).toBeLessThanOrEqual(0.05);
  });

  test('it takes as long: 4346 ms, within 5 %', () => {
    const { nowMicroseconds } = target.running.kernel;
    expect(Math.abs(nowMicroseconds - 4_346_000) / 4_346_000).toBeLessThanOrEqual(0.05);
    expect(target.errors()).toEqual([]);
  });

  test('within a package every file is synced before its rename, all are written before the first rename', () => {
    const paths = target
      .operations()
      .filter(
        ({ path }) =>
          path.startsWith('/usr/lib/libm.so.6') || path.startsWith('/usr/lib/libc.so.6'),
      )
      .filter(({ effect }) => effect.kind !== 'write')
      .map((operation) => `${callOf(operation)} ${operation.path.replace('/usr/lib/', '')}`);
    const each = (...calls: readonly string[]) =>
      ['libc.so.6', 'libm.so.6'].flatMap((name) => calls.map((call) => call.replace('*', name)));
    expect(paths).toEqual(
      [
        ...each('create *.dpkg-new', 'start-writeback *.dpkg-new', 'link *'),
        ...each('start-writeback *.dpkg-new'),
        ...each('fsync *.dpkg-new', 'rename *.dpkg-new'),
        ...each('unlink *.dpkg-tmp'),
      ].map((line) => line.replace(/^link (.*)$/, 'link $1.dpkg-tmp')),
    );
  });
});

/** A machine whose C library also ships a link to a file with a new name, and has dropped a file of /etc. */
function machineWithLink(): TestMachine {
  const brief = briefOf(mutable, {});
  const file = (path: string, target?: string) => ({
    ...{ path, sizeBytes: target === undefined ? 9000 : 0, mode: 0o644, text: `libc6 ${path}` },
    ...(target === undefined ? {} : { target }),
  });
  const dropped = file('/etc/libc-only-v1');
  const packages = brief.release.packages.map((entry) => {
    const [v1, v2] = [entry.versions.v1, entry.versions.v2];
    if (entry.name !== 'libc6' || v1 === undefined || v2 === undefined) return entry;
    const links = [
      file('/usr/lib/libnew.so.1', 'libnew.so.1.2'),
      file('/usr/lib/libnew.so.1.2'),
    ] as const;
    const files = { v1: [...v1.files, dropped], v2: [...v2.files, ...links] };
    return {
      ...entry,
      versions: { v1: { ...v1, files: files.v1 }, v2: { ...v2, files: files.v2 } },
    };
  });
  return new TestMachine(mutable, { ...brief, release: { ...brief.release, packages } });
}

describe('links and files that went', () => {
  const target = machineWithLink();
  target.update();

  test('a link is renamed with the files, when all of them are written', () => {
    const calls = target
      .operations()
      .filter(({ path }) => path.startsWith('/usr/lib/libnew.so.1'))
      .map((operation) => `${callOf(operation)} ${operation.path.replace('/usr/lib/', '')}`);
    expect(calls.filter((call) => !/^(write|start-writeback)/.test(call))).toEqual([
      'symlink libnew.so.1.dpkg-new',
      'create libnew.so.1.2.dpkg-new',
      'rename libnew.so.1.dpkg-new',
      'fsync libnew.so.1.2.dpkg-new',
      'rename libnew.so.1.2.dpkg-new',
    ]);
  });

  test('a file that is gone is removed from /etc too, unless it was a configuration file', () => {
    expect(target.text('/etc/libc-only-v1')).toBeUndefined();
  });
});

describe('configuration files', () => {
  const target = machine();
  const before = target.text('/etc/fstab-default');
  target.update();

  test.each([
    [
      'unchanged by people, changed by the package: replaced',
      '/etc/desk.conf',
      'desktop v2 /etc/desk.conf',
    ],
    ['changed by both: kept', '/etc/app.conf', 'changed by its user\n'],
    ['and the new one beside it', '/etc/app.conf.dpkg-dist', 'editor v2 /etc/app.conf'],
    ['changed by nobody: as before', '/etc/fstab-default', before],
    ['no new one beside it', '/etc/fstab-default.dpkg-new', undefined],
  ])('%s', (_rule, path, text) => {
    expect(target.text(path)).toBe(text);
  });
});

describe.each([
  // Recorded, shipped by the package before; present; shipped now.
  ['new file', 'newconffile', undefined, 'b', 'install'],
  ['nobody changed it', 'a', 'a', 'a', 'keep'],
  ['the package changed it', 'a', 'a', 'b', 'install'],
  ['people changed it', 'a', 'x', 'a', 'keep'],
  ['both changed it', 'a', 'x', 'b', 'keep beside'],
  ['both changed it alike', 'a', 'b', 'b', 'keep'],
  ['people deleted it', 'a', undefined, 'a', 'keep'],
  ['people deleted it, the package changed it', 'a', undefined, 'b', 'keep beside'],
  ['there before any package had it', 'newconffile', 'x', 'b', 'keep beside'],
] as const)('the rule of three digests: %s', (_name, shipped, present, shippedNow, decision) => {
  test(decision, () => {
    expect(decide(shipped, present, shippedNow)).toBe(decision);
  });
});

describe('an interrupted upgrade', () => {
  const whole = machine();
  whole.update();
  const stages = whole.running.kernel.stages;
  const begin = (label: string): number =>
    stages.find((stage) => stage.label === label)?.startMicroseconds ?? NaN;

  test.each([
    ['unpack systemd', 140_000, 'half-installed'],
    ['configure libc6', 1_000, 'unpacked'],
    ['configure libc6', 40_000, 'half-configured'],
  ] as const)('%s + %d µs leaves a package %s', (label, after, state) => {
    const target = machine();
    target.update(begin(label) + after);
    target.switchOn();
    const found = [...recordsOf(target).values()].map((record) => record.state);
    expect(found).toContain(state);
  });

  test.each([0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.985])(
    'after %d of its time, started again: all of version 2',
    (share) => {
      const target = machine();
      target.update(Math.floor(whole.running.kernel.nowMicroseconds * share));
      target.switchOn();
      target.update();
      expect(target.menu()).toEqual(['v2', 'v1']);
      for (const { state, flag, version } of recordsOf(target).values()) {
        expect([state, flag]).toEqual(['installed', 'ok']);
        expect(['2', '6.1.0', '6.2.0']).toContain(version);
      }
      expect(target.text('/usr/lib/libc.so.6')).toContain('v2');
      expect(target.text('/etc/app.conf')).toBe('changed by its user\n');
      const left = target.running.tree.list('/usr/lib').filter((name) => /\.dpkg-/.test(name));
      expect(left).toEqual([]);
    },
  );

  test('installed again, a half-installed package is never called configured in between', () => {
    const target = machine();
    target.update(begin('unpack systemd') + 160_000);
    target.switchOn();
    expect(recordsOf(target).get('systemd')?.state).toBe('half-installed');
    target.update();
    const log = target.running.tree.file('/var/log/dpkg.log');
    const lines = log === undefined ? [] : contentText(log, target.brief.blobs).split('\n');
    const states = lines.filter((line) => /^status \S+ systemd /.test(line));
    expect(states).toEqual([
      'status half-configured systemd 1',
      'status unpacked systemd 1',
      'status half-installed systemd 1',
      'status half-installed systemd 1',
      'status unpacked systemd 2',
      'status half-configured systemd 2',
      'status installed systemd 2',
    ]);
  });

  test.each([
    ['systemd', 'half-installed', 160_000, []],
    ['systemd', 'unpacked', 103_000, ['very bad inconsistent state']],
  ] as const)('dpkg --configure -a does not repair %s that is %s', (name, state, after, said) => {
    const target = machine();
    target.update(begin(`unpack ${name}`) + after);
    target.switchOn();
    expect(recordsOf(target).get(name)).toMatchObject({ state, flag: 'reinstreq' });
    const { os, brief } = target.running.work();
    const context = { os, blobs: brief.blobs, root: '', unsafeIo: false };
    target.running.perform(
      os,
      configurePending(context, function* () {}),
    );
    expect(recordsOf(target).get(name)).toMatchObject({ state, flag: 'reinstreq' });
    expect(recordsOf(target).get('libc6')?.state).toBe('installed');
    expect(target.errors()).toHaveLength(said.length * 3);
    for (const words of said) expect(target.errors().join('\n')).toContain(words);
  });
});

describe('the menu of GRUB', () => {
  test.each([
    ['truncate-in-place', ['open+truncate', 'write', 'start-writeback']],
    ['rename', []],
  ])('written by %s', (menuWrite, calls) => {
    const target = machine({ menuWrite });
    target.update();
    const live = target.operations().filter(({ path }) => path === '/boot/grub/grub.cfg');
    expect(live.map(callOf)).toEqual(calls);
    expect(target.menu()).toEqual(['v2', 'v1']);
  });

  test('cut anywhere, it offers only entries that are whole', () => {
    const kernel = (release: string) => ({
      release,
      kernel: `/boot/vmlinuz-${release}`,
      initramfs: `/boot/initrd.img-${release}`,
    });
    const text = menuText([kernel('6.1.9'), kernel('6.1.10')]);
    const all = parseMenu(text).map(({ release }) => release);
    expect(all).toEqual(['6.1.10', '6.1.9']);
    for (let length = 0; length < text.length; length++) {
      const found = parseMenu(text.slice(0, length)).map(({ release }) => release);
      expect(found).toEqual(all.slice(0, found.length));
    }
    expect(parseMenu('')).toEqual([]);
  });

  test.each([
    ['/boot/efi/EFI/debian/grubx64.efi', 'firmware'],
    ['/boot/efi/EFI/debian/shimx64.efi', 'firmware'],
    ['/boot/efi/EFI/debian/grub.cfg', 'loader'],
    ['/boot/grub/grub.cfg', 'loader'],
  ])('without %s nothing starts, and the %s is where it ends', (path, stage) => {
    const target = machine();
    target.asRoot((os) => os.unlink(path));
    const { entries, nothing } = mutable.bootMenu(target.brief, target.running.disk);
    expect(entries).toEqual([]);
    expect(nothing?.stage).toBe(stage);
    expect(nothing?.because.text).toContain(path.split('/').at(-1));
  });
});

describe('one package', () => {
  test('removed and installed again', () => {
    const target = machine();
    const run = (procedure: Procedure | undefined, os: SimulatedProcess): void => {
      if (procedure !== undefined) target.running.perform(os, procedure);
    };
    let work = target.running.work();
    run(mutable.removePackage?.(work, 'editor'), work.os);
    expect(recordsOf(target).get('editor')?.state).toBe('config-files');
    expect(target.running.tree.list('/usr/bin')).not.toContain('editor');
    expect(target.text('/etc/app.conf')).toBe('changed by its user\n');
    work = target.running.work();
    run(mutable.installPackage?.(work, 'editor'), work.os);
    expect(recordsOf(target).get('editor')?.state).toBe('installed');
    expect(target.text('/etc/app.conf')).toBe('changed by its user\n');
    expect(target.errors()).toEqual([]);
  });

  test('an essential one is not removed', () => {
    const target = machine();
    const work = target.running.work();
    const count = target.operations().length;
    target.running.perform(work.os, mutable.removePackage?.(work, 'libc6') ?? nothing());
    expect(target.operations()).toHaveLength(count);
    expect(target.errors().join('')).toContain('Essential packages');
  });
});

function* nothing(): Procedure {}

/** What the database on the disk says, journal included. */
function recordsOf(target: TestMachine): ReadonlyMap<string, PackageRecord> {
  const { os } = target.running.work();
  let found: ReadonlyMap<string, PackageRecord> = new Map();
  function* read(): Procedure {
    found = yield* readRecords(os, '/var/lib/dpkg');
  }
  target.running.perform(os, read());
  return found;
}
