/** OSTree with two deployments and a bare repository on ext4. Source: recordings base-ostree and rm-ostree-*. */
import type { KindCounts, Layout, LayoutEntry } from '../layout.ts';
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
  type RootLink,
  withoutRootLinks,
} from '../userland.ts';

const physical = at('root');
const boot = at('boot');
const esp = at('esp');
const state = below(physical, 'ostree/deploy/debian');
const deployments = below(state, 'deploy');
const variable = below(state, 'var');

/** Names sort as the deployments were walked: the older one first. */
const deploymentOf = { v1: below(deployments, '1.0'), v2: below(deployments, '2.0') } as const;

const rootLinks: readonly RootLink[] = [
  ...mergedUsr,
  ['home', 'var/home', 'user-docs'],
  ['root', 'var/roothome', 'user-docs'],
  ['opt', 'var/opt', 'local-software'],
  ['usr/local', '../var/usrlocal', 'local-software'],
  ['srv', 'var/srv', 'service-data'],
  ['mnt', 'var/mnt', 'root-skeleton'],
  ['media', 'run/media', 'root-skeleton'],
  ['ostree', 'sysroot/ostree', 'root-skeleton'],
];

/** Files in /usr/etc: the shipped configuration as it was, 10 more than /etc has by default. */
const pristineExtra = 10;

function fillDeployment(
  tree: TreeBuilder,
  version: 'v1' | 'v2',
  kind: string,
  parts: { readonly usr: number; readonly database: string; readonly etc: number },
): void {
  const top = deploymentOf[version];
  for (const name of ['boot', 'dev', 'proc', 'run', 'sys', 'sysroot', 'tmp', 'var']) {
    tree.directory(below(top, name));
  }
  for (const [name, target] of rootLinks) {
    if (version === 'v1') tree.link(kind, below(top, name), target);
  }
  const pristine = parts.etc + pristineExtra;
  putUsr(tree, top, kind, parts.usr - pristine, version);
  putEtc(tree, below(top, 'usr/etc'), kind, pristine, 'shipped');
  tree.area(below(top, 'usr/share/dpkg'), {
    kind: parts.database,
    files: 821,
    text: (index) => `${version} database ${String(index)}`,
  });
  const isCurrent = version === 'v2';
  tree.area(below(top, 'usr/lib/modules'), {
    kind: isCurrent ? 'kernel' : kind,
    files: 3,
    text: (index) => (index < 2 ? `${version} kernel ${String(index)}` : `${version} modules`),
  });
  tree.makeImmutable(top);
}

function fillPhysical(tree: TreeBuilder, counts: KindCounts): void {
  for (const name of ['boot', 'dev', 'home', 'proc', 'root', 'run', 'sys', 'tmp']) {
    tree.directory(below(physical, name));
  }
  for (const place of [physical, boot]) tree.directory(below(place, 'lost+found'), { mode: 0o700 });
  const repository = below(physical, 'ostree/repo');
  tree.area(below(repository, 'objects'), {
    kind: 'repo-objects',
    files: counts['repo-objects'] ?? 0,
  });
  tree.area(below(repository, 'refs'), {
    kind: 'repo-meta',
    files: counts['repo-meta'] ?? 0,
    empties: 23,
  });
  tree.link('boot-links', below(physical, 'ostree/boot.0'), 'boot.0.1');
  for (const name of ['a', 'b']) {
    tree.link('boot-links', below(physical, `ostree/boot.0.1/debian/${name}/0`), '../..');
  }
}

function fillBoot(tree: TreeBuilder, counts: KindCounts): void {
  tree.link('boot', below(boot, 'boot'), '.');
  tree.link('boot', below(boot, 'loader'), 'loader.0');
  for (const name of ['ostree-1.conf', 'ostree-2.conf']) {
    tree.file('boot', below(boot, `loader.0/entries/${name}`));
  }
  tree.directory(below(boot, 'efi'));
  tree.area(below(esp, 'EFI/BOOT'), { kind: 'boot', files: (counts['boot'] ?? 0) - 4 });
  for (const version of ['v1', 'v2'] as const) {
    tree.file('kernel', below(boot, `ostree/${version}/vmlinuz`), `${version} kernel 0`);
    tree.file('kernel', below(boot, `ostree/${version}/initramfs`), `${version} kernel 1`);
  }
}

function entry(version: 'v1' | 'v2'): LayoutEntry {
  return {
    version,
    root: deploymentOf[version],
    etc: [below(deploymentOf[version], 'etc')],
    home: below(variable, 'home'),
    rootHome: below(variable, 'roothome'),
    service: below(variable, 'lib/svc'),
    bound: [],
  };
}

const current = deploymentOf.v2;

/** The layout. `/sysroot` stays read-only whatever the kernel command line says, because the repository asks for it. */
export const ostree: Layout = {
  build(tree, recorded) {
    const counts = withoutRootLinks(recorded, rootLinks);
    tree.volume('root', 'ext4');
    tree.volume('boot', 'ext4');
    tree.volume('esp', 'vfat');
    const etc = counts['etc-default'] ?? 0;
    const edited = counts['etc-user'] ?? 0;
    fillPhysical(tree, counts);
    const extra = (counts['other-version'] ?? 0) - 821 - 3 - rootLinks.length - etc - (edited - 2);
    fillDeployment(tree, 'v1', 'other-version', { usr: extra, database: 'other-version', etc });
    putEtc(tree, below(deploymentOf.v1, 'etc'), 'other-version', etc, 'shipped');
    putEdited(tree, below(deploymentOf.v1, 'etc'), 'other-version', { early: edited - 2, late: 0 });
    const usr = counts['os'] ?? 0;
    fillDeployment(tree, 'v2', 'os', { usr, database: 'pkgdb', etc });
    putRootLinks(tree, current, recorded, rootLinks);
    putEtc(tree, below(current, 'etc'), 'etc-default', etc, 'shipped');
    putEdited(tree, below(current, 'etc'), 'etc-user', { early: edited - 3, late: 3 });
    putPeople(tree, counts, below(variable, 'home'), below(variable, 'roothome'));
    putService(tree, counts, variable, below(variable, 'srv'), { links: 1 });
    for (const name of ['opt', 'usrlocal']) {
      tree.file('local-software', below(variable, `${name}/tool`));
    }
    tree.directory(below(variable, 'mnt'));
    fillBoot(tree, counts);
  },
  mounts: [
    { mountPoint: '/', ...current, fileSystem: 'ext4', readOnly: false },
    { mountPoint: '/sysroot', ...physical, fileSystem: 'ext4', readOnly: true },
    { mountPoint: '/etc', ...below(current, 'etc'), fileSystem: 'ext4', readOnly: false },
    { mountPoint: '/usr', ...below(current, 'usr'), fileSystem: 'ext4', readOnly: true },
    { mountPoint: '/var', ...variable, fileSystem: 'ext4', readOnly: false },
    { mountPoint: '/boot', ...boot, fileSystem: 'ext4', readOnly: false },
    { mountPoint: '/boot/efi', ...esp, fileSystem: 'vfat', readOnly: false },
  ],
  order: [],
  processCount: 79,
  entries: { 'ostree-1.conf': entry('v1'), 'ostree-2.conf': entry('v2') },
};
