/** Options of the Nix backend. */
import type { BackendOptions } from '../../model/system.ts';
import { fileSystemWord, type FileSystemWord } from '../file-system-word.ts';

/** Option → its values, the default first. */
export const optionTable = {
  loader: {
    values: ['systemd-boot', 'grub'],
    note: 'systemd-boot: entries written with fsync and a sync of /boot; grub: a menu renamed over without fsync.',
  },
  finalSync: {
    values: [true, false],
    note: 'true: `sync -f` of the store after the boot entry; false: NIXOS_NO_SYNC=1.',
  },
  rebuild: {
    values: ['switch', 'boot', 'test'],
    note: 'Which commit points an update passes. switch: profile, boot entry and running system; boot: the first two, the rest comes with the next start; test: the running system alone, until the next start.',
  },
  fsyncStorePaths: {
    values: [false, true],
    note: 'true: each store path is synced before the database calls it valid; since Nix 2.25, off unless somebody sets it.',
  },
  bootFilesystem: {
    values: ['vfat', 'ext4', 'xfs', 'btrfs', 'root'],
    note: 'vfat: the EFI system partition; root: /boot lies on the root; others: a file system of its own, as in the recorded runs. systemd-boot itself reads only what the firmware reads; elsewhere it stands for a loader that reads the same entries.',
  },
  filesystem: {
    values: ['ext4', 'xfs', 'btrfs'],
    note: 'What the root, with the store, is formatted with.',
  },
} as const;

/** The options of one machine, defaults filled in. */
export interface NixOptions {
  readonly loader: 'systemd-boot' | 'grub';
  readonly finalSync: boolean;
  readonly rebuild: 'switch' | 'boot' | 'test';
  readonly fsyncStorePaths: boolean;
  readonly bootFilesystem: FileSystemWord | 'vfat' | 'root';
  readonly filesystem: FileSystemWord;
  /** The volume that holds entries and, unless it is the root, kernels. */
  readonly bootVolume: 'esp' | 'boot' | 'root';
  /** The directory on that volume that is /boot. */
  readonly bootPrefix: '' | '/boot';
  /** The volume that holds the program that the firmware starts. */
  readonly loaderVolume: 'esp' | 'boot';
}

const rebuilds = ['switch', 'boot', 'test'] as const;

/** Fills in defaults. */
export function optionsOf(options: BackendOptions): NixOptions {
  const asked = options['bootFilesystem'];
  const onRoot = asked === 'root';
  const bootFilesystem = onRoot ? 'root' : (fileSystemWord(asked) ?? 'vfat');
  const own = bootFilesystem !== 'vfat' && !onRoot;
  return {
    loader: options['loader'] === 'grub' ? 'grub' : 'systemd-boot',
    finalSync: options['finalSync'] !== false,
    rebuild: rebuilds.find((word) => word === options['rebuild']) ?? 'switch',
    fsyncStorePaths: options['fsyncStorePaths'] === true,
    bootFilesystem,
    filesystem: fileSystemWord(options['filesystem']) ?? 'ext4',
    bootVolume: onRoot ? 'root' : own ? 'boot' : 'esp',
    bootPrefix: onRoot ? '/boot' : '',
    loaderVolume: own ? 'boot' : 'esp',
  };
}
