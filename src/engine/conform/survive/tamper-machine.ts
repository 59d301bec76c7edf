/** A rebuilt layout with the two programs and the configuration that the recorded attacker goes for. */
import { activateConfiguration } from '../../../backends/nix/activation.ts';
import { replaceLink } from '../../../backends/nix/profile.ts';
import type { Procedure } from '../../../kernel/process.ts';
import type { Layout, LayoutEntry, LayoutMount, VolumePath } from './layout.ts';
import { SurvivalMachine } from './survival-machine.ts';
import type { TreeBuilder } from './tree-builder.ts';
import { at, below, mergedLinks } from './userland.ts';

/** Version → what the attacked program holds as shipped; the daemon is the same in both. */
export const shippedText = {
  labtool: { v1: 'labtool v1', v2: 'labtool v2' },
  labd: { v1: 'labd', v2: 'labd' },
} as const;

/** The object of the daemon and of each version's tool in an OSTree repository. */
export const objectOf = (name: string): VolumePath => at('root', `ostree/repo/objects/lab/${name}`);

/** The word of a layout whose files come from a store, or from a repository, is asked by what it has. */
const isOstree = (layout: Layout): boolean =>
  layout.mounts.some(({ mountPoint }) => mountPoint === '/sysroot');

/** Whether programs and configuration are links into a store. */
export const isNix = (layout: Layout): boolean =>
  layout.mounts.some(({ mountPoint }) => mountPoint === '/nix/store');

/** Directory of the shipped configuration of an entry. */
function shippedEtc(layout: Layout, { etc, version }: LayoutEntry): VolumePath {
  return (
    etc?.at(-1) ?? (isNix(layout) ? at('root', `nix/store/etc-${version}`) : at('root', 'etc'))
  );
}

function putTargets(layout: Layout, tree: TreeBuilder): void {
  for (const entry of Object.values(layout.entries)) {
    for (const name of ['labtool', 'labd'] as const) {
      const place = below(entry.root, `usr/bin/${name}`);
      const text = shippedText[name][entry.version];
      const object = objectOf(name === 'labd' ? name : `${name}-${entry.version}`);
      if (!isOstree(layout)) tree.file('target', place, text, { mode: 0o755 });
      else tree.sharedFile('target', [object, place], text);
    }
    const etc = below(shippedEtc(layout, entry), 'lab');
    const changed = entry.version === 'v1' ? 'vendor1' : 'vendor2';
    tree.file('target', below(etc, 'untouched.conf'), 'untouched = vendor1');
    tree.file('target', below(etc, 'vendor-changed.conf'), `vendor-changed = ${changed}`);
    tree.directory(below(shippedEtc(layout, entry), 'systemd/system'));
  }
  if (isNix(layout)) return;
  for (const mount of layout.mounts) {
    if (mount.mountPoint === '/usr/local') tree.directory(below(mount, 'bin'));
  }
}

/** Where /usr/local/bin really is, as a path in the running machine. */
const localPrograms = '/usr/local/bin';

/** The machine, running the entry that was recorded. */
export function tamperMachine(layout: Layout): SurvivalMachine {
  const machine = new SurvivalMachine(layout, {}, (tree) => {
    putTargets(layout, tree);
  });
  machine.kernel.finish(machine.root, prepare(machine, 'v2'));
  return machine;
}

function* prepare(machine: SurvivalMachine, version: 'v1' | 'v2'): Procedure {
  const { root, layout } = machine;
  if (isNix(layout)) {
    for (const name of [...mergedLinks, 'usr']) {
      const target = `/nix/store/userland-${version}/${name === 'usr' ? '' : 'usr/'}${name}`;
      yield* replaceLink(root, target, `/${name}`, `/${name}.tmp`);
    }
    yield* activateConfiguration(root, `/nix/store/etc-${version}`);
    return;
  }
  try {
    yield* root.mkdir(localPrograms);
  } catch {
    // It is there, or cannot be.
  }
}

/** The machine restarted into an entry, on the same volumes. */
export function restarted(machine: SurvivalMachine, entry: LayoutEntry): SurvivalMachine {
  const { layout, volumes } = machine;
  const next = new SurvivalMachine(
    { ...layout, mounts: mountsOf(layout, entry) },
    {},
    undefined,
    volumes,
  );
  if (isNix(layout)) next.kernel.finish(next.root, prepare(next, entry.version));
  return next;
}

function mountsOf(layout: Layout, entry: LayoutEntry): readonly LayoutMount[] {
  const [root] = layout.mounts;
  if (root === undefined) return [];
  return layout.mounts.map((mount): LayoutMount => {
    if (mount.layers !== undefined) {
      return entry.etc === undefined ? mount : { ...mount, ...entry.etc[0], layers: entry.etc };
    }
    const inside = mount.volume === root.volume && isBelow(mount.path, root.path);
    const elsewhere =
      isNix(layout) || (entry.root.path === root.path && entry.root.volume === root.volume);
    if (!inside || elsewhere) return mount;
    const path = `${entry.root.path}${mount.path.slice(root.path.length)}`;
    return { ...mount, volume: entry.root.volume, path };
  });
}

function isBelow(path: string, top: string): boolean {
  return path === top || (top !== '' && path.startsWith(`${top}/`));
}
