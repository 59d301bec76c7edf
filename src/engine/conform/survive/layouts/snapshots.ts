/**
 * openSUSE's plan of subvolumes on btrfs: MicroOS with a read-only root and /etc as overlay, Tumbleweed with a root that
 * is updated in place. Source: recordings base-microos, base-tumbleweed, rm-microos-*, rm-tumbleweed-rmroot.
 */
import type { KindCounts, Layout, LayoutEntry, LayoutMount, VolumePath } from '../layout.ts';
import type { TreeBuilder } from '../tree-builder.ts';
import {
  at,
  below,
  mergedUsr,
  putEdited,
  putEtc,
  putPeople,
  putRootLinks,
  putService,
  putUsr,
  withoutRootLinks,
} from '../userland.ts';

const top = at('root', '@');
const esp = at('esp');
const kernelNames = ['vmlinuz-6.12.117+deb13-amd64', 'initrd-6.12.117+deb13-amd64'];

/** Subvolumes that all snapshots share, by mount point. */
const shared = ['/var', '/home', '/root', '/opt', '/srv', '/usr/local'] as const;

/** The order in which the root was filled, which is the order of its names on btrfs. */
const order = [
  ...['dev', 'bin', 'boot', 'etc', 'lib', 'lib64', 'sbin', 'media', 'mnt', 'proc', 'run', 'sys'],
  ...['tmp', 'usr', 'var', 'home', 'root', 'opt', 'srv', '.snapshots', 'snapshot', 'info.xml'],
];

function snapshotOf(number: number): VolumePath {
  return below(top, `.snapshots/${String(number)}/snapshot`);
}

function putMountPoints(tree: TreeBuilder, root: VolumePath): void {
  for (const path of [
    ...['dev', 'media', 'mnt', 'proc', 'run', 'sys', 'tmp', 'boot/efi', 'boot/grub2', 'etc'],
    ...['.snapshots', ...shared.map((mountPoint) => mountPoint.slice(1))],
  ]) {
    tree.directory(below(root, path));
  }
}

function putKernel(tree: TreeBuilder, root: VolumePath, kind: string, version: string): void {
  for (const name of kernelNames) {
    tree.file(kind, below(root, `boot/${name}`), `${version} ${name}`);
  }
  tree.file(kind, below(root, 'usr/lib/modules/modules.dep'), `${version} modules`);
}

function putDatabase(
  tree: TreeBuilder,
  root: VolumePath,
  kind: string,
  files: number,
  version: string,
): void {
  const text = (index: number): string =>
    index < 4 ? `${root.path} database ${String(index)}` : `${version} database ${String(index)}`;
  tree.area(below(root, 'usr/share/dpkg'), { kind, files, text });
}

/** What another snapshot holds: everything that the running one has, of its own version. */
function putOther(
  tree: TreeBuilder,
  root: VolumePath,
  version: 'v1' | 'v2',
  { files, edited, etc }: { readonly files: number; readonly edited: number; readonly etc: number },
): void {
  const kind = 'other-version';
  putMountPoints(tree, root);
  for (const [name, target] of mergedUsr) tree.link(kind, below(root, name), target);
  putUsr(tree, root, kind, files - 821 - 3 - 4 - etc - edited, version);
  putDatabase(tree, root, kind, 821, version);
  putKernel(tree, root, kind, version);
  putEtc(tree, below(root, 'etc'), kind, etc, 'shipped');
  if (edited > 0) putEdited(tree, below(root, 'etc'), kind, { early: edited, late: 0 });
}

function putShared(tree: TreeBuilder, counts: KindCounts, text?: (index: number) => string): void {
  const home = below(top, 'home');
  putPeople(tree, counts, home, below(top, 'root'));
  const options = text === undefined ? { links: 4 } : { links: 4, text };
  putService(tree, counts, below(top, 'var'), below(top, 'srv'), options);
  tree.file('local-software', below(top, 'opt/tool/tool'));
  tree.file('local-software', below(top, 'usr/local/bin/tool'));
}

