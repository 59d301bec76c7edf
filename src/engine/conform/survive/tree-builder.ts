/** Builds the volumes of a recorded layout and remembers every file under the kind that the recording counts it as. */
import { textContent } from '../../../backends/machine-files.ts';
import { attributes, type Attributes } from '../../../model/attributes.ts';
import { rootOf, type Inode } from '../../../model/cell-table.ts';
import type { BlobTable } from '../../../model/content.ts';
import type { VolumeId } from '../../../model/device.ts';
import { assert } from '../../../model/lab-error.ts';
import { nameOf, parentOf } from '../../../model/path.ts';
import { ImageBuilder, Volume } from '../../../model/volume.ts';
import type { VolumePath } from './layout.ts';

/** A file or link as it was before the command. */
export interface ManifestEntry extends VolumePath {
  readonly kind: string;
  readonly directory: Inode;
  readonly name: string;
  readonly inode: Inode;
  readonly isLink: boolean;
  /** What is in it; equal text is equal content. */
  readonly text: string;
}

/** Whose a file is, and its mode. */
export interface Ownership {
  readonly user?: number;
  readonly mode?: number;
}

/** Many files of one kind below one directory. */
export interface Area {
  readonly kind: string;
  readonly files: number;
  /** How many of them are symbolic links; those come first. */
  readonly links?: number;
  /** Empty directories beside them. */
  readonly empties?: number;
  /** Content of the n-th regular file; default one of its own. */
  readonly text?: (index: number) => string;
}

/** Files in one directory of an area. */
const filesPerDirectory = 8;

/** The builder. */
export class TreeBuilder {
  readonly manifest: ManifestEntry[] = [];
  readonly #blobs: BlobTable;
  readonly #builders = new Map<VolumeId, { profile: string; builder: ImageBuilder }>();

  constructor(blobs: BlobTable) {
    this.#blobs = blobs;
  }

  /** Begins a volume. */
  volume(id: VolumeId, profile: string): void {
    this.#builders.set(id, { profile, builder: new ImageBuilder() });
    // The EFI system partition was mounted with dmask=0077 in every layout.
    if (profile === 'vfat') this.directory({ volume: id, path: '' }, { mode: 0o700 });
  }

  /** The volumes as they are now. */
  volumes(): readonly Volume[] {
    return [...this.#builders].map(
      ([id, { profile, builder }]) => new Volume({ id, profile, label: id }, builder.state()),
    );
  }

  #builder(volume: VolumeId): ImageBuilder {
    const found = this.#builders.get(volume);
    assert(found !== undefined, `no volume ${volume}`);
    return found.builder;
  }

  /** A directory, made with its parents where missing; those get the plain mode. */
  directory({ volume, path }: VolumePath, { user = 0, mode }: Ownership = {}): Inode {
    const builder = this.#builder(volume);
    const inode = builder.directory(rootOf(0), path);
    if (mode !== undefined || user !== 0) {
      builder.setAttributes(inode, attributes('directory', mode, { user, group: user }));
    }
    return inode;
  }

  /** A subvolume. */
  subvolume({ volume, path }: VolumePath): void {
    this.#builder(volume).subvolume(rootOf(0), path);
  }

  /** The `ro` property of a subvolume. */
  makeReadOnly(place: VolumePath): void {
    const record = { ...attributes('directory'), readOnlySubvolume: true } as const;
    this.#builder(place.volume).setAttributes(this.directory(place), record);
  }

  /** The immutable bit. */
  makeImmutable(place: VolumePath): void {
    const inode = this.directory(place);
    this.#builder(place.volume).setAttributes(inode, {
      ...attributes('directory'),
      immutable: true,
    });
  }

  /** One file; its text is its own path when none is given. */
  file(kind: string, place: VolumePath, text?: string, { user = 0, mode }: Ownership = {}): void {
    this.#put(kind, place, attributes('file', mode, { user, group: user }), text);
  }

  /** One file under several names. */
  sharedFile(kind: string, [first, ...others]: readonly VolumePath[], text: string): void {
    if (first === undefined) return;
    const builder = this.#builder(first.volume);
    const top = this.directory({ volume: first.volume, path: parentOf(first.path) });
    let inode = builder.lookup(top, nameOf(first.path));
    if (inode === 0) {
      this.file(kind, first, text, { mode: 0o755 });
      inode = builder.lookup(top, nameOf(first.path));
    }
    for (const { volume, path } of others) {
      builder.link(this.directory({ volume, path: parentOf(path) }), nameOf(path), inode);
    }
  }

  /** One symbolic link. */
  link(kind: string, place: VolumePath, target: string): void {
    this.#put(kind, place, { ...attributes('symlink'), target });
  }

  #put(kind: string, { volume, path }: VolumePath, record: Attributes, words?: string): void {
    const builder = this.#builder(volume);
    const cut = path.lastIndexOf('/');
    const directory = builder.directory(rootOf(0), path.slice(0, Math.max(0, cut)));
    const name = path.slice(cut + 1);
    const isLink = record.target !== undefined;
    const text = words ?? `${volume} ${path}`;
    const content = isLink ? undefined : textContent(this.#blobs, text);
    const inode = builder.create(directory, name, record, content);
    this.manifest.push({ kind, volume, path, directory, name, inode, isLink, text });
  }

  /** Many files of one kind, a few in each directory. */
  area({ volume, path }: VolumePath, { kind, files, links = 0, empties = 0, text }: Area): void {
    this.directory({ volume, path });
    for (let index = 0; index < files; index++) {
      const directory = String(Math.floor(index / filesPerDirectory));
      const place = { volume, path: `${path}/d${directory}/f${String(index)}` };
      if (index < links) this.link(kind, place, '/nowhere');
      else this.file(kind, place, text?.(index - links));
    }
    for (let index = 0; index < empties; index++) {
      this.directory({ volume, path: `${path}/empty${String(index)}` });
    }
  }
}
