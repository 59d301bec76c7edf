/** Calls on names and attributes: mkdir, rename, unlink, chmod and their kin. Source: the manual pages of section 2. */
import { subvolumeOf } from '../model/cell-table.ts';
import { isDirectory, isSymlink, type Place } from './mount-table.ts';
import { mayLinkTo, modeWithoutPrivileges } from './permissions.ts';
import { ProcessFiles } from './process-files.ts';
import { handleOf } from './ram-tree.ts';
import { SystemError, type ErrorName, type Procedure, type Status } from './process.ts';
import {
  assertOneSubvolume,
  assertPlaces,
  assertRenamable,
  type RenamePair,
} from './rename-rules.ts';

/** A process that can also change names. */
export abstract class ProcessNames extends ProcessFiles {
  *mkdir(path: string, mode = 0o755): Procedure {
    this.make(this.newName('mkdir', path, true), 'directory', 'mkdir', path, { mode });
    yield;
  }

  *symlink(to: string, path: string): Procedure {
    if (to === '') throw new SystemError('ENOENT', 'symlink', path);
    const target = this.newName('symlink', path, false);
    this.assertAccess(target.parent, ['write', 'execute'], 'symlink', path);
    this.assertHasLinks(target.parent, 'symlink', path);
    this.make(target, 'symlink', 'symlink', path, { mode: 0o777, target: to });
    yield;
  }

  /** vfat has neither hard nor symbolic links. Source: link(2), symlink(2). */
  protected assertHasLinks(place: Place, call: string, path: string): void {
    const { profile } = place.mount.tree.volume.description;
    if (profile === 'vfat') throw new SystemError('EPERM', call, path);
  }

  *rmdir(path: string): Procedure {
    const target = this.walk('rmdir', path, 'name');
    const fail = (code: ErrorName): never => {
      throw new SystemError(code, 'rmdir', path);
    };
    if (target.last === 'dot') fail('EINVAL');
    if (target.last === 'dot-dot') fail('ENOTEMPTY');
    if (target.last === 'root') fail('EBUSY');
    const { parent } = target;
    this.assertMountWritable(parent, 'rmdir', path);
    const entry = this.assertThere(target, 'rmdir', path);
    this.assertRemovable(parent, entry, 'directory', 'rmdir', path);
    if (this.isMountPoint(target)) fail('EBUSY');
    if (!entry.mount.tree.isEmpty(entry.link)) fail('ENOTEMPTY');
    this.removeName(target, entry, path);
    yield;
  }

  *unlink(path: string): Procedure {
    const target = this.walk('unlink', path, 'name');
    const fail = (code: ErrorName): never => {
      throw new SystemError(code, 'unlink', path);
    };
    if (target.last !== 'name') fail('EISDIR');
    const { parent } = target;
    this.assertMountWritable(parent, 'unlink', path);
    const entry = this.assertThere(target, 'unlink', path);
    if (target.asDirectory) fail(isDirectory(entry) ? 'EISDIR' : 'ENOTDIR');
    this.assertRemovable(parent, entry, 'other', 'unlink', path);
    this.removeName(target, entry, path);
    yield;
  }

  *link(existing: string, path: string): Procedure {
    const source = this.find('link', existing, false);
    const target = this.newName('link', path, false);
    const { parent } = target;
    const record = this.attributes(source);
    const fail = (code: ErrorName): never => {
      throw new SystemError(code, 'link', path);
    };
    if (source.mount !== parent.mount) fail('EXDEV');
    const guarded = this.kernel.protects.has('hard links');
    if (guarded && !mayLinkTo(record, this.caller)) fail('EPERM');
    this.assertAccess(parent, ['write', 'execute'], 'link', path);
    if (record.kind === 'directory' || record.immutable === true) fail('EPERM');
    this.assertHasLinks(parent, 'link', path);
    const inode = source.link.ino;
    const directory = parent.link.ino;
    if (subvolumeOf(inode) !== subvolumeOf(directory)) fail('EXDEV');
    this.record(parent, { kind: 'link', directory, name: target.name, inode }, path);
    yield;
  }

  *readlink(path: string): Procedure<string> {
    const place = this.find('readlink', path, false);
    if (!isSymlink(place)) throw new SystemError('EINVAL', 'readlink', path);
    yield;
    return place.mount.tree.files.readlinkSync(handleOf(place.link.ino)).toString();
  }

  *rename(from: string, to: string): Procedure {
    const source = this.walk('rename', from, 'name');
    const target = this.walk('rename', to, 'name');
    assertRenamable(source, target, 'rename', from);
    const moved = this.assertThere(source, 'rename', from);
    if (target.tooLong) throw new SystemError('ENAMETOOLONG', 'rename', to);
    const pair = { source, target, moved, from, to, call: 'rename' };
    assertPlaces(pair, false);
    if (target.entry?.link.ino !== moved.link.ino) {
      this.assertMovable(pair);
      const { entry } = target;
      const full =
        entry !== undefined && isDirectory(entry) && !entry.mount.tree.isEmpty(entry.link);
      if (full) throw new SystemError('ENOTEMPTY', 'rename', to);
      this.record(
        source.parent,
        {
          kind: 'rename',
          fromDirectory: source.parent.link.ino,
          fromName: source.name,
          toDirectory: target.parent.link.ino,
          toName: target.name,
          inode: moved.link.ino,
          replaced: entry?.link.ino ?? 0,
        },
        from,
      );
    }
    yield;
  }

