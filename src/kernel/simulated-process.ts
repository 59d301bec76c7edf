/** One process: the system calls of {@link Process} on a kernel; here those on mounts, subvolumes and devices. */
import { ProcessNames } from './process-names.ts';
import { rootOf, subvolumeOf, type Inode, type Subvolume } from '../model/cell-table.ts';
import type { Content } from '../model/content.ts';
import type { VolumeId } from '../model/device.ts';
import { copyMicroseconds } from './cost.ts';
import { mountOn, remountOn, unmountAt } from './mount-calls.ts';
import type { Place, Target } from './mount-table.ts';
import type { Caller } from './permissions.ts';
import type { RamTree } from './ram-tree.ts';
import type { FreeSpace } from './space-account.ts';
import { SystemError, type MountRequest, type Procedure, type Process } from './process.ts';

/** The process. */
export class SimulatedProcess extends ProcessNames implements Process {
  /** A process of another user, such as sudo starts. */
  as(caller: Caller): SimulatedProcess {
    const other = this.kernel.process(caller);
    other.cwd = this.cwd;
    return other;
  }

  *syncfs(path: string): Procedure {
    const place = this.find('syncfs', path, true);
    this.wholeBarrier(place.mount.tree.volume.description.id, 'syncfs', path);
    yield;
  }

  *sync(): Procedure {
    const mounted = new Set(this.kernel.mounts.mounts.map(({ tree }) => tree.volume));
    for (const { description } of mounted) {
      if (description.profile === 'tmpfs') continue;
      this.wholeBarrier(description.id, 'syncfs', '/');
      yield;
    }
    yield;
  }

  *freezeAndThaw(path: string): Procedure {
    const place = this.find('ioctl', path, true);
    this.wholeBarrier(place.mount.tree.volume.description.id, 'freeze', path);
    yield;
  }

  *mount(request: MountRequest): Procedure {
    const over = this.kernel.mounts.mounts.length === 0 ? undefined : this.directory(request);
    const from =
      request.source.kind === 'bind' ? this.find('mount', request.source.path, true) : undefined;
    mountOn(this.kernel, request, over, from);
    yield;
  }

  protected directory(request: MountRequest): Place {
    const place = this.find('mount', request.mountPoint, true);
    if (this.caller.user !== 0) throw new SystemError('EPERM', 'mount', request.mountPoint);
    return place;
  }

  *remount(mountPoint: string, readOnly: boolean): Procedure {
    if (this.caller.user !== 0) throw new SystemError('EPERM', 'mount', mountPoint);
    remountOn(this.kernel, this.find('mount', mountPoint, true), mountPoint, readOnly);
    yield;
  }

  *unmount(mountPoint: string): Procedure {
    const place = this.find('umount', mountPoint, true);
    const last = unmountAt(this.kernel, place, mountPoint);
    if (last !== undefined) this.wholeBarrier(last, 'unmount', mountPoint);
    yield;
  }

  *createSubvolume(path: string): Procedure {
    this.newSubvolume(this.newName('ioctl', path, true), path);
    yield;
  }

  protected newSubvolume(target: Target, path: string, source?: number): number {
    this.assertAccess(target.parent, ['write', 'execute'], 'ioctl', path);
    const { volume } = target.parent.mount.tree;
    const from = source === undefined ? undefined : { source, cells: volume.live.cells.slice() };
    const subvolume = volume.table.newSubvolume(from);
    const directory = target.parent.link.ino;
    if (from !== undefined) this.kernel.chargeBarrier(volume.description.id, 0);
    const effect = { kind: 'subvolume', directory, name: target.name, subvolume } as const;
    this.record(target.parent, source === undefined ? effect : { ...effect, source }, path);
    return subvolume;
  }

  *snapshot(source: string, path: string, readOnly: boolean): Procedure {
    const from = this.find('ioctl', source, true);
    const target = this.newName('ioctl', path, true);
    if (from.link.ino !== rootOf(subvolumeOf(from.link.ino))) {
      throw new SystemError('EINVAL', 'ioctl', source);
    }
    if (from.mount.tree !== target.parent.mount.tree) throw new SystemError('EXDEV', 'ioctl', path);
    const subvolume = this.newSubvolume(target, path, subvolumeOf(from.link.ino));
    this.markReadOnly(from.mount.tree, subvolume, readOnly, path);
    yield;
  }

