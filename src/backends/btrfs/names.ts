/** Names on the disk of a MicroOS. Source: systems.md 4.1, systemd-repart-branding-Aeon 50-root.conf. */
import type { VersionName } from '../../model/release.ts';

/** Where all snapshots are mounted while the machine runs. */
export const snapshotsMount = '/.snapshots';

/** Path of a snapshot's root from the top level of the file system. */
export function snapshotSubvolume(number: number): string {
  return `@/.snapshots/${String(number)}/snapshot`;
}

/** Path of a snapshot's root in the running machine. */
export function snapshotPath(number: number): string {
  return `${snapshotsMount}/${String(number)}/snapshot`;
}

/** What snapper notes about a snapshot, in the running machine. */
export function informationPath(number: number): string {
  return `${snapshotsMount}/${String(number)}/info.xml`;
}

/**
 * Subvolumes that all snapshots share, by their mount points. The kernel and the menu are not among them: with classic
 * GRUB they lie inside the snapshot, so that going back brings them back too.
 */
export const sharedSubvolumes: readonly string[] = [
  '/var',
  '/home',
  '/root',
  '/opt',
  '/srv',
  '/usr/local',
  '/boot/writable',
  '/boot/grub2/x86_64-efi',
];

/** Where a shared subvolume lies, from the top level. */
export function sharedSubvolume(mountPoint: string): string {
  return `@${mountPoint}`;
}

/** Reference copy of /etc, kept until the first start of a snapshot. Source: transactional-update snapper/50-etc. */
export const syncpoint = 'etc.syncpoint';

/** File inside {@link syncpoint} that names the snapshot whose /etc it was copied from. */
export const comparison = 'transactional-update.comparewith';

/** The menu inside a snapshot. */
export const menuPath = '/boot/grub2/grub.cfg';

/** The package database inside a snapshot. Source: openSUSE's rpm, %_dbpath. */
export const packageDatabasePath = '/usr/lib/sysimage/rpm/rpmdb.sqlite';

/** The package database of the recorded run, inside the snapshot as well. */
export const recordedDatabasePath = '/var/lib/dpkg/status';

/** The same where rpm writes the files. Source: recorded run mutable-rpm. */
export const recordedRpmDatabasePath = '/var/lib/rpm/rpmdb.sqlite';

/** Names of all versions that a release may hold. */
export const versionNames: readonly VersionName[] = [
  'v1',
  'v2',
  'v2-no-display-manager',
  'v2-broken-kernel',
];

/** Links in the root of a snapshot, for a merged /usr. */
export const rootLinks: readonly (readonly [string, string])[] = [
  ['/bin', 'usr/bin'],
  ['/lib', 'usr/lib'],
  ['/lib64', 'usr/lib64'],
  ['/sbin', 'usr/sbin'],
];

/** Empty directories in the root of a snapshot: mount points. */
export const rootDirectories: readonly string[] = [
  '/.snapshots',
  '/boot/efi',
  '/dev',
  '/mnt',
  '/proc',
  '/run',
  '/sys',
  '/tmp',
  ...sharedSubvolumes,
];
