/**
 * The order in which rpm installs the packages of a transaction: a package after what it requires, and of those that
 * may be next the one that most others require. Of equals the one that was named last comes first, so that packages
 * without requirements are installed in reverse. Source: rpm lib/order.cc, addQ and rpmtsOrder; recorded run
 * mutable-rpm, whose packages require nothing. Simplified: which package opens a loop of requirements.
 */
import type { Release } from '../../model/release.ts';

interface Node<Named> {
  readonly one: Named;
  /** Names of packages of the transaction that it requires. */
  readonly requires: ReadonlySet<string>;
  readonly requiredBy: string[];
}

type Nodes<Named> = ReadonlyMap<string, Node<Named>>;

/** The named things in rpm's order. */
export function inTransactionOrder<Named extends { readonly name: string }>(
  release: Release,
  due: readonly Named[],
): readonly Named[] {
  const nodes = nodesOf(release, due);
  const open = new Map([...nodes].map(([name, { requires }]) => [name, requires.size]));
  const queue: string[] = [];
  const add = (name: string): void => {
    const weight = nodes.get(name)?.requiredBy.length ?? 0;
    const place = queue.findIndex((other) => (nodes.get(other)?.requiredBy.length ?? 0) <= weight);
    queue.splice(place < 0 ? queue.length : place, 0, name);
  };
  for (const [name, count] of open) if (count === 0) add(name);
  const ordered: Named[] = [];
  while (open.size > 0) {
    const name = queue.shift() ?? inLoop(nodes, open);
    const node = nodes.get(name);
    if (!open.delete(name) || node === undefined) continue;
    ordered.push(node.one);
    for (const other of node.requiredBy) {
      const left = (open.get(other) ?? 0) - 1;
      if (!open.has(other)) continue;
      open.set(other, left);
      if (left === 0) add(other);
    }
  }
  return ordered;
}

function nodesOf<Named extends { readonly name: string }>(
  release: Release,
  due: readonly Named[],
): Nodes<Named> {
  const names = new Set(due.map(({ name }) => name));
  const depends = new Map(release.packages.map((one) => [one.name, one.depends]));
  const nodes = new Map<string, Node<Named>>(
    due.map((one) => {
      const known = (depends.get(one.name) ?? []).filter((name) => names.has(name));
      const requires = new Set(known.filter((name) => name !== one.name));
      return [one.name, { one, requires, requiredBy: [] }];
    }),
  );
  for (const [name, { requires }] of nodes) {
    for (const required of requires) nodes.get(required)?.requiredBy.push(name);
  }
  return nodes;
}

/** A package of a loop that requires nothing outside of itself, when every package that is left requires another. */
function inLoop(nodes: Nodes<unknown>, open: ReadonlyMap<string, number>): string {
  let [name = ''] = open.keys();
  for (;;) {
    const further = [...reach(nodes, open, name)].find((one) => !reach(nodes, open, one).has(name));
    if (further === undefined) return name;
    name = further;
  }
}

/** Everything that is left and that a package requires, directly or not. */
function reach(
  nodes: Nodes<unknown>,
  open: ReadonlyMap<string, number>,
  name: string,
): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = [name];
  for (const at of queue) {
    for (const required of nodes.get(at)?.requires ?? []) {
      if (!open.has(required) || found.has(required)) continue;
      found.add(required);
      queue.push(required);
    }
  }
  return found;
}
