/** What firmware and GRUB find on the disk of a Debian system. Reads the disk alone. */
import type { MachineBrief } from '../backend.ts';
import { packageVersions } from '../package-tools/archive.ts';
import { parseRpmRecords } from '../package-tools/rpm-database.ts';
import type { BootEntry, BootMenu, DiskView, RootMount } from '../../model/boot-entry.ts';
import type { VersionName } from '../../model/release.ts';
import type { MountPlan } from '../../model/system.ts';
import { menuPath, parseMenu, type MenuEntry } from './grub-menu.ts';
import { archVersion } from './arch-menu.ts';
import { firmwareStop, grubPrompt, type Nothing } from './loader-files.ts';
import { optionsOf, versionNames } from './options.ts';
import { rpmDatabaseOf } from './rpm-lifecycle.ts';
import { snapshotsOn } from './timeshift.ts';
import { textAt, treeOf } from './volume-text.ts';

/** Program that the kernel starts in the root. Source: systemd(1). */
export const init = '/usr/lib/systemd/systemd';

/** What GRUB reads: the volume that holds /boot, and the part of a path that leads to it. */
function bootVolume(brief: MachineBrief): { readonly volume: string; readonly above: string } {
  return optionsOf(brief.options).bootFilesystem === 'none'
    ? { volume: 'root', above: '' }
    : { volume: 'boot', above: '/boot' };
}

const chooseKernel = {
  kind: 'menu',
  how: 'Choose the kernel before under “Advanced options” in the menu of GRUB; the rest of the system stays as it is.',
} as const;

const rescueArch = {
  kind: 'rescue medium',
  how: 'There is one kernel and one system. Start a rescue medium, delete /var/lib/pacman/db.lck, and install the packages again from there with `pacman --overwrite`.',
} as const;

/** The menu of this disk. */
export function bootMenu(brief: MachineBrief, disk: DiskView): BootMenu {
  const found = entriesOf(brief, disk);
  const isArch = optionsOf(brief.options).tool === 'pacman';
  const older =
    optionsOf(brief.options).snapshots === 'none' ? {} : { olderByCopy: snapshotsOn(disk) };
  const wayToOther = isArch ? rescueArch : chooseKernel;
  return Array.isArray(found)
    ? { loader: 'grub', entries: found, wayToOther, ...older }
    : { loader: 'grub', entries: [], nothing: found as Nothing, wayToOther, ...older };
}

function entriesOf(brief: MachineBrief, disk: DiskView): readonly BootEntry[] | Nothing {
  const firmware =
    optionsOf(brief.options).layout === 'root-only'
      ? undefined
      : firmwareStop(brief, treeOf(disk, 'esp'));
  if (firmware !== undefined) return firmware;
  // Of a file system that cannot be mounted the entry is named all the same, so that the start can say what fails.
  if (!disk.volumes.has('root')) return unreadableRoot(brief);
  const { volume, above } = bootVolume(brief);
  const text = textAt(treeOf(disk, volume), menuPath.slice(above.length));
  const entries = parseMenu(text ?? '').map((entry) => bootEntry(brief, disk, entry));
  return entries.length > 0 ? entries : menuStop(text);
}

function menuStop(text: string | undefined): Nothing {
  if (text === undefined) return grubPrompt(`${menuPath} is missing.`);
  if (text === '') return grubPrompt(`${menuPath} is empty.`);
  return grubPrompt(`${menuPath} holds no whole entry.`);
}

function unreadableRoot({ release }: MachineBrief): readonly BootEntry[] {
  const kernel = release.kernels['v1'];
  if (kernel === undefined) return [];
  const reference = { volume: 'root', directory: 0 };
  return [
    {
      id: 'unreadable',
      title: 'Debian GNU/Linux',
      version: 'v1',
      kernel: { ...reference, path: kernel.image.path },
      initramfs: { ...reference, path: kernel.initramfs.path },
      root: [{ mountPoint: '/', ...reference }],
      init,
    },
  ];
}

function bootEntry(brief: MachineBrief, disk: DiskView, entry: MenuEntry): BootEntry {
  const { volume, above } = bootVolume(brief);
  const isArch = optionsOf(brief.options).tool === 'pacman';
  const root = treeOf(disk, 'root');
  const reference = { volume, directory: disk.volumes.get(volume)?.root ?? 0 };
  return {
    id: `linux-${entry.release}`,
    title: entry.title,
    version: isArch
      ? archVersion(brief, treeOf(disk, volume).file(entry.kernel.slice(above.length)), root)
      : versionOf(brief, disk, entry.release),
    kernel: { ...reference, path: entry.kernel.slice(above.length) },
    initramfs: { ...reference, path: entry.initramfs.slice(above.length) },
    root: rootMounts(brief, disk),
    init,
    ...(isArch ? { initramfsMaker: 'mkinitcpio' as const } : {}),
  };
}

