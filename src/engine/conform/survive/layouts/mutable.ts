/** Debian on ext4, updated in place. Source: recordings base-mutable and rm-mutable-*. */
import type { Layout } from '../layout.ts';
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

const root = at('root');
const boot = at('boot');
const esp = at('esp');

/** The layout. */
export const mutable: Layout = {
  build(tree, recorded) {
    const counts = withoutRootLinks(recorded, mergedUsr);
    tree.volume('root', 'ext4');
    tree.volume('boot', 'ext4');
    tree.volume('esp', 'vfat');
    for (const name of ['boot', 'dev', 'proc', 'run', 'sys', 'tmp', 'media', 'mnt']) {
      tree.directory(below(root, name));
    }
    tree.directory(below(root, 'lost+found'), { mode: 0o700 });
    tree.directory(below(boot, 'lost+found'), { mode: 0o700 });
    tree.directory(below(boot, 'efi'));
    putRootLinks(tree, root, recorded, mergedUsr);
    putUsr(tree, root, 'os', counts['os'] ?? 0, 'v2');
    tree.area(below(root, 'var/lib/dpkg'), { kind: 'pkgdb', files: counts['pkgdb'] ?? 0 });
    putEtc(tree, below(root, 'etc'), 'etc-default', counts['etc-default'] ?? 0, 'v2');
    putEdited(tree, below(root, 'etc'), 'etc-user', {
      early: (counts['etc-user'] ?? 0) - 3,
      late: 3,
    });
    putPeople(tree, counts, below(root, 'home'), below(root, 'root'));
    putService(tree, counts, below(root, 'var'), below(root, 'srv'), { links: 4 });
    tree.area(below(root, 'opt/tool'), { kind: 'local-software', files: 1 });
    const local = { kind: 'local-software', files: (counts['local-software'] ?? 0) - 1, links: 1 };
    tree.area(below(root, 'usr/local'), { ...local, empties: 8 });
    tree.file('kernel', below(boot, 'vmlinuz-6.12.117+deb13-amd64'));
    tree.file('kernel', below(boot, 'initrd.img-6.12.117+deb13-amd64'));
    tree.area(below(root, 'usr/lib/modules'), {
      kind: 'kernel',
      files: (counts['kernel'] ?? 0) - 2,
    });
    tree.file('boot', below(boot, 'grub/grub.cfg'));
    tree.file('boot', below(boot, 'loader/entries/debian.conf'));
    tree.area(below(esp, 'EFI/BOOT'), { kind: 'boot', files: (counts['boot'] ?? 0) - 2 });
  },
  mounts: [
    { mountPoint: '/', ...root, fileSystem: 'ext4', readOnly: false },
    { mountPoint: '/boot', ...boot, fileSystem: 'ext4', readOnly: false },
    { mountPoint: '/boot/efi', ...esp, fileSystem: 'vfat', readOnly: false },
  ],
  order: [],
  processCount: 79,
  entries: {
    'debian.conf': {
      version: 'v2',
      root,
      etc: [below(root, 'etc')],
      home: below(root, 'home'),
      rootHome: below(root, 'root'),
      service: below(root, 'var/lib/svc'),
      bound: [],
    },
  },
};
