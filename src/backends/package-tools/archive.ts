/** Package archives: what a package manager gets to install, for one version of the release. */
import type { MachineBrief } from '../backend.ts';
import { versionFile, type VersionFile } from '../version-files.ts';
import type { ReleaseFile, ReleaseKernel, VersionName } from '../../model/release.ts';

/** One package in one version. */
export interface Archive {
  readonly name: string;
  readonly version: string;
  readonly essential: boolean;
  readonly files: readonly VersionFile[];
  /** Configuration that an older version shipped and this one takes away. Source: deb-conffiles(5), remove-on-upgrade. */
  readonly removedConffiles?: readonly string[];
  /** Set for a kernel package: its postinst makes the initramfs and the menu. */
  readonly kernel?: ReleaseKernel;
}

/** Names that kernel packages have in the release. */
function kernelNames(brief: MachineBrief): ReadonlySet<string> {
  return new Set(Object.values(brief.release.kernels).map((kernel) => kernel.package));
}

function filesOf(brief: MachineBrief, files: readonly ReleaseFile[]): readonly VersionFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return [...byPath.values()].map((file) => versionFile(brief, file, file.path));
}

/** Archives of all packages of a version but the kernel, in the order of the release. */
export function archivesOf(brief: MachineBrief, version: VersionName): readonly Archive[] {
  const kernels = kernelNames(brief);
  return brief.release.packages.flatMap((entry) => {
    const found = entry.versions[version];
    if (found === undefined || kernels.has(entry.name)) return [];
    const { name, essential } = entry;
    return [{ name, essential, version: found.version, files: filesOf(brief, found.files) }];
  });
}

/**
 * The kernel package of a version. Its name carries the kernel's release, so that two of them are two packages.
 * Source: https://wiki.debian.org/DebianKernel.
 */
export function kernelArchive(brief: MachineBrief, version: VersionName): Archive | undefined {
  const kernel = brief.release.kernels[version];
  if (kernel === undefined) return undefined;
  const name = kernelName(kernel);
  const entry = brief.release.packages.find((candidate) => candidate.name === kernel.package);
  const packaged = entry?.versions[version];
  const shipped = packaged?.files.filter(({ path }) => path !== kernel.initramfs.path) ?? [];
  const files = filesOf(brief, [kernel.image, ...kernel.modules, ...shipped]);
  return { name, version: packaged?.version ?? kernel.release, essential: false, files, kernel };
}

function kernelName(kernel: ReleaseKernel): string {
  const named = kernel.package.includes(kernel.release);
  return named ? kernel.package : `${kernel.package}-${kernel.release}`;
}

/** Name on the machine → package version, of everything that a version installs. */
export function packageVersions(
  brief: MachineBrief,
  version: VersionName,
): ReadonlyMap<string, string> {
  const kernel = brief.release.kernels[version];
  const versions = new Map<string, string>();
  for (const entry of brief.release.packages) {
    const found = entry.versions[version];
    if (found === undefined) continue;
    const isKernel = kernel !== undefined && entry.name === kernel.package;
    versions.set(isKernel ? kernelName(kernel) : entry.name, found.version);
  }
  return versions;
}
