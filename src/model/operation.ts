/**
 * What a file system remembers: system calls resolved to inodes, in the order in which they happened.
 */
import type { Attributes } from './attributes.ts';
import type { Inode, Subvolume } from './cell-table.ts';
import type { Content } from './content.ts';
import type { VolumeId } from './device.ts';

/** Identifier of a stage of a procedure, such as `unpack libc6`; its label is in {@link Stage}. */
export type StageId = number;

/** A part of a procedure that people have a name for. `commitPoint` marks the one that switches versions. */
export interface Stage {
  readonly id: StageId;
  readonly label: string;
  readonly startMicroseconds: number;
  readonly commitPoint?: true;
  /** One sentence on what the stage does and why it matters. */
  readonly note?: string;
}

/** A name appears: create, mkdir, symlink (a new inode), or link (one that exists). */
export interface LinkEffect {
  readonly kind: 'link';
  readonly directory: Inode;
  readonly name: string;
  readonly inode: Inode;
  /** Set when the inode is new: its first attributes. */
  readonly created?: Attributes;
}

/** A name disappears: unlink and rmdir. */
export interface UnlinkEffect {
  readonly kind: 'unlink';
  readonly directory: Inode;
  readonly name: string;
  readonly inode: Inode;
}

/** A name moves, replacing what was at its new place. */
export interface RenameEffect {
  readonly kind: 'rename';
  readonly fromDirectory: Inode;
  readonly fromName: string;
  readonly toDirectory: Inode;
  readonly toName: string;
  readonly inode: Inode;
  /** The inode that had the new name before, or 0. */
  readonly replaced: Inode;
}

/** Two names change places in one step (RENAME_EXCHANGE). */
export interface ExchangeEffect {
  readonly kind: 'exchange';
  readonly fromDirectory: Inode;
  readonly fromName: string;
  readonly fromInode: Inode;
  readonly toDirectory: Inode;
  readonly toName: string;
  readonly toInode: Inode;
}

/** Bytes go to a file. Sequential writes to one inode with nothing between are one effect. */
export interface WriteEffect {
  readonly kind: 'write';
  readonly inode: Inode;
  readonly offsetBytes: number;
  readonly data: Content;
  /** Size of the file before the write: tells overwriting from extending. */
  readonly sizeBeforeBytes: number;
}

/** A file is cut or lengthened; `atOpen` for O_TRUNC, which some file systems treat as a replacement. */
export interface TruncateEffect {
  readonly kind: 'truncate';
  readonly inode: Inode;
  readonly sizeBytes: number;
  readonly sizeBeforeBytes: number;
  readonly atOpen: boolean;
}

/** chmod, chown, chattr. */
export interface SetAttributesEffect {
  readonly kind: 'set-attributes';
  readonly inode: Inode;
  readonly attributes: Attributes;
}

/**
 * Data is sent to the drive, and the drive is told no flush. sync_file_range and close after O_TRUNC do not wait for it;
 * closing the last handle of a block device does (sync_blockdev).
 */
export interface StartWritebackEffect {
  readonly kind: 'start-writeback';
  readonly inode: Inode;
  readonly because: 'sync-file-range' | 'close-after-truncate' | 'close-device';
}

/** The caller waits until something is durable. `freeze` and `unmount` also write the journal home. */
export interface BarrierEffect {
  readonly kind: 'barrier';
  readonly scope: 'fsync' | 'fdatasync' | 'fsync-directory' | 'syncfs' | 'freeze' | 'unmount';
  /** The inode synced, or 0 for the whole file system. */
  readonly inode: Inode;
}

/** A btrfs subvolume appears at a name; with a source it is a snapshot, which flushes and commits first. */
export interface SubvolumeEffect {
  readonly kind: 'subvolume';
  readonly directory: Inode;
  readonly name: string;
  readonly subvolume: Subvolume;
  readonly source?: Subvolume;
}

/** `btrfs subvolume set-default`: atomic, durable with the next commit only. */
export interface SetDefaultEffect {
  readonly kind: 'set-default';
  readonly subvolume: Subvolume;
}

/** Blocks of a raw slot or of firmware variables change; such a volume has one inode, its root. */
export interface WriteBlocksEffect {
  readonly kind: 'write-blocks';
  readonly inode: Inode;
  readonly offsetBytes: number;
  readonly data: Content;
}

/** Everything that a volume can be told. */
export type Effect =
  | LinkEffect
  | UnlinkEffect
  | RenameEffect
  | ExchangeEffect
  | WriteEffect
  | TruncateEffect
  | SetAttributesEffect
  | StartWritebackEffect
  | BarrierEffect
  | SubvolumeEffect
  | SetDefaultEffect
  | WriteBlocksEffect;

/** One effect, with when and by whom. `index` counts over all volumes of a machine, so volumes interleave. */
export interface Operation {
  readonly index: number;
  readonly volume: VolumeId;
  /** Simulated time at which the call was made. */
  readonly startMicroseconds: number;
  /** Simulated time at which it returned; a barrier is complete only then. */
  readonly endMicroseconds: number;
  readonly process: number;
  readonly stage: StageId;
  readonly effect: Effect;
  /** The path as the caller named it, for people. */
  readonly path: string;
}
