/** Options of the Nix backend. */
import type { BackendOptions } from '../../model/system.ts';

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
  bootFilesystem: {
    values: ['vfat', 'ext4', 'root'],
    note: 'vfat: the EFI system partition; ext4: a file system of its own, as recorded; root: /boot lies on the root.',
  },
} as const;

/** The options of one machine, defaults filled in. */
export interface NixOptions {
  readonly loader: 'systemd-boot' | 'grub';
  readonly finalSync: boolean;
  readonly bootFilesystem: 'vfat' | 'ext4' | 'root';
  /** The volume that holds entries and, unless it is the root, kernels. */
  readonly bootVolume: 'esp' | 'boot' | 'root';
  /** The directory on that volume that is /boot. */
  readonly bootPrefix: '' | '/boot';
  /** The volume that holds the program that the firmware starts. */
  readonly loaderVolume: 'esp' | 'boot';
}

/** Fills in defaults; systemd-boot cannot read kernels from the root, so there it keeps the partition. */
export function optionsOf(options: BackendOptions): NixOptions {
  const loader = options['loader'] === 'grub' ? 'grub' : 'systemd-boot';
  const asked = options['bootFilesystem'];
  const bootFilesystem =
    asked === 'ext4' ? 'ext4' : asked === 'root' && loader === 'grub' ? 'root' : 'vfat';
  const bootVolume =
    bootFilesystem === 'vfat' ? 'esp' : bootFilesystem === 'ext4' ? 'boot' : 'root';
  return {
    loader,
    finalSync: options['finalSync'] !== false,
    bootFilesystem,
    bootVolume,
    bootPrefix: bootFilesystem === 'root' ? '/boot' : '',
    loaderVolume: bootFilesystem === 'ext4' ? 'boot' : 'esp',
  };
}
