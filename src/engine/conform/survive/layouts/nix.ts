/** A Debian userland in Nix store paths, two generations. Source: recordings base-nix where present, and rm-nix-*. */
import type { KindCounts, Layout, LayoutEntry } from '../layout.ts';
import type { TreeBuilder } from '../tree-builder.ts';
import { at, below, mergedLinks, putPeople, putService, putUsr } from '../userland.ts';

const root = at('root');
const esp = at('esp');
const store = below(root, 'nix/store');

/** Regular files of /etc; everything else there is a link into the store. */
const plainDefault = 5;
const plainEdited = 4;

/** Files of /etc whose content is in the store as well. */
const plainShipped = 3;

function putGeneration(tree: TreeBuilder, kind: string, files: number, version: string): void {
  const userland = below(store, `userland-${version}`);
  const etc = below(store, `etc-${version}`);
  const fixed = 821 + 171 + 3;
  putUsr(tree, userland, kind, files - fixed, version);
  tree.directory(below(userland, 'usr/local/bin'));
  tree.area(below(userland, 'var/lib/dpkg'), { kind, files: 821 });
  tree.area(below(userland, 'boot'), {
    kind,
    files: 3,
    text: (index) => `${version} kernel ${String(index)}`,
  });
  const text = (index: number): string => `${version} etc ${String(index)}`;
  tree.area(etc, { kind, files: 171, links: 43, empties: 25, text });
  for (let index = 0; index < 25; index++) {
    tree.directory(below(store, `nixos-system-${version}/empty${String(index)}`));
  }
}

/** Store paths beside the two systems: sources of the derivations, a shell. */
const otherPaths = ['busybox', 'lab-v1.drv', 'lab-v2.drv', 'etc-v3', 'initrd', 'kernel'];

function putEtc(tree: TreeBuilder, counts: KindCounts): void {
  const etc = below(root, 'etc');
  const shipped = counts['etc-default'] ?? 0;
  const edited = counts['etc-user'] ?? 0;
  tree.area(etc, {
    ...{ kind: 'etc-default', files: shipped, links: shipped - plainDefault, empties: 25 },
    text: (index) => (index < plainShipped ? `v2 etc ${String(index)}` : `own ${String(index)}`),
  });
  tree.file('etc-user', below(etc, 'hosts'), '1');
  tree.area(below(etc, 'lab'), {
    ...{ kind: 'etc-user', files: edited - 1, links: edited - plainEdited },
  });
}

function entry(version: 'v1' | 'v2'): LayoutEntry {
  return {
    version,
    root: below(store, `userland-${version}`),
    home: below(root, 'home'),
    rootHome: below(root, 'root'),
    service: below(root, 'var/lib/svc'),
    bound: [],
  };
}

/** The layout; generation 2 runs. */
export const nix: Layout = {
  build(tree, counts) {
    tree.volume('root', 'ext4');
    tree.volume('esp', 'vfat');
    for (const name of ['boot', 'dev', 'proc', 'run', 'sys', 'tmp']) {
      tree.directory(below(root, name));
    }
    tree.directory(below(root, 'lost+found'), { mode: 0o700 });
    for (const name of [...mergedLinks, 'usr']) {
      tree.link('root-skeleton', below(root, name), `/nix/store/userland-v2/${name}`);
    }
    putGeneration(tree, 'os', counts['os'] ?? 0, 'v2');
    putGeneration(tree, 'other-version', counts['other-version'] ?? 0, 'v1');
    for (const name of otherPaths) tree.directory(below(store, name));
    const state = below(root, 'nix/var/nix');
    tree.area(below(state, 'db'), { kind: 'pkgdb', files: counts['pkgdb'] ?? 0, links: 1 });
    tree.area(below(state, 'profiles'), {
      ...{ kind: 'profiles', files: counts['profiles'] ?? 0, links: 10 },
    });
    putEtc(tree, counts);
    putPeople(tree, counts, below(root, 'home'), below(root, 'root'));
    putService(tree, counts, below(root, 'var'), below(root, 'srv'), { links: 0 });
    for (const name of ['opt', 'local']) {
      tree.file('local-software', below(root, `root/${name}/tool`));
    }
    for (const version of ['v1', 'v2']) {
      for (let index = 0; index < 3; index++) {
        const path = `EFI/nixos/${version}-${String(index)}`;
        tree.file('kernel', below(esp, path), `${version} kernel ${String(index)}`);
      }
    }
    for (const number of [1, 2]) {
      tree.file('boot', below(esp, `loader/entries/nixos-generation-${String(number)}.conf`));
    }
    tree.file('boot', below(esp, 'EFI/debian/grub.cfg'));
    tree.area(below(esp, 'EFI/BOOT'), { kind: 'boot', files: (counts['boot'] ?? 0) - 3 });
  },
  mounts: [
    { mountPoint: '/', ...root, fileSystem: 'ext4', readOnly: false },
    { mountPoint: '/nix/store', ...store, fileSystem: 'ext4', readOnly: true },
    { mountPoint: '/boot', ...esp, fileSystem: 'vfat', readOnly: false },
  ],
  order: [],
  processCount: 77,
  entries: {
    'nixos-generation-1.conf': entry('v1'),
    'nixos-generation-2.conf': entry('v2'),
  },
};