function putBoot(tree: TreeBuilder, counts: KindCounts, entries: readonly string[]): void {
  for (const name of entries) tree.file('boot', below(esp, `loader/entries/${name}`));
  tree.file('boot', below(top, 'boot/grub2/grubenv'));
  const files = (counts['boot'] ?? 0) - entries.length - 1;
  tree.area(below(esp, 'EFI/BOOT'), { kind: 'boot', files });
}

function begin(tree: TreeBuilder, snapshots: readonly number[]): void {
  tree.volume('root', 'btrfs');
  tree.volume('esp', 'vfat');
  tree.subvolume(top);
  tree.subvolume(below(top, '.snapshots'));
  for (const mountPoint of [...shared, '/boot/grub2']) {
    tree.subvolume(below(top, mountPoint.slice(1)));
  }
  for (const number of snapshots) tree.subvolume(snapshotOf(number));
}

function mountsOf(root: VolumePath, readOnly: boolean): readonly LayoutMount[] {
  const btrfs = { fileSystem: 'btrfs', readOnly: false };
  return [
    { mountPoint: '/', ...root, fileSystem: 'btrfs', readOnly },
    ...[...shared, '/.snapshots', '/boot/grub2'].map((mountPoint) => ({
      ...{ mountPoint, ...below(top, mountPoint.slice(1)) },
      ...btrfs,
    })),
    { mountPoint: '/boot/efi', ...esp, fileSystem: 'vfat', readOnly: false },
  ];
}

function entry(root: VolumePath, version: 'v1' | 'v2', etc: readonly VolumePath[]): LayoutEntry {
  return {
    ...{ version, root, etc },
    home: below(top, 'home'),
    rootHome: below(top, 'root'),
    service: below(top, 'var/lib/svc'),
    bound: [],
  };
}

/** Upper directory of a snapshot's /etc. */
function upperOf(number: number): VolumePath {
  return below(top, `var/lib/overlay/${String(number)}/etc`);
}

const microosRoot = snapshotOf(2);
const microosLayers = [upperOf(2), upperOf(1), below(microosRoot, 'etc')];

/** Of the edited files of MicroOS: those of the snapshot itself, of the first upper layer, of the second. */
const microosEdited = { snapshot: 6, first: 8, second: 5 } as const;

/** The same for files that nobody edited; the package tool wrote into the second layer. */
const microosDefault = { first: 3, second: 7 } as const;

/** MicroOS with /etc as a stack of overlays, as before transactional-update 5; snapshot 2 runs. */
export const microos: Layout = {
  build(tree, recorded) {
    const counts = withoutRootLinks(recorded, mergedUsr);
    begin(tree, [1, 2]);
    for (const number of [1, 2]) {
      const information = below(top, `.snapshots/${String(number)}/info.xml`);
      tree.file('snapshot-meta', information);
    }
    putOther(tree, snapshotOf(1), 'v1', {
      files: counts['other-version'] ?? 0,
      ...{ etc: 172, edited: 0 },
    });
    putMountPoints(tree, microosRoot);
    putRootLinks(tree, microosRoot, recorded, mergedUsr);
    putUsr(tree, microosRoot, 'os', counts['os'] ?? 0, 'v2');
    const apart = (counts['pkgdb'] ?? 0) - 821;
    putDatabase(tree, microosRoot, 'pkgdb', 821, 'v2');
    if (apart > 0) tree.link('pkgdb', below(top, 'var/lib/dpkg'), '../../usr/share/dpkg');
    putKernel(tree, microosRoot, 'kernel', 'v2');
    putMicroosConfiguration(tree, counts);
    putShared(tree, counts, (index) =>
      index === 0 ? 'v2 usr/share 0' : `service ${String(index)}`,
    );
    putBoot(tree, counts, ['snap1.conf', 'snap2.conf']);
    for (const number of [1, 2]) tree.makeReadOnly(snapshotOf(number));
  },
  mounts: [
    ...mountsOf(microosRoot, true),
    {
      ...{ mountPoint: '/etc', ...upperOf(2), fileSystem: 'overlay', readOnly: false },
      layers: microosLayers,
    },
  ],
  order,
  processCount: 89,
  entries: {
    'snap1.conf': entry(snapshotOf(1), 'v1', [upperOf(1), below(snapshotOf(1), 'etc')]),
    'snap2.conf': entry(microosRoot, 'v2', microosLayers),
  },
};

