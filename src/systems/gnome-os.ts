/** GNOME OS: two partitions for /usr, kernel images that count their tries, one root for everything else. */
import type { System } from '../model/system.ts';

/** GNOME OS as an image of systemd-sysupdate. Facts: systems.md 3.5, 3.6, 3.8 and their sources. */
export const gnomeOs: System = {
  id: 'gnome-os',
  name: 'GNOME OS',
  onRequest: true,
  mechanism: 'A/B · systemd-sysupdate',
  backend: 'ab',
  options: { tool: 'sysupdate' },
  commands: {
    update: 'systemd-sysupdate update',
    rollback: 'bootctl set-default @current',
    install: 'flatpak install',
    remove: 'flatpak uninstall',
    replace: 'flatpak uninstall OLD; flatpak install NEW',
    history: 'systemd-sysupdate list',
  },
  protections: [
    '/usr is a read-only image under dm-verity, whose hash is in the signed kernel image: a changed one refuses to start.',
    'A new version has three tries; if none of its starts succeeds, the loader takes the older one, unasked.',
    'The other version’s partition is not mounted: what deletes files does not reach it.',
    'The root with /etc, /var and all homes is shared by both versions and writable: nothing protects it, and it never goes back.',
    'While an update runs that needs the place of the older version, there is nothing to go back to.',
  ],
  encryptable: {
    volumes: ['data'],
    source:
      'https://github.com/GNOME/gnome-build-meta (files/secure-repart-config/main: the root is encrypted, /usr is not)',
  },
  asOf: '2026-08',
  sources: [
    'https://github.com/GNOME/gnome-build-meta/tree/062fb923/files',
    'https://www.freedesktop.org/software/systemd/man/latest/sysupdate.d.html',
    'https://systemd.io/AUTOMATIC_BOOT_ASSESSMENT',
    'https://github.com/systemd/systemd/blob/main/src/boot/boot.c',
    'https://github.com/systemd/systemd/blob/main/src/bless-boot/bless-boot.c',
    'https://github.com/systemd/systemd/blob/main/src/sysupdate/sysupdate-transfer.c',
    'https://www.freedesktop.org/software/systemd/man/latest/bootctl.html',
  ],
  thenAndNow:
    'In 2023 GNOME OS was an OSTree system; images of systemd-sysupdate came beside it from October 2023, and took over.',
  simplified: [
    'The programs are those of Debian in an image of their own, so that only the mechanism differs.',
    '/usr and the hash tree of its verity are one partition, not two; it is written as one image, and its files are looked at one by one once it is whole.',
    'Configuration that the image brings is judged by the copy in /usr.',
    '/etc is a directory of the root; really it is a layer over the configuration that /usr brings, and that layer is shared by both versions as well.',
    'The table of partitions counts as on the disk once it is written; sysupdate does not wait for that, and what a power cut right after it leaves was not recorded.',
    'A start that reaches the kernel’s user space counts as a success, also where the login screen is missing; which checks GNOME OS puts before boot-complete.target was not looked up.',
    'A choice in the menu takes no try off. The image comes without network time and without its signature being checked.',
    'Where its disk is not encrypted, it is as on a machine without a TPM, to which the installer binds the key.',
    'Flatpak applications and system extensions are left out: packages cannot be installed or removed.',
  ],
};
