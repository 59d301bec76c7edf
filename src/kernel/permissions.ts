/** Who may do what: owner, group, others, root, the sticky bit, the immutable flag. Source: path_resolution(7). */
import type { Attributes } from '../model/attributes.ts';

/** A person or program that asks. */
export interface Caller {
  readonly user: number;
  readonly group: number;
}

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
