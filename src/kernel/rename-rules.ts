/** When rename(2) refuses before it looks at permissions, in the order of Linux. Source: Linux fs/namei.c. */
import type { Link } from '@jsonjoy.com/fs-core';
import { rootOf, subvolumeOf } from '../model/cell-table.ts';
import { isDirectory, type Place, type Target } from './mount-table.ts';
import { SystemError, type ErrorName } from './process.ts';

/** Two names of one rename, both there where they must be. */
export interface RenamePair {
  readonly source: Target;
  readonly target: Target;
  /** The entry that moves. */
  readonly moved: Place;
  /** Paths as the caller gave them. */
  readonly from: string;
  readonly to: string;
  readonly call: string;
}

/** Throws for paths that cannot be renamed whatever the names are. */
export function assertRenamable(source: Target, target: Target, call: string, path: string): void {
  const refuse = (code: ErrorName): never => {
    throw new SystemError(code, call, path);
  };
  if (source.parent.mount !== target.parent.mount) refuse('EXDEV');
  if (source.last !== 'name' || target.last !== 'name') refuse('EBUSY');
  if (source.parent.mount.readOnly) refuse('EROFS');
}

/** Throws when slashes ask for a directory that is none, or one name lies below the other. */
export function assertPlaces(pair: RenamePair, exchange: boolean): void {
  const { source, target, moved } = pair;
  const refuse = (code: ErrorName): never => {
    throw new SystemError(code, pair.call, pair.to);
  };
  if (exchange && target.asDirectory && target.entry !== undefined && !isDirectory(target.entry)) {
    refuse('ENOTDIR');
  }
  if (!isDirectory(moved)) {
    if (source.asDirectory || (!exchange && target.asDirectory)) refuse('ENOTDIR');
  }
  if (lies(target.parent.link, moved.link)) refuse('EINVAL');
  const over = target.entry;
  if (over !== undefined && lies(source.parent.link, over.link)) {
    refuse(exchange ? 'EINVAL' : 'ENOTEMPTY');
  }
}

/** Whether a directory is, or lies below, an entry. */
function lies(directory: Link, entry: Link): boolean {
  for (let link: Link | undefined = directory; link !== undefined; link = link.parent) {
    if (link.ino === entry.ino) return true;
  }
  return false;
}

/** On btrfs only whole subvolumes move between subvolumes. Source: Linux fs/btrfs/inode.c, btrfs_rename. */
export function assertOneSubvolume({ source, target, moved, call, to }: RenamePair): void {
  const stays = subvolumeOf(source.parent.link.ino) === subvolumeOf(target.parent.link.ino);
  const whole = moved.link.ino === rootOf(subvolumeOf(moved.link.ino));
  if (!stays && !whole) throw new SystemError('EXDEV', call, to);
}
