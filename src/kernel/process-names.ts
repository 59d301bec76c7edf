/** Calls on names and attributes: mkdir, rename, unlink, chmod and their kin. Source: the manual pages of section 2. */
import { targetOf } from './process-core.ts';
import { ProcessFiles } from './process-files.ts';
import { isDirectory, sameDevice, type Place } from './mount-table.ts';
import { SystemError, type Procedure, type Status } from './process.ts';
import { renameAllowed } from './rename-rules.ts';

/** A process that can also change names. */
export abstract class ProcessNames extends ProcessFiles {
  *mkdir(path: string, mode = 0o755): Procedure {
    const target = this.walk('mkdir', path, 'name');
    if (target.found !== undefined) throw new SystemError('EEXIST', 'mkdir', path);
    this.make(target, 'directory', 'mkdir', path, { mode });
    yield;
  }

  *symlink(to: string, path: string): Procedure {
    const target = this.walk('symlink', path, 'name');
    if (to === '') throw new SystemError('ENOENT', 'symlink', path);
    if (target.found !== undefined) throw new SystemError('EEXIST', 'symlink', path);
    if (target.asDirectory) throw new SystemError('ENOENT', 'symlink', path);
    this.make(target, 'symlink', 'symlink', path, { mode: 0o777, target: to });
    yield;
  }

  *rmdir(path: string): Procedure {
    const target = this.walk('rmdir', path, 'name');
    const found = this.assertThere(target, 'rmdir', path);
    if (target.name === '..') throw new SystemError('ENOTEMPTY', 'rmdir', path);
    if (target.name === '' || this.isMountPoint(found, target)) {
      throw new SystemError('EBUSY', 'rmdir', path);
    }
    this.assertRemovable(target, found, 'rmdir', path);
    if (!isDirectory(found)) throw new SystemError('ENOTDIR', 'rmdir', path);
    if (!found.mount.tree.isEmpty(found.link)) {
      throw new SystemError('ENOTEMPTY', 'rmdir', path);
    }
    this.removeName(target, found, path);
    yield;
  }

  *unlink(path: string): Procedure {
    const target = this.walk('unlink', path, 'name');
    const found = this.assertThere(target, 'unlink', path);
    const directory = isDirectory(found);
    if (target.asDirectory && !directory) throw new SystemError('ENOTDIR', 'unlink', path);
    if (target.name === '' || target.name === '..') throw new SystemError('EISDIR', 'unlink', path);
    this.assertRemovable(target, found, 'unlink', path);
    if (directory) throw new SystemError('EISDIR', 'unlink', path);
    if (this.isMountPoint(found, target)) throw new SystemError('EBUSY', 'unlink', path);
    this.removeName(target, found, path);
    yield;
  }

  *link(existing: string, path: string): Procedure {
    const source = this.find('link', existing, false);
    const target = this.walk('link', path, 'name');
    if (target.found !== undefined) throw new SystemError('EEXIST', 'link', path);
    if (target.asDirectory) throw new SystemError('ENOENT', 'link', path);
    if (!sameDevice(source, target.parent)) throw new SystemError('EXDEV', 'link', path);
    this.assertNamesChange(target.parent, 'link', path);
    const record = this.attributes(source);
    if (record.kind === 'directory' || record.immutable === true) {
      throw new SystemError('EPERM', 'link', path);
    }
    this.record(
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
    const place = this.find('readlink', path, false);
    const { target } = this.attributes(place);
    if (target === undefined) throw new SystemError('EINVAL', 'readlink', path);
    yield;
    return target;
  }

  *rename(from: string, to: string): Procedure {
    const source = this.walk('rename', from, 'name');
    const target = this.walk('rename', to, 'name');
    const found = this.assertThere(source, 'rename', from);
    const same = renameAllowed(source, found, target, from, to);
    this.assertRemovable(source, found, 'rename', from);
    if (target.found === undefined) this.assertNamesChange(target.parent, 'rename', to);
    else this.assertRemovable(target, target.found, 'rename', to);
    if (!same) {
      this.record(
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
    }
    yield;
  }

  *exchange(left: string, right: string): Procedure {
    const one = this.walk('renameat2', left, 'name');
    const two = this.walk('renameat2', right, 'name');
    const first = this.assertThere(one, 'renameat2', left);
    const second = this.assertThere(two, 'renameat2', right);
    if (!sameDevice(one.parent, two.parent)) throw new SystemError('EXDEV', 'renameat2', right);
    this.assertRemovable(one, first, 'renameat2', left);
    this.assertRemovable(two, second, 'renameat2', right);
    this.record(
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
    yield;
  }

  *readdir(path: string): Procedure<readonly string[]> {
    const place = this.find('readdir', path, true);
    if (!isDirectory(place)) throw new SystemError('ENOTDIR', 'readdir', path);
    if (!this.may(place, 'read')) throw new SystemError('EACCES', 'readdir', path);
    yield;
    return place.mount.tree.names(place.link);
  }

  *stat(path: string): Procedure<Status> {
    const place = this.find('stat', path, true);
    yield;
    return this.status(place);
  }

  *lstat(path: string): Procedure<Status> {
    const place = this.find('lstat', path, false);
    yield;
    return this.status(place);
  }

  protected status(place: Place): Status {
    const { tree } = place.mount;
    const inode = place.link.ino;
    const record = tree.attributesOf(inode);
    const { id } = tree.volume.description;
    return {
      ...record,
      inode,
      volume: id.startsWith('tmpfs-') ? 'tmpfs' : id,
      sizeBytes: record.target?.length ?? tree.contentOf(inode).sizeBytes,
      linkCount: tree.linkCount(inode),
    };
  }

  *chmod(path: string, mode: number): Procedure {
    const place = this.find('chmod', path, true);
    this.assertOwner(place, 'chmod', path);
    this.setAttributes(place, { ...this.attributes(place), mode: mode & 0o7777 }, path);
    yield;
  }

  *chown(path: string, user: number, group: number): Procedure {
    const place = this.find('chown', path, true);
    if (this.caller.user !== 0) throw new SystemError('EPERM', 'chown', path);
    this.assertWritable(place, 'chown', path);
    this.setAttributes(place, { ...this.attributes(place), user, group }, path);
    yield;
  }

  protected assertOwner(place: Place, call: string, path: string): void {
    const record = this.attributes(place);
    const stranger = this.caller.user !== 0 && this.caller.user !== record.user;
    this.assertWritable(place, call, path);
    if (stranger || record.immutable === true) throw new SystemError('EPERM', call, path);
  }

  *setImmutable(path: string, immutable: boolean): Procedure {
    const place = this.find('ioctl', path, true);
    if (this.caller.user !== 0) throw new SystemError('EPERM', 'ioctl', path);
    this.assertWritable(place, 'ioctl', path);
    const { kind, mode, user, group, target } = this.attributes(place);
    const record = { kind, mode, user, group, ...targetOf(target) };
    this.setAttributes(place, immutable ? { ...record, immutable: true } : record, path);
    yield;
  }
}
