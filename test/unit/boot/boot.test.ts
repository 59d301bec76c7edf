import { describe, expect, it } from 'vitest';
import { boot, prepareBoot, type BootResult } from '../../../src/boot/boot.ts';
import type { BootMenu, DiskView } from '../../../src/model/boot-entry.ts';
import type { LoaderView } from '../../../src/model/verdict.ts';
import { overwrite, wholeBlob, zeros } from '../../../src/model/content.ts';
import { rootOf } from '../../../src/model/cell-table.ts';
import { ImageBuilder } from '../../../src/model/volume.ts';
import { damages, filesOf, pathOf, release, SmallDisk } from './small-machine.ts';

function start(
  disk: SmallDisk,
  menu: BootMenu = disk.menu('v1'),
  view: DiskView = disk.view,
  loader: LoaderView = 'same',
): BootResult {
  const plan = prepareBoot({ release, blobs: disk.blobs, before: 'v1', after: 'v2', pathOf });
  return boot({ menu, disk: view, plan, loader });
}

describe('a whole disk', () => {
  it.each(['v1', 'v2'] as const)('starts %s up to the applications', (version) => {
    const disk = new SmallDisk(version);
    const { verdict, kernelVersion, failure } = start(disk, disk.menu(version));
    expect(failure).toBeUndefined();
    expect(verdict).toMatchObject({ starts: true, reached: 'applications', version });
    expect(kernelVersion).toBe(version);
    expect(verdict.wayBack.kind).toBe('not needed');
    expect(verdict.because.source).not.toBe('');
  });

  it('starts although a library that the release does not ship is asked for', () => {
    expect(start(new SmallDisk()).verdict.starts).toBe(true);
  });

  it('says that a loader without journal replay may show the menu of before', () => {
    const disk = new SmallDisk();
    const { verdict } = start(disk, undefined, undefined, 'stale');
    expect(verdict.starts).toBe(true);
    expect(verdict.because.text).toContain('menu of before');
  });

  it('does not start when the loader finds nothing without replaying the journal', () => {
    const disk = new SmallDisk();
    const { verdict, failure } = start(disk, undefined, undefined, 'nothing bootable');
    expect(verdict).toMatchObject({ starts: false, reached: 'firmware' });
    expect(verdict.wayBack.kind).toBe('rescue medium');
    // The disk itself is whole, and the class of the recordings speaks of the disk.
    expect(failure).toBeUndefined();
  });
});

const missingLinks = [
  { path: '/boot/vmlinuz-6.1.0', stage: 'kernel', kind: 'no entry', reached: 'loader' },
  { path: '/boot/initramfs.img-6.1.0', stage: 'initramfs', kind: 'damaged', reached: 'kernel' },
  { path: '/usr/lib/systemd/systemd', stage: 'init', kind: 'damaged', reached: 'root' },
  { path: '/usr/lib/systemd/libshared-1.so', stage: 'init', kind: 'damaged', reached: 'root' },
  { path: '/usr/lib/libc.so.6', stage: 'init', kind: 'damaged', reached: 'root' },
  { path: '/usr/lib/ld.so.2', stage: 'init', kind: 'damaged', reached: 'root' },
  { path: '/usr/bin/mount', stage: 'services', kind: 'damaged', reached: 'init' },
] as const;

describe.each(missingLinks)('$path', ({ path, stage, kind, reached }) => {
  it.each(['absent', ...Object.keys(damages)])('that is %s stops the start', (damage) => {
    const disk = new SmallDisk();
    const whole = filesOf('v1').find((one) => one.path === path);
    if (whole === undefined) throw new Error('the release has no such file');
    const make = damages[damage];
    if (make === undefined) disk.remove(path);
    else disk.put(path, make(disk.contentOf(whole)));
    const { verdict, failure } = start(disk);
    expect(failure).toEqual({ stage, kind, path });
    expect(verdict).toMatchObject({ starts: false, reached, wayBack: { kind: 'rescue medium' } });
    expect(verdict.because.text).toContain(path.slice(path.lastIndexOf('/') + 1));
    expect(verdict.console.length).toBeGreaterThan(0);
  });
});

