/**
 * The parts of a file that lie in blocks which it has for certain, as runs of whole blocks; what lies between them are
 * holes. A write over a hole needs a block as one behind the end does. Source: persistence.md 3.2.
 */
import { zeroBlob, type Content } from '../model/content.ts';
import { blockBytes } from './file-blocks.ts';

/** Bytes from one place up to another. */
export interface ByteRange {
  readonly fromBytes: number;
  readonly toBytes: number;
}

/** Runs in order, none of which touches the next. */
export type ByteRanges = readonly ByteRange[];

/** The runs of a file before the program; zeros in whole blocks are holes. */
export function rangesOf({ segments }: Content): ByteRanges {
  let ranges: ByteRanges = [];
  let at = 0;
  for (const { blob, lengthBytes } of segments) {
    if (blob !== zeroBlob) ranges = withRange(ranges, at, at + lengthBytes);
    at += lengthBytes;
  }
  return ranges;
}

/** The runs, and the blocks that these bytes touch. */
export function withRange(ranges: ByteRanges, fromBytes: number, toBytes: number): ByteRanges {
  let from = Math.floor(fromBytes / blockBytes) * blockBytes;
  let to = Math.ceil(toBytes / blockBytes) * blockBytes;
  const before = ranges.filter((range) => range.toBytes < from);
  const after = ranges.filter((range) => range.fromBytes > to);
  for (const range of ranges.slice(before.length, ranges.length - after.length)) {
    from = Math.min(from, range.fromBytes);
    to = Math.max(to, range.toBytes);
  }
  return [...before, { fromBytes: from, toBytes: to }, ...after];
}

/** What of the runs lies between two places. */
export function rangesBetween(ranges: ByteRanges, fromBytes: number, toBytes: number): ByteRanges {
  return ranges
    .filter((range) => range.fromBytes < toBytes && range.toBytes > fromBytes)
    .map((range) => ({
      fromBytes: Math.max(range.fromBytes, fromBytes),
      toBytes: Math.min(range.toBytes, toBytes),
    }));
}

/** What between two places lies outside of the runs. */
export function holesBetween(ranges: ByteRanges, fromBytes: number, toBytes: number): ByteRanges {
  const holes: ByteRange[] = [];
  let at = fromBytes;
  for (const range of rangesBetween(ranges, fromBytes, toBytes)) {
    if (range.fromBytes > at) holes.push({ fromBytes: at, toBytes: range.fromBytes });
    at = range.toBytes;
  }
  if (at < toBytes) holes.push({ fromBytes: at, toBytes });
  return holes;
}
