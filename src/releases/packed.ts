/** The compact text form of a release, as written by test/tools/make-releases.ts. */
import { assert } from '../model/lab-error.ts';
import type { Account, BootNeed, GeneratedFile, LockstepGroup } from '../model/release.ts';
import type { ReleaseSize, VersionName } from '../model/release.ts';

/** Number of the format; another number means other code. */
export const packedFormat = 1;

/** Stands in paths for the kernel's release string, which is different in each version. */
export const kernelPlace = '{kernel}';

/**
 * A package. `files` is a list of lines: a line that starts with `/` names the directory of the lines after it; each
 * other line is a file, its words parted by spaces: name, size in bytes (`7` in both versions, `7/9` in each, `-` where
 * a version does not ship it), then in any order `m755` the mode where it is not 644, `c` a conffile, `u` the same bytes
 * in both versions, `=target` a symbolic link, `n0,4` libraries asked for and `s4` soname, both as numbers in
 * {@link PackedRelease.sonames}; where versions differ, the two values are parted by `|`.
 */
export interface PackedPackage {
  readonly name: string;
  readonly v1: string;
  /** Absent where the package is the same in both versions. */
  readonly v2?: string;
  readonly depends?: readonly string[];
  readonly essential?: true;
  readonly lockstep?: string;
  readonly boot?: true;
  readonly application?: string;
  readonly files: string;
}

/** The kernel package; its files are among the packages. */
export interface PackedKernel {
  readonly package: string;
  readonly releases: { readonly v1: string; readonly v2: string };
  readonly image: string;
  readonly initramfs: { readonly path: string; readonly sizeBytes: number; readonly maker: string };
}

/** What a broken version has of its own; everything else is that of `v2`. */
export interface PackedPatch {
  readonly version: VersionName;
  readonly package: string;
  /** Version text of the defective package. */
  readonly packageVersion: string;
  /** A file that the defective package forgot to ship. */
  readonly without?: string;
  /** A kernel image that panics. */
  readonly panics?: true;
}

/** A whole release. */
export interface PackedRelease {
  readonly format: typeof packedFormat;
  readonly size: ReleaseSize;
  readonly source: string;
  readonly sonames: readonly string[];
  readonly packages: readonly PackedPackage[];
  readonly kernel: PackedKernel;
  readonly patches: readonly PackedPatch[];
  readonly lockstepGroups: readonly LockstepGroup[];
  readonly generated: readonly GeneratedFile[];
  readonly editedConfig: readonly { readonly path: string; readonly text: string }[];
  readonly accounts: readonly Account[];
  readonly boot: readonly BootNeed[];
}

const lists = [
  'sonames',
  'packages',
  'patches',
  'lockstepGroups',
  'generated',
  'editedConfig',
  'accounts',
  'boot',
] as const;

/** Reads the text; throws `broken-code` where it is not of this format, because it ships with the code. */
export function readPacked(text: string): PackedRelease {
  const read: unknown = JSON.parse(text);
  assert(typeof read === 'object' && read !== null, 'release is not an object');
  const packed = read as Partial<PackedRelease>;
  assert(packed.format === packedFormat, `release format ${String(packed.format)}`);
  for (const name of lists) assert(Array.isArray(packed[name]), `release has no list of ${name}`);
  assert(typeof packed.kernel === 'object', 'release has no kernel');
  return packed as PackedRelease;
}
