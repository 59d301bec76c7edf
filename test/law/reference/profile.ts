/**
 * A file system whose metadata persists as a prefix of the program, in the words of the table
 * `profiles` at the head of the recorded litmus file. `fc`, `noda` and `wb` enumerate like ext4.
 */
export type PrefixProfile = {
  readonly kind: 'prefix';
  readonly name: string;
  /** When new blocks become part of their file, seen from the write of their data. */
  readonly alloc: 'delay-unwritten' | 'delay-any' | 'delay-after-data' | 'with-op';
  /** What a write over blocks does that the file has already. */
  readonly over: 'inplace' | 'journal' | 'cow';
  /** How much metadata an fsync carries: everything before it, or what belongs to the inode. */
  readonly fsync: 'global' | 'closure';
  /** Whether fdatasync carries mode and extended attributes. */
  readonly fdmeta: boolean;
  /** Whether a truncate zeroes the tail of its last block in place, possibly before the size. */
  readonly tailzero: boolean;
  /** Entries of the root that the program did not make: `lost+found` on ext4. */
  readonly rootEntries: number;
  /** On xfs the laboratory forces the log with a file of its own in the root, after the program. */
  readonly markerAfterEnd: boolean;
};

/** A file system without order: after a cut each sector holds any version since it was flushed. */
export type SectorProfile = { readonly kind: 'vfat' | 'ext4nj'; readonly name: string };

/** One file system, one way of mounting it. */
export type ReferenceProfile = PrefixProfile | SectorProfile;

const ext4: PrefixProfile = {
  kind: 'prefix',
  name: 'ext4',
  alloc: 'delay-unwritten',
  over: 'inplace',
  fsync: 'global',
  fdmeta: false,
  tailzero: true,
  rootEntries: 1,
  markerAfterEnd: false,
};
const xfs: PrefixProfile = {
  ...ext4,
  name: 'xfs',
  alloc: 'delay-after-data',
  fdmeta: true,
  rootEntries: 0,
  markerAfterEnd: true,
};
const btrfs: PrefixProfile = {
  ...ext4,
  name: 'btrfs',
  alloc: 'delay-after-data',
  over: 'cow',
  fsync: 'closure',
  fdmeta: true,
  tailzero: false,
  rootEntries: 0,
};

/** All profiles by the name that the field `fs` of a litmus test gives. */
export const referenceProfiles: Readonly<Record<string, ReferenceProfile>> = {
  ext4,
  ext4lock: { ...ext4, name: 'ext4lock', alloc: 'delay-after-data' },
  ext4noda: { ...ext4, name: 'ext4noda' },
  ext4fc: { ...ext4, name: 'ext4fc' },
  ext4wb: { ...ext4, name: 'ext4wb', alloc: 'delay-any' },
  ext4nodelalloc: { ...ext4, name: 'ext4nodelalloc', alloc: 'with-op' },
  ext4j: {
    ...ext4,
    name: 'ext4j',
    alloc: 'with-op',
    over: 'journal',
    fdmeta: true,
    tailzero: false,
  },
  xfs,
  btrfs,
  btrfsfoc: { ...btrfs, name: 'btrfsfoc', alloc: 'with-op', over: 'journal' },
  btrfsnolog: { ...btrfs, name: 'btrfsnolog', fsync: 'global' },
  vfat: { kind: 'vfat', name: 'vfat' },
  vfatflush: { kind: 'vfat', name: 'vfatflush' },
  ext4nj: { kind: 'ext4nj', name: 'ext4nj' },
};
