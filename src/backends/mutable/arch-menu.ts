/** Which version an Arch Linux starts: the menu always names the same file, so its content tells. */
import type { MachineBrief } from '../backend.ts';
import { packageVersions } from '../package-tools/archive.ts';
import { recordDirectory } from '../package-tools/pacman-database.ts';
import type { Content } from '../../model/content.ts';
import { isWholeBlob } from '../../model/expected-file.ts';
import type { VersionName } from '../../model/release.ts';
import type { RootTree } from '../../model/root-tree.ts';
import { archKernel, kernelPackage } from './arch-kernel.ts';
import { versionNames } from './options.ts';

/** The version whose kernel this is; where none is or several are, the package database decides. */
export function archVersion(
  brief: MachineBrief,
  image: Content | undefined,
  root: RootTree,
): VersionName {
  const all = versionNames.filter((name) => brief.release.kernels[name] !== undefined);
  const shipping = all.filter((name) => {
    const file = brief.release.kernels[name]?.image;
    if (file === undefined || image === undefined) return false;
    return isWholeBlob(image, brief.blobs.intern(file.text, file.sizeBytes), file.sizeBytes);
  });
  const candidates = shipping.length > 0 ? shipping : all;
  const [first = 'v1', second] = candidates;
  if (second === undefined) return first;
  const score = (version: VersionName): number => recorded(brief, root, version, candidates);
  return candidates.reduce((best, next) => (score(next) > score(best) ? next : best));
}

/** How many packages in which the candidates differ are recorded as in this one. */
function recorded(
  brief: MachineBrief,
  root: RootTree,
  version: VersionName,
  candidates: readonly VersionName[],
): number {
  const all = candidates.map((name) => versionsOf(brief, name));
  return [...versionsOf(brief, version)].filter(
    ([name, packaged]) =>
      all.some((other) => other.get(name) !== packaged) &&
      root.walk(`${recordDirectory({ name, version: packaged })}/desc`) !== undefined,
  ).length;
}

function versionsOf(brief: MachineBrief, version: VersionName): ReadonlyMap<string, string> {
  const kernel = archKernel(brief, version);
  const versions = new Map(packageVersions(brief, version));
  if (kernel !== undefined) versions.set(kernelPackage, kernel.version);
  return versions;
}
