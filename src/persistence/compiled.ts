/**
 * A window of operations as flat arrays of micro-operations: what can reach the disk by itself. A micro-operation
 * writes cells (names, attributes), or is one step of the content of an inode.
 */
import type { InodeKind } from '../model/attributes.ts';
import type { Cell, Inode } from '../model/cell-table.ts';
import type { Content } from '../model/content.ts';
import type { Drive } from '../model/device.ts';
import type { FileSystemState } from '../model/file-system-state.ts';
import type { Operation } from '../model/operation.ts';
import type { ByteRanges } from './allocated-ranges.ts';
import type { ContentCodes } from './content-codes.ts';
import type { RoomSize } from './file-rooms.ts';
import type { Profile } from './profile.ts';

/** M: metadata; D: data of a write; A: the write becomes part of its file. */
export const microClass = { metadata: 0, data: 1, attach: 2 } as const;

/** One step in the life of a file's content. A micro-operation without one has `undefined` here. */
export type ContentStep =
  /** The size is cut or lengthened. */
  | { readonly kind: 'resize'; readonly sizeBytes: number }
  /** The largest of these sizes whose room is there, unless the file is longer; changes nothing where none is. */
  | { readonly kind: 'lengthen'; readonly rooms: readonly RoomSize[] }
  /** Bytes over blocks that exist; counts by itself. Unless it lengthens the file, what lies behind its end is unseen. */
  | {
      readonly kind: 'in-place';
      readonly offsetBytes: number;
      readonly data: Content;
      readonly lengthens: boolean;
    }
  /** Zeros over the end of the last block that a truncation keeps; they never make the file longer. */
  | { readonly kind: 'zero-tail'; readonly offsetBytes: number; readonly data: Content }
  /** Extent and size of new blocks; reads as zeros unless its data is there too. */
  | {
      readonly kind: 'attach';
      readonly offsetBytes: number;
      readonly data: Content;
      /** The micro-operation of the data, or -1 when the data is on the disk by then for certain. */
      readonly dataMicro: number;
      /** Parts of it that lie in blocks which the file had; they have steps of their own. */
      readonly except?: ByteRanges;
      /** Parts of it for which earlier writes brought room: without its data they hold what those left. */
      readonly given?: ByteRanges;
    }
  /** The data of an attach; changes nothing by itself. */
  | { readonly kind: 'data' };

/** A compiled window. All arrays have one element per micro-operation unless said otherwise. */
export interface Compiled {
  readonly profile: Profile;
  /** What the volume lies on. */
  readonly drive: Drive;
  readonly base: FileSystemState;
  readonly operations: readonly Operation[];
  /** How many micro-operations there are. */
  readonly count: number;
  /** One of {@link microClass}. */
  readonly classes: Uint8Array;
  /** Place of the operation that made it, in `operations`. */
  readonly operationOf: Int32Array;
  /** Inode whose content or name it concerns; what fsync looks at. */
  readonly inodeOf: Int32Array;
  /** Directory whose names it changes, or 0. */
  readonly directoryOf: Int32Array;
  /** First cell write of each micro-operation; one element more than there are micro-operations. */
  readonly writeStart: Int32Array;
  /** Per cell write: cell, value, and the write before it of the same cell, or -1. */
  readonly writeCell: Int32Array;
  readonly writeValue: Int32Array;
  readonly writePrevious: Int32Array;
  readonly steps: readonly (ContentStep | undefined)[];
  /** The content steps of each inode, in program order, as micro-operation numbers. */
  readonly contentMicros: ReadonlyMap<Inode, readonly number[]>;
  /** The content cell of each inode that has content steps. */
  readonly contentCells: ReadonlyMap<Inode, Cell>;
  /** What an inode is, or undefined for one that nothing describes. */
  readonly kindOf: (inode: Inode) => InodeKind | undefined;
  /** The contents that choices of steps come to; filled as states ask. */
  readonly contentCodes: ContentCodes;
  /** Per operation: its first micro-operation; one element more than there are operations. */
  readonly microStart: Int32Array;
}
