/** The parts of a volume that people have a name for: subvolumes, deployments, a store, the folders of a plain root. */
import { localOf, rootLocalInode, subvolumeOf, type Inode } from '../model/cell-table.ts';
import type { StoredBlock } from '../model/stored-listing.ts';

const volumeLabels: { readonly [volume: string]: string } = {
  esp: 'EFI system partition',
  boot: 'boot partition',
  root: 'root partition',
  var: 'var partition',
  data: 'data partition',
  'root-a': 'root partition A',
  'root-b': 'root partition B',
  'slot-a': 'slot A',
  'slot-b': 'slot B',
  variables: 'variables of the firmware',
};

/** What people call a volume. */
export function volumeLabel(volume: string): string {
  return volumeLabels[volume] ?? volume;
}

interface Named {
  readonly kind: StoredBlock['kind'];
  readonly label: string;
}

/**
 * Folders that are parts, wherever they lie. Source: ostree(1) and the OSTree manual, "Anatomy of a deployment"; the Nix
 * manual, "Store".
 */
const namedFolders: readonly {
  readonly at: RegExp;
  readonly name: (path: string) => Named;
}[] = [
  {
    at: /^\/ostree\/deploy\/[^/]+\/deploy\/[^/]+$/,
    name: (path) => ({ kind: 'deployment', label: `deployment ${shortHash(path)}` }),
  },
  {
    at: /^\/ostree\/deploy\/[^/]+\/var$/,
    name: () => ({ kind: 'folder', label: '/var of all deployments' }),
  },
  { at: /^\/ostree\/repo$/, name: () => ({ kind: 'repository', label: 'OSTree repository' }) },
  { at: /^\/nix\/store$/, name: () => ({ kind: 'store', label: '/nix/store' }) },
];

const folderOfRoot = /^\/(?:usr|etc|var|home|root|boot|EFI|loader)$/;

/** The start of the last name of a path, and what follows its hash. */
function shortHash(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const cut = name.indexOf('.');
  return cut > 8 ? `${name.slice(0, 8)}${name.slice(cut)}` : name;
}

/** What begins at a folder, if anything does; `around` is the kind of the part that it lies in. */
export function partAt(path: string, inode: Inode, around: StoredBlock['kind']): Named | undefined {
  if (subvolumeOf(inode) > 0 && localOf(inode) === rootLocalInode) {
    const number = /\/\.snapshots\/([^/]+)\/snapshot$/.exec(path)?.[1];
    return number === undefined
      ? { kind: 'subvolume', label: `subvolume ${path.slice(1)}` }
      : { kind: 'snapshot', label: `snapshot ${number}` };
  }
  const folder = namedFolders.find(({ at }) => at.test(path));
  if (folder !== undefined) return folder.name(path);
  return around === 'volume' && folderOfRoot.test(path)
    ? { kind: 'folder', label: path }
    : undefined;
}
