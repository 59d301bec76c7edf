/** Debian: packages unpacked over one another on one ext4 file system. */
import type { System } from '../model/system.ts';

/** Debian with its installer's defaults. Facts: systems.md section 1 and its sources. */
export const debian: System = {
  id: 'debian',
  name: 'Debian',
  mechanism: 'dpkg · ext4',
  backend: 'mutable',
  options: { tool: 'dpkg', layout: 'esp-and-root', menuWrite: 'truncate-in-place' },
  commands: {
    update: 'apt full-upgrade',
    rollback: 'apt install PACKAGE=OLD-VERSION',
    install: 'apt install',
    remove: 'apt remove',
    replace: 'apt install NEW OLD-',
    history: 'less /var/log/dpkg.log',
  },
  protections: [
    'Nothing is mounted read-only: root can change and delete every file.',
    'dpkg replaces each file by a rename after an fsync: one file is old or new, never half.',
    'Old kernels stay beside the new one and can be chosen in the menu; everything else exists once.',
    'Configuration that people changed is kept; the new one comes beside it.',
    'apt refuses to remove essential packages unless it is told twice; rm asks nobody.',
  ],
  encryptable: {
    volumes: ['root'],
    source:
      'https://www.debian.org/releases/bookworm/amd64/ch06s03.en.html (encrypted volumes; /boot stays outside)',
  },
  staleProgramsTool: {
    command: 'needrestart',
    source: 'https://manpages.ubuntu.com/manpages/jammy/man1/needrestart.1.html',
  },
  settingOptions: { ownBootPartition: { bootFilesystem: 'ext4' } },
  asOf: '2026-08',
  sources: [
    'https://www.debian.org/releases/bookworm/',
    'https://manpages.debian.org/bookworm/dpkg/dpkg.1.en.html',
    'https://manpages.debian.org/bookworm/apt/apt-get.8.en.html',
    'https://git.dpkg.org/cgit/dpkg/dpkg.git/tree/src/main/unpack.c',
    'https://git.dpkg.org/cgit/dpkg/dpkg.git/tree/src/main/archives.c',
    'https://salsa.debian.org/kernel-team/initramfs-tools',
    'https://salsa.debian.org/grub-team/grub',
    'https://wiki.debian.org/UEFI',
  ],
  simplified: [
    'The packages are those of Debian 12. /tmp is memory, as in the recorded runs and since Debian 13; Debian 12 keeps it on the disk.',
    'All packages are unpacked in one run of dpkg and configured after; apt really makes several runs.',
    'Maintainer scripts, triggers and services that restart are left out, except what makes initramfs and menu.',
    'Packages are downloaded without network time.',
    'A question about changed configuration is answered as by default: the file stays.',
    'apt finishes an interrupted run by itself here; really one types dpkg --configure -a.',
    'The loader on the EFI system partition is never updated.',
  ],
};
