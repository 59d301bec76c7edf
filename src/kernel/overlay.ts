/**
 * overlayfs over two directories of one volume: what both hold is shown as one tree, and every change goes to the upper
 * one. A file of the lower layer is copied up before it is changed, whole and synced; a name of the lower layer that goes
 * is hidden by a device without numbers. Source: https://docs.kernel.org/filesystems/overlayfs.html ("Upper and Lower",
 * "whiteouts and opaque directories", "Non-directories"); Linux fs/overlayfs/copy_up.c.
 */
import { asOpaque, attributes, isOpaque, type Attributes } from '../model/attributes.ts';
import { subvolumeOf, type Inode } from '../model/cell-table.ts';
import { emptyContent } from '../model/content.ts';
import type { VolumeId } from '../model/device.ts';
import type { Effect } from '../model/operation.ts';
import { ImageBuilder, Volume } from '../model/volume.ts';
import { SystemError } from './process.ts';
import type { RamTree } from './ram-tree.ts';

/** The directories that an overlay is made of, all of one volume. */
export interface OverlayLayers {
  readonly tree: RamTree;
  readonly lower: Inode;
  readonly upper: Inode;
  readonly work: Inode;
}

/** Where an inode of the merged tree comes from. */
interface Origin {
  readonly parent: Inode;
  readonly name: string;
  readonly lower?: Inode;
  upper?: Inode;
}

type Record = (effect: Effect) => void;

/** One mounted overlay. */
export class Overlay {
  readonly layers: OverlayLayers;
  /** What is shown, in memory; everything in it that lasts is in the upper layer as well. */
  readonly volume: Volume;
  readonly #origins = new Map<Inode, Origin>();
  #copies = 0;

