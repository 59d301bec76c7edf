/** What an inode is, beside its content. */

/** The kinds of inode that matter here. */
export type InodeKind = 'file' | 'directory' | 'symlink' | 'device';

/** One attribute record; interned, so that equal records are one value. */
export interface Attributes {
  readonly kind: InodeKind;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly user: number;
  readonly group: number;
  /** The `i` of lsattr: no change, no new names, no removal. Source: chattr(1). */
  readonly immutable?: true;
  /** The `ro` property of a btrfs subvolume, on its root directory. Source: btrfs-property(8). */
  readonly readOnlySubvolume?: true;
  /** Where a symbolic link points to. */
  readonly target?: string;
  /** Extended attributes by name, such as `user.a`. */
  readonly extended?: Readonly<Record<string, string>>;
}

/** Root owns it, everyone reads it. */
export function attributes(
  kind: InodeKind,
  mode: number = kind === 'directory' ? 0o755 : kind === 'symlink' ? 0o777 : 0o644,
  owner: { readonly user: number; readonly group: number } = { user: 0, group: 0 },
): Attributes {
  return { kind, mode, ...owner };
}

const opaque = 'trusted.overlay.opaque';

/** A directory of an overlay's upper layer that hides everything below it. Source: kernel documentation, overlayfs, "whiteouts and opaque directories". */
export function asOpaque(record: Attributes): Attributes {
  return { ...record, extended: { ...record.extended, [opaque]: 'y' } };
}

/** Whether a directory of an upper layer hides everything below it. */
export function isOpaque(record: Attributes | undefined): boolean {
  return record?.extended?.[opaque] === 'y';
}
