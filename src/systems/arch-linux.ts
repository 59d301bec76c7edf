/** Arch Linux: packages unpacked over one another, without a temporary name; one kernel, replaced in place. */
import type { System } from '../model/system.ts';

/** Arch Linux on ext4 with GRUB, one of many ways to install it. Facts: systems.md 1.1, 1.4 and their sources. */
export const archLinux: System = {
  id: 'arch-linux',
  name: 'Arch Linux',
  onRequest: true,
  mechanism: 'pacman · ext4',
  backend: 'mutable',
  options: { tool: 'pacman', layout: 'esp-and-root' },
  commands: {
    update: 'pacman -Syu',
    rollback: 'pacman -U /var/cache/pacman/pkg/OLD-PACKAGE',
    install: 'pacman -S',
    remove: 'pacman -R',
    replace: 'pacman -R OLD; pacman -S NEW',
    history: 'less /var/log/pacman.log',
  },
  protections: [
    'Nothing is mounted read-only: root can change and delete every file.',
    'There is one kernel: it is removed from /boot before an upgrade and copied there again after it.',
    'A power cut leaves the lock of the database: pacman refuses to run until somebody deletes it.',
    'Configuration that people changed is kept; the new one comes beside it as .pacnew.',
    'pacman refuses to remove what another package needs; rm asks nobody.',
  ],
  asOf: '2026-04',
  sources: [
    'https://gitlab.archlinux.org/pacman/pacman/-/blob/master/lib/libalpm/add.c',
    'https://gitlab.archlinux.org/pacman/pacman/-/blob/master/lib/libalpm/remove.c',
    'https://gitlab.archlinux.org/archlinux/mkinitcpio/mkinitcpio/-/blob/master/mkinitcpio',
    'https://gitlab.archlinux.org/archlinux/mkinitcpio/mkinitcpio/-/blob/master/libalpm/hooks/60-mkinitcpio-remove.hook',
    'https://archlinux.org/news/new-kernel-packages-and-mkinitcpio-hooks/',
    'https://bugs.archlinux.org/task/64871',
    'https://github.com/max-baz/arch-secure-boot/issues/23',
  ],
  simplified: [
    'Arch is installed by hand: simulated is ext4 with /boot on it, and GRUB; many put /boot on the EFI system partition.',
    'The packages are those of Debian, packed for pacman, so that only the mechanism differs.',
    'The fallback initramfs, microcode, and hooks other than those of the kernel are left out.',
    'Packages are downloaded without network time; signatures and free space are not checked.',
    'Whoever interrupts pacman with Ctrl-C stops it at once, the lock stays; really it ends the package and unlocks.',
    'The package database is a directory for each package; its own fate is not judged.',
  ],
};
