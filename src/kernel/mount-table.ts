/** What is mounted where, and the walk along a path across mounts and symbolic links. */
import type { Link } from '@jsonjoy.com/fs-core';
import { nameLengthBytesMax, pathLengthBytesMax, symbolicLinkDepthMax } from '../model/limits.ts';
import { SystemError, type ErrorName } from './process.ts';
import type { RamTree } from './ram-tree.ts';

/** One mounted piece. */
export interface Mount {
  readonly mountPoint: string;
  readonly tree: RamTree;
  readonly root: Link;
  /** Another view of a file system that is mounted elsewhere; its `readOnly` is its own. */
  readonly bind: boolean;
  readOnly: boolean;
  /** A remount cannot make it writable. */
  readonly sealed: boolean;
  /** Where it is mounted; undefined for the root of all. */
  readonly over: Place | undefined;
}

/** A directory entry, as seen through a mount. */
export interface Place {
  readonly mount: Mount;
  readonly link: Link;
}

/** What kind of word a path ends in; calls that make or remove names want a name. */
export type LastWord = 'name' | 'dot' | 'dot-dot' | 'root';

/** A parent directory and a last name that may or may not be there. */
export interface Target {
  readonly parent: Place;
  readonly name: string;
  readonly last: LastWord;
  /** The entry itself, even when something is mounted on it. */
  readonly entry: Place | undefined;
  /** What a walk through the name sees: the mounted root, when something is mounted on it. */
  readonly found: Place | undefined;
  /** The path ended in a slash, so it must be a directory. */
  readonly asDirectory: boolean;
  /** No file system takes a name of this length; calls on names notice only when they look the name up. */
  readonly tooLong: boolean;
}

type Walked = Omit<Target, 'tooLong'>;

/** Who asks, for what, from where. */
export interface Walker {
  readonly call: string;
  readonly path: string;
  readonly cwd: string;
  /** The call creates what is not there, and nothing can be created as a directory by open(2). */
  readonly creates?: boolean;
  /** Whether the caller may search this directory. */
  readonly maySearch: (place: Place) => boolean;
  /** Whether the caller may follow a symbolic link that lies in this directory. */
  readonly mayFollow: (directory: Place, link: Place) => boolean;
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
    const { path, call, cwd } = walker;
    if (path === '') throw new SystemError('ENOENT', call, path);
    if (bytesOf(path) > pathLengthBytesMax) throw new SystemError('ENAMETOOLONG', call, path);
    const asDirectory = path.endsWith('/');
    const follow = last === 'follow' || (last === 'keep' && asDirectory);
    const absolute = path.startsWith('/') ? path : `${cwd}/${path}`;
    const walked = this.#resolve(walker, follow, absolute);
    const tooLong = bytesOf(walked.name) > nameLengthBytesMax;
    if (tooLong && last !== 'name') throw new SystemError('ENAMETOOLONG', call, path);
    return { ...walked, asDirectory: walked.asDirectory || asDirectory, tooLong };
  }

  #resolve(walker: Walker, follow: boolean, absolute: string): Walked {
    const rest = words(absolute).reverse();
    let here = this.root;
    let target = atRoot(here);
    let asDirectory = false;
    let hops = 0;
    for (let word = rest.pop(); word !== undefined; word = rest.pop()) {
      target = { ...this.#step(walker, here, word), asDirectory };
      const { found } = target;
      const slashed = asDirectory && rest.length === 0 && target.last === 'name';
      if (slashed && walker.creates === true) {
        throw new SystemError('EISDIR', walker.call, walker.path);
      }
      if (found === undefined) {
        if (rest.length === 0) return target;
        const code = bytesOf(word) > nameLengthBytesMax ? 'ENAMETOOLONG' : 'ENOENT';
        throw new SystemError(code, walker.call, walker.path);
      }
      if (!isSymlink(found) || (rest.length === 0 && !follow)) {
        here = found;
        continue;
      }
      if (++hops > symbolicLinkDepthMax) throw new SystemError('ELOOP', walker.call, walker.path);
      if (!walker.mayFollow(here, found)) throw new SystemError('EACCES', walker.call, walker.path);
      const { symlink } = found.link.getNode();
      // A slash at the end of the last link's target asks for a directory like one at the end of the path.
      if (rest.length === 0) asDirectory = symlink.endsWith('/');
      rest.push(...words(symlink).reverse());
      if (symlink.startsWith('/')) here = this.root;
      target = atRoot(here);
    }
    return target;
  }

  #step(walker: Walker, here: Place, word: string): Omit<Walked, 'asDirectory'> {
    const fail = (code: ErrorName): never => {
      throw new SystemError(code, walker.call, walker.path);
    };
    if (!isDirectory(here)) fail('ENOTDIR');
    if (!walker.maySearch(here)) fail('EACCES');
    const step = { parent: here, name: word };
    if (word === '.') return { ...step, last: 'dot', entry: here, found: here };
    if (word === '..') {
      const above = this.#parentOf(here);
      return { ...step, last: 'dot-dot', entry: above, found: above };
    }
    const link = here.mount.tree.child(here.link, word);
    if (link === undefined) return { ...step, last: 'name', entry: undefined, found: undefined };
    const entry = { mount: here.mount, link };
    return { ...step, last: 'name', entry, found: this.#upward(entry) };
  }
}

function atRoot(root: Place): Walked {
  return { parent: root, name: '', last: 'root', entry: root, found: root, asDirectory: false };
}

function words(path: string): string[] {
  return path.split('/').filter((word) => word !== '');
}

const encoder = new TextEncoder();

/** Bytes of a name or path; a short one is not measured, since a character takes at most three. */
function bytesOf(text: string): number {
  return text.length * 3 <= nameLengthBytesMax ? text.length : encoder.encode(text).length;
}

/** Whether a place is a directory. */
export function isDirectory(place: Place): boolean {
  return place.mount.tree.attributesOf(place.link.ino).kind === 'directory';
}

/** Whether a place is a symbolic link. */
export function isSymlink(place: Place): boolean {
  return place.mount.tree.attributesOf(place.link.ino).kind === 'symlink';
}
