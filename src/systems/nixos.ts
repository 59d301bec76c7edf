/** NixOS: store paths, generations, entries of systemd-boot on the EFI system partition. */
import type { System } from '../model/system.ts';

/** NixOS with its usual options. Facts: systems.md section 5 and its sources. */
export const nixos: System = {
  id: 'nixos',
  name: 'NixOS',
  mechanism: 'Nix store · systemd-boot',
  backend: 'nix',
  options: { loader: 'systemd-boot', finalSync: true, bootFilesystem: 'vfat' },
  commands: {
    update: 'nixos-rebuild switch --upgrade',
    rollback: 'nixos-rebuild switch --rollback',
    install: 'nixos-rebuild switch, with configuration.nix naming',
    remove: 'nixos-rebuild switch, with configuration.nix no longer naming',
    replace: 'nixos-rebuild switch, with configuration.nix naming NEW instead of OLD',
    history: 'nixos-rebuild list-generations',
  },
  protections: [
    '/nix/store is mounted read-only over itself; root can remount it.',
    'A new version never overwrites the old one: both lie side by side in the store.',
    'Files of /etc that the configuration declares are links into the store; what is put in their place by hand goes at the next switch or start.',
    '/, /boot, the profiles, the database and all homes are writable: nothing protects them.',
  ],
  encryptable: {
    volumes: ['root'],
    source: 'https://nixos.org/manual/nixos/stable/#sec-luks-file-systems (the ESP stays outside)',
  },
  asOf: '2026-08',
  sources: [
    'https://github.com/NixOS/nixpkgs/blob/master/nixos/doc/manual/development/what-happens-during-a-system-switch.chapter.md',
    'https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/system/boot/loader/systemd-boot/systemd-boot-builder.py',
    'https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/system/etc/setup-etc.pl',
    'https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/system/boot/stage-2-init.sh',
    'https://github.com/NixOS/nixpkgs/blob/master/nixos/doc/manual/administration/rollback.section.md',
    'https://github.com/NixOS/nix/blob/master/doc/manual/source/release-notes/rl-2.25.md',
    'https://github.com/NixOS/nix/issues/1218',
  ],
  thenAndNow:
    'Since Nix 2.25 (November 2024) the setting fsync-store-paths can sync each store path; in August 2026 it is still off by default.',
  simplified: [
    'A package that does not change keeps its store path; in reality a new libc gives a new path to everything that uses it.',
    'What people changed of the shipped /etc before the story begins counts as declared in configuration.nix; files of their own there count as made by hand.',
    'The password counts as set with passwd: it is in /etc/shadow alone, and configuration.nix declares none.',
    'configuration.nix names the programs that nothing else needs; configuration files of one that is taken out stay.',
    'Kernel and initrd share one store path; programs are linked below /sw by package.',
    'The Nix daemon works through a mount of its own; here the store is writable for everyone while it runs.',
    'Store paths are fetched without network time; services are not restarted.',
    'Whatever entry was chosen in the menu, the default one is taken to be running.',
  ],
};
