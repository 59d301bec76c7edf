/** One process: the system calls of {@link Process} on a kernel. */
import { attributes, type Attributes, type InodeKind } from '../model/attributes.ts';
import { rootOf, subvolumeOf, type Inode } from '../model/cell-table.ts';
import { contentText, wholeBlob, type Content } from '../model/content.ts';
import type { VolumeId } from '../model/device.ts';
import type { BarrierEffect, Effect } from '../model/operation.ts';
import { copyMicroseconds } from './cost.ts';
import type { Kernel } from './kernel.ts';
import { mountOn, remountOn, unmountAt } from './mount-calls.ts';
import { isDirectory, sameDevice, type Place, type Target } from './mount-table.ts';
import type { OpenFile } from './open-files.ts';
import { allows, stickyForbids, type Access, type Caller } from './permissions.ts';
import {
  SystemError,
  type ErrorName,
  type FileDescriptor,
  type MountRequest,
  type OpenFlags,
  type Procedure,
  type Process,
  type Status,
} from './process.ts';
import { renameAllowed } from './rename-rules.ts';

/** The process, its open files and its working directory. */
export class SimulatedProcess implements Process {
  readonly id: number;
  readonly user: number;
  cwd = '/';
  readonly #kernel: Kernel;
  readonly #caller: Caller;
  readonly #files = new Map<FileDescriptor, OpenFile>();
  #descriptorNext = 3;

  constructor(kernel: Kernel, id: number, caller: Caller) {
    this.#kernel = kernel;
    this.id = id;
    this.user = caller.user;
    this.#caller = caller;
  }

  /** The kernel that this process runs on. */
  get kernel(): Kernel {
    return this.#kernel;
  }

  /** A process of another user, such as sudo starts. */
  as(caller: Caller): SimulatedProcess {
    const other = this.#kernel.process(caller);
    other.cwd = this.cwd;
    return other;
  }