  /** The property lies on the disk: a restart finds it. */
  protected markReadOnly(
    tree: RamTree,
    subvolume: Subvolume,
    readOnly: boolean,
    path: string,
  ): void {
    const inode = rootOf(subvolume);
    if (tree.isReadOnly(subvolume) === readOnly) return;
    const { readOnlySubvolume: _before, ...record } = tree.attributesOf(inode);
    const attributes = readOnly ? { ...record, readOnlySubvolume: true as const } : record;
    const { id } = tree.volume.description;
    this.kernel.record(id, this.id, { kind: 'set-attributes', inode, attributes }, path);
  }

  protected subvolumeAt(path: string): Place {
    const place = this.find('ioctl', path, true);
    if (place.link.ino !== rootOf(subvolumeOf(place.link.ino))) {
      throw new SystemError('EINVAL', 'ioctl', path);
    }
    return place;
  }

  *setDefaultSubvolume(path: string): Procedure {
    const place = this.subvolumeAt(path);
    // The call is one of btrfs; other file systems do not know it. Source: ioctl(2), ENOTTY.
    if (!place.mount.tree.volume.description.profile.startsWith('btrfs')) {
      throw new SystemError('ENOTTY', 'ioctl', path);
    }
    const subvolume = subvolumeOf(place.link.ino);
    this.record(place, { kind: 'set-default', subvolume }, path);
    yield;
  }

  *setSubvolumeReadOnly(path: string, readOnly: boolean): Procedure {
    const place = this.subvolumeAt(path);
    if (this.caller.user !== 0) throw new SystemError('EPERM', 'ioctl', path);
    this.markReadOnly(place.mount.tree, subvolumeOf(place.link.ino), readOnly, path);
    yield;
  }

  *deleteSubvolume(path: string): Procedure {
    const target = this.walk('ioctl', path, 'name');
    const { parent } = target;
    this.assertMountWritable(parent, 'ioctl', path);
    const entry = this.assertThere(target, 'ioctl', path);
    this.assertRemovable(parent, entry, 'directory', 'ioctl', path);
    if (entry.link.ino !== rootOf(subvolumeOf(entry.link.ino))) {
      throw new SystemError('EINVAL', 'ioctl', path);
    }
    if (this.isMountPoint(target)) throw new SystemError('EBUSY', 'ioctl', path);
    this.removeName(target, entry, path);
    yield;
  }

  protected rawInode(volume: VolumeId): Inode {
    return rootOf(this.kernel.tree(volume).volume.live.defaultSubvolume);
  }

  *writeBlocks(volume: VolumeId, offsetBytes: number, data: Content): Procedure {
    this.kernel.charge(copyMicroseconds(data.sizeBytes));
    const effect = {
      kind: 'write-blocks',
      inode: this.rawInode(volume),
      offsetBytes,
      data,
    } as const;
    this.kernel.record(volume, this.id, effect, `/dev/disk/by-partlabel/${volume}`);
    yield;
  }

  *flushBlocks(volume: VolumeId): Procedure {
    this.wholeBarrier(volume, 'fsync', `/dev/disk/by-partlabel/${volume}`);
    yield;
  }

  *closeBlocks(volume: VolumeId): Procedure {
    this.kernel.chargeSending(volume);
    const inode = this.rawInode(volume);
    const effect = { kind: 'start-writeback', inode, because: 'close-device' } as const;
    this.kernel.record(volume, this.id, effect, `/dev/disk/by-partlabel/${volume}`);
    yield;
  }

  *readBlocks(volume: VolumeId): Procedure<Content> {
    yield;
    return this.kernel.tree(volume).contentOf(this.rawInode(volume));
  }

  *freeSpace(path: string): Procedure<FreeSpace | undefined> {
    const place = this.find('statfs', path, true);
    yield;
    return this.kernel.spaceOf(place.mount.tree.volume.description.id)?.free;
  }

  *compute(microseconds: number): Procedure {
    this.kernel.charge(microseconds);
    yield;
  }

  print(text: string, kind: 'output' | 'error' | 'note' = 'output'): void {
    this.kernel.print(text, kind);
  }

  stage(
    label: string,
    options: { readonly commitPoint?: true; readonly note?: string } = {},
  ): void {
    this.kernel.stage(label, options);
  }
}
