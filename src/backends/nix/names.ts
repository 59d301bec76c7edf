/** Names in a Nix store and around it; the one place that decides where a package's file lies. */
import type { MachineBrief } from '../backend.ts';
import type {
  PackageVersion,
  ReleaseFile,
  ReleasePackage,
  VersionName,
} from '../../model/release.ts';
import { digest32 } from '../../model/seed.ts';

/** The store. */
export const store = '/nix/store';

/** What Nix knows about the store. */
export const state = '/nix/var/nix';

/** The list of valid paths, and its write-ahead log. */
export const database = `${state}/db/db.sqlite`;

/** Links to the system's generations; `system` names the current one. */
export const profiles = `${state}/profiles`;

/** Names of all versions that a release may hold. */
export const versionNames: readonly VersionName[] = [
  'v1',
  'v2',
  'v2-no-display-manager',
  'v2-broken-kernel',
];

/** Nix's alphabet for hashes. Source: Nix manual, "Nix32 encoding". */
const alphabet = '0123456789abcdfghijklmnpqrsvwxyz';

/** A stand-in for the hash of a store path: 32 characters that depend on the text alone. */
export function storeHash(text: string): string {
  let hash = '';
  for (let part = 0; hash.length < 32; part++) {
    let digest = digest32(`${String(part)} ${text} ${hash}`);
    for (let digit = 0; digit < 6 && hash.length < 32; digit++) {
      hash += alphabet.charAt(digest % 32);
      digest = Math.floor(digest / 32);
    }
  }
  return hash;
}

const hashes = new WeakMap<PackageVersion, string>();

/** Hash of what a package version holds, so that packages that did not change share one store path. */
function hashOf(name: string, version: PackageVersion): string {
  const known = hashes.get(version);
  if (known !== undefined) return known;
  const files = version.files.map(
    ({ path, text, sizeBytes, target }) => `${path} ${text} ${String(sizeBytes)} ${target ?? ''}`,
  );
  const hash = storeHash(`${name} ${version.version}\n${files.join('\n')}`);
  hashes.set(version, hash);
  return hash;
}

/** `/nix/store/<hash>-<name>-<version>` of a package; a kernel that no package ships is named by its release. */
export function packagePath(
  brief: MachineBrief,
  owner: ReleasePackage,
  version: VersionName,
): string {
  const shipped = owner.versions[version];
  if (shipped !== undefined) {
    return `${store}/${hashOf(owner.name, shipped)}-${owner.name}-${shipped.version}`;
  }
  const name = `${owner.name}-${brief.release.kernels[version]?.release ?? version}`;
  return `${store}/${storeHash(name)}-${name}`;
}

/** The package of a version's kernel; one of its own when the release lists none. */
export function kernelOwner(brief: MachineBrief, version: VersionName): ReleasePackage {
  const name = brief.release.kernels[version]?.package ?? 'linux';
  const owner = brief.release.packages.find((candidate) => candidate.name === name);
  return owner ?? { name, depends: [], essential: false, boot: true, versions: {} };
}

/** Path of a file inside its store path: `/usr` falls away, the kernel has Nix's own names. */
export function pathInStore(brief: MachineBrief, path: string, version: VersionName): string {
  const kernel = brief.release.kernels[version];
  if (path === kernel?.image.path) return '/bzImage';
  if (path === kernel?.initramfs.path) return '/initrd';
  if (path.startsWith('/usr/')) return path.slice('/usr'.length);
  if (path.startsWith('/boot/')) return path.slice('/boot'.length);
  return path;
}

/** Store path of the files that a version and the configuration put into /etc. */
export function configurationPath(brief: MachineBrief, version: VersionName): string {
  return `${store}/${storeHash(`etc ${brief.release.size} ${version}`)}-etc-${version}`;
}

/** Store path of a whole system: what a generation and a boot entry name. */
export function systemPath(brief: MachineBrief, version: VersionName): string {
  const name = `nixos-system-nixos-${version}`;
  const without = brief.without === undefined ? '' : ` without ${brief.without.join(' ')}`;
  return `${store}/${storeHash(`${name} ${brief.release.size}${without}`)}-${name}`;
}

/** The version that a path of a system says it is. */
export function versionOfSystem(path: string): VersionName | undefined {
  const name = /-nixos-system-nixos-([^/]+)/.exec(path)?.[1];
  return versionNames.find((version) => version === name);
}

/** Where an operating-system file lies in the root. */
export function pathOf(
  brief: MachineBrief,
  file: ReleaseFile,
  owner: ReleasePackage,
  version: VersionName,
): string {
  if (file.path.startsWith('/etc/')) return `${configurationPath(brief, version)}${file.path}`;
  return `${packagePath(brief, owner, version)}${pathInStore(brief, file.path, version)}`;
}
