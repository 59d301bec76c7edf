/** Which packages need which: what goes along when one is removed, and what nobody needs any more. */
import type { MachineBrief } from '../backend.ts';
import type { Release } from '../../model/release.ts';

/** The named packages and every one of `installed` that cannot be without them, in the order of the release. */
export function withDependents(
  release: Release,
  names: readonly string[],
  installed: ReadonlySet<string>,
): readonly string[] {
  const going = new Set(names);
  for (let before = 0; before < going.size;) {
    before = going.size;
    for (const { name, depends } of release.packages) {
      if (installed.has(name) && depends.some((one) => going.has(one))) going.add(name);
    }
  }
  return release.packages.map(({ name }) => name).filter((name) => going.has(name));
}

/** The named package and everything it needs that is not installed, what is needed first. */
export function withDependencies(
  release: Release,
  name: string,
  installed: ReadonlySet<string>,
): readonly string[] {
  const depends = new Map(release.packages.map((one) => [one.name, one.depends]));
  const missing: string[] = [];
  const visit = (wanted: string): void => {
    if (!depends.has(wanted) || installed.has(wanted) || missing.includes(wanted)) return;
    missing.push(wanted);
    for (const one of depends.get(wanted) ?? []) visit(one);
  };
  visit(name);
  return missing.reverse();
}

/**
 * Packages that count as wanted for themselves; the rest came as dependencies. A release does not say what the installer
 * marked: here it is what the start needs, what is essential, and what no other package depends on.
 */
export function wantedForThemselves(release: Release): readonly string[] {
  const needed = new Set(
    release.packages.flatMap(({ name, depends }) => depends.filter((one) => one !== name)),
  );
  return release.packages
    .filter(({ name, essential, boot }) => essential || boot || !needed.has(name))
    .map(({ name }) => name);
}

/** Packages of `installed` that came as dependencies and that nothing installed needs any more. */
export function unneeded(release: Release, installed: ReadonlySet<string>): readonly string[] {
  const depends = new Map(release.packages.map((one) => [one.name, one.depends]));
  const kept = wantedForThemselves(release).filter((name) => installed.has(name));
  const reached = new Set(kept);
  for (const name of kept) {
    for (const one of depends.get(name) ?? []) {
      if (!installed.has(one) || reached.has(one)) continue;
      reached.add(one);
      kept.push(one);
    }
  }
  return release.packages
    .map(({ name }) => name)
    .filter((name) => installed.has(name) && !reached.has(name));
}

/** The same machine for a system that is built without some packages. */
export function briefWithout(brief: MachineBrief, names: readonly string[]): MachineBrief {
  if (names.length === 0) return brief;
  const without = [...names].sort();
  const packages = brief.release.packages.filter(({ name }) => !without.includes(name));
  return { ...brief, release: { ...brief.release, packages }, without };
}
