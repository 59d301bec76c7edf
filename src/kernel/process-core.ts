/** What all system calls of a process share: the walk, the checks, the recording. */
import { attributes, type Attributes, type InodeKind } from '../model/attributes.ts';
import { subvolumeOf } from '../model/cell-table.ts';
import { wholeBlob, type Content } from '../model/content.ts';
import type { VolumeId } from '../model/device.ts';
import type { BarrierEffect, Effect } from '../model/operation.ts';
import type { Kernel } from './kernel.ts';
import { isDirectory, type Place, type Target } from './mount-table.ts';
import { allows, stickyForbids, type Access, type Caller } from './permissions.ts';
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

  protected walk(call: string, path: string, last: 'follow' | 'keep' | 'name'): Target {
    return this.kernel.mounts.walk(
      {
        call,
        path,
        cwd: this.cwd,
        maySearch: (place) => this.may(place, 'execute'),
      },
      last,
    );
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

  /** Read-only mounts and read-only subvolumes refuse every change with EROFS. */
  protected assertWritable(place: Place, call: string, path: string): void {
    const frozen = place.mount.tree.isReadOnly(subvolumeOf(place.link.ino));
    if (place.mount.readOnly || frozen) throw new SystemError('EROFS', call, path);
  }

  /** Whether names in this directory may be added or removed by the caller. */
  protected assertNamesChange(directory: Place, call: string, path: string): void {
    if (!isDirectory(directory)) throw new SystemError('ENOTDIR', call, path);
    this.assertWritable(directory, call, path);
    const record = this.attributes(directory);
    if (!allows(record, this.caller, 'write') || !allows(record, this.caller, 'execute')) {
      throw new SystemError('EACCES', call, path);
    }
    if (record.immutable === true) throw new SystemError('EPERM', call, path);
  }

  protected assertRemovable(target: Target, found: Place, call: string, path: string): void {
    this.assertNamesChange(target.parent, call, path);
    const record = this.attributes(found);
    if (stickyForbids(this.attributes(target.parent), record, this.caller)) {
      throw new SystemError('EPERM', call, path);
    }
    if (record.immutable === true) throw new SystemError('EPERM', call, path);
  }

  protected isMountPoint(found: Place, target: Target): boolean {
    return found.mount !== target.parent.mount;
  }

  protected make(
    target: Target,
    kind: InodeKind,
    call: string,
    path: string,
    extra: { readonly mode: number; readonly target?: string },
  ): Place {
    this.assertNamesChange(target.parent, call, path);
    const { tree } = target.parent.mount;
    const directory = target.parent.link.ino;
    const inode = tree.volume.table.newInode(subvolumeOf(directory));
    const owner = { user: this.caller.user, group: this.caller.group };
    const created = { ...attributes(kind, extra.mode, owner), ...targetOf(extra.target) };
    this.record(
      target.parent,
      { kind: 'link', directory, name: target.name, inode, created },
      path,
    );
    const link = tree.child(target.parent.link, target.name);
    if (link === undefined) throw new SystemError('EIO', call, path);
    return { mount: target.parent.mount, link };
  }

  /** Content that is exactly this text. */
  text(text: string): Content {
    const blob = this.kernel.blobs.intern(text);
    return wholeBlob(blob, this.kernel.blobs.get(blob).sizeBytes);
  }

  protected assertThere(target: Target, call: string, path: string): Place {
    if (target.found === undefined) throw new SystemError('ENOENT', call, path);
    return target.found;
  }

  removeName(target: Target, found: Place, path: string): void {
    this.record(
      target.parent,
      {
        kind: 'unlink',
        directory: target.parent.link.ino,
        name: target.name,
        inode: found.link.ino,
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
