/** openSUSE MicroOS: updates inside a new btrfs snapshot, which becomes the default subvolume. */
import type { System } from '../model/system.ts';

/** openSUSE MicroOS with transactional-update 6 and classic GRUB. Facts: systems.md section 4 and its sources. */
export const opensuseMicroos: System = {
  id: 'opensuse-microos',
  name: 'openSUSE MicroOS',
  mechanism: 'btrfs snapshot',
  backend: 'btrfs',
  options: { tool: 'rpm', layout: 'microos' },
  commands: {
    update: 'transactional-update dup',
    rollback: 'transactional-update rollback last',
    install: 'transactional-update pkg install',
    remove: 'transactional-update pkg remove',
    replace: 'transactional-update run zypper install NEW -OLD',
    history: 'snapper list',
  },
  protections: [
    'The root is read-only twice: by its mount, and by a property of the snapshot; root can change both. There is no verity.',
    'Finished snapshots under /.snapshots are read-only: deleting there gives EROFS, but their /etc is a writable subvolume.',
    'Kernel, initramfs and menu lie inside the snapshot: going back brings them back together.',
    '/var, /home, /root, /opt, /srv and /usr/local are shared by all snapshots and writable: nothing protects them.',
    'Each snapshot has an /etc of its own: going back brings the old one back.',
  ],
  encryptable: {
    volumes: ['root'],
    source: 'https://en.opensuse.org/SDB:Encrypted_root_file_system',
  },
  withoutChecksums: {
    paths: ['/var'],
    source: 'conformance/survive, bit rot on btrfs: /var with chattr +C, as openSUSE sets it',
  },
  settingOptions: {
    startChecks: {
      'as-shipped': { startChecks: 'as-shipped' },
      'with-login': { startChecks: 'with-login' },
    },
  },
  asOf: '2026-07',
  sources: [
    'https://github.com/openSUSE/transactional-update/blob/aee1e1b/lib/Transaction.cpp',
    'https://github.com/openSUSE/transactional-update/blob/aee1e1b/lib/Snapshot/Snapper.cpp',
    'https://github.com/openSUSE/transactional-update/blob/aee1e1b/snapper/50-etc',
    'https://github.com/openSUSE/transactional-update/blob/aee1e1b/dracut/sync-etc-state.cpp',
    'https://github.com/openSUSE/transactional-update/blob/aee1e1b/man/transactional-update.8.xml',
    'https://build.opensuse.org/projects/openSUSE/packages/systemd-repart-branding-Aeon/files/50-root.conf',
    'https://susedoc.github.io/doc-sle/SLE15SP6/html/SLED-administration/cha-snapper.html',
    'https://github.com/openSUSE/health-checker',
    'recorded run btrfs: set-default was durable 25 s after the tool had ended',
  ],
  thenAndNow:
    'In 2023 /etc was an overlay with an upper layer per snapshot on /var; since transactional-update 5 (January 2025) ' +
    'it is a nested subvolume. New installations start with systemd-boot and keep kernels on the EFI system partition; ' +
    'simulated is classic GRUB.',
  simplified: [
    'Mounts that transactional-update makes in a namespace of its own are left out; packages work on the snapshot’s path.',
    'Files that a package puts into /var and other shared directories lie in the factory directory of the snapshot.',
    'snapper’s timer and rebootmgr are left out, and health-checker is there only where a scenario asks for it.',
    'Packages are fetched without network time.',
    'sync-etc-state compares contents in place of modification times.',
  ],
};
