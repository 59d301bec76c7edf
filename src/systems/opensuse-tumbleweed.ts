/** openSUSE Tumbleweed: zypper changes the root in place, snapper keeps snapshots of it beside. */
import type { System } from '../model/system.ts';

/** openSUSE Tumbleweed with classic GRUB. Facts: systems.md section 4.4 and its sources. */
export const opensuseTumbleweed: System = {
  id: 'opensuse-tumbleweed',
  name: 'openSUSE Tumbleweed',
  onRequest: true,
  mechanism: 'rpm in place · snapper',
  backend: 'btrfs',
  options: { tool: 'rpm', layout: 'tumbleweed' },
  commands: {
    update: 'zypper dup',
    rollback: 'snapper rollback',
    install: 'zypper install',
    remove: 'zypper remove',
    replace: 'zypper install NEW -OLD',
    history: 'snapper list',
  },
  protections: [
    'The root is writable: root can change and delete every file of the running system.',
    'Snapshots before and after each change are read-only: deleting there gives EROFS. Root can delete a whole snapshot.',
    'Kernel, initramfs and menu lie inside the root: going back brings them back together, and /etc with them.',
    '/var, /home, /root, /opt, /srv and /usr/local are shared by all snapshots and writable: nothing protects them.',
  ],
  staleProgramsTool: {
    command: 'zypper ps',
    source: 'https://manpages.ubuntu.com/manpages/noble/man1/zypp-CheckAccessDeleted.1.html',
  },
  asOf: '2026-07',
  sources: [
    'http://snapper.io/manpages/snapper.html',
    'https://github.com/openSUSE/snapper/blob/master/client/snapper/cmd-rollback.cc',
    'https://susedoc.github.io/doc-sle/SLE15SP6/html/SLED-administration/cha-snapper.html',
    'https://www.simplified.guide/suse/snapper-rollback',
    'recorded run rm-tumbleweed-rmroot',
  ],
  thenAndNow:
    'In 2023 every new installation started with classic GRUB, which is simulated; since November 2025 it is GRUB with ' +
    'boot loader entries, later systemd-boot, and kernels lie on the EFI system partition, outside of the snapshots.',
  simplified: [
    'The update is run as it is from the console; really one runs it there, too, but services restart in between.',
    'Files that a package puts into /var and other shared directories lie in the factory directory of the root.',
    'snapper’s timer and timeline, quotas and health checks are left out.',
    'Packages are fetched without network time.',
  ],
};