  #walk(call: string, path: string, follow: boolean): Target {
    return this.#kernel.mounts.walk(
      {
        call,
        path,
        cwd: this.cwd,
        maySearch: (place) => this.#may(place, 'execute'),
      },
      follow,
    );
  }

  #find(call: string, path: string, follow: boolean): Place {
    const { found, asDirectory } = this.#walk(call, path, follow);
    if (found === undefined) throw new SystemError('ENOENT', call, path);
    if (asDirectory && !isDirectory(found)) throw new SystemError('ENOTDIR', call, path);
    return found;
  }

  #may(place: Place, access: Access): boolean {
    return allows(this.#attributes(place), this.#caller, access);
  }

  #attributes(place: Place): Attributes {
    return place.mount.tree.attributesOf(place.link.ino);
  }

  #record(place: Place, effect: Effect, path: string): void {
    this.#kernel.record(place.mount.tree.volume.description.id, this.id, effect, path);
  }

  /** Read-only mounts and read-only subvolumes refuse every change with EROFS. */
  #assertWritable(place: Place, call: string, path: string): void {
    const frozen = place.mount.tree.isReadOnly(subvolumeOf(place.link.ino));
    if (place.mount.readOnly || frozen) throw new SystemError('EROFS', call, path);
  }

  /** Whether names in this directory may be added or removed by the caller. */
  #assertNamesChange(directory: Place, call: string, path: string): void {
    if (!isDirectory(directory)) throw new SystemError('ENOTDIR', call, path);
    this.#assertWritable(directory, call, path);
    const record = this.#attributes(directory);
    if (!allows(record, this.#caller, 'write') || !allows(record, this.#caller, 'execute')) {
      throw new SystemError('EACCES', call, path);
    }
    if (record.immutable === true) throw new SystemError('EPERM', call, path);
  }

  #assertRemovable(target: Target, found: Place, call: string, path: string): void {
    this.#assertNamesChange(target.parent, call, path);
    const record = this.#attributes(found);
    if (stickyForbids(this.#attributes(target.parent), record, this.#caller)) {
      throw new SystemError('EPERM', call, path);
    }
    if (record.immutable === true) throw new SystemError('EPERM', call, path);
  }

  #isMountPoint(found: Place, target: Target): boolean {
    return found.mount !== target.parent.mount;
  }

  *open(path: string, flags: OpenFlags, mode = 0o644): Procedure<FileDescriptor> {
    const target = this.#walk('open', path, flags.exclusive !== true);
    const created = target.found === undefined;
    const place = target.found ?? this.#create(target, flags, mode, path);
    if (!created) this.#assertOpenable(place, flags, path);
    const { tree } = place.mount;
    const inode = place.link.ino;
    const sizeBeforeBytes = tree.volume.live.content(inode).sizeBytes;
    const truncates = flags.truncate === true && !created && sizeBeforeBytes > 0;
    if (truncates) {
      const effect = {
        kind: 'truncate',
        inode,
        sizeBytes: 0,
        sizeBeforeBytes,
        atOpen: true,
      } as const;
      this.#record(place, effect, path);
    }
    const fd = this.#descriptorNext++;
    this.#files.set(fd, {
      tree,
      inode,
      flags,
      path,
      directory: isDirectory(place),
      offsetBytes: 0,
      truncated: truncates,
      written: false,
    });
    yield;
    return fd;
  }

  #assertOpenable(place: Place, flags: OpenFlags, path: string): void {
    const fail = (code: ErrorName): never => {
      throw new SystemError(code, 'open', path);
    };
    if (flags.exclusive === true && flags.create === true) fail('EEXIST');
    const record = this.#attributes(place);
    const writes = flags.access !== 'read' || flags.truncate === true;
    if (record.kind === 'symlink') fail('ELOOP');
    if (record.kind === 'directory' && (writes || flags.create === true)) fail('EISDIR');
    if (flags.access !== 'write' && !allows(record, this.#caller, 'read')) fail('EACCES');
    if (!writes) return;
    if (!allows(record, this.#caller, 'write')) fail('EACCES');
    this.#assertWritable(place, 'open', path);
    if (record.immutable === true) fail('EPERM');
  }

  #create(target: Target, flags: OpenFlags, mode: number, path: string): Place {
    if (flags.create !== true) throw new SystemError('ENOENT', 'open', path);
    if (target.asDirectory) throw new SystemError('EISDIR', 'open', path);
    return this.#make(target, 'file', 'open', path, { mode });
  }

  #make(
    target: Target,
    kind: InodeKind,
    call: string,
    path: string,
    extra: { readonly mode: number; readonly target?: string },
  ): Place {
    this.#assertNamesChange(target.parent, call, path);
    const { tree } = target.parent.mount;
    const directory = target.parent.link.ino;
    const inode = tree.volume.table.newInode(subvolumeOf(directory));
    const owner = { user: this.#caller.user, group: this.#caller.group };
    const created = { ...attributes(kind, extra.mode, owner), ...targetOf(extra.target) };
    this.#record(
      target.parent,
      { kind: 'link', directory, name: target.name, inode, created },
      path,
    );
    const link = tree.child(target.parent.link, target.name);
    if (link === undefined) throw new SystemError('EIO', call, path);
    return { mount: target.parent.mount, link };
  }

  #file(fd: FileDescriptor, call: string): OpenFile {
    const file = this.#files.get(fd);
    if (file === undefined) throw new SystemError('EBADF', call, '');
    return file;
  }

  #recordOn(file: OpenFile, effect: Effect): void {
    this.#kernel.record(file.tree.volume.description.id, this.id, effect, file.path);
  }

  *write(fd: FileDescriptor, data: Content): Procedure {
    const file = this.#file(fd, 'write');
    if (file.flags.access === 'read') throw new SystemError('EBADF', 'write', file.path);
    const sizeBeforeBytes = file.tree.volume.live.content(file.inode).sizeBytes;
    const offsetBytes = file.flags.append === true ? sizeBeforeBytes : file.offsetBytes;
    this.#kernel.charge(copyMicroseconds(data.sizeBytes));
    if (data.sizeBytes > 0) {
      this.#recordOn(file, {
        kind: 'write',
        inode: file.inode,
        offsetBytes,
        data,
        sizeBeforeBytes,
      });
    }
    file.offsetBytes = offsetBytes + data.sizeBytes;
    file.written = true;
    yield;
  }

  *writeText(fd: FileDescriptor, text: string): Procedure {
    yield* this.write(fd, this.text(text));
  }

  /** Moves the offset of an open file, as lseek(2) with SEEK_SET does. */
  *seek(fd: FileDescriptor, offsetBytes: number): Procedure {
    const file = this.#file(fd, 'lseek');
    if (offsetBytes < 0) throw new SystemError('EINVAL', 'lseek', file.path);
    file.offsetBytes = offsetBytes;
    yield;
  }

  *close(fd: FileDescriptor): Procedure {
    const file = this.#file(fd, 'close');
    this.#files.delete(fd);
    if (file.truncated && file.written) this.#startWriteback(file, 'close-after-truncate');
    yield;
  }

  #startWriteback(file: OpenFile, because: 'sync-file-range' | 'close-after-truncate'): void {
    const { inode } = file;
    this.#recordOn(file, { kind: 'start-writeback', inode, because });
    this.#kernel.startWriteback(file.tree.volume.description.id, inode);
  }

  *fsync(fd: FileDescriptor): Procedure {
    this.#barrierOn(this.#file(fd, 'fsync'), 'fsync');
    yield;
  }

  *fdatasync(fd: FileDescriptor): Procedure {
    this.#barrierOn(this.#file(fd, 'fdatasync'), 'fdatasync');
    yield;
  }

  #barrierOn(file: OpenFile, scope: 'fsync' | 'fdatasync'): void {
    this.#kernel.chargeBarrier(file.tree.volume.description.id, file.inode);
    this.#recordOn(file, {
      kind: 'barrier',
      scope: file.directory ? 'fsync-directory' : scope,
      inode: file.inode,
    });
  }

  *startWriteback(fd: FileDescriptor): Procedure {
    this.#startWriteback(this.#file(fd, 'sync_file_range'), 'sync-file-range');
    yield;
  }

  *ftruncate(fd: FileDescriptor, sizeBytes: number): Procedure {
    const file = this.#file(fd, 'ftruncate');
    const invalid = file.flags.access === 'read' || sizeBytes < 0;
    if (invalid) throw new SystemError('EINVAL', 'ftruncate', file.path);
    const sizeBeforeBytes = file.tree.volume.live.content(file.inode).sizeBytes;
    this.#recordOn(file, {
      kind: 'truncate',
      inode: file.inode,
      sizeBytes,
      sizeBeforeBytes,
      atOpen: false,
    });
    yield;
  }

  *read(path: string): Procedure<Content> {
    const place = this.#find('open', path, true);
    this.#assertOpenable(place, { access: 'read' }, path);
    if (isDirectory(place)) throw new SystemError('EISDIR', 'read', path);
    const content = place.mount.tree.load(place.link.ino);
    this.#kernel.charge(copyMicroseconds(content.sizeBytes));
    yield;
    return content;
  }

  *readText(path: string): Procedure<string> {
    return contentText(yield* this.read(path), this.#kernel.blobs);
  }

  *writeFile(
    path: string,
    data: Content | string,
    flags: OpenFlags = { access: 'write', create: true, truncate: true },
    mode = 0o644,
  ): Procedure {
    const fd = yield* this.open(path, flags, mode);
    yield* this.write(fd, typeof data === 'string' ? this.text(data) : data);
    yield* this.close(fd);
  }

  /** Content that is exactly this text. */
  text(text: string): Content {
    const blob = this.#kernel.blobs.intern(text);
    return wholeBlob(blob, this.#kernel.blobs.get(blob).sizeBytes);
  }

  *fsyncPath(path: string): Procedure {
    const fd = yield* this.open(path, { access: 'read' });
    yield* this.fsync(fd);
    yield* this.close(fd);
  }

  *mkdir(path: string, mode = 0o755): Procedure {
    const target = this.#walk('mkdir', path, false);
    if (target.found !== undefined) throw new SystemError('EEXIST', 'mkdir', path);
    this.#make(target, 'directory', 'mkdir', path, { mode });
    yield;
  }

  *symlink(to: string, path: string): Procedure {
    const target = this.#walk('symlink', path, false);
    if (to === '') throw new SystemError('ENOENT', 'symlink', path);
    if (target.found !== undefined) throw new SystemError('EEXIST', 'symlink', path);
    if (target.asDirectory) throw new SystemError('ENOENT', 'symlink', path);
    this.#make(target, 'symlink', 'symlink', path, { mode: 0o777, target: to });
    yield;
  }

  *rmdir(path: string): Procedure {
    const target = this.#walk('rmdir', path, false);
    const found = this.#assertThere(target, 'rmdir', path);
    if (target.name === '..') throw new SystemError('ENOTEMPTY', 'rmdir', path);
    if (target.name === '' || this.#isMountPoint(found, target)) {
      throw new SystemError('EBUSY', 'rmdir', path);
    }
    this.#assertRemovable(target, found, 'rmdir', path);
    if (!isDirectory(found)) throw new SystemError('ENOTDIR', 'rmdir', path);
    if (found.mount.tree.volume.live.list(found.link.ino).length > 0) {
      throw new SystemError('ENOTEMPTY', 'rmdir', path);
    }
    this.#unlink(target, found, path);
    yield;
  }

  #assertThere(target: Target, call: string, path: string): Place {
    if (target.found === undefined) throw new SystemError('ENOENT', call, path);
    return target.found;
  }

  #unlink(target: Target, found: Place, path: string): void {
    this.#record(
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

  *unlink(path: string): Procedure {
    const target = this.#walk('unlink', path, false);
    const found = this.#assertThere(target, 'unlink', path);
    const directory = isDirectory(found);
    if (target.asDirectory && !directory) throw new SystemError('ENOTDIR', 'unlink', path);
    if (target.name === '' || target.name === '..') throw new SystemError('EISDIR', 'unlink', path);
    this.#assertRemovable(target, found, 'unlink', path);
    if (directory) throw new SystemError('EISDIR', 'unlink', path);
    if (this.#isMountPoint(found, target)) throw new SystemError('EBUSY', 'unlink', path);
    this.#unlink(target, found, path);
    yield;
  }

  *link(existing: string, path: string): Procedure {
    const source = this.#find('link', existing, false);
    const target = this.#walk('link', path, false);
    if (target.found !== undefined) throw new SystemError('EEXIST', 'link', path);
    if (target.asDirectory) throw new SystemError('ENOENT', 'link', path);
    if (!sameDevice(source, target.parent)) throw new SystemError('EXDEV', 'link', path);
    this.#assertNamesChange(target.parent, 'link', path);
    const record = this.#attributes(source);
    if (record.kind === 'directory' || record.immutable === true) {
      throw new SystemError('EPERM', 'link', path);
    }
    this.#record(
      target.parent,
      {
        kind: 'link',
        directory: target.parent.link.ino,
        name: target.name,
        inode: source.link.ino,
      },
      path,
    );
    yield;
  }

  *readlink(path: string): Procedure<string> {
    const place = this.#find('readlink', path, false);
    const { target } = this.#attributes(place);
    if (target === undefined) throw new SystemError('EINVAL', 'readlink', path);
    yield;
    return target;
  }

  *rename(from: string, to: string): Procedure {
    const source = this.#walk('rename', from, false);
    const target = this.#walk('rename', to, false);
    const found = this.#assertThere(source, 'rename', from);
    const same = renameAllowed(source, found, target, from, to);
    this.#assertRemovable(source, found, 'rename', from);
    if (target.found === undefined) this.#assertNamesChange(target.parent, 'rename', to);
    else this.#assertRemovable(target, target.found, 'rename', to);
    if (!same) {
      this.#record(
        source.parent,
        {
          kind: 'rename',
          fromDirectory: source.parent.link.ino,
          fromName: source.name,
          toDirectory: target.parent.link.ino,
          toName: target.name,
          inode: found.link.ino,
          replaced: target.found?.link.ino ?? 0,
        },
        from,
      );
      this.#moveLink(source, found, target);
    }
    yield;
  }

  /** Keeps memfs' entry, with everything cached below it, under its new name. */
  #moveLink(source: Target, found: Place, target: Target): void {
    source.parent.link.children.delete(source.name);
    found.link.parent = target.parent.link;
    found.link.name = target.name;
    target.parent.link.children.set(target.name, found.link);
  }

  *exchange(left: string, right: string): Procedure {
    const one = this.#walk('renameat2', left, false);
    const two = this.#walk('renameat2', right, false);
    const first = this.#assertThere(one, 'renameat2', left);
    const second = this.#assertThere(two, 'renameat2', right);
    if (!sameDevice(one.parent, two.parent)) throw new SystemError('EXDEV', 'renameat2', right);
    this.#assertRemovable(one, first, 'renameat2', left);
    this.#assertRemovable(two, second, 'renameat2', right);
    this.#record(
      one.parent,
      {
        kind: 'exchange',
        fromDirectory: one.parent.link.ino,
        fromName: one.name,
        fromInode: first.link.ino,
        toDirectory: two.parent.link.ino,
        toName: two.name,
        toInode: second.link.ino,
      },
      left,
    );
    this.#moveLink(one, first, two);
    one.parent.link.children.set(one.name, second.link);
    second.link.parent = one.parent.link;
    second.link.name = one.name;
    yield;
  }

  *readdir(path: string): Procedure<readonly string[]> {
    const place = this.#find('readdir', path, true);
    if (!isDirectory(place)) throw new SystemError('ENOTDIR', 'readdir', path);
    if (!this.#may(place, 'read')) throw new SystemError('EACCES', 'readdir', path);
    yield;
    return place.mount.tree.volume.live.list(place.link.ino).map(({ name }) => name);
  }

  *stat(path: string): Procedure<Status> {
    const place = this.#find('stat', path, true);
    yield;
    return this.#status(place);
  }

  *lstat(path: string): Procedure<Status> {
    const place = this.#find('lstat', path, false);
    yield;
    return this.#status(place);
  }

  #status(place: Place): Status {
    const { tree } = place.mount;
    const inode = place.link.ino;
    const record = tree.attributesOf(inode);
    const { id } = tree.volume.description;
    return {
      ...record,
      inode,
      volume: id.startsWith('tmpfs-') ? 'tmpfs' : id,
      sizeBytes: record.target?.length ?? tree.volume.live.content(inode).sizeBytes,
      linkCount: tree.linkCount(place.link),
    };
  }

  *chmod(path: string, mode: number): Procedure {
    const place = this.#find('chmod', path, true);
    this.#assertOwner(place, 'chmod', path);
    this.#setAttributes(place, { ...this.#attributes(place), mode: mode & 0o7777 }, path);
    yield;
  }

  *chown(path: string, user: number, group: number): Procedure {
    const place = this.#find('chown', path, true);
    if (this.#caller.user !== 0) throw new SystemError('EPERM', 'chown', path);
    this.#assertWritable(place, 'chown', path);
    this.#setAttributes(place, { ...this.#attributes(place), user, group }, path);
    yield;
  }

  #assertOwner(place: Place, call: string, path: string): void {
    const record = this.#attributes(place);
    const stranger = this.#caller.user !== 0 && this.#caller.user !== record.user;
    this.#assertWritable(place, call, path);
    if (stranger || record.immutable === true) throw new SystemError('EPERM', call, path);
  }

  #setAttributes(place: Place, record: Attributes, path: string): void {
    this.#record(
      place,
      { kind: 'set-attributes', inode: place.link.ino, attributes: record },
      path,
    );
  }

  *setImmutable(path: string, immutable: boolean): Procedure {
    const place = this.#find('ioctl', path, true);
    if (this.#caller.user !== 0) throw new SystemError('EPERM', 'ioctl', path);
    this.#assertWritable(place, 'ioctl', path);
    const { kind, mode, user, group, target } = this.#attributes(place);
    const record = { kind, mode, user, group, ...targetOf(target) };
    this.#setAttributes(place, immutable ? { ...record, immutable: true } : record, path);
    yield;
  }

  *syncfs(path: string): Procedure {
    const place = this.#find('syncfs', path, true);
    this.#wholeBarrier(place.mount.tree.volume.description.id, 'syncfs', path);
    yield;
  }

  #wholeBarrier(volume: VolumeId, scope: BarrierEffect['scope'], path: string): void {
    this.#kernel.chargeBarrier(volume, 0);
    this.#kernel.record(volume, this.id, { kind: 'barrier', scope, inode: 0 }, path);
  }

  *sync(): Procedure {
    const mounted = new Set(this.#kernel.mounts.mounts.map(({ tree }) => tree.volume));
    for (const { description } of mounted) {
      if (description.profile === 'tmpfs') continue;
      this.#wholeBarrier(description.id, 'syncfs', '/');
      yield;
    }
    yield;
  }

  *freezeAndThaw(path: string): Procedure {
    const place = this.#find('ioctl', path, true);
    this.#wholeBarrier(place.mount.tree.volume.description.id, 'freeze', path);
    yield;
  }

  *mount(request: MountRequest): Procedure {
    const over = this.#kernel.mounts.mounts.length === 0 ? undefined : this.#directory(request);
    const from =
      request.source.kind === 'bind' ? this.#find('mount', request.source.path, true) : undefined;
    mountOn(this.#kernel, request, over, from);
    yield;
  }

  #directory(request: MountRequest): Place {
    const place = this.#find('mount', request.mountPoint, true);
    if (this.#caller.user !== 0) throw new SystemError('EPERM', 'mount', request.mountPoint);
    return place;
  }

  *remount(mountPoint: string, readOnly: boolean): Procedure {
    if (this.#caller.user !== 0) throw new SystemError('EPERM', 'mount', mountPoint);
    remountOn(this.#kernel, this.#find('mount', mountPoint, true), mountPoint, readOnly);
    yield;
  }

  *unmount(mountPoint: string): Procedure {
    const place = this.#find('umount', mountPoint, true);
    const last = unmountAt(this.#kernel, place, mountPoint);
    if (last !== undefined) this.#wholeBarrier(last, 'unmount', mountPoint);
    yield;
  }

  *createSubvolume(path: string): Procedure {
    this.#newSubvolume(this.#walk('ioctl', path, false), path);
    yield;
  }

  #newSubvolume(target: Target, path: string, source?: number): number {
    if (target.found !== undefined) throw new SystemError('EEXIST', 'ioctl', path);
    this.#assertNamesChange(target.parent, 'ioctl', path);
    const { volume } = target.parent.mount.tree;
    const from = source === undefined ? undefined : { source, cells: volume.live.cells.slice() };
    const subvolume = volume.table.newSubvolume(from);
    const directory = target.parent.link.ino;
    this.#kernel.chargeBarrier(volume.description.id, 0);
    const effect = { kind: 'subvolume', directory, name: target.name, subvolume } as const;
    this.#record(target.parent, source === undefined ? effect : { ...effect, source }, path);
    return subvolume;
  }

  *snapshot(source: string, path: string, readOnly: boolean): Procedure {
    const from = this.#find('ioctl', source, true);
    const target = this.#walk('ioctl', path, false);
    if (from.link.ino !== rootOf(subvolumeOf(from.link.ino))) {
      throw new SystemError('EINVAL', 'ioctl', source);
    }
    if (from.mount.tree !== target.parent.mount.tree) throw new SystemError('EXDEV', 'ioctl', path);
    const subvolume = this.#newSubvolume(target, path, subvolumeOf(from.link.ino));
    from.mount.tree.setReadOnly(subvolume, readOnly);
    yield;
  }

  #subvolumeAt(path: string): Place {
    const place = this.#find('ioctl', path, true);
    if (place.link.ino !== rootOf(subvolumeOf(place.link.ino))) {
      throw new SystemError('EINVAL', 'ioctl', path);
    }
    return place;
  }

  *setDefaultSubvolume(path: string): Procedure {
    const place = this.#subvolumeAt(path);
    const subvolume = subvolumeOf(place.link.ino);
    this.#record(place, { kind: 'set-default', subvolume }, path);
    yield;
  }

  *setSubvolumeReadOnly(path: string, readOnly: boolean): Procedure {
    const place = this.#subvolumeAt(path);
    place.mount.tree.setReadOnly(subvolumeOf(place.link.ino), readOnly);
    yield;
  }

  *deleteSubvolume(path: string): Procedure {
    const target = this.#walk('ioctl', path, false);
    const found = this.#assertThere(target, 'ioctl', path);
    this.#assertRemovable(target, found, 'ioctl', path);
    this.#unlink(target, found, path);
    yield;
  }

  #rawInode(volume: VolumeId): Inode {
    return rootOf(this.#kernel.tree(volume).volume.live.defaultSubvolume);
  }

  *writeBlocks(volume: VolumeId, offsetBytes: number, data: Content): Procedure {
    this.#kernel.charge(copyMicroseconds(data.sizeBytes));
    const effect = {
      kind: 'write-blocks',
      inode: this.#rawInode(volume),
      offsetBytes,
      data,
    } as const;
    this.#kernel.record(volume, this.id, effect, `/dev/disk/by-partlabel/${volume}`);
    yield;
  }

  *flushBlocks(volume: VolumeId): Procedure {
    this.#wholeBarrier(volume, 'fsync', `/dev/disk/by-partlabel/${volume}`);
    yield;
  }

  *readBlocks(volume: VolumeId): Procedure<Content> {
    yield;
    return this.#kernel.tree(volume).volume.live.content(this.#rawInode(volume));
  }

  *compute(microseconds: number): Procedure {
    this.#kernel.charge(microseconds);
    yield;
  }

  print(text: string, kind: 'output' | 'error' | 'note' = 'output'): void {
    this.#kernel.print(text, kind);
  }

  stage(
    label: string,
    options: { readonly commitPoint?: true; readonly note?: string } = {},
  ): void {
    this.#kernel.stage(label, options);
  }
}

function targetOf(target: string | undefined): { readonly target?: string } {
  return target === undefined ? {} : { target };
}
