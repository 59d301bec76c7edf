/** What all system calls of a process share: the walk, the checks, the recording. */
import { attributes, type Attributes, type InodeKind } from '../model/attributes.ts';
import { subvolumeOf } from '../model/cell-table.ts';
import { wholeBlob, type Content } from '../model/content.ts';
import type { VolumeId } from '../model/device.ts';
import type { BarrierEffect, Effect } from '../model/operation.ts';
import type { Kernel } from './kernel.ts';
import { isDirectory, type Place, type Target } from './mount-table.ts';
import { allows, mayFollowLink, stickyForbids, type Access, type Caller } from './permissions.ts';
import { SystemError } from './process.ts';

/** A process without its calls. */
export abstract class ProcessCore {
  readonly id: number;
  readonly user: number;
  cwd = '/';
  /** The kernel that this process runs on. */
  readonly kernel: Kernel;
  protected readonly caller: Caller;

  constructor(kernel: Kernel, id: number, caller: Caller) {
    this.kernel = kernel;
    this.id = id;
    this.user = caller.user;
    this.caller = caller;
  }

  protected walk(
    call: string,
    path: string,
    last: 'follow' | 'keep' | 'name',
    creates = false,
  ): Target {
    return this.kernel.mounts.walk(
      {
        call,
        path,
        cwd: this.cwd,
        creates,
        maySearch: (place) => this.may(place, 'execute'),
        mayFollow: (directory, link) => this.mayFollow(directory, link),
      },
      last,
    );
  }

  protected mayFollow(directory: Place, link: Place): boolean {
    if (!this.kernel.protects.has('symbolic links')) return true;
    return mayFollowLink(this.attributes(directory), this.attributes(link), this.caller);
  }

  protected find(call: string, path: string, follow: boolean): Place {
    const { found, asDirectory } = this.walk(call, path, follow ? 'follow' : 'keep');
    if (found === undefined) throw new SystemError('ENOENT', call, path);
    if (asDirectory && !isDirectory(found)) throw new SystemError('ENOTDIR', call, path);
    return found;
  }

  protected may(place: Place, access: Access): boolean {
    return allows(this.attributes(place), this.caller, access);
  }

  protected attributes(place: Place): Attributes {
    return place.mount.tree.attributesOf(place.link.ino);
  }

  protected record(place: Place, effect: Effect, path: string): void {
    this.kernel.record(place.mount.tree.volume.description.id, this.id, effect, path);
  }

  /** A read-only mount refuses every change, before the names are looked at. */
  protected assertMountWritable(place: Place, call: string, path: string): void {
    if (place.mount.readOnly) throw new SystemError('EROFS', call, path);
  }

  /** The checks of inode_permission in Linux: immutable, then the subvolume's `ro`, then the mode. */
  protected assertAccess(
    place: Place,
    wanted: readonly Access[],
    call: string,
    path: string,
  ): void {
    if (wanted.includes('write')) this.assertInodeWritable(place, call, path);
    const record = this.attributes(place);
    if (!wanted.every((access) => allows(record, this.caller, access))) {
      throw new SystemError('EACCES', call, path);
    }
  }

  /** Whether the inode itself refuses changes, whoever asks. */
  protected assertInodeWritable(place: Place, call: string, path: string): void {
    const { tree, readOnly, bind } = place.mount;
    if (readOnly && !bind) throw new SystemError('EROFS', call, path);
    if (this.attributes(place).immutable === true) throw new SystemError('EPERM', call, path);
    if (tree.isReadOnly(subvolumeOf(place.link.ino))) throw new SystemError('EROFS', call, path);
  }

