/** Pieces of contents, by what they hold and where: two contents agree where they hold the same byte of the same blob. */
import { zeroBlob, type Content, type Segment } from '../model/content.ts';

/** Whether the version holds all of the content at the same places. */
export function isWithin(now: Content, version: Content): boolean {
  let at = 0;
  let theirs = 0;
  let theirStart = 0;
  for (const segment of now.segments) {
    const end = at + segment.lengthBytes;
    for (let from = at; from < end;) {
      let other = version.segments[theirs];
      while (other !== undefined && theirStart + other.lengthBytes <= from) {
        theirStart += other.lengthBytes;
        other = version.segments[++theirs];
      }
      if (other === undefined) return false;
      if (!isSamePlace(segment, from - at, other, from - theirStart)) return false;
      from = Math.min(end, theirStart + other.lengthBytes);
    }
    at = end;
  }
  return true;
}

/** Whether two segments hold the same byte, each so far in; zeros are alike wherever they come from. */
function isSamePlace(one: Segment, intoOne: number, other: Segment, intoOther: number): boolean {
  if (one.blob !== other.blob) return false;
  return one.blob === zeroBlob || one.fromBytes + intoOne === other.fromBytes + intoOther;
}

type Range = readonly [fromBytes: number, toBytes: number];

/** Ranges of a file in which some version holds a blob at the same distance from its beginning. */
export class PieceRanges {
  /** Blob → distance between place in the file and place in the blob → ranges, apart from each other, in order. */
  readonly #ranges = new Map<number, Map<number, Range[]>>();

  /** A version holds the segment at this offset. */
  add(segment: Segment, atBytes: number): void {
    let ofBlob = this.#ranges.get(segment.blob);
    if (ofBlob === undefined) this.#ranges.set(segment.blob, (ofBlob = new Map<number, Range[]>()));
    const distance = distanceOf(segment, atBytes);
    const ranges = ofBlob.get(distance) ?? [];
    ofBlob.set(distance, joined(ranges, [atBytes, atBytes + segment.lengthBytes]));
  }

  /** Whether every byte of the segment, at this offset, is held there by some version. */
  hold(segment: Segment, atBytes: number): boolean {
    const ranges = this.#ranges.get(segment.blob)?.get(distanceOf(segment, atBytes));
    const end = atBytes + segment.lengthBytes;
    return ranges?.some(([from, to]) => from <= atBytes && end <= to) === true;
  }
}

function distanceOf({ blob, fromBytes }: Segment, atBytes: number): number {
  return blob === zeroBlob ? 0 : atBytes - fromBytes;
}

function joined(ranges: readonly Range[], added: Range): Range[] {
  let [from, to] = added;
  const apart = ranges.filter((range) => {
    if (range[1] < from || range[0] > to) return true;
    from = Math.min(from, range[0]);
    to = Math.max(to, range[1]);
    return false;
  });
  return [...apart, [from, to]];
}
