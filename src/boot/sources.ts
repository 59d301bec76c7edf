/** Where the rules of a start, and the words that a machine prints, come from. */
import type { Reason } from '../model/verdict.ts';

/** Public addresses, by what they document. */
export const sources = {
  grubLinux: 'https://git.savannah.gnu.org/cgit/grub.git/tree/grub-core/loader/i386/linux.c',
  systemdBoot: 'https://github.com/systemd/systemd/blob/main/src/boot/boot.c',
  initramfs: 'https://github.com/torvalds/linux/blob/master/init/initramfs.c',
  mountRoot: 'https://github.com/torvalds/linux/blob/master/init/do_mounts.c',
  exit: 'https://github.com/torvalds/linux/blob/master/kernel/exit.c',
  verity: 'https://docs.kernel.org/admin-guide/device-mapper/verity.html',
  dynamicLinker: 'https://man7.org/linux/man-pages/man8/ld.so.8.html',
  bootup: 'https://www.freedesktop.org/software/systemd/man/latest/bootup.html',
  wholeFiles: 'the files on this disk, against the release',
  emptyConfiguration: 'recorded run rm-ostree-rmroot (recovery_boot of the current version)',
  accounts: 'https://man7.org/linux/man-pages/man5/shadow.5.html',
  declaredAccounts:
    'https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/config/update-users-groups.pl',
  fileSystemTable: 'https://man7.org/linux/man-pages/man5/systemd.mount.5.html',
  modules: 'https://man7.org/linux/man-pages/man8/modprobe.8.html',
  recordedSlots: 'recorded runs ab and ab-flag-first',
  recordedClasses: 'outcome classes of the recorded runs',
  journalReplay: 'recorded run ostree: what a loader reads that replays no journal',
} as const;

/** A reason from one of the sources above. */
export function reason(text: string, source: keyof typeof sources): Reason {
  return { text, source: sources[source] };
}
