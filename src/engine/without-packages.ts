/** A release as a machine should hold it, after somebody took packages off on purpose. */
import type { Release } from '../model/release.ts';

/**
 * The release without these packages and without what only they need, which some tools take along; nor does a start need
 * their files.
 */
export function withoutPackages(release: Release, removed: ReadonlySet<string>): Release {
  if (removed.size === 0) return release;
  const isNeeded = (name: string): boolean => {
    const users = release.packages.filter(({ depends }) => depends.includes(name));
    return users.length === 0 || users.some((user) => !removed.has(user.name));
  };
  const isLeft = (name: string): boolean => !removed.has(name) && isNeeded(name);
  const gone = release.packages.filter(({ name }) => !isLeft(name));
  const paths = new Set(
    gone.flatMap(({ versions }) =>
      Object.values(versions).flatMap(({ files }) => files.map(({ path }) => path)),
    ),
  );
  return {
    ...release,
    packages: release.packages.filter(({ name }) => isLeft(name)),
    boot: release.boot.filter(({ path }) => !paths.has(path)),
  };
}