  /** vfs_rename in Linux: both directories, both entries, the moved directory itself, mount points. */
  protected assertMovable(pair: RenamePair, exchange = false): void {
    const { source, target, moved, call, from, to } = pair;
    const kind = isDirectory(moved) ? 'directory' : 'other';
    this.assertRemovable(source.parent, moved, kind, call, from);
    const over = target.entry;
    if (over === undefined) this.assertAccess(target.parent, ['write', 'execute'], call, to);
    else {
      const wanted = exchange ? (isDirectory(over) ? 'directory' : 'other') : kind;
      this.assertRemovable(target.parent, over, wanted, call, to);
    }
    if (source.parent.link.ino !== target.parent.link.ino) {
      if (isDirectory(moved)) this.assertAccess(moved, ['write'], call, from);
      if (exchange && over !== undefined && isDirectory(over)) {
        this.assertAccess(over, ['write'], call, to);
      }
    }
    if (this.isMountPoint(source) || this.isMountPoint(target)) {
      throw new SystemError('EBUSY', call, to);
    }
    assertOneSubvolume(pair);
  }

  *exchange(left: string, right: string): Procedure {
    const call = 'renameat2';
    const source = this.walk(call, left, 'name');
    const target = this.walk(call, right, 'name');
    assertRenamable(source, target, call, left);
    const moved = this.assertThere(source, call, left);
    const other = this.assertThere(target, call, right);
    const pair = { source, target, moved, from: left, to: right, call };
    assertPlaces(pair, true);
    if (other.link.ino !== moved.link.ino) {
      this.assertMovable(pair, true);
      this.record(
        source.parent,
        {
          kind: 'exchange',
          fromDirectory: source.parent.link.ino,
          fromName: source.name,
          fromInode: moved.link.ino,
          toDirectory: target.parent.link.ino,
          toName: target.name,
          toInode: other.link.ino,
        },
        left,
      );
    }
    yield;
  }

  *readdir(path: string): Procedure<readonly string[]> {
    const place = this.find('readdir', path, true);
    if (!isDirectory(place)) throw new SystemError('ENOTDIR', 'readdir', path);
    if (!this.may(place, 'read')) throw new SystemError('EACCES', 'readdir', path);
    yield;
    const names = place.mount.tree.files.readdirSync(handleOf(place.link.ino));
    return names.map(String);
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
    const { id } = tree.volume.description;
    const { ino, size, nlink } = tree.files.lstatSync(handleOf(place.link.ino));
    return {
      ...this.attributes(place),
      inode: Number(ino),
      volume: id.startsWith('tmpfs-') ? 'tmpfs' : id,
      sizeBytes: Number(size),
      linkCount: Number(nlink),
    };
  }

  *chmod(path: string, mode: number): Procedure {
    const place = this.find('chmod', path, true);
    this.assertOwner(place, 'chmod', path);
    const record = this.attributes(place);
    const foreign = this.caller.user !== 0 && this.caller.group !== record.group;
    const kept = mode & (foreign ? 0o5777 : 0o7777);
    this.setAttributes(place, { ...record, mode: kept }, path);
    yield;
  }

  *setExtendedAttribute(path: string, name: string, value: string): Procedure {
    const place = this.find('setxattr', path, true);
    this.assertOwner(place, 'setxattr', path);
    const record = this.attributes(place);
    const extended = { ...record.extended, [name]: value };
    this.setAttributes(place, { ...record, extended }, path);
    yield;
  }

  /** Root gives files away; an owner may only name itself and its own group, which changes nothing but the group. */
  *chown(path: string, user: number, group: number): Procedure {
    const place = this.find('chown', path, true);
    this.assertOwner(place, 'chown', path);
    const record = this.attributes(place);
    const own = user === record.user && (group === record.group || group === this.caller.group);
    if (this.caller.user !== 0 && !own) throw new SystemError('EPERM', 'chown', path);
    this.setAttributes(
      place,
      { ...record, user, group, mode: modeWithoutPrivileges(record, this.caller) },
      path,
    );
    yield;
  }

  protected assertOwner(place: Place, call: string, path: string): void {
    const record = this.attributes(place);
    this.assertMountWritable(place, call, path);
    this.assertInodeWritable(place, call, path);
    const stranger = this.caller.user !== 0 && this.caller.user !== record.user;
    if (stranger) throw new SystemError('EPERM', call, path);
  }

  *setImmutable(path: string, immutable: boolean): Procedure {
    const place = this.find('ioctl', path, true);
    this.assertAccess(place, ['read'], 'ioctl', path);
    this.assertMountWritable(place, 'ioctl', path);
    const { tree } = place.mount;
    // btrfs refuses before it looks at the flags. Source: Linux fs/btrfs/ioctl.c; recorded, tamper-microos.
    if (tree.isReadOnly(subvolumeOf(place.link.ino))) throw new SystemError('EROFS', 'ioctl', path);
    const { immutable: before = false, ...record } = this.attributes(place);
    const changes = before !== immutable;
    const owner = this.caller.user === record.user && !changes;
    if (this.caller.user !== 0 && !owner) throw new SystemError('EPERM', 'ioctl', path);
    const next = immutable ? { ...record, immutable } : record;
    if (changes) this.setAttributes(place, next, path);
    yield;
  }
}
