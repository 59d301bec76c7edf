/**
 * An overlay mount: several lower directories shown as one, changes kept in an upper directory. The running machine sees
 * a tree in memory that is merged once; every change of it is carried to the upper directory as overlayfs does: a file
 * is copied up whole before it changes, a name that a lower directory has too leaves a whiteout. Source:
 * https://docs.kernel.org/filesystems/overlayfs.html.
 */
import type { RamTree } from '../../../kernel/ram-tree.ts';
import { attributes, type Attributes } from '../../../model/attributes.ts';
import { rootOf, subvolumeOf, type Inode } from '../../../model/cell-table.ts';
import type { Content } from '../../../model/content.ts';
import type { Effect } from '../../../model/operation.ts';

/** A directory of a volume. */
export interface DirectoryPlace {
  readonly tree: RamTree;
  readonly inode: Inode;
  /** The directory that it lies in. */
  readonly parent: Inode;
  readonly name: string;
}

/** A change of a volume. */
export type Change = (tree: RamTree, effect: Effect) => void;

/** What a whiteout is on the upper file system: a character device 0/0. */
const whiteout: Attributes = attributes('device', 0);

/** What is known of an inode of the merged tree. */
interface Layer {
  readonly parent: Inode;
  readonly name: string;
  /** Where the upper directory has it. */
  upper?: Inode;
  /** Whether a lower directory has the name. */
  lower: boolean;
}

/** One overlay mount. */
export class Overlay {
  readonly tree: RamTree;
  readonly #upper: DirectoryPlace;
  readonly #change: Change;
  readonly #layers = new Map<Inode, Layer>();
  /** Names that lower directories have, `directory/name`. */
  readonly #lowerNames = new Set<string>();

  /** Merges the directories, `upper` first, into an empty tree in memory. */
  constructor(
    tree: RamTree,
    upper: DirectoryPlace,
    lowers: readonly DirectoryPlace[],
    change: Change,
  ) {
    this.tree = tree;
    this.#upper = upper;
    this.#change = change;
    const root = rootOf(0);
    this.#layers.set(root, { parent: 0, name: '', upper: upper.inode, lower: true });
    this.#merge(root, [upper, ...lowers]);
  }

