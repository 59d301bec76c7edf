/** Fedora Workstation: rpm packages replaced in place on btrfs, kernels beside one another with an entry each. */
import type { System } from '../model/system.ts';

/** Fedora Workstation with its installer's defaults. Facts: systems.md 1.1, 1.3 and their sources. */
export const fedoraWorkstation: System = {
  id: 'fedora-workstation',
  name: 'Fedora Workstation',
  onRequest: true,
  mechanism: 'rpm in place · btrfs',
  backend: 'mutable',
  options: { tool: 'rpm', layout: 'fedora', updates: 'online' },
  commands: {
    update: 'dnf upgrade',
    rollback: 'dnf history undo last',
    install: 'dnf install',
    remove: 'dnf remove',
    replace: 'dnf swap OLD NEW',
    history: 'dnf history list',
  },
  protections: [
    'Nothing is mounted read-only: root can change and delete every file, homes included.',
    'rpm renames the files of a package when all of them are there, and syncs none of them; its database is durable at once.',
    'Three kernels stay beside one another, with a boot entry each; everything else exists once.',
    'btrfs is there, and no tool that makes snapshots with it.',
    'dnf refuses to remove itself, protected packages and the running kernel; rm asks nobody.',
  ],
  encryptable: {
    volumes: ['root'],
    source:
      'https://docs.fedoraproject.org/en-US/quick-docs/encrypting-drives-using-LUKS/ (/boot stays outside)',
  },
  staleProgramsTool: {
    command: 'dnf needs-restarting',
    source: 'https://manpages.ubuntu.com/manpages/noble/man8/dnf-needs-restarting.8.html',
  },
  asOf: '2026-08',
  sources: [
    'https://fedoraproject.org/wiki/Changes/BtrfsByDefault',
    'https://fedoraproject.org/wiki/Changes/RelocateRPMToUsr',
    'https://fedoraproject.org/wiki/Changes/UnifyGrubConfig',
    'https://fedoraproject.org/wiki/Changes/HiddenGrubMenu',
    'https://src.fedoraproject.org/rpms/grub2',
    'https://github.com/rhboot/grub2/blob/5e9e7e44e/grub-core/commands/blscfg.c',
    'https://github.com/dracutdevs/dracut/blob/master/dracut.sh',
    'https://github.com/rpm-software-management/rpm/blob/master/lib/transaction.cc',
    'https://manpages.debian.org/bookworm/dnf-data/dnf.conf.5.en.html',
    'recorded run mutable-rpm',
  ],
  thenAndNow:
    'In 2023 dnf was version 4; since Fedora 41 (October 2024) it is dnf5, and transactions of any kind can run offline.',
  simplified: [
    'The packages are those of Debian, packed for rpm, so that only the mechanism differs.',
    'At most three kernels are ever installed here, so that the limit of dnf takes none away.',
    'The rescue entry of a fresh installation, GRUB’s note of starts that succeeded, and SELinux are left out.',
    'Scriptlets and file triggers are left out, except what a kernel package runs when the transaction is over.',
    'What dracut collects in /var/tmp before it copies the initramfs takes time, and no room.',
    'Files are compressed by btrfs on a real machine; here they lie as they are.',
    'Packages are downloaded without network time. /tmp is memory.',
    'dnf history undo is not simulated: it is one more transaction in place, and needs the old packages.',
  ],
};
