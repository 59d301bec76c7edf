/** What is mounted where, and the walk along a path across mounts and symbolic links. */
import type { Link } from '@jsonjoy.com/fs-core';
import { localInodeCountMax, nameLengthBytesMax, symbolicLinkDepthMax } from '../model/limits.ts';
import { SystemError } from './process.ts';
import type { RamTree } from './ram-tree.ts';

/** One mounted piece. */
export interface Mount {
  readonly mountPoint: string;
  readonly tree: RamTree;
  readonly root: Link;
  readOnly: boolean;
  /** Where it is mounted; undefined for the root of all. */
  readonly over: Place | undefined;
}

/** A directory entry, as seen through a mount. */
export interface Place {
  readonly mount: Mount;
  readonly link: Link;
}

/** A parent directory and a last name that may or may not be there. */
export interface Target {
  readonly parent: Place;
  readonly name: string;
  readonly found: Place | undefined;
  /** The path ended in a slash, so it must be a directory. */
  readonly asDirectory: boolean;
}

/** Whether the caller may search this directory. */
export type MaySearch = (place: Place) => boolean;

/** Who asks, for what, from where. */
export interface Walker {
  readonly call: string;
  readonly path: string;
  readonly cwd: string;
  readonly maySearch: MaySearch;
}

/** The mounts of one machine. */
export class MountTable {
  readonly #mounts: Mount[] = [];

  /** Mounts, oldest first. */
  get mounts(): readonly Mount[] {
    return this.#mounts;
  }

  add(mount: Mount): void {
    this.#mounts.push(mount);
  }

  remove(mount: Mount): void {
    this.#mounts.splice(this.#mounts.indexOf(mount), 1);
  }

  /** The root directory. Throws when nothing is mounted yet. */
  get root(): Place {
    const mount = this.#mounts.find(({ over }) => over === undefined);
    if (mount === undefined) throw new SystemError('ENODEV', 'walk', '/');
    return this.#upward({ mount, link: mount.root });
  }

  /** What is mounted on a directory, the newest first. */
  mountedOn(place: Place): Mount | undefined {
    return this.#mounts.findLast(
      ({ over }) =>
        over !== undefined && over.mount === place.mount && over.link.ino === place.link.ino,
    );
  }

  #upward(place: Place): Place {
    let here = place;
    for (let on = this.mountedOn(here); on !== undefined; on = this.mountedOn(here)) {
      here = { mount: on, link: on.root };
    }
    return here;
  }

  #parentOf(place: Place): Place {
    let here = place;
    while (here.link.ino === here.mount.root.ino && here.mount.over !== undefined) {
      here = here.mount.over;
    }
    const { parent } = here.link;
    return parent === undefined ? here : this.#upward({ mount: here.mount, link: parent });
  }

  /**
   * Walks to the parent of the last name. `follow` resolves a symbolic link at the end; `keep` does not, except when
   * the path ends in a slash; `name` never does, as calls that make or remove a name. Source: Linux fs/namei.c.
   */
  walk(walker: Walker, last: 'follow' | 'keep' | 'name'): Target {
    const asDirectory = walker.path.length > 1 && /\/\.?$/.test(walker.path);
    const absolute = walker.path.startsWith('/') ? walker.path : `${walker.cwd}/${walker.path}`;
    if (walker.path === '') throw new SystemError('ENOENT', walker.call, walker.path);
    return this.#resolve(
      walker,
      { follow: last === 'follow' || (last === 'keep' && asDirectory), asDirectory },
      absolute,
    );
  }

  #resolve(
    walker: Walker,
    manner: { readonly follow: boolean; readonly asDirectory: boolean },
    absolute: string,
  ): Target {
    const rest = names(absolute).reverse();
    let here = this.root;
    let target: Target = { parent: here, name: '', found: here, asDirectory: manner.asDirectory };
    let hops = 0;
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      target = { ...this.#step(walker, here, name), asDirectory: manner.asDirectory };
      const { found } = target;
      if (found === undefined) {
        if (rest.length > 0) throw new SystemError('ENOENT', walker.call, walker.path);
        return target;
      }
      const { symlink } = found.link.getNode();
      if (isSymlink(found) && (rest.length > 0 || manner.follow)) {
        if (++hops > symbolicLinkDepthMax) {
          throw new SystemError('ELOOP', walker.call, walker.path);
        }
        rest.push(...names(symlink).reverse());
        if (symlink.startsWith('/')) here = this.root;
        target = { parent: here, name: '', found: here, asDirectory: manner.asDirectory };
        continue;
      }
      here = found;
    }
    return target;
  }

  #step(walker: Walker, here: Place, name: string): Omit<Target, 'asDirectory'> {
    if (!isDirectory(here)) throw new SystemError('ENOTDIR', walker.call, walker.path);
    if (!walker.maySearch(here)) throw new SystemError('EACCES', walker.call, walker.path);
    if (name === '..') {
      const found = this.#parentOf(here);
      return { parent: here, name, found };
    }
    if (name.length > nameLengthBytesMax) {
      throw new SystemError('ENAMETOOLONG', walker.call, walker.path);
    }
    const link = here.mount.tree.child(here.link, name);
    if (link === undefined) return { parent: here, name, found: undefined };
    return { parent: here, name, found: this.#upward({ mount: here.mount, link }) };
  }
}

function names(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** Whether a place is a directory. */
export function isDirectory(place: Place): boolean {
  return place.mount.tree.attributesOf(place.link.ino).kind === 'directory';
}

/** Whether a place is a symbolic link. */
export function isSymlink(place: Place): boolean {
  return place.mount.tree.attributesOf(place.link.ino).kind === 'symlink';
}

/** Whether two places are in one subvolume of one file system, seen through one mount: else EXDEV. */
export function sameDevice(left: Place, right: Place): boolean {
  return (
    left.mount === right.mount &&
    Math.floor(left.link.ino / localInodeCountMax) ===
      Math.floor(right.link.ino / localInodeCountMax)
  );
}