  constructor(id: VolumeId, layers: OverlayLayers) {
    this.layers = layers;
    const builder = new ImageBuilder();
    this.#origins.set(builder.root, {
      parent: 0,
      name: '',
      lower: layers.lower,
      upper: layers.upper,
    });
    this.#merge(builder, builder.root);
    this.volume = new Volume({ id, profile: 'tmpfs', label: 'overlay' }, builder.state());
  }

  #merge(builder: ImageBuilder, directory: Inode): void {
    const { live } = this.layers.tree.volume;
    const { lower = 0, upper = 0 } = this.#origin(directory);
    const names = new Set(
      [lower, upper].flatMap((layer) =>
        layer === 0 ? [] : live.list(layer).map(({ name }) => name),
      ),
    );
    for (const name of [...names].sort()) {
      const above = upper === 0 ? 0 : live.lookup(upper, name);
      const below = lower === 0 ? 0 : live.lookup(lower, name);
      const record = live.attributes(above === 0 ? below : above);
      if (record === undefined || record.kind === 'device') continue;
      const content =
        record.kind === 'file' ? live.content(above === 0 ? below : above) : undefined;
      const inode = builder.create(directory, name, record, content);
      const isMerged =
        record.kind === 'directory' &&
        !isOpaque(record) &&
        live.attributes(below)?.kind === 'directory';
      this.#origins.set(inode, {
        parent: directory,
        name,
        ...(below !== 0 && (above === 0 || isMerged) ? { lower: below } : {}),
        ...(above === 0 ? {} : { upper: above }),
      });
      if (record.kind === 'directory') this.#merge(builder, inode);
    }
  }

  #origin(inode: Inode): Origin {
    return this.#origins.get(inode) ?? { parent: 0, name: '' };
  }

  /** The inode of the upper layer that holds a file's changes; undefined while there are none. */
  upperOf(inode: Inode): Inode | undefined {
    return this.#origin(inode).upper;
  }

  /** Records what an effect on the merged tree does to the upper layer. Throws what overlayfs refuses. */
  mirror(effect: Effect, record: Record): void {
    switch (effect.kind) {
      case 'link':
        this.#link(effect, record);
        break;
      case 'unlink':
        this.#unlink(effect.directory, effect.name, effect.inode, record);
        break;
      case 'rename':
        this.#rename(effect, record);
        break;
      case 'exchange':
        throw new SystemError('EXDEV', 'renameat2', effect.fromName);
      case 'set-attributes':
      case 'write':
      case 'truncate':
        record({ ...effect, inode: this.#copyUp(effect.inode, record) });
        break;
      case 'barrier':
      case 'start-writeback': {
        const inode = effect.inode === 0 ? 0 : this.upperOf(effect.inode);
        if (inode !== undefined) record({ ...effect, inode });
        break;
      }
      default:
    }
  }

  #link(effect: Extract<Effect, { kind: 'link' }>, record: Record): void {
    const { directory: parent, name, created } = effect;
    const directory = this.#copyUp(parent, record);
    this.#uncover(directory, name, record);
    const inode = created === undefined ? this.#copyUp(effect.inode, record) : this.#newInode();
    const made = created === undefined ? {} : { created: this.#hiding(parent, name, created) };
    record({ kind: 'link', directory, name, inode, ...made });
    if (created !== undefined) this.#origins.set(effect.inode, { parent, name, upper: inode });
  }

  /** A directory in the place of one that was removed shows nothing of it. */
  #hiding(parent: Inode, name: string, created: Attributes): Attributes {
    const { lower = 0 } = this.#origin(parent);
    const isOver = lower !== 0 && this.layers.tree.volume.live.lookup(lower, name) !== 0;
    return isOver && created.kind === 'directory' ? asOpaque(created) : created;
  }

  #newInode(): Inode {
    const { volume } = this.layers.tree;
    return volume.table.newInode(subvolumeOf(this.layers.upper));
  }

  /** A whiteout gives way to what is made in its place. */
  #uncover(directory: Inode, name: string, record: Record): void {
    const { live } = this.layers.tree.volume;
    const inode = live.lookup(directory, name);
    if (live.attributes(inode)?.kind === 'device') {
      record({ kind: 'unlink', directory, name, inode });
    }
  }

  #unlink(parent: Inode, name: string, inode: Inode, record: Record): void {
    const directory = this.#copyUp(parent, record);
    const { live } = this.layers.tree.volume;
    const above = live.lookup(directory, name);
    if (above !== 0) record({ kind: 'unlink', directory, name, inode: above });
    this.#cover(parent, directory, name, record);
    if (live.attributes(inode)?.kind === 'directory') this.#origins.delete(inode);
  }

  /** Hides a name of the lower layer. */
  #cover(parent: Inode, directory: Inode, name: string, record: Record): void {
    const { lower = 0 } = this.#origin(parent);
    const { live } = this.layers.tree.volume;
    if (lower === 0 || live.lookup(lower, name) === 0) return;
    const created = attributes('device', 0);
    record({ kind: 'link', directory, name, inode: this.#newInode(), created });
  }

  #rename(effect: Extract<Effect, { kind: 'rename' }>, record: Record): void {
    const origin = this.#origin(effect.inode);
    const isDirectory = this.volume.live.attributes(effect.inode)?.kind === 'directory';
    if (isDirectory && origin.lower !== undefined) {
      throw new SystemError('EXDEV', 'rename', effect.fromName);
    }
    const inode = this.#copyUp(effect.inode, record);
    const fromDirectory = this.#copyUp(effect.fromDirectory, record);
    const toDirectory = this.#copyUp(effect.toDirectory, record);
    const { fromName, toName } = effect;
    this.#uncover(toDirectory, toName, record);
    const replaced = this.layers.tree.volume.live.lookup(toDirectory, toName);
    record({ kind: 'rename', fromDirectory, fromName, toDirectory, toName, inode, replaced });
    this.#cover(effect.fromDirectory, fromDirectory, fromName, record);
    this.#origins.set(effect.inode, {
      ...origin,
      parent: effect.toDirectory,
      name: toName,
      upper: inode,
    });
  }

  /** The inode of the upper layer, made if there is none: directories empty, files whole and synced, then renamed. */
  #copyUp(inode: Inode, record: Record): Inode {
    const origin = this.#origin(inode);
    if (origin.upper !== undefined) return origin.upper;
    const directory = this.#copyUp(origin.parent, record);
    const created = this.#attributesOf(inode);
    const upper = this.#newInode();
    if (created.kind === 'directory') {
      record({ kind: 'link', directory, name: origin.name, inode: upper, created });
    } else {
      this.#copyFile(origin, { directory, upper, created }, record);
    }
    origin.upper = upper;
    return upper;
  }

  #attributesOf(inode: Inode): Attributes {
    return this.volume.live.attributes(inode) ?? attributes('directory');
  }

  #copyFile(
    { name: toName, lower = 0 }: Origin,
    { directory, upper, created }: { directory: Inode; upper: Inode; created: Attributes },
    record: Record,
  ): void {
    const { work, tree } = this.layers;
    const name = `#${String(this.#copies++)}`;
    record({ kind: 'link', directory: work, name, inode: upper, created });
    const data = lower === 0 ? emptyContent : tree.contentOf(lower);
    if (data.sizeBytes > 0) {
      record({ kind: 'write', inode: upper, offsetBytes: 0, data, sizeBeforeBytes: 0 });
    }
    record({ kind: 'barrier', scope: 'fsync', inode: upper });
    record({
      kind: 'rename',
      fromDirectory: work,
      fromName: name,
      toDirectory: directory,
      toName,
      inode: upper,
      replaced: 0,
    });
  }
}
