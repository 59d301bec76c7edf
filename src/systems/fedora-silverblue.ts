/** Fedora Silverblue: OSTree deployments, staged in memory until a clean shutdown. */
import type { System } from '../model/system.ts';

/** Fedora Silverblue 42 and later. Facts: systems.md section 2 and its sources. */
export const fedoraSilverblue: System = {
  id: 'fedora-silverblue',
  name: 'Fedora Silverblue',
  mechanism: 'OSTree · staged in RAM',
  backend: 'ostree',
  options: { layout: 'fedora', composefs: true, staged: true },
  commands: {
    update: 'rpm-ostree upgrade',
    rollback: 'rpm-ostree rollback',
    install: 'rpm-ostree install',
    remove: 'rpm-ostree override remove',
    replace: 'rpm-ostree override remove OLD --install=NEW',
    history: 'rpm-ostree status',
  },
  protections: [
    'The whole of / is a read-only image: deleting there gives EROFS, and no file of the system goes.',
    '/sysroot, with all versions and the repository, is mounted read-only; root can remount it.',
    '/etc, /var with all homes, and /boot are writable: nothing protects them.',
    'Each version has an /etc of its own: going back brings the old one back.',
  ],
  encryptable: {
    volumes: ['root'],
    source:
      'https://docs.fedoraproject.org/en-US/quick-docs/encrypting-drives-using-LUKS/ (/boot stays outside)',
  },
  settingOptions: {
    startChecks: {
      'as-shipped': { startChecks: 'as-shipped' },
      'with-login': { startChecks: 'with-login' },
    },
  },
  asOf: '2026-08',
  sources: [
    'https://ostreedev.github.io/ostree/deployment/',
    'https://ostreedev.github.io/ostree/atomic-upgrades/',
    'https://ostreedev.github.io/ostree/composefs/',
    'https://github.com/ostreedev/ostree/blob/main/src/libostree/ostree-sysroot-deploy.c',
    'https://github.com/ostreedev/ostree/blob/main/src/boot/ostree-finalize-staged.service',
    'https://fedoraproject.org/wiki/Changes/Silverblue_Kinoite_readonly_sysroot',
    'https://fedoraproject.org/wiki/Changes/BtrfsByDefault',
    'https://docs.fedoraproject.org/en-US/fedora-kinoite/technical-information/',
    'https://coreos.github.io/rpm-ostree/administrator-handbook/',
    'https://github.com/coreos/rpm-ostree/issues/5594',
    'https://github.com/ostreedev/ostree/blob/main/man/ostree-admin-unlock.xml',
    'https://github.com/fedora-iot/greenboot-rs',
  ],
  thenAndNow:
    'In 2023 /usr was a tree of hard links behind a read-only mount and the top directory carried the immutable flag; ' +
    'since Fedora 42 (April 2025) the root is a composefs image, and the error is “Read-only file system” everywhere.',
  simplified: [
    'What was shipped in /etc is judged by the copy in /usr/etc of the deployment.',
    'The btrfs root is one subvolume; homes lie in /var/home on it.',
    'The composefs image is one file beside the tree of hard links; its checksums are not verified.',
    'ostree works through a mount of its own; here /sysroot is writable for everyone while it runs.',
    'Objects are fetched by one thread, without network time.',
    'All packages belong to the base: what is taken out of it can be put back, and nothing is layered over it.',
    'SELinux is left out, and greenboot-rs is there only where a scenario asks for it.',
  ],
};
