/** A release as a machine should hold it, after somebody took packages off on purpose. */
import type { Release } from '../model/release.ts';

/** The release without these packages, and without what a start needs of them. */
export function withoutPackages(release: Release, removed: ReadonlySet<string>): Release {
  if (removed.size === 0) return release;
  const packages = release.packages.filter(({ name }) => !removed.has(name));
  const gone = release.packages.filter(({ name }) => removed.has(name));
  const paths = new Set(
    gone.flatMap(({ versions }) =>
      Object.values(versions).flatMap(({ files }) => files.map(({ path }) => path)),
    ),
  );
  return { ...release, packages, boot: release.boot.filter(({ path }) => !paths.has(path)) };
}
