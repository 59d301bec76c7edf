/** What firmware and GRUB find on the disk of a MicroOS with classic GRUB. Reads the disk alone. */
import type { MachineBrief } from '../backend.ts';
import type { BootEntry, BootMenu, DiskView, RootMount } from '../../model/boot-entry.ts';
import { rootOf, type Inode } from '../../model/cell-table.ts';
import { contentText } from '../../model/content.ts';
import type { FileSystemView } from '../../model/file-system-view.ts';
import { components } from '../../model/path.ts';
import { RootTree } from '../../model/root-tree.ts';
import type { MountPlan } from '../../model/system.ts';
import { afterFailures, statePath } from './health-checker.ts';
import { espFiles } from './install.ts';
import { parseMenu } from './menu-text.ts';
import { menuPath, sharedSubvolume, sharedSubvolumes, snapshotSubvolume } from './names.ts';
import { optionsOf } from './options.ts';

/** A snapshot that is on the disk. */
export interface FoundSnapshot {
  readonly number: number;
  readonly root: Inode;
  readonly readOnly: boolean;
}

const grubSource =
  'https://susedoc.github.io/doc-sle/SLE15SP6/html/SLED-administration/cha-snapper.html';

function lookUp(view: FileSystemView, path: string): Inode {
  let inode: Inode = rootOf(0);
  for (const name of components(path)) {
    if (inode !== 0) inode = view.lookup(inode, name);
  }
  return inode;
}

/** All snapshots, the newest first. */
export function snapshotsOf(disk: DiskView): readonly FoundSnapshot[] {
  const view = disk.volumes.get('root');
  const directory = view === undefined ? 0 : lookUp(view, '@/.snapshots');
  if (view === undefined || directory === 0) return [];
  return view
    .list(directory)
    .flatMap(({ name, inode }) => {
      const root = view.lookup(inode, 'snapshot');
      if (!/^\d+$/.test(name) || root === 0) return [];
      const readOnly = view.attributes(root)?.readOnlySubvolume === true;
      return [{ number: Number(name), root, readOnly }];
    })
    .sort((left, right) => right.number - left.number);
}

/** The snapshot that is the default subvolume, if the default is one. */
export function defaultSnapshot(disk: DiskView): FoundSnapshot | undefined {
  const root = disk.volumes.get('root')?.root;
  return snapshotsOf(disk).find((snapshot) => snapshot.root === root);
}

/** The menu: the default snapshot, then the submenu of read-only snapshots, newest first. */
export function bootMenu(brief: MachineBrief, disk: DiskView): BootMenu {
  const nothing = firmwareStop(disk);
  const current = defaultSnapshot(disk);
  const { layout, startChecks } = optionsOf(brief.options);
  const recorded = layout === 'recorded';
  const command = layout === 'tumbleweed' ? 'snapper rollback' : 'transactional-update rollback';
  const others = snapshotsOf(disk).filter(
    (snapshot) => snapshot.root !== current?.root && (recorded || snapshot.readOnly),
  );
  const all = current === undefined ? [] : [current, ...others];
  const entries = nothing === undefined ? all.flatMap((one) => entryOf(brief, disk, one)) : [];
  // Without its own menu GRUB shows none of the others: they are in a submenu of that one.
  const usable = entries[0]?.id === String(current?.number) ? entries : [];
  return {
    loader: 'grub',
    entries: usable,
    ...(usable.length > 0 ? {} : { nothing: nothing ?? noMenu }),
    ...(startChecks === 'none'
      ? {}
      : { afterFailures: afterFailures(brief, stateText(disk), current?.number) }),
    wayToOther: {
      kind: 'menu',
      how: `Choose “Start bootloader from a read-only snapshot” in the GRUB menu; then \`${command}\` makes it the default.`,
    },
  };
}

/** The note of health-checker on the subvolume of /var. */
function stateText(disk: DiskView): string {
  const view = disk.volumes.get('root');
  const inode = view === undefined ? 0 : lookUp(view, `${sharedSubvolume('/var')}/${statePath}`);
  const content = inode === 0 ? undefined : view?.content(inode);
  return content === undefined ? '' : contentText(content, disk.blobs);
}

const noMenu: NonNullable<BootMenu['nothing']> = {
  stage: 'loader',
  because: {
    text: `GRUB starts, but the default subvolume holds no whole ${menuPath}: there is no menu.`,
    source: grubSource,
  },
  console: ['grub>'],
};

