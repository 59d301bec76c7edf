/** Who may do what: owner, group, others, root, the sticky bit, the immutable flag. Source: path_resolution(7). */
import type { Attributes } from '../model/attributes.ts';

/** A person or program that asks. */
export interface Caller {
  readonly user: number;
  readonly group: number;
}

/** Guards against other people's links and files. Source: sysctl fs.protected_hardlinks and so on, proc_sys_fs(5). */
export const protections = ['hard links', 'symbolic links', 'regular files'] as const;

/** One guard. */
export type Protection = (typeof protections)[number];

/** Bits of one class of a mode. */
export type Access = 'read' | 'write' | 'execute';

const bits: { readonly [access in Access]: number } = { read: 4, write: 2, execute: 1 };

/** Whether the mode lets the caller do this. Root may read and write everything, and search every directory. */
export function allows(record: Attributes, caller: Caller, access: Access): boolean {
  if (caller.user === 0) {
    return access !== 'execute' || record.kind === 'directory' || (record.mode & 0o111) !== 0;
  }
  const shift = record.user === caller.user ? 6 : record.group === caller.group ? 3 : 0;
  return ((record.mode >> shift) & bits[access]) !== 0;
}

/** Whether the sticky bit of the directory keeps the caller from removing this entry. */
export function stickyForbids(directory: Attributes, entry: Attributes, { user }: Caller): boolean {
  if ((directory.mode & 0o1000) === 0 || user === 0) return false;
  return directory.user !== user && entry.user !== user;
}

/** Whether a directory is one like /tmp, where the kernel guards people against each other's links and files. */
function isShared({ mode }: Attributes): boolean {
  return (mode & 0o1002) === 0o1002;
}

/** A link in a shared directory is followed only for its owner. Source: sysctl fs.protected_symlinks. */
export function mayFollowLink(directory: Attributes, link: Attributes, caller: Caller): boolean {
  return !isShared(directory) || link.user === caller.user || link.user === directory.user;
}

/** A file that someone else put into a shared directory is not opened to create it, not even by root. Source: sysctl fs.protected_regular. */
export function mayOpenToCreate(directory: Attributes, file: Attributes, caller: Caller): boolean {
  if (!isShared(directory) || file.kind !== 'file') return true;
  return file.user === directory.user || file.user === caller.user;
}

/** Others' files are hard-linked only by whoever may read and write them. Source: sysctl fs.protected_hardlinks. */
export function mayLinkTo(file: Attributes, caller: Caller): boolean {
  if (caller.user === 0 || caller.user === file.user) return true;
  const special =
    file.kind !== 'file' || (file.mode & 0o4000) !== 0 || (file.mode & 0o2010) === 0o2010;
  return !special && allows(file, caller, 'read') && allows(file, caller, 'write');
}

/**
 * What a change of owner, or a write by someone who is not root, leaves of a file's mode: set-user-id and set-group-id
 * go. Source: chown(2), write(2).
 */
export function modeWithoutPrivileges(record: Attributes, { user, group }: Caller): number {
  const { kind, mode } = record;
  if (kind === 'directory') return mode;
  const keepsGroup = (mode & 0o010) === 0 && (user === 0 || group === record.group);
  return mode & ~(keepsGroup ? 0o4000 : 0o6000);
}
