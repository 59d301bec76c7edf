/** What firmware, GRUB and the start of ABRoot find on the disk. Reads the disk alone. */
import type { MachineBrief } from '../backend.ts';
import type { BootEntry, BootMenu, DiskView, RootMount } from '../../model/boot-entry.ts';
import type { RootTree } from '../../model/root-tree.ts';
import type { MountPlan } from '../../model/system.ts';
import type { Reason } from '../../model/verdict.ts';
import { currentRoot, parseRootMenu } from './grub-menu.ts';
import {
  configurationDirectory,
  imageRecordPath,
  otherRoot,
  rootMenuPath,
  roots,
  versionOfText,
  type Root,
} from './roots.ts';
import { firmwareStop, textOf, volumeTree } from './volume-tree.ts';

const mountSource = 'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/cmd/mount-sys.go';
const grubSource = 'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/grub.go';

/** The root that the menu on vos-boot starts by default. */
export function defaultRoot(disk: DiskView): Root | undefined {
  return currentRoot(textOf(disk, volumeTree(disk, 'boot'), '/grub/grub.cfg'));
}

/** The menu of this disk: current state, then previous state. */
export function bootMenuAbroot(brief: MachineBrief, disk: DiskView): BootMenu {
  const current = defaultRoot(disk);
  const nothing = firmwareStop(disk, 'vanilla') ?? (current === undefined ? noMenu : undefined);
  const entries =
    nothing !== undefined || current === undefined
      ? []
      : [
          entryOf(brief, disk, current, 'Current'),
          entryOf(brief, disk, otherRoot(current), 'Previous'),
        ];
  return {
    loader: 'grub',
    entries,
    ...(nothing === undefined ? {} : { nothing }),
    wayToOther: {
      kind: 'menu',
      how: 'Choose “Previous State” in the GRUB menu; then `abroot rollback` makes it the default.',
    },
  };
}

const noMenu: NonNullable<BootMenu['nothing']> = {
  stage: 'loader',
  because: {
    text: 'GRUB starts, but grub/grub.cfg on vos-boot is missing or not whole: there is no menu.',
    source: grubSource,
  },
  console: ['grub>'],
};

function entryOf(brief: MachineBrief, disk: DiskView, root: Root, state: string): BootEntry {
  const tree = volumeTree(disk, root.volume);
  const parsed = parseRootMenu(textOf(disk, tree, rootMenuPath));
  const record = versionOfText(brief, textOf(disk, tree, imageRecordPath));
  const directory = disk.volumes.get(root.volume)?.root ?? 0;
  const reference = { volume: root.volume, directory };
  const missing =
    parsed === undefined ? noRootMenu(root, tree.file(rootMenuPath)?.sizeBytes) : undefined;
  return {
    id: root.label,
    title: `${state} State (${root.letter})`,
    version: parsed?.version ?? record ?? 'v1',
    kernel: { ...reference, path: parsed?.kernel ?? rootMenuPath },
    initramfs: { ...reference, path: parsed?.initramfs ?? rootMenuPath },
    root: rootMounts(disk, root, tree),
    init: brief.release.boot.find(({ stage }) => stage === 'init')?.path ?? '/sbin/init',
    ...(configured(disk, root) ? {} : { accountsGone: withoutUpperLayer(root) }),
    ...(missing === undefined ? {} : { missing, missingAt: 'loader' }),
  };
}

function configured(disk: DiskView, root: Root): boolean {
  return volumeTree(disk, 'var').walk(configurationDirectory(root)) !== undefined;
}

function withoutUpperLayer(root: Root): Reason {
  return {
    text: `/var/${configurationDirectory(root)}, the upper layer of /etc, is not there, so ABRoot cannot mount the overlay: /etc is the one of the image, and the accounts of people went with the layer.`,
    source: mountSource,
  };
}

function noRootMenu(root: Root, sizeBytes: number | undefined): Reason {
  const state =
    sizeBytes === undefined ? 'is not there' : sizeBytes === 0 ? 'is empty' : 'is damaged';
  return {
    text: `The entry of the menu loads ${rootMenuPath} of ${root.label}, which ${state}: it names no kernel.`,
    source: grubSource,
  };
}

/**
 * ABRoot covers /etc with an overlay whose upper layer lies on /var; here that directory is a whole copy, bound over it.
 * Where it does not exist the overlay does not mount: `abroot mount-sys` makes a missing work directory, but not the
 * upper one, and ends with an error before it adjusts fstab. What shows then is the image's own /etc, without the
 * accounts of people. Source: {@link mountSource}, mountOverlayMounts.
 */
function rootMounts(disk: DiskView, root: Root, tree: RootTree): readonly RootMount[] {
  const mounts: RootMount[] = [];
  const add = (mountPoint: string, from: RootTree, path: string): void => {
    const place = from.walk(path);
    if (place === undefined || place.inode === 0) return;
    mounts.push({ mountPoint, volume: place.volume, directory: place.inode });
  };
  const shared = volumeTree(disk, 'var');
  add('/', tree, '/');
  add('/etc', shared, configurationDirectory(root));
  add('/var', shared, '/');
  add('/boot/efi', volumeTree(disk, 'esp'), '/');
  return mounts;
}

/** What is mounted while a root runs, the default one unless another was chosen. vos-boot is not: only a transaction mounts it. */
export function mountsAbroot(
  brief: MachineBrief,
  disk: DiskView,
  choice?: string,
): readonly MountPlan[] {
  const root = roots.find(({ label }) => label === choice) ?? defaultRoot(disk);
  if (root === undefined) return [];
  const configuration: MountPlan = {
    mountPoint: '/etc',
    volume: 'var',
    from: configurationDirectory(root),
    readOnly: false,
  };
  const esp: MountPlan = { mountPoint: '/boot/efi', volume: 'esp', readOnly: false };
  return [
    { mountPoint: '/', volume: root.volume, readOnly: true },
    { mountPoint: '/var', volume: 'var', readOnly: false },
    ...(configured(disk, root) ? [configuration] : []),
    ...(brief.settings.espMounted === false ? [] : [esp]),
    { mountPoint: '/run', volume: 'tmpfs', readOnly: false },
    { mountPoint: '/tmp', volume: 'tmpfs', readOnly: false },
  ];
}
