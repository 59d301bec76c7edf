/**
 * The order in which apt unpacks: a package after what it depends on, and close to it. Libraries are not taken for
 * themselves but when the first package that needs them comes up, so packages that must be of one version stand
 * together. Source: apt, apt-pkg/packagemanager.cc and orderlist.cc, which order by dependencies; the exact order of
 * a real run also depends on scores that are not simulated.
 */
import type { Release } from '../../model/release.ts';

/** The named things in unpack order; things that the release does not know keep their place at the end. */
export function inUnpackOrder<Named extends { readonly name: string }>(
  release: Release,
  due: readonly Named[],
): readonly Named[] {
  const byName = new Map(due.map((one) => [one.name, one]));
  const depends = new Map(
    release.packages.map((one) => [one.name, one.depends.filter((name) => byName.has(name))]),
  );
  const needed = new Set([...byName.keys()].flatMap((name) => depends.get(name) ?? []));
  const ordered = new Map<string, Named>();
  const begun = new Set<string>();
  const visit = (name: string): void => {
    const one = byName.get(name);
    if (one === undefined || begun.has(name)) return;
    begun.add(name);
    for (const dependency of depends.get(name) ?? []) visit(dependency);
    ordered.set(name, one);
  };
  for (const { name } of due) if (!needed.has(name)) visit(name);
  for (const { name } of due) visit(name);
  return [...ordered.values()];
}