function putMicroosConfiguration(tree: TreeBuilder, counts: KindCounts): void {
  const etc = below(microosRoot, 'etc');
  const { first, second } = microosDefault;
  const shipped = (counts['etc-default'] ?? 0) - first - second;
  putEtc(tree, etc, 'etc-default', shipped, 'shipped');
  tree.file('etc-user', below(etc, 'hosts'), '0');
  for (let index = 0; index < microosEdited.snapshot - 1; index++) {
    const text = index === 0 ? 'early 0' : undefined;
    tree.file('etc-user', below(etc, `lab/early${String(index)}.conf`), text);
  }
  putEdited(tree, upperOf(1), 'etc-user', { early: microosEdited.first, late: 0 });
  putEdited(tree, upperOf(2), 'etc-user', { early: 0, late: microosEdited.second });
  for (let index = 0; index < first + second; index++) {
    const layer = index < first ? upperOf(1) : upperOf(2);
    const isTwin = index === 0 || index === first;
    const text = isTwin ? 'machine' : undefined;
    tree.file('etc-default', below(layer, `lab/machine${String(index)}`), text);
  }
}

const tumbleweedRoot = snapshotOf(1);

/** Tumbleweed: snapshot 1 runs and is written, 2 is from before the update, 3 from after it. */
export const tumbleweed: Layout = {
  build(tree, recorded) {
    const counts = withoutRootLinks(recorded, mergedUsr);
    begin(tree, [1, 2, 3]);
    for (const number of [1, 2, 3]) {
      tree.file('snapshot-meta', below(top, `.snapshots/${String(number)}/info.xml`));
    }
    const edited = counts['etc-user'] ?? 0;
    const etc = counts['etc-default'] ?? 0;
    const half = Math.floor((counts['other-version'] ?? 0) / 2);
    const early = edited - 2;
    putOther(tree, snapshotOf(2), 'v1', { files: half, edited: early, etc });
    const files = (counts['other-version'] ?? 0) - half;
    putOther(tree, snapshotOf(3), 'v2', { files, edited: early, etc });
    putMountPoints(tree, tumbleweedRoot);
    putRootLinks(tree, tumbleweedRoot, recorded, mergedUsr);
    putUsr(tree, tumbleweedRoot, 'os', (counts['os'] ?? 0) - 2, 'v2');
    for (const name of ['ld.so.cache', 'man.cache']) {
      tree.file('os', below(tumbleweedRoot, `usr/share/caches/${name}`));
    }
    const apart = (counts['pkgdb'] ?? 0) - 821;
    putDatabase(tree, tumbleweedRoot, 'pkgdb', 821, 'v2');
    if (apart > 0) tree.link('pkgdb', below(top, 'var/lib/dpkg'), '../../usr/share/dpkg');
    putKernel(tree, tumbleweedRoot, 'kernel', 'v2');
    putEtc(tree, below(tumbleweedRoot, 'etc'), 'etc-default', etc, 'shipped');
    putEdited(tree, below(tumbleweedRoot, 'etc'), 'etc-user', { early: edited - 3, late: 3 });
    putShared(tree, counts);
    putBoot(tree, counts, ['snap1.conf', 'snap2.conf', 'snap3.conf']);
    for (const number of [2, 3]) tree.makeReadOnly(snapshotOf(number));
  },
  mounts: mountsOf(tumbleweedRoot, false),
  order,
  processCount: 89,
  entries: {
    'snap1.conf': entry(tumbleweedRoot, 'v2', [below(tumbleweedRoot, 'etc')]),
    'snap2.conf': entry(snapshotOf(2), 'v1', [below(snapshotOf(2), 'etc')]),
    'snap3.conf': entry(snapshotOf(3), 'v2', [below(snapshotOf(3), 'etc')]),
  },
};

/** Where a running machine sees a snapshot. */
export function snapshotMount(path: string): string {
  return path.replace(/^@/, '');
}
