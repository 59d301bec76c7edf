/**
 * The two roots of an ABRoot system, and names on its disk. Source: systems.md 3.3, ABRoot core/system.go at 89b4ae0c,
 * https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/system.go.
 */
import type { MachineBrief } from '../backend.ts';
import { digest32 } from '../../model/seed.ts';
import type { VersionName } from '../../model/release.ts';

/** One of the two roots. */
export interface Root {
  readonly letter: 'A' | 'B';
  /** Partition label; also the name of its directory of changed configuration. */
  readonly label: 'vos-a' | 'vos-b';
  readonly volume: 'root-a' | 'root-b';
}

/** Root A. */
export const rootA: Root = { letter: 'A', label: 'vos-a', volume: 'root-a' };

/** Root B. */
export const rootB: Root = { letter: 'B', label: 'vos-b', volume: 'root-b' };

/** Both, in the order in which the menu lists them. */
export const roots: readonly Root[] = [rootA, rootB];

/** The other one. */
export function otherRoot(root: Root): Root {
  return root === rootA ? rootB : rootA;
}

/** Names of all versions that a release may hold. */
export const versionNames: readonly VersionName[] = [
  'v1',
  'v2',
  'v2-no-display-manager',
  'v2-broken-kernel',
];

/** A stand-in for the SHA-256 digest of the image that holds a version. */
export function imageDigest(brief: MachineBrief, version: VersionName): string {
  const digits = [0, 1, 2, 3, 4, 5, 6, 7].map((part) =>
    digest32(`image ${String(part)} ${brief.release.size} ${version}`)
      .toString(16)
      .padStart(8, '0'),
  );
  return `sha256:${digits.join('')}`;
}

/** The version whose image a text names by its digest. */
export function versionOfText(brief: MachineBrief, text: string): VersionName | undefined {
  return versionNames.find((version) => text.includes(imageDigest(brief, version)));
}

/** Where a root tells which image it holds. Source: ABRoot core/image.go, `abimage.abr`. */
export const imageRecordPath = '/abimage.abr';

/** What {@link imageRecordPath} says. */
export function imageRecord(brief: MachineBrief, version: VersionName): string {
  return `{"digest":"${imageDigest(brief, version)}","image":"ghcr.io/vanilla-os/desktop:main"}`;
}

/** Directory of a root's configuration, below /var. Source: ABRoot core/system.go, stage 7. */
export function configurationDirectory(root: Root): string {
  return `lib/abroot/etc/${root.label}`;
}

/** Kernel command line file of a root, which the menu on vos-boot loads. Source: ABRoot core/grub.go. */
export const rootMenuPath = '/boot/grub/abroot.cfg';

/** Links in a root. Source: ABRoot core/integrity.go, linksToRepair. */
export const rootLinks: readonly (readonly [string, string])[] = [
  ['/bin', 'usr/bin'],
  ['/home', 'var/home'],
  ['/lib', 'usr/lib'],
  ['/lib64', 'usr/lib64'],
  ['/media', 'run/media'],
  ['/mnt', 'var/mnt'],
  ['/opt', 'var/opt'],
  ['/root', 'var/root'],
  ['/sbin', 'usr/sbin'],
  ['/srv', 'var/srv'],
  ['/usr/local', '../var/usrlocal'],
];

/** Directories in a root. Source: ABRoot core/integrity.go, pathsToRepair. */
export const rootDirectories: readonly string[] = [
  '/boot',
  '/boot/efi',
  '/dev',
  '/etc',
  '/part-future',
  '/proc',
  '/run',
  '/sys',
  '/tmp',
  '/var',
];

/** Directories of the shared /var that the links of a root lead to. */
export const varDirectories: readonly string[] = [
  'home',
  'lib',
  'log',
  'mnt',
  'opt',
  'root',
  'srv',
  'tmp',
  'usrlocal',
];

/** Where the links of a root lead, longest first: what lies in /home is in /var/home. */
export const varLinks: readonly (readonly [string, string])[] = [
  ['/usr/local/', 'usrlocal/'],
  ['/home/', 'home/'],
  ['/root/', 'root/'],
  ['/opt/', 'opt/'],
  ['/srv/', 'srv/'],
  ['/mnt/', 'mnt/'],
  ['/var/', ''],
];
