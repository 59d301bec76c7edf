/** What firmware and GRUB find on the disk of a Fedora Workstation, and how its root is put together. */
import type { MachineBrief } from '../backend.ts';
import type { BootEntry, BootMenu, DiskView, RootMount } from '../../model/boot-entry.ts';
import type { MountPlan } from '../../model/system.ts';
import { entriesDirectory, environmentPath, fedoraMenuPath, subvolumes } from './fedora-names.ts';
import { fedoraMenuText } from './install-fedora.ts';
import { inMenuOrder, parseEntry, savedEntry, type LoaderEntry } from './loader-entries.ts';
import { firmwareStop, grubPrompt, type Nothing } from './loader-files.ts';
import { offlineLink } from './offline-update.ts';
import { init, versionOf } from './menu.ts';
import { textAt, treeOf } from './volume-text.ts';

/** Where a path of /boot lies on the file system of its own. */
const inBoot = (path: string): string => path.slice('/boot'.length);

const wayToOther: BootMenu['wayToOther'] = {
  kind: 'menu',
  how: 'Choose the kernel before in the menu of GRUB, which shows itself after a start that failed; the rest of the system stays as it is.',
};

/** The menu of this disk. */
export function bootMenuFedora(brief: MachineBrief, disk: DiskView): BootMenu {
  const nothing = firmwareStop(brief, treeOf(disk, 'esp'));
  const found = nothing ?? entriesOf(brief, disk);
  return 'stage' in found
    ? { loader: 'grub', entries: [], nothing: found, wayToOther }
    : { loader: 'grub', entries: found, wayToOther };
}

function entriesOf(brief: MachineBrief, disk: DiskView): readonly BootEntry[] | Nothing {
  if (!disk.volumes.has('boot')) return grubPrompt('the file system of /boot cannot be read.');
  const boot = treeOf(disk, 'boot');
  const menu = textAt(boot, inBoot(fedoraMenuPath));
  if (menu !== fedoraMenuText) {
    const state = menu === undefined ? 'missing' : 'damaged';
    return grubPrompt(`${fedoraMenuPath} is ${state}.`);
  }
  const directory = inBoot(entriesDirectory);
  const found = boot
    .list(directory)
    .flatMap((file) => parseEntry(file, textAt(boot, `${directory}/${file}`) ?? '') ?? []);
  if (found.length === 0) {
    return grubPrompt(`${entriesDirectory} holds no entry that names a kernel.`);
  }
  const saved = savedEntry(textAt(boot, inBoot(environmentPath)));
  return inMenuOrder(found, saved).map((entry) => bootEntry(brief, disk, entry));
}

function bootEntry(brief: MachineBrief, disk: DiskView, entry: LoaderEntry): BootEntry {
  const reference = { volume: 'boot', directory: disk.volumes.get('boot')?.root ?? 0 };
  const root = rootMountsFedora(disk);
  const waits = waitingUpdate(disk);
  return {
    id: entry.id,
    title: entry.title,
    version: versionOf(brief, disk, entry.release),
    kernel: { ...reference, path: entry.kernel },
    // Without a line for an initramfs GRUB loads none.
    initramfs: { ...reference, path: entry.initramfs ?? '/no initramfs named' },
    root,
    init,
    initramfsMaker: 'dracut',
    isSpecification: true,
    ...(waits === undefined ? {} : { goesOn: waits }),
  };
}

/** A link that a power cut left stays valid: the next start installs what it leads to. */
function waitingUpdate(disk: DiskView): BootEntry['goesOn'] {
  if (treeOf(disk, 'root').walk(`/${subvolumes['/']}${offlineLink}`, false) === undefined) {
    return undefined;
  }
  return {
    text: `The old version starts, finds ${offlineLink} and goes to system-update.target instead of the login: it installs the update that was prepared, and restarts.`,
    source: 'https://www.freedesktop.org/software/systemd/man/latest/systemd.offline-updates.html',
  };
}

/** The pieces of the root; a subvolume that is gone is not among them. */
function rootMountsFedora(disk: DiskView): readonly RootMount[] {
  // Of a file system that cannot be mounted the root is named all the same, so that the start can say what fails.
  if (!disk.volumes.has('root')) return [{ mountPoint: '/', volume: 'root', directory: 0 }];
  const top = treeOf(disk, 'root');
  const own = Object.entries(subvolumes).flatMap(([mountPoint, name]): readonly RootMount[] => {
    const directory = top.walk(`/${name}`)?.inode;
    return directory === undefined ? [] : [{ mountPoint, volume: 'root', directory }];
  });
  const others = [
    ['/boot', 'boot'],
    ['/boot/efi', 'esp'],
  ].flatMap(([mountPoint = '', volume = '']): readonly RootMount[] => {
    const view = disk.volumes.get(volume);
    return view === undefined ? [] : [{ mountPoint, volume, directory: view.root }];
  });
  return [...own, ...others];
}

/** What is mounted while the machine runs: everything writable. Source: systems.md 1.1. */
export function mountsFedora(brief: MachineBrief): readonly MountPlan[] {
  const mounted = Object.entries(subvolumes).map(([mountPoint, subvolume]): MountPlan => {
    return { mountPoint, volume: 'root', subvolume, readOnly: false };
  });
  const esp: MountPlan = { mountPoint: '/boot/efi', volume: 'esp', readOnly: false };
  return [
    ...mounted,
    { mountPoint: '/boot', volume: 'boot', readOnly: false },
    ...(brief.settings.espMounted === false ? [] : [esp]),
    { mountPoint: '/run', volume: 'tmpfs', readOnly: false },
    { mountPoint: '/tmp', volume: 'tmpfs', readOnly: false },
  ];
}