  #merge(into: Inode, sources: readonly DirectoryPlace[]): void {
    const names = new Map<string, DirectoryPlace[]>();
    for (const { tree, inode } of sources) {
      for (const entry of tree.volume.live.list(inode)) {
        const places = names.get(entry.name) ?? [];
        const place = { tree, inode: entry.inode, parent: inode, name: entry.name };
        names.set(entry.name, [...places, place]);
      }
    }
    for (const [name, places] of names) this.#mergeName(into, name, places);
  }

  #mergeName(into: Inode, name: string, places: readonly DirectoryPlace[]): void {
    const isUpper = ({ tree, inode }: DirectoryPlace): boolean => {
      const upper = this.#layers.get(into)?.upper;
      if (tree !== this.#upper.tree || upper === undefined) return false;
      return tree.volume.live.lookup(upper, name) === inode;
    };
    const [top] = places;
    if (top === undefined) return;
    const lower = places.some((place) => !isUpper(place));
    if (lower) this.#lowerNames.add(`${String(into)}/${name}`);
    const record = top.tree.attributesOf(top.inode);
    if (record.kind === 'device' && record.mode === 0) return;
    const inode = this.tree.volume.table.newInode(0);
    const layer: Layer = { parent: into, name, lower };
    if (isUpper(top)) layer.upper = top.inode;
    this.#layers.set(inode, layer);
    this.#change(this.tree, { kind: 'link', directory: into, name, inode, created: record });
    if (record.kind === 'directory') this.#merge(inode, directoriesOf(places));
    else if (record.kind === 'file') {
      writeWhole(this.#change, this.tree, inode, top.tree.contentOf(top.inode));
    }
  }

  /** Carries a change of the merged tree, which has been applied there, to the upper directory. */
  carry(effect: Effect): void {
    switch (effect.kind) {
      case 'link':
        this.#layers.set(effect.inode, {
          parent: effect.directory,
          name: effect.name,
          lower: false,
        });
        this.#copyUp(effect.inode);
        break;
      case 'unlink':
        this.#remove(effect.directory, effect.name, effect.inode);
        break;
      case 'rename':
        if (effect.replaced !== 0) {
          this.#remove(effect.toDirectory, effect.toName, effect.replaced);
        }
        this.#remove(effect.fromDirectory, effect.fromName, effect.inode);
        this.#layers.set(effect.inode, {
          parent: effect.toDirectory,
          name: effect.toName,
          lower: false,
        });
        this.#copyUp(effect.inode);
        break;
      case 'write':
      case 'truncate':
      case 'set-attributes':
        this.#copyUp(effect.inode);
        break;
      default:
        break;
    }
  }

  /** The inode of the upper directory that stands for a merged one, brought up to date. */
  #copyUp(inode: Inode): Inode | undefined {
    const layer = this.#layers.get(inode);
    if (layer === undefined || inode === rootOf(0)) return this.#upper.inode;
    const record = this.tree.attributesOf(inode);
    const { tree } = this.#upper;
    const upper = layer.upper ?? this.#create(layer, record);
    if (upper === undefined) return undefined;
    layer.upper = upper;
    if (record.kind !== 'file') return upper;
    if (tree.attributesOf(upper) !== record) {
      this.#change(tree, { kind: 'set-attributes', inode: upper, attributes: record });
    }
    writeWhole(this.#change, tree, upper, this.tree.contentOf(inode));
    return upper;
  }

  #create({ parent, name }: Layer, record: Attributes): Inode | undefined {
    const directory = parent === rootOf(0) ? this.#upper.inode : this.#copyUp(parent);
    if (directory === undefined) return undefined;
    const { tree } = this.#upper;
    this.#clear(directory, name);
    const inode = tree.volume.table.newInode(subvolumeOf(directory));
    this.#change(tree, { kind: 'link', directory, name, inode, created: record });
    return inode;
  }

  #remove(parent: Inode, name: string, inode: Inode): void {
    const hasLower = this.#lowerNames.has(`${String(parent)}/${name}`);
    const known = this.#layers.get(parent)?.upper;
    const directory = hasLower ? (known ?? this.#copyUp(parent)) : known;
    this.#layers.delete(inode);
    if (directory === undefined || !this.#isAlive()) return;
    this.#clear(directory, name);
    if (!hasLower) return;
    const { tree } = this.#upper;
    const hole = tree.volume.table.newInode(subvolumeOf(directory));
    this.#change(tree, { kind: 'link', directory, name, inode: hole, created: whiteout });
  }

  /** Whether the upper directory still has a name: what was removed beside the mount takes no whiteouts. */
  #isAlive(): boolean {
    const { tree, inode, parent, name } = this.#upper;
    return tree.volume.live.lookup(parent, name) === inode;
  }

  /** Takes a name away, with the whiteouts that a directory holds. */
  #clear(directory: Inode, name: string): void {
    const { tree } = this.#upper;
    const inode = tree.volume.live.lookup(directory, name);
    if (inode === 0) return;
    if (tree.attributesOf(inode).kind === 'directory') {
      for (const entry of tree.volume.live.list(inode)) this.#clear(inode, entry.name);
    }
    this.#change(tree, { kind: 'unlink', directory, name, inode });
  }
}

/** The directories that are merged: up to the first name that is none. */
function directoriesOf(places: readonly DirectoryPlace[]): readonly DirectoryPlace[] {
  const end = places.findIndex(({ tree, inode }) => tree.attributesOf(inode).kind !== 'directory');
  return end < 0 ? places : places.slice(0, end);
}

function writeWhole(change: Change, tree: RamTree, inode: Inode, content: Content): void {
  const sizeBeforeBytes = tree.contentOf(inode).sizeBytes;
  if (sizeBeforeBytes > 0) {
    change(tree, { kind: 'truncate', inode, sizeBytes: 0, sizeBeforeBytes, atOpen: false });
  }
  if (content.sizeBytes === 0) return;
  change(tree, { kind: 'write', inode, offsetBytes: 0, data: content, sizeBeforeBytes: 0 });
}
