/** Two squashfs slots with dm-verity, one data partition for everything that changes. Source: recordings base-ab, rm-ab-*. */
import type { Layout, LayoutEntry } from '../layout.ts';
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
  type RootLink,
} from '../userland.ts';

const slotA = at('slot-a');
const slotB = at('slot-b');
const data = at('data');
const esp = at('esp');
const upper = below(data, 'etc/upper');

const rootLinks: readonly RootLink[] = [
  ...mergedUsr,
  ['opt', 'data/opt', 'local-software'],
  ['srv', 'data/srv', 'service-data'],
  ['usr/local', '../data/local', 'local-software'],
];

/** Edited files of the slot that carry a name that people edit, and default ones that people's machine added. */
const editedInSlot = 6;
const defaultInUpper = 3;

function entry(version: 'v1' | 'v2'): LayoutEntry {
  const slot = version === 'v1' ? slotA : slotB;
  return {
    version,
    root: slot,
    etc: [upper, below(slot, 'etc')],
    home: below(data, 'home'),
    rootHome: below(data, 'root'),
    service: below(data, 'var/lib/svc'),
    bound: ['var', 'home', 'root'].map((name) => below(data, name)),
  };
}

/** The layout; the running slot is B. */
export const slots: Layout = {
  build(tree, recorded) {
    const counts = withoutRootLinks(recorded, rootLinks);
    for (const slot of ['slot-a', 'slot-b']) tree.volume(slot, 'squashfs');
    tree.volume('data', 'ext4');
    tree.volume('esp', 'vfat');
    for (const slot of [slotA, slotB]) {
      for (const name of [
        ...['boot', 'data', 'dev', 'efi', 'etc', 'home', 'media', 'mnt', 'proc', 'root', 'run'],
        ...['sys', 'tmp', 'var'],
      ]) {
        tree.directory(below(slot, name));
      }
    }
    for (const [name, target] of rootLinks) tree.link('other-version', below(slotA, name), target);
    const other = (counts['other-version'] ?? 0) - 821 - 171 - rootLinks.length;
    putUsr(tree, slotA, 'other-version', other, 'v1');
    tree.area(below(slotA, 'usr/share/dpkg'), { kind: 'other-version', files: 821 });
    putEtc(tree, below(slotA, 'etc'), 'other-version', 171, 'v1');
    putRootLinks(tree, slotB, recorded, rootLinks);
    putUsr(tree, slotB, 'os', counts['os'] ?? 0, 'v2');
    tree.area(below(slotB, 'usr/share/dpkg'), { kind: 'pkgdb', files: counts['pkgdb'] ?? 0 });
    tree.area(below(slotB, 'usr/lib/modules'), { kind: 'kernel', files: 1 });
    const shipped = (counts['etc-default'] ?? 0) - defaultInUpper;
    putEtc(tree, below(slotB, 'etc'), 'etc-default', shipped, 'v2');
    for (let index = 0; index < editedInSlot - 1; index++) {
      const name = `etc/lab/early${String(index)}.conf`;
      tree.file('etc-user', below(slotB, name), index === 0 ? 'early 0' : undefined);
    }
    tree.file('etc-user', below(slotB, 'etc/hosts'), '0');
    putEdited(tree, upper, 'etc-user', {
      early: (counts['etc-user'] ?? 0) - editedInSlot - 3,
      late: 3,
    });
    for (let index = 0; index < defaultInUpper; index++) {
      const text = index === 0 ? 'v2 etc 100' : undefined;
      tree.file('etc-default', below(upper, `machine/f${String(index)}`), text);
    }
    tree.directory(below(data, 'etc/work'), { mode: 0o700 });
    tree.directory(below(data, 'lost+found'), { mode: 0o700 });
    putPeople(tree, counts, below(data, 'home'), below(data, 'root'));
    putService(tree, counts, below(data, 'var'), below(data, 'srv'), { links: 0 });
    tree.file('local-software', below(data, 'opt/tool/tool'));
    tree.file('local-software', below(data, 'local/tool'));
    for (const slot of ['A', 'B']) {
      tree.file('kernel', below(esp, `vmlinuz-${slot}`), `kernel ${slot}`);
      tree.file('kernel', below(esp, `initrd-${slot}`));
      tree.file('boot', below(esp, `loader/entries/${slot}.conf`));
    }
    tree.area(below(esp, 'EFI/BOOT'), { kind: 'boot', files: (counts['boot'] ?? 0) - 2 });
  },
  mounts: [
    { mountPoint: '/', ...slotB, fileSystem: 'squashfs', readOnly: true },
    { mountPoint: '/data', ...data, fileSystem: 'ext4', readOnly: false },
    { mountPoint: '/var', ...below(data, 'var'), fileSystem: 'ext4', readOnly: false },
    { mountPoint: '/home', ...below(data, 'home'), fileSystem: 'ext4', readOnly: false },
    { mountPoint: '/root', ...below(data, 'root'), fileSystem: 'ext4', readOnly: false },
    {
      ...{ mountPoint: '/etc', ...upper, fileSystem: 'overlay', readOnly: false },
      layers: [upper, below(slotB, 'etc')],
    },
    { mountPoint: '/efi', ...esp, fileSystem: 'vfat', readOnly: false },
  ],
  order: [],
  processCount: 78,
  entries: { 'A.conf': entry('v1'), 'B.conf': entry('v2') },
};
