/** Options of a system that is updated in place. */
import type { VersionName } from '../../model/release.ts';
import type { BackendOptions } from '../../model/system.ts';
import { fileSystemWord, type FileSystemWord } from '../file-system-word.ts';

/** Every version that a release can have. */
export const versionNames: readonly VersionName[] = [
  'v1',
  'v2',
  'v2-no-display-manager',
  'v2-broken-kernel',
];

/** Option → its values, the default first. */
export const optionTable = {
  tool: {
    values: ['dpkg', 'rpm', 'pacman', 'rsync'],
    note: 'dpkg syncs each package file before it renames it; rpm syncs its database alone; pacman unlinks a file, then writes the new one under its final name, and syncs nothing; rsync copies the files alone, as a laboratory does, and tells no database.',
  },
  layout: {
    values: ['esp-and-root', 'root-only', 'fedora'],
    note: 'esp-and-root: an EFI system partition beside one ext4; root-only: the one file system of the recorded runs; fedora, with rpm alone: ext4 for /boot with an entry for each kernel, and btrfs with the subvolumes root and home.',
  },
  updates: {
    values: ['online', 'offline'],
    note: 'fedora: online changes the running system; offline prepares the update, restarts into a mode in which nothing else runs, installs it there and restarts again.',
  },
  snapshots: {
    values: ['none', 'timeshift-rsync'],
    note: 'timeshift-rsync, with dpkg on one file system: a snapshot by rsync before each update, on the same file system, and going back by copying it over the root; homes are left out of it.',
  },
  menuWrite: {
    values: ['truncate-in-place', 'rename'],
    note: 'truncate-in-place: grub.cfg is emptied and written again, as on Debian; rename: as in the recorded runs.',
  },
  kernelHookSyncs: {
    values: [true, false],
    note: 'true: the new initramfs is followed by a sync of its whole file system, as on Debian; false: that file alone is synced, as in the recorded runs.',
  },
  unsafeIo: {
    values: [false, true],
    note: 'With `force-unsafe-io` dpkg does not sync package files.',
  },
  filesystem: {
    values: ['ext4', 'xfs', 'btrfs'],
    note: 'What the root is formatted with.',
  },
  bootFilesystem: {
    values: ['none', 'ext4', 'xfs', 'btrfs'],
    note: 'What a /boot of its own is formatted with; none: /boot lies on the root.',
  },
} as const;

/** The options of one machine, defaults filled in. */
export interface MutableOptions {
  readonly tool: 'dpkg' | 'rpm' | 'pacman' | 'rsync';
  readonly layout: 'esp-and-root' | 'root-only' | 'fedora';
  readonly updates: 'online' | 'offline';
  readonly snapshots: 'none' | 'timeshift-rsync';
  readonly menuWrite: 'truncate-in-place' | 'rename';
  readonly kernelHookSyncs: boolean;
  readonly unsafeIo: boolean;
  readonly filesystem: FileSystemWord;
  readonly bootFilesystem: FileSystemWord | 'none';
}

const tools = ['dpkg', 'rpm', 'pacman', 'rsync'] as const;

const layouts = ['esp-and-root', 'root-only', 'fedora'] as const;

/** Fills in defaults; a value that the table does not name counts as the default. */
export function optionsOf(options: BackendOptions): MutableOptions {
  const found = withDefaults(options);
  if (found.layout !== 'fedora') return found;
  return { ...found, tool: 'rpm', filesystem: 'btrfs', bootFilesystem: 'ext4' };
}

function withDefaults(options: BackendOptions): MutableOptions {
  return {
    tool: tools.find((tool) => tool === options['tool']) ?? 'dpkg',
    layout: layouts.find((layout) => layout === options['layout']) ?? 'esp-and-root',
    updates: options['updates'] === 'offline' ? 'offline' : 'online',
    snapshots: options['snapshots'] === 'timeshift-rsync' ? 'timeshift-rsync' : 'none',
    menuWrite: options['menuWrite'] === 'rename' ? 'rename' : 'truncate-in-place',
    kernelHookSyncs: options['kernelHookSyncs'] !== false,
    unsafeIo: options['unsafeIo'] === true,
    filesystem: fileSystemWord(options['filesystem']) ?? 'ext4',
    bootFilesystem: fileSystemWord(options['bootFilesystem']) ?? 'none',
  };
}
