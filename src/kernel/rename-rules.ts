/** When rename(2) refuses, in the order in which Linux looks. Source: rename(2), Linux fs/namei.c. */
import { isDirectory, sameDevice, type Place, type Target } from './mount-table.ts';
import { SystemError, type ErrorName } from './process.ts';

function refuse(code: ErrorName, path: string): never {
  throw new SystemError(code, 'rename', path);
}

/** Throws when the rename is not possible; true when both names are of one inode, and nothing is to be done. */
export function renameAllowed(
  source: Target,
  found: Place,
  target: Target,
  from: string,
  to: string,
): boolean {
  if (!sameDevice(source.parent, target.parent)) refuse('EXDEV', to);
  if (special(source) || special(target)) refuse('EBUSY', from);
  if (found.mount !== source.parent.mount) refuse('EBUSY', from);
  const directory = isDirectory(found);
  if (!directory && (source.asDirectory || target.asDirectory)) refuse('ENOTDIR', from);
  if (directory && isInside(target.parent, found)) refuse('EINVAL', to);
  if (target.found === undefined) return false;
  if (target.found.mount !== target.parent.mount) refuse('EBUSY', to);
  if (isInside(source.parent, target.found)) refuse('ENOTEMPTY', to);
  if (target.found.link.ino === found.link.ino) return true;
  assertReplaceable(directory, target.found, to);
  return false;
}

function special({ name }: Target): boolean {
  return name === '' || name === '..';
}

function assertReplaceable(directory: boolean, there: Place, to: string): void {
  const overDirectory = isDirectory(there);
  if (directory && !overDirectory) refuse('ENOTDIR', to);
  if (!directory && overDirectory) refuse('EISDIR', to);
  const full = overDirectory && !there.mount.tree.isEmpty(there.link);
  if (full) refuse('ENOTEMPTY', to);
}

/** Whether a directory is, or lies below, another. */
function isInside(place: Place, ancestor: Place): boolean {
  for (let link = place.link; ;) {
    if (link.ino === ancestor.link.ino) return true;
    const { parent } = link;
    if (parent === undefined || parent === link) return false;
    link = parent;
  }
}
