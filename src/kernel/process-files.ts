/** Calls on open files: open, write, fsync and their kin. Source: the manual pages of section 2. */
import { ProcessCore } from './process-core.ts';
import type { Attributes } from '../model/attributes.ts';
import type { Content } from '../model/content.ts';
import type { Effect } from '../model/operation.ts';
import { flushesOnClose } from './close-flush.ts';
import { copyMicroseconds } from './cost.ts';
import { isDirectory, type Place, type Target } from './mount-table.ts';
import type { OpenFile } from './open-files.ts';
import { mayOpenToCreate, modeWithoutPrivileges, type Access } from './permissions.ts';
import {
  SystemError,
  type ErrorName,
  type FileDescriptor,
  type OpenFlags,
  type Procedure,
} from './process.ts';

/** A process that can open files. */
export abstract class ProcessFiles extends ProcessCore {
  readonly #files = new Map<FileDescriptor, OpenFile>();
  #descriptorNext = 3;

  *open(path: string, flags: OpenFlags, mode = 0o644): Procedure<FileDescriptor> {
    const target = this.openTarget(path, flags);
    const created = target.found === undefined;
    const place = target.found ?? this.create(target, flags, mode, path);
    if (!created) this.assertOpenable(target, place, flags, path);
    const { tree } = place.mount;
    const inode = place.link.ino;
    const sizeBeforeBytes = tree.contentOf(inode).sizeBytes;
    const truncates = flags.truncate === true && !created && sizeBeforeBytes > 0;
    if (truncates) {
      this.dropPrivileges({ tree, inode, path });
      const effect = {
        kind: 'truncate',
        inode,
        sizeBytes: 0,
        sizeBeforeBytes,
        atOpen: true,
      } as const;
      this.record(place, effect, path);
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

  protected openTarget(path: string, { create, exclusive }: OpenFlags): Target {
    if (create !== true) return this.walk('open', path, 'follow');
    const target = this.walk('open', path, 'name');
    if (target.tooLong) throw new SystemError('ENAMETOOLONG', 'open', path);
    if (target.asDirectory && target.last === 'name') {
      throw new SystemError('EISDIR', 'open', path);
    }
    return exclusive === true ? target : this.walk('open', path, 'follow', true);
  }

  /** What open(2) asks of a file that is there, in the order of Linux. Source: Linux fs/namei.c, do_open. */
  protected assertOpenable(target: Target, place: Place, flags: OpenFlags, path: string): void {
    const fail = (code: ErrorName): never => {
      throw new SystemError(code, 'open', path);
    };
    const record = this.attributes(place);
    const isDirectory = record.kind === 'directory';
    if (flags.create === true) {
      if (flags.exclusive === true) fail('EEXIST');
      if (isDirectory) fail('EISDIR');
      if (!this.mayOpenToCreate(target, record)) fail('EACCES');
    }
    if (target.asDirectory && !isDirectory) fail('ENOTDIR');
    const writes = flags.access !== 'read' || flags.truncate === true;
    if (flags.truncate === true && record.kind === 'file') {
      this.assertMountWritable(place, 'open', path);
    }
    if (isDirectory && writes) fail('EISDIR');
    const wanted: Access[] = flags.access === 'write' ? [] : ['read'];
    if (writes) wanted.push('write');
    this.assertAccess(place, wanted, 'open', path);
    if (writes) this.assertMountWritable(place, 'open', path);
  }

  protected mayOpenToCreate({ parent }: Target, record: Attributes): boolean {
    if (!this.kernel.protects.has('regular files')) return true;
    return mayOpenToCreate(this.attributes(parent), record, this.caller);
  }

  protected create(target: Target, flags: OpenFlags, mode: number, path: string): Place {
    if (flags.create !== true) throw new SystemError('ENOENT', 'open', path);
    this.assertMountWritable(target.parent, 'open', path);
    return this.make(target, 'file', 'open', path, { mode });
  }

  protected file(fd: FileDescriptor, call: string): OpenFile {
    const file = this.#files.get(fd);
    if (file === undefined) throw new SystemError('EBADF', call, '');
    return file;
  }

  protected recordOn(file: Pick<OpenFile, 'tree' | 'path'>, effect: Effect): void {
    this.kernel.record(file.tree.volume.description.id, this.id, effect, file.path);
  }

  *write(fd: FileDescriptor, data: Content): Procedure {
    const file = this.file(fd, 'write');
    if (file.flags.access === 'read') throw new SystemError('EBADF', 'write', file.path);
    const sizeBeforeBytes = file.tree.contentOf(file.inode).sizeBytes;
    const offsetBytes = file.flags.append === true ? sizeBeforeBytes : file.offsetBytes;
    this.kernel.charge(copyMicroseconds(data.sizeBytes));
    if (data.sizeBytes > 0) {
      this.dropPrivileges(file);
      this.recordOn(file, {
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

  /** Whoever is not root and changes a file takes its set-user-id and set-group-id away. Source: write(2). */
  protected dropPrivileges(file: Pick<OpenFile, 'tree' | 'inode' | 'path'>): void {
    const record = file.tree.attributesOf(file.inode);
    const mode = modeWithoutPrivileges(record, this.caller);
    if (this.caller.user === 0 || mode === record.mode) return;
    const attributes = { ...record, mode };
    this.recordOn(file, { kind: 'set-attributes', inode: file.inode, attributes });
  }

  *writeText(fd: FileDescriptor, text: string): Procedure {
    yield* this.write(fd, this.text(text));
  }

  /** Moves the offset of an open file, as lseek(2) with SEEK_SET does. */
  *seek(fd: FileDescriptor, offsetBytes: number): Procedure {
    const file = this.file(fd, 'lseek');
    if (offsetBytes < 0) throw new SystemError('EINVAL', 'lseek', file.path);
    file.offsetBytes = offsetBytes;
    yield;
  }

  /** What an open file holds, its name gone or not. */
  *readAll(fd: FileDescriptor): Procedure<Content> {
    const file = this.file(fd, 'read');
    if (file.flags.access === 'write') throw new SystemError('EBADF', 'read', file.path);
    if (file.directory) throw new SystemError('EISDIR', 'read', file.path);
    const content = file.tree.contentOf(file.inode);
    if (this.kernel.blobs.isUnreadable(content)) throw new SystemError('EIO', 'read', file.path);
    this.kernel.charge(copyMicroseconds(content.sizeBytes));
    yield;
    return content;
  }

  *close(fd: FileDescriptor): Procedure {
    const file = this.file(fd, 'close');
    this.#files.delete(fd);
    const hurries = file.truncated && file.written;
    if (hurries && flushesOnClose(file.tree.volume.description.profile)) {
      this.beginWriteback(file, 'close-after-truncate');
    }
    yield;
  }

  beginWriteback(file: OpenFile, because: 'sync-file-range' | 'close-after-truncate'): void {
    const { inode } = file;
    this.recordOn(file, { kind: 'start-writeback', inode, because });
    this.kernel.startWriteback(file.tree.volume.description.id, inode);
  }

  *fsync(fd: FileDescriptor): Procedure {
    this.barrierOn(this.file(fd, 'fsync'), 'fsync');
    yield;
  }

  *fdatasync(fd: FileDescriptor): Procedure {
    this.barrierOn(this.file(fd, 'fdatasync'), 'fdatasync');
    yield;
  }

  protected barrierOn(file: OpenFile, scope: 'fsync' | 'fdatasync'): void {
    file.written = false;
    this.kernel.chargeBarrier(file.tree.volume.description.id, file.inode);
    this.recordOn(file, {
      kind: 'barrier',
      scope: file.directory ? 'fsync-directory' : scope,
      inode: file.inode,
    });
  }

  *startWriteback(fd: FileDescriptor): Procedure {
    this.beginWriteback(this.file(fd, 'sync_file_range'), 'sync-file-range');
    yield;
  }

  *ftruncate(fd: FileDescriptor, sizeBytes: number): Procedure {
    const file = this.file(fd, 'ftruncate');
    const invalid = file.flags.access === 'read' || file.directory || sizeBytes < 0;
    if (invalid) throw new SystemError('EINVAL', 'ftruncate', file.path);
    const sizeBeforeBytes = file.tree.contentOf(file.inode).sizeBytes;
    this.dropPrivileges(file);
    this.recordOn(file, {
      kind: 'truncate',
      inode: file.inode,
      sizeBytes,
      sizeBeforeBytes,
      atOpen: false,
    });
    yield;
  }

  *read(path: string): Procedure<Content> {
    const { mount, link } = this.readable(path);
    yield;
    return mount.tree.contentOf(link.ino);
  }

  *readText(path: string): Procedure<string> {
    const { mount, link } = this.readable(path);
    yield;
    return mount.tree.textOf(link.ino);
  }

  /** A file that the caller may read; its reading is charged. */
  protected readable(path: string): Place {
    const place = this.find('open', path, true);
    this.assertAccess(place, ['read'], 'open', path);
    if (isDirectory(place)) throw new SystemError('EISDIR', 'read', path);
    const content = place.mount.tree.contentOf(place.link.ino);
    if (this.kernel.blobs.isUnreadable(content)) throw new SystemError('EIO', 'read', path);
    this.kernel.charge(copyMicroseconds(content.sizeBytes));
    return place;
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

  *fsyncPath(path: string): Procedure {
    const fd = yield* this.open(path, { access: 'read' });
    yield* this.fsync(fd);
    yield* this.close(fd);
  }
}