function rootMounts(brief: MachineBrief, disk: DiskView): readonly RootMount[] {
  const directory = disk.volumes.get('root')?.root ?? 0;
  const mounts: RootMount[] = [{ mountPoint: '/', volume: 'root', directory }];
  const { layout, bootFilesystem } = optionsOf(brief.options);
  const boot = bootFilesystem === 'none' ? undefined : disk.volumes.get('boot');
  if (boot !== undefined) {
    mounts.push({ mountPoint: '/boot', volume: 'boot', directory: boot.root });
  }
  const esp = layout === 'root-only' ? undefined : disk.volumes.get('esp');
  if (esp !== undefined) {
    mounts.push({ mountPoint: '/boot/efi', volume: 'esp', directory: esp.root });
  }
  return mounts;
}

/** The version that ships this kernel; of several, the one that the package database speaks for. */
export function versionOf(brief: MachineBrief, disk: DiskView, release: string): VersionName {
  const shipping = versionNames.filter((name) => brief.release.kernels[name]?.release === release);
  const [first = 'v1', second] = shipping;
  if (second === undefined) return first;
  const recorded =
    optionsOf(brief.options).tool === 'rpm' ? versionsByRpm(brief, disk) : versionsByDpkg(disk);
  const all = shipping.map((name) => ({ name, versions: packageVersions(brief, name) }));
  const telling = new Set(
    all.flatMap(({ versions }) =>
      [...versions]
        .filter(([name, version]) => all.some((other) => other.versions.get(name) !== version))
        .map(([name]) => name),
    ),
  );
  const scores = new Map<VersionName, number>();
  for (const name of telling) {
    const version = recorded(name);
    for (const candidate of all) {
      if (candidate.versions.get(name) !== version) continue;
      scores.set(candidate.name, (scores.get(candidate.name) ?? 0) + 1);
    }
  }
  return shipping.reduce((best, next) =>
    (scores.get(next) ?? 0) > (scores.get(best) ?? 0) ? next : best,
  );
}

/** What a package database calls the installed version of a package. */
type RecordedVersion = (name: string) => string | undefined;

/** By dpkg: the journal, newest record first, then the status file. */
function versionsByDpkg(disk: DiskView): RecordedVersion {
  const tree = treeOf(disk, 'root');
  const journal = tree.list('/var/lib/dpkg/updates').filter((name) => /^\d{4}$/.test(name));
  const names = [...journal].sort().reverse();
  const paths = [...names.map((name) => `updates/${name}`), 'status'];
  const texts = paths.map((path) => textAt(tree, `/var/lib/dpkg/${path}`) ?? '');
  return (name) => {
    const head = `Package: ${name}\n`;
    for (const text of texts) {
      const at = text.startsWith(head) ? 0 : text.indexOf(`\n${head}`);
      if (at >= 0) return /\nVersion: (\S+)\n/.exec(text.slice(at, at + 500))?.[1];
    }
    return undefined;
  };
}

/** By rpm: the newest of the versions that it calls installed. */
function versionsByRpm(brief: MachineBrief, disk: DiskView): RecordedVersion {
  const tree = treeOf(disk, 'root');
  const path = rpmDatabaseOf(brief).onVolume;
  const text = textAt(tree, path) ?? '';
  const records = parseRpmRecords(text, textAt(tree, `${path}-wal`) ?? '');
  return (name) => [...(records.get(name) ?? [])].at(-1);
}

/**
 * What is mounted while the machine runs: everything writable. Source: systems.md 1.1; /tmp is memory since Debian 13,
 * https://www.debian.org/releases/trixie/release-notes/issues.html.
 */
export function mounts(brief: MachineBrief): readonly MountPlan[] {
  const { layout, bootFilesystem } = optionsOf(brief.options);
  const hasLoader = layout === 'esp-and-root';
  const boot: MountPlan = { mountPoint: '/boot', volume: 'boot', readOnly: false };
  const esp: MountPlan = { mountPoint: '/boot/efi', volume: 'esp', readOnly: false };
  return [
    { mountPoint: '/', volume: 'root', readOnly: false },
    ...(bootFilesystem === 'none' ? [] : [boot]),
    ...(hasLoader && brief.settings.espMounted !== false ? [esp] : []),
    { mountPoint: '/run', volume: 'tmpfs', readOnly: false },
    { mountPoint: '/tmp', volume: 'tmpfs', readOnly: false },
  ];
}