describe('the words of a failed start', () => {
  it('are those of GRUB for a kernel that is empty', () => {
    const disk = new SmallDisk();
    disk.put('/boot/vmlinuz-6.1.0', wholeBlob(0, 0));
    expect(start(disk).verdict.console).toContain(
      'error: premature end of file /boot/vmlinuz-6.1.0.',
    );
  });

  it('are those of systemd-boot where it is the loader', () => {
    const disk = new SmallDisk();
    disk.remove('/boot/vmlinuz-6.1.0');
    const { verdict } = start(disk, { ...disk.menu('v1'), loader: 'systemd-boot' });
    expect(verdict.console).toEqual(['Error loading EFI binary \\boot\\vmlinuz-6.1.0: Not found']);
  });

  it('are those of GRUB and then of the kernel for a kernel with a hole', () => {
    const disk = new SmallDisk();
    const kernel = filesOf('v1').find(({ path }) => path === '/boot/vmlinuz-6.1.0');
    if (kernel === undefined) throw new Error('no kernel');
    const whole = disk.contentOf(kernel);
    disk.put(kernel.path, overwrite(whole, 100, zeros(200)));
    expect(start(disk).verdict.console.at(-1)).toBe('-- System halted');
  });

  it('are those of UEFI firmware where it finds no loader, whatever the menu says', () => {
    const disk = new SmallDisk();
    const because = { text: 'No loader.', source: 'test' };
    const nothing = { stage: 'firmware', because, console: ['Something else.'] } as const;
    const { verdict } = start(disk, { ...disk.menu(), nothing });
    expect(verdict.console).toEqual(['BdsDxe: No bootable option or device was found.']);
  });
});

const init = '/usr/lib/systemd/systemd';
const library = '/usr/lib/systemd/libshared-1.so';
const asked = '/sbin/init: error while loading shared libraries:';
const panic = (code: string): string =>
  `Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000${code}`;

const withoutInit = [
  {
    name: 'init is absent and a shell is there',
    absent: [init],
    last: ["/bin/sh: 0: can't access tty; job control turned off", '#'],
  },
  {
    name: 'init is absent, and the shell too',
    absent: [init, '/usr/bin/sh'],
    last: ['No init found. Try passing init= bootarg.', '(initramfs)'],
  },
  {
    name: 'init is absent, and the shell finds no library',
    absent: [init, '/usr/lib/libc.so.6'],
    last: [
      '/bin/sh: error while loading shared libraries: libc.so.6: cannot open shared object file: No such file or directory',
      panic('7f00'),
    ],
  },
  {
    name: 'init is empty',
    empty: [init],
    last: ["run-init: can't execute '/sbin/init': Exec format error", panic('0100')],
  },
  {
    name: 'the dynamic linker is absent',
    absent: ['/usr/lib/ld.so.2'],
    last: ["run-init: can't execute '/sbin/init': No such file or directory", panic('0100')],
  },
  {
    name: 'a library of init is absent',
    absent: [library],
    last: [
      `${asked} libshared-1.so: cannot open shared object file: No such file or directory`,
      panic('7f00'),
    ],
  },
  {
    name: 'a library of init is empty',
    empty: [library],
    last: [`${asked} ${library}: file too short`, panic('7f00')],
  },
  {
    name: 'a library of init holds zeros',
    zeros: [library],
    last: [`${asked} ${library}: invalid ELF header`, panic('7f00')],
  },
  { name: 'a library of init is cut', cut: [library], last: [panic('0007')] },
] as const;

const brokenDisk = (broken: {
  readonly absent?: readonly string[];
  readonly empty?: readonly string[];
  readonly zeros?: readonly string[];
  readonly cut?: readonly string[];
}): SmallDisk => {
  const disk = new SmallDisk();
  for (const path of broken.absent ?? []) disk.remove(path);
  for (const damage of ['empty', 'zeros', 'cut'] as const) {
    for (const path of broken[damage] ?? []) {
      const whole = filesOf('v1').find((one) => one.path === path);
      const make = damages[damage];
      if (whole === undefined || make === undefined) throw new Error(`no ${path}`);
      disk.put(path, make(disk.contentOf(whole)));
    }
  }
  return disk;
};

describe('with an initramfs of initramfs-tools the console ends as it does there', () => {
  it.each(withoutInit)('where $name', ({ last, ...broken }) => {
    const { console: lines } = start(brokenDisk(broken)).verdict;
    expect(lines.slice(-last.length)).toEqual(last);
    expect(lines.join()).not.toContain('No working init');
  });

  it('says which program the initramfs asked for', () => {
    const { console: lines } = start(brokenDisk({ absent: [init] })).verdict;
    expect(lines).toContain("Target filesystem doesn't have requested /sbin/init.");
  });
});

describe('with systemd in the initramfs the console ends as it does there', () => {
  const consoleWith = (broken: Parameters<typeof brokenDisk>[0]): readonly string[] => {
    const disk = brokenDisk(broken);
    const menu = disk.menu('v1');
    const entries = menu.entries.map((entry) => ({
      ...entry,
      initramfsMaker: 'dracut' as const,
    }));
    return start(disk, { ...menu, entries }).verdict.console;
  };

  it.each([
    { name: 'init is absent', absent: [init], last: 'sh-5.2#' },
    { name: 'init is empty', empty: [init], last: 'systemd[1]: Freezing execution.' },
    { name: 'a library is absent', absent: [library], last: panic('7f00') },
    {
      name: 'the root is no operating system any more',
      absent: [init, '/usr/lib/os-release'],
      last: 'Entering emergency mode. Exit the shell to continue.',
    },
  ])('where $name', ({ last, ...broken }) => {
    expect(consoleWith(broken).at(-1)).toBe(last);
  });
});