  /** may_delete in Linux: the directory, the sticky bit, the entry, and whether it is of the right kind. */
  protected assertRemovable(
    parent: Place,
    entry: Place,
    wanted: 'directory' | 'other',
    call: string,
    path: string,
  ): void {
    this.assertAccess(parent, ['write', 'execute'], call, path);
    const record = this.attributes(entry);
    const sticky = stickyForbids(this.attributes(parent), record, this.caller);
    if (sticky || record.immutable === true) throw new SystemError('EPERM', call, path);
    if (wanted === 'directory' && record.kind !== 'directory') {
      throw new SystemError('ENOTDIR', call, path);
    }
    if (wanted === 'other' && record.kind === 'directory') {
      throw new SystemError('EISDIR', call, path);
    }
  }

  /** filename_create in Linux: a name that is to be made, and is not there yet. */
  protected newName(call: string, path: string, directory: boolean): Target {
    const target = this.walk(call, path, 'name');
    if (target.tooLong) throw new SystemError('ENAMETOOLONG', call, path);
    if (target.found !== undefined) throw new SystemError('EEXIST', call, path);
    if (target.asDirectory && !directory) throw new SystemError('ENOENT', call, path);
    this.assertMountWritable(target.parent, call, path);
    return target;
  }

  /** The entry that a call on names looks up, after everything that can be said without it. */
  protected assertThere({ entry, tooLong }: Target, call: string, path: string): Place {
    if (entry !== undefined) return entry;
    throw new SystemError(tooLong ? 'ENAMETOOLONG' : 'ENOENT', call, path);
  }

  protected isMountPoint({ entry, found }: Target): boolean {
    return entry?.mount !== found?.mount;
  }

  protected make(
    target: Target,
    kind: InodeKind,
    call: string,
    path: string,
    extra: { readonly mode: number; readonly target?: string },
  ): Place {
    this.assertAccess(target.parent, ['write', 'execute'], call, path);
    const { tree } = target.parent.mount;
    const directory = target.parent.link.ino;
    const inode = tree.volume.table.newInode(subvolumeOf(directory));
    const created = {
      ...this.firstAttributes(target.parent, kind, extra.mode),
      ...targetOf(extra.target),
    };
    this.record(
      target.parent,
      { kind: 'link', directory, name: target.name, inode, created },
      path,
    );
    const link = tree.child(target.parent.link, target.name);
    if (link === undefined) throw new SystemError('EIO', call, path);
    return { mount: target.parent.mount, link };
  }

  /** The caller owns what it makes; a set-group-id directory hands its group down. Source: inode(7). */
  protected firstAttributes(parent: Place, kind: InodeKind, mode: number): Attributes {
    const above = this.attributes(parent);
    const inherits = (above.mode & 0o2000) !== 0;
    const { user } = this.caller;
    const group = inherits ? above.group : this.caller.group;
    if (kind === 'directory') {
      return attributes(kind, (mode & 0o1777) | (inherits ? 0o2000 : 0), { user, group });
    }
    const keeps = !inherits || user === 0 || this.caller.group === above.group;
    const dropped = !keeps && (mode & 0o2010) === 0o2010 ? 0o2000 : 0;
    return attributes(kind, mode & ~dropped, { user, group });
  }

  /** Content that is exactly this text. */
  text(text: string): Content {
    const blob = this.kernel.blobs.intern(text);
    return wholeBlob(blob, this.kernel.blobs.get(blob).sizeBytes);
  }

  protected removeName(target: Target, entry: Place, path: string): void {
    this.record(
      target.parent,
      {
        kind: 'unlink',
        directory: target.parent.link.ino,
        name: target.name,
        inode: entry.link.ino,
      },
      path,
    );
  }

  protected setAttributes(place: Place, record: Attributes, path: string): void {
    this.record(place, { kind: 'set-attributes', inode: place.link.ino, attributes: record }, path);
  }

  protected wholeBarrier(volume: VolumeId, scope: BarrierEffect['scope'], path: string): void {
    this.kernel.chargeBarrier(volume, 0);
    this.kernel.record(volume, this.id, { kind: 'barrier', scope, inode: 0 }, path);
  }
}

/** An optional target of a symbolic link, as part of a record. */
export function targetOf(target: string | undefined): { readonly target?: string } {
  return target === undefined ? {} : { target };
}
