/** What firmware and boot loader find on the disk of a NixOS system. Reads the disk alone. */
import type { MachineBrief } from '../backend.ts';
import type { BootEntry, BootMenu, DiskView, RootMount } from '../../model/boot-entry.ts';
import { contentText } from '../../model/content.ts';
import { RootTree } from '../../model/root-tree.ts';
import type { MountPlan } from '../../model/system.ts';
import { generationNumber, parseEntry, parseGrub, type MenuEntry } from './boot-files.ts';
import { loaderPaths } from './install.ts';
import { store, versionOfSystem } from './names.ts';
import { optionsOf } from './options.ts';

const systemdBoot = 'https://www.freedesktop.org/software/systemd/man/latest/systemd-boot.html';
const stageOne =
  'https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/system/boot/stage-1-init.sh';

function volumeTree(disk: DiskView, volume: string): RootTree {
  const root = disk.volumes.get(volume)?.root ?? 0;
  return new RootTree(disk, [{ mountPoint: '/', volume, directory: root }]);
}

function textAt(tree: RootTree, path: string): string {
  const content = tree.file(path);
  return content === undefined ? '' : contentText(content, tree.disk.blobs);
}

/** The menu of this disk. */
export function bootMenu(brief: MachineBrief, disk: DiskView): BootMenu {
  const { loader, loaderVolume } = optionsOf(brief.options);
  const firmware = volumeTree(disk, loaderVolume);
  const found = loaderPaths(optionsOf(brief.options)).some(
    (path) => (firmware.file(path)?.sizeBytes ?? 0) > 0,
  );
  const entries = found ? menuEntries(brief, disk).flatMap((one) => entryOf(brief, disk, one)) : [];
  return {
    loader,
    entries,
    ...(entries.length > 0 ? {} : { nothing: found ? noEntry : noLoader }),
    wayToOther: {
      kind: 'menu',
      // Measured, recorded run rerun-nix-repair: an update that is run again copies nothing that the database calls valid.
      how: 'Choose the generation before in the menu of the boot loader. Running the update again from there heals nothing, because the database calls the damaged paths valid; `nix-store --verify --check-contents --repair` does.',
    },
  };
}

type Nothing = NonNullable<BootMenu['nothing']>;

const noLoader: Nothing = {
  stage: 'firmware',
  because: {
    text: 'The EFI system partition holds no boot loader: the firmware finds nothing to start.',
    source: 'recorded run rm-nix-rmroot',
  },
  console: ['No bootable device.'],
};

const noEntry: Nothing = {
  stage: 'loader',
  because: {
    text: 'The boot loader starts, but no entry of any generation names a kernel.',
    source: systemdBoot,
  },
  console: ['No loader found. Configuration files in \\loader\\entries\\*.conf are needed.'],
};

/** The entries as the loader shows them, the default first, then the newest generation first. */
export function menuEntries(brief: MachineBrief, disk: DiskView): readonly MenuEntry[] {
  const { loader, bootVolume, bootPrefix } = optionsOf(brief.options);
  const tree = volumeTree(disk, bootVolume);
  if (loader === 'grub') return parseGrub(textAt(tree, `${bootPrefix}/grub/grub.cfg`));
  const directory = `${bootPrefix}/loader/entries`;
  const entries = tree
    .list(directory)
    .filter((name) => name.endsWith('.conf'))
    .sort((left, right) => generationNumber(right) - generationNumber(left))
    .flatMap((name) => parseEntry(name.slice(0, -5), textAt(tree, `${directory}/${name}`)) ?? []);
  const configured = /^default (\S+)$/m.exec(textAt(tree, `${bootPrefix}/loader/loader.conf`))?.[1];
  const first = entries.find(({ id }) => `${id}.conf` === configured);
  return first === undefined ? entries : [first, ...entries.filter((one) => one !== first)];
}

function entryOf(brief: MachineBrief, disk: DiskView, found: MenuEntry): readonly BootEntry[] {
  const { bootVolume } = optionsOf(brief.options);
  const version = versionOfSystem(found.init);
  const boot = disk.volumes.get(bootVolume);
  if (version === undefined || boot === undefined) return [];
  const reference = { volume: bootVolume, directory: boot.root };
  const system = found.init.slice(0, found.init.lastIndexOf('/'));
  const present = volumeTree(disk, 'root').walk(system) !== undefined;
  const missing = { text: `The system ${system} is not in the store.`, source: stageOne };
  return [
    {
      id: found.id,
      title: found.title,
      version,
      kernel: { ...reference, path: found.kernel },
      initramfs: { ...reference, path: found.initramfs },
      root: rootOf(brief, disk),
      initramfsMaker: 'nixos',
      init: found.init,
      ...(present ? {} : { missing }),
      // Of a volume that does not mount nobody knows what it holds.
      ...(present || !disk.volumes.has('root') ? {} : { rootGone: true }),
    },
  ];
}

function rootOf(brief: MachineBrief, disk: DiskView): readonly RootMount[] {
  const { bootFilesystem, loaderVolume } = optionsOf(brief.options);
  const root = disk.volumes.get('root');
  const boot = disk.volumes.get(loaderVolume);
  const mountPoint = bootFilesystem === 'root' ? '/boot/efi' : '/boot';
  return [
    ...(root === undefined ? [] : [{ mountPoint: '/', volume: 'root', directory: root.root }]),
    ...(boot === undefined ? [] : [{ mountPoint, volume: loaderVolume, directory: boot.root }]),
  ];
}

/** What is mounted while any generation runs. Source: systems.md 5.1, recorded `rm-nix-rmroot`. */
export function mounts(brief: MachineBrief): readonly MountPlan[] {
  const { bootFilesystem, loaderVolume } = optionsOf(brief.options);
  const mountPoint = bootFilesystem === 'root' ? '/boot/efi' : '/boot';
  const boot: MountPlan = { mountPoint, volume: loaderVolume, readOnly: false };
  const hidden = loaderVolume === 'esp' && brief.settings.espMounted === false;
  return [
    { mountPoint: '/', volume: 'root', readOnly: false },
    { mountPoint: store, volume: 'root', from: store.slice(1), readOnly: true },
    ...(hidden ? [] : [boot]),
    { mountPoint: '/run', volume: 'tmpfs', readOnly: false },
  ];
}