describe('who can log in', () => {
  it('is nobody where /etc is empty: a first start, which waits on the console', () => {
    const disk = new SmallDisk();
    disk.removeDirectory('/etc');
    const { failure, verdict } = start(disk);
    expect(failure).toEqual({ stage: 'services', kind: 'no login', path: '/etc' });
    expect(verdict).toMatchObject({ starts: false, reached: 'init' });
    expect(verdict.console).toEqual(['-- Press any key to proceed --']);
    expect(verdict.wayBack.how).not.toContain('packages of the damaged files');
  });

  it.each(['/etc/passwd', '/etc/shadow'])(
    'is nobody without %s, though all programs run',
    (path) => {
      const disk = new SmallDisk();
      disk.remove(path);
      const { failure, verdict } = start(disk);
      expect(failure).toEqual({ stage: 'login', kind: 'no login', path });
      expect(verdict).toMatchObject({ starts: false, reached: 'services' });
      expect(verdict.because.text).toContain(`${path} is missing, so nobody can log in`);
    },
  );

  it('is whoever /etc/shadow names where each start makes the declared accounts again', () => {
    const disk = new SmallDisk();
    const menu = disk.menu('v1');
    const entries = menu.entries.map((one) => ({ ...one, initramfsMaker: 'nixos' as const }));
    disk.remove('/etc/passwd');
    expect(start(disk, { ...menu, entries }).verdict.starts).toBe(true);
    disk.remove('/etc/shadow');
    const { verdict } = start(disk, { ...menu, entries });
    expect(verdict.starts).toBe(false);
    expect(verdict.because.text).toContain('“!”');
  });

  it('is nobody where the layer with the accounts is gone, and that is the reason', () => {
    const disk = new SmallDisk();
    disk.remove('/etc/shadow');
    const menu = disk.menu('v1');
    const accountsGone = { text: 'the upper layer is gone.', source: 'test' };
    const entries = menu.entries.map((one) => ({ ...one, accountsGone }));
    expect(start(disk, { ...menu, entries }).verdict.because.text).toContain('upper layer is gone');
  });
});

describe('a program of a later stage', () => {
  it('that misses a library says so by its own name, and its unit fails', () => {
    const disk = new SmallDisk();
    disk.remove('/usr/lib/libblkid.so.1');
    expect(start(disk).verdict.console).toEqual([
      '/usr/bin/mount: error while loading shared libraries: libblkid.so.1: cannot open shared object file: No such file or directory',
      '[FAILED] Failed to start systemd-remount-fs.service - Remount Root and Kernel File Systems.',
    ]);
  });
});

describe('a mixture of versions', () => {
  it('does not start where init asks for a library of its own version that is not there yet', () => {
    const disk = new SmallDisk();
    disk.installFrom('v2', '/usr/lib/systemd/systemd');
    const { failure, verdict } = start(disk);
    expect(failure).toMatchObject({ stage: 'init', path: '/usr/lib/systemd/libshared-2.so' });
    expect(verdict.because.text).toContain('libshared-2.so');
  });

  it('is a mismatch where all files are whole but a group spans versions', () => {
    const disk = new SmallDisk();
    disk.installFrom('v2', '/usr/lib/libc.so.6');
    const { failure, verdict } = start(disk);
    expect(failure?.kind).toBe('mismatch');
    expect(verdict.because.text).toContain('group libc');
    expect(verdict.because.text).toContain('the loader and the library share private interfaces');
    expect(verdict.console).toEqual([]);
  });

  it('starts where the mixed files have no group', () => {
    const disk = new SmallDisk();
    disk.installFrom('v2', '/usr/bin/mount');
    expect(start(disk).verdict.starts).toBe(true);
  });

  it('does not start a kernel with the initramfs of another', () => {
    const disk = new SmallDisk();
    const other = filesOf('v2').find(({ path }) => path === '/boot/initramfs.img-6.2.0');
    if (other === undefined) throw new Error('no initramfs');
    disk.put('/boot/initramfs.img-6.1.0', disk.contentOf(other));
    expect(start(disk).failure).toMatchObject({ stage: 'initramfs', kind: 'mismatch' });
  });
});

