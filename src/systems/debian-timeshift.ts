/** Debian with Timeshift beside it, as Linux Mint has it: snapshots by rsync on the same file system. */
import type { System } from '../model/system.ts';
import { debian } from './debian.ts';

/** The same machine with snapshots. Facts: systems.md 1.5 and its sources. */
export const debianTimeshift: System = {
  ...debian,
  id: 'debian-timeshift',
  name: 'Debian with Timeshift',
  onRequest: true,
  mechanism: 'dpkg · ext4 · Timeshift',
  options: { ...debian.options, snapshots: 'timeshift-rsync' },
  commands: {
    ...debian.commands,
    update: 'timeshift --create && apt full-upgrade',
    rollback: 'timeshift --restore',
    history: 'timeshift --list',
  },
  protections: [
    'A snapshot of the whole system is taken before each update, hard-linked to the one before: /usr, /boot, /etc and /var are in it.',
    'Homes are not in it unless somebody asks for that: no document comes back from it.',
    'It lies on the file system of the system itself: a deletion of everything or a broken disk takes it along.',
    'Going back copies it over what runs, file by file: databases in /var go back too, and a power cut in between leaves a mixture.',
    ...debian.protections,
  ],
  asOf: '2026-04',
  sources: [
    'https://github.com/linuxmint/timeshift/blob/8958d974/src/Core/Main.vala',
    'https://github.com/linuxmint/timeshift/blob/8958d974/README.md',
    ...debian.sources,
  ],
  simplified: [
    'apt does not call Timeshift by itself: here somebody types both commands, and one older snapshot is there already.',
    'rsync compares size and time of a file; here contents stand for the time, so a byte that decayed would be copied back, too.',
    'The EFI system partition is left out of snapshots, and GRUB is not installed anew when one is copied back.',
    'The restart that follows a restore is left to whoever restores.',
    'The btrfs mode, which renames subvolumes instead of copying, is not simulated.',
    ...debian.simplified,
  ],
};