function firmwareStop(disk: DiskView): BootMenu['nothing'] {
  const directory = disk.volumes.get('esp')?.root ?? 0;
  const esp = new RootTree(disk, [{ mountPoint: '/', volume: 'esp', directory }]);
  const found = espFiles.some(
    (path) => /\.efi$/i.test(path) && (esp.file(`/${path}`)?.sizeBytes ?? 0) > 0,
  );
  if (found) return undefined;
  return {
    stage: 'firmware',
    because: {
      text: 'The EFI system partition holds no boot loader: the firmware finds nothing to start.',
      source: 'recorded run rm-microos-rmroot',
    },
    console: ['No bootable device.'],
  };
}

function entryOf(
  brief: MachineBrief,
  disk: DiskView,
  snapshot: FoundSnapshot,
): readonly BootEntry[] {
  const { number, root } = snapshot;
  const tree = new RootTree(disk, [{ mountPoint: '/', volume: 'root', directory: root }]);
  const content = tree.file(menuPath);
  const parsed = content === undefined ? undefined : parseMenu(contentText(content, disk.blobs));
  if (parsed === undefined) return [];
  const reference = { volume: 'root', directory: root };
  return [
    {
      id: String(number),
      title: `${brief.system.name}, snapshot ${String(number)}`,
      version: parsed.version ?? 'v1',
      kernel: { ...reference, path: parsed.kernel },
      initramfs: { ...reference, path: parsed.initramfs },
      root: rootMounts(brief, disk, root),
      initramfsMaker: 'dracut',
      init: brief.release.boot.find(({ stage }) => stage === 'init')?.path ?? '/sbin/init',
    },
  ];
}

/** /etc needs no mount of its own to be found: the nested subvolume is a name in the snapshot. */
function rootMounts(brief: MachineBrief, disk: DiskView, root: Inode): readonly RootMount[] {
  const view = disk.volumes.get('root');
  const mounts: RootMount[] = [{ mountPoint: '/', volume: 'root', directory: root }];
  const add = (mountPoint: string, directory: Inode): void => {
    if (directory !== 0) mounts.push({ mountPoint, volume: 'root', directory });
  };
  for (const mountPoint of view === undefined ? [] : sharedMounts(brief)) {
    if (view !== undefined) add(mountPoint, lookUp(view, sharedSubvolume(mountPoint)));
  }
  if (view !== undefined) add('/.snapshots', lookUp(view, '@/.snapshots'));
  const esp = disk.volumes.get('esp');
  if (esp === undefined) return mounts;
  return [...mounts, { mountPoint: '/boot/efi', volume: 'esp', directory: esp.root }];
}

function sharedMounts(brief: MachineBrief): readonly string[] {
  const { varInRoot } = optionsOf(brief.options);
  return sharedSubvolumes.filter((mountPoint) => !varInRoot || mountPoint !== '/var');
}

/** What is mounted while a snapshot runs, the default one unless another was chosen. Source: systems.md 4.2. */
export function mounts(brief: MachineBrief, disk: DiskView, choice?: string): readonly MountPlan[] {
  const chosen = snapshotsOf(disk).find(({ number }) => String(number) === choice);
  const snapshot = chosen ?? defaultSnapshot(disk);
  if (snapshot === undefined) return [];
  const { layout } = optionsOf(brief.options);
  const microos = layout === 'microos';
  const readOnly = microos || (layout === 'tumbleweed' && snapshot.readOnly);
  const subvolume = snapshotSubvolume(snapshot.number);
  const shared = sharedMounts(brief).map((mountPoint) => ({
    mountPoint,
    volume: 'root',
    subvolume: sharedSubvolume(mountPoint),
    readOnly: false,
  }));
  const etc = {
    mountPoint: '/etc',
    volume: 'root',
    subvolume: `${subvolume}/etc`,
    readOnly: false,
  };
  const esp: MountPlan = { mountPoint: '/boot/efi', volume: 'esp', readOnly: false };
  return [
    { mountPoint: '/', volume: 'root', subvolume, readOnly },
    ...(microos ? [etc] : []),
    ...shared,
    { mountPoint: '/.snapshots', volume: 'root', subvolume: '@/.snapshots', readOnly: false },
    ...(brief.settings.espMounted === false ? [] : [esp]),
    { mountPoint: '/run', volume: 'tmpfs', readOnly: false },
    { mountPoint: '/tmp', volume: 'tmpfs', readOnly: false },
  ];
}