describe('a start that misses something', () => {
  it('reports a damaged application and starts', () => {
    const disk = new SmallDisk();
    disk.remove('/usr/lib/libdesk.so');
    const { verdict, degraded, failure } = start(disk);
    expect(failure).toBeUndefined();
    expect(verdict.starts).toBe(true);
    expect(degraded).toHaveLength(1);
    expect(verdict.because.text).toContain('libdesk.so');
  });

  it('reports a kernel whose modules are gone', () => {
    const disk = new SmallDisk();
    disk.removeDirectory('/usr/lib/modules/6.1.0');
    expect(start(disk).degraded[0]?.text).toContain('/usr/lib/modules/6.1.0 is missing');
  });
});

describe('a kernel that is broken on purpose', () => {
  it('panics', () => {
    const disk = new SmallDisk();
    const v1 = release.kernels.v1;
    if (v1 === undefined) throw new Error('no kernel');
    const broken = { ...release, kernels: { v1: { ...v1, broken: true as const } } };
    const blobs = disk.blobs;
    const plan = prepareBoot({ release: broken, blobs, before: 'v1', after: 'v2', pathOf });
    const result = boot({ menu: disk.menu('v1'), disk: disk.view, plan, loader: 'same' });
    expect(result.failure?.kind).toBe('no entry');
    expect(result.verdict.console.join()).toContain('Kernel panic');
  });
});

describe('the way back', () => {
  it('is the menu when another entry is whole', () => {
    const disk = new SmallDisk();
    const { verdict, others, otherRoot, otherRootWhole } = start(disk, disk.menu('v2', 'v1'));
    expect(verdict).toMatchObject({ starts: false, version: 'v2', wayBack: { kind: 'menu' } });
    expect(others).toBe('whole');
    expect([otherRoot, otherRootWhole]).toEqual([false, false]);
  });

  it('is a rescue medium when the other entry shares the damage', () => {
    const disk = new SmallDisk('v2');
    disk.installFrom('v1', '/boot/vmlinuz-6.1.0');
    disk.installFrom('v1', '/boot/initramfs.img-6.1.0');
    disk.remove('/usr/lib/libc.so.6');
    const { verdict, others } = start(disk, disk.menu('v2', 'v1'));
    expect(others).toBe('damaged');
    expect(verdict.wayBack.kind).toBe('rescue medium');
  });

  it('is a rescue medium when the menu is empty', () => {
    const disk = new SmallDisk();
    const because = { text: 'grub.cfg is empty.', source: 'test' };
    const { verdict, failure } = start(disk, {
      ...disk.menu(),
      nothing: { stage: 'loader', because, console: ['grub>'] },
    });
    expect(failure).toEqual({ stage: 'loader', kind: 'no entry' });
    expect(verdict).toMatchObject({ because, console: ['grub>'], starts: false });
  });

  it('is needed when a volume does not mount', () => {
    const disk = new SmallDisk();
    const { failure } = start(disk, undefined, { volumes: new Map(), blobs: disk.blobs });
    expect(failure?.kind).toBe('unmountable');
  });
});

describe('a root that is one image', () => {
  const build = (content: ReturnType<typeof zeros>, verity = true) => {
    const disk = new SmallDisk();
    const image = new ImageBuilder();
    image.setContent(rootOf(0), content);
    const view = { volumes: new Map([['slot-b', image.state()]]), blobs: disk.blobs };
    const old = wholeBlob(disk.blobs.intern('image v1', 4000), 4000);
    const next = wholeBlob(disk.blobs.intern('image v2', 5000), 5000);
    const file = { volume: 'slot-b', directory: rootOf(0), path: '' };
    const expected = { v1: old, v2: next };
    const entry = {
      ...disk.entry('v2'),
      kernel: file,
      initramfs: file,
      root: [],
      image: { volume: 'slot-b', expected, verity },
    };
    return start(disk, { ...disk.menu(), entries: [entry] }, view);
  };
  const blobs = new SmallDisk().blobs;
  const v2 = wholeBlob(blobs.intern('image v2', 5000), 5000);

  it('has no kernel when it is all zeros', () => {
    expect(build(zeros(5000)).failure?.kind).toBe('no entry');
  });

  it.each([true, false])('fails where it is written in part (verity: %s)', (verity) => {
    const blob = v2.segments[0]?.blob ?? 0;
    const half = { blob, fromBytes: 0, lengthBytes: 2500 };
    const rest = { blob: 0, fromBytes: 0, lengthBytes: 2500 };
    const { failure, imageVersions } = build({ sizeBytes: 5000, segments: [half, rest] }, verity);
    expect(failure).toEqual({ stage: 'root', kind: 'damaged' });
    expect(imageVersions).toEqual([]);
  });
});
