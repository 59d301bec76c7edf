/** The root of a boot entry, as the kernel would put it together: paths walked across mounts and symbolic links. */
import { isOpaque, type Attributes } from './attributes.ts';
import type { DiskView, RootMount } from './boot-entry.ts';
import type { Inode } from './cell-table.ts';
import type { Content } from './content.ts';
import type { VolumeId } from './device.ts';
import type { FileSystemView } from './file-system-view.ts';
import { symbolicLinkDepthMax } from './limits.ts';
import { components } from './path.ts';

/** A place in the tree. */
export interface Place {
  readonly volume: VolumeId;
  readonly inode: Inode;
  /** Of a directory of an overlay whose name is in both layers: the directory in the lower one. */
  readonly lower?: Inode;
}

/** A walker over the mounts of one root in one state of the disk; never writes, never throws on missing names. */
export class RootTree {
  readonly disk: DiskView;
  readonly #mounts: ReadonlyMap<string, RootMount>;

  constructor(disk: DiskView, mounts: readonly RootMount[]) {
    this.disk = disk;
    this.#mounts = new Map(mounts.map((mount) => [mount.mountPoint, mount]));
  }

  #view(volume: VolumeId): FileSystemView | undefined {
    return this.disk.volumes.get(volume);
  }

  #mountedAt(path: string): Place | undefined {
    const mount = this.#mounts.get(path);
    if (mount === undefined || this.#view(mount.volume) === undefined) return undefined;
    const { volume, directory, upper } = mount;
    return upper === undefined
      ? { volume, inode: directory }
      : { volume, inode: upper, lower: directory };
  }

  /** The place that a path leads to; `followLast` false stops at a symbolic link. Undefined when it leads nowhere. */
  walk(path: string, followLast = true): Place | undefined {
    const root = this.#mountedAt('/');
    if (root === undefined) return undefined;
    const rest = [...components(path)].reverse();
    const trail: { readonly path: string; readonly place: Place }[] = [];
    let here = { path: '', place: root };
    let links = 0;
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      if (name === '..') {
        here = trail.pop() ?? here;
        continue;
      }
      const next = this.#step(here, name);
      if (next === undefined) return undefined;
      const target = this.attributes(next.place)?.target;
      if (target !== undefined && (rest.length > 0 || followLast)) {
        if (++links > symbolicLinkDepthMax) return undefined;
        rest.push(...[...components(target)].reverse());
        if (target.startsWith('/')) {
          trail.length = 0;
          here = { path: '', place: root };
        }
        continue;
      }
      trail.push(here);
      here = next;
    }
    return here.place;
  }

  #step(
    here: { readonly path: string; readonly place: Place },
    name: string,
  ): { readonly path: string; readonly place: Place } | undefined {
    const path = `${here.path}/${name}`;
    const mounted = this.#mountedAt(path);
    if (mounted !== undefined) return { path, place: mounted };
    const place = this.#child(here.place, name);
    return place === undefined ? undefined : { path, place };
  }

  /** A name in a directory; in an overlay the upper layer hides the lower one, and a device without numbers all of it. */
  #child({ volume, inode: directory, lower }: Place, name: string): Place | undefined {
    const view = this.#view(volume);
    const inode = view?.lookup(directory, name) ?? 0;
    const below = lower === undefined ? 0 : (view?.lookup(lower, name) ?? 0);
    if (inode === 0) return below === 0 ? undefined : { volume, inode: below };
    if (lower === undefined) return { volume, inode };
    const record = view?.attributes(inode);
    if (record?.kind === 'device') return undefined;
    const isMerged =
      record?.kind === 'directory' &&
      !isOpaque(record) &&
      view?.attributes(below)?.kind === 'directory';
    return isMerged ? { volume, inode, lower: below } : { volume, inode };
  }

  /** What is at a place. */
  attributes(place: Place): Attributes | undefined {
    return this.#view(place.volume)?.attributes(place.inode);
  }

  /** The bytes of the file at a place. */
  content(place: Place): Content | undefined {
    return this.#view(place.volume)?.content(place.inode);
  }

  /** The content of the regular file at a path, or undefined when there is none. */
  file(path: string): Content | undefined {
    const place = this.walk(path);
    if (place === undefined || this.attributes(place)?.kind !== 'file') return undefined;
    return this.content(place);
  }

  /** Names in the directory at a path; empty when there is none. */
  list(path: string): readonly string[] {
    const place = this.walk(path);
    if (place === undefined) return [];
    const view = this.#view(place.volume);
    const names = (view?.list(place.inode) ?? []).map((entry) => entry.name);
    if (place.lower === undefined) return names;
    const below = (view?.list(place.lower) ?? []).map((entry) => entry.name);
    return [...new Set([...names, ...below])]
      .filter((name) => this.#child(place, name) !== undefined)
      .sort();
  }
}
