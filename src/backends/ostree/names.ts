/** Names on the disk of an OSTree system. Source: systems.md 2.1, ostree deployment documentation. */
import type { MachineBrief } from '../backend.ts';
import { digest32 } from '../../model/seed.ts';
import type { VersionName } from '../../model/release.ts';

/** The stateroot that Fedora's installer makes. */
export const stateroot = 'fedora';

/** The ref that the machine follows. Source: Fedora Silverblue, `ostree remote refs fedora`. */
export const followedRef = 'fedora/x86_64/silverblue';

/** Where the physical root is mounted while the machine runs. */
export const sysroot = '/sysroot';

/** The repository, from the running machine. */
export const repository = `${sysroot}/ostree/repo`;

/** Marker of a staged deployment; in memory, so a power cut forgets it. Source: ostree-sysroot-private.h. */
export const stagedMarker = '/run/ostree/staged-deployment';

/** Names of all versions that a release may hold. */
export const versionNames: readonly VersionName[] = [
  'v1',
  'v2',
  'v2-no-display-manager',
  'v2-broken-kernel',
];

/** A stand-in for SHA-256: 64 hexadecimal digits that depend on the text alone. */
export function checksum(text: string): string {
  let digits = '';
  for (let part = 0; part < 8; part++) {
    digits += digest32(`${String(part)} ${text} ${digits}`)
      .toString(16)
      .padStart(8, '0');
  }
  return digits;
}

/**
 * Name of the commit that holds a version, without the packages that the brief leaves out. Its first half stands for
 * the version, so that a deployment can be recognised by its name.
 */
export function commitOf(brief: MachineBrief, version: VersionName): string {
  const base = checksum(`commit ${brief.release.size} ${version}`);
  if (brief.without === undefined) return base;
  return `${base.slice(0, 32)}${checksum(`without ${brief.without.join(' ')}`).slice(32)}`;
}

/** The version that a commit holds, if it is one of this release. */
export function versionOfCommit(brief: MachineBrief, commit: string): VersionName | undefined {
  return versionNames.find((version) => commitOf(brief, version).startsWith(commit.slice(0, 32)));
}

/** Checksum of kernel and initramfs: names their directory in /boot. */
export function bootChecksumOf(brief: MachineBrief, version: VersionName): string {
  const kernel = brief.release.kernels[version];
  return checksum(`boot ${kernel?.image.text ?? ''} ${kernel?.initramfs.text ?? ''}`);
}

/** Path of a deployment below the physical root. */
export function deploymentPath(commit: string, serial: number): string {
  return `ostree/deploy/${stateroot}/deploy/${commit}.${String(serial)}`;
}

/** Path of an object below `objects/`. */
export function objectPath(object: string): string {
  return `${object.slice(0, 2)}/${object.slice(2)}`;
}
