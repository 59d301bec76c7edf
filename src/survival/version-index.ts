/**
 * The versions that a file had, ready to be held against thousands of contents: a database is written in hundreds of
 * steps, and each of them can be missing. Contents that follow one another share most of their segments, so only those
 * that differ from the last content are looked at.
 */
import { zeroBlob, type BlobTable, type Content, type Segment } from '../model/content.ts';
import { contentText } from '../model/content.ts';
import { sameContent } from '../model/expected-file.ts';
import { mix } from '../model/mix.ts';
import { isWithin, PieceRanges } from './pieces.ts';

/** Where the pieces of a content come from: all from one version, from several, or some from none. */
export type PieceSources = 'one' | 'several' | 'other';

/** Every version of a file; worked out when the first content is held against it. */
export class VersionIndex {
  readonly #versions: readonly Content[];
  #tables: Tables | undefined;
  readonly #last = new LastContent();

  constructor(versions: readonly Content[]) {
    this.#versions = versions;
  }

  get #known(): Tables {
    return (this.#tables ??= new Tables(this.#versions));
  }

  /** Place of the last version of the same bytes, or -1. */
  lastIndexOf(now: Content, blobs: BlobTable): number {
    this.#last.become(now, this.#known.ranges);
    const same = this.#known.withHash(this.#last.hash).filter((place) => {
      const version = this.#versions[place];
      return version !== undefined && sameContent(version, now);
    });
    const least = same.at(-1) ?? -1;
    if (!isPlain(now, blobs)) return least;
    // Equal text is as good: a cut of a longer text may be, byte for byte, what was saved before.
    for (let place = this.#versions.length - 1; place > least; place--) {
      const version = this.#versions[place];
      if (version?.sizeBytes !== now.sizeBytes || !isPlain(version, blobs)) continue;
      if (contentText(version, blobs) === contentText(now, blobs)) return place;
    }
    return least;
  }

  /** Whether every piece of a content stands where one version has it, where some version has it, or neither. */
  piecesOf(now: Content): PieceSources {
    const { ranges, isNormal } = this.#known;
    this.#last.become(now, ranges);
    if (this.#last.foreignCount > 0) return 'other';
    const candidates =
      isNormal && isNormalContent(now)
        ? this.#known.goingOnAfter(this.#last.hashBeforeLast)
        : this.#versions;
    return candidates.some((version) => isWithin(now, version)) ? 'one' : 'several';
  }
}

/** What is known of all versions. */
class Tables {
  readonly ranges = new PieceRanges();
  /** Whether no segment could be joined with the one before it, so that equal bytes have equal segments. */
  readonly isNormal: boolean;
  readonly #byHash = new Map<number, number[]>();
  /** Hash of some first segments → versions that begin with them, one for each way to go on. */
  readonly #after = new Map<number, Map<string, Content>>();

  constructor(versions: readonly Content[]) {
    this.isNormal = versions.every(isNormalContent);
    let before: Content | undefined;
    for (const [place, version] of versions.entries()) {
      this.#add(version, place, before);
      before = version;
    }
  }

  #add(version: Content, place: number, before: Content | undefined): void {
    const hash = new SegmentHash();
    let at = 0;
    let isShared = before !== undefined;
    for (const [index, segment] of version.segments.entries()) {
      isShared &&= segment === before?.segments[index];
      if (!isShared) this.#goOn(hash.value, segment, version);
      if (!isShared) this.ranges.add(segment, at);
      hash.move(index, segment);
      at += segment.lengthBytes;
    }
    const places = this.#byHash.get(hash.value);
    if (places === undefined) this.#byHash.set(hash.value, [place]);
    else places.push(place);
  }

  /** Of the versions that go on with the same piece, the one that has most of it. */
  #goOn(hash: number, { blob, fromBytes, lengthBytes }: Segment, version: Content): void {
    let ways = this.#after.get(hash);
    if (ways === undefined) this.#after.set(hash, (ways = new Map<string, Content>()));
    const way = `${String(blob)} ${String(blob === zeroBlob ? 0 : fromBytes)}`;
    ways.set(`${way} ${String(lengthBytes)}`, version);
  }

  withHash(hash: number): readonly number[] {
    return this.#byHash.get(hash) ?? [];
  }

  goingOnAfter(hash: number): readonly Content[] {
    return [...(this.#after.get(hash)?.values() ?? [])];
  }
}

/** XOR of one hash per place and segment; contents of equal segments have equal ones. */
class SegmentHash {
  low = 0;
  high = 0;

  move(index: number, { blob, fromBytes, lengthBytes }: Segment): void {
    const piece = Math.imul(blob, 0x9e3779b1) ^ Math.imul(blob === zeroBlob ? 0 : fromBytes, 31);
    const salt = Math.imul(index + 1, 0x85ebca77);
    this.low ^= mix(mix(piece, lengthBytes), salt);
    this.high ^= mix(mix(lengthBytes, piece), ~salt);
  }

  get value(): number {
    return (this.low >>> 0) * 2 ** 21 + (this.high & 0x1fffff);
  }
}

/** The content that was looked at last: what is true of its segments is true of the same ones in the next. */
class LastContent {
  #content: Content | undefined;
  #segments: Segment[] = [];
  #starts: number[] = [];
  /** Per segment: 1 where no version has it at that place. */
  #foreign: number[] = [];
  #hash = new SegmentHash();
  /** How many segments no version has at their place. */
  foreignCount = 0;

  get hash(): number {
    return this.#hash.value;
  }

  /** The hash without the last segment. */
  get hashBeforeLast(): number {
    const shorter = new SegmentHash();
    shorter.low = this.#hash.low;
    shorter.high = this.#hash.high;
    const last = this.#segments.at(-1);
    if (last !== undefined) shorter.move(this.#segments.length - 1, last);
    return shorter.value;
  }

  become(content: Content, ranges: PieceRanges): void {
    if (content === this.#content) return;
    this.#content = content;
    const { segments } = content;
    while (this.#segments.length > segments.length) this.#drop(this.#segments.length - 1);
    this.#segments.length = Math.min(this.#segments.length, segments.length);
    let at = 0;
    for (let index = 0; index < segments.length; index++) {
      const segment = segments[index];
      if (segment === undefined) continue;
      if (segment !== this.#segments[index] || at !== this.#starts[index]) {
        if (index < this.#segments.length) this.#forget(index);
        this.#take(index, segment, at, ranges);
      }
      at += segment.lengthBytes;
    }
  }

  #take(index: number, segment: Segment, at: number, ranges: PieceRanges): void {
    this.#segments[index] = segment;
    this.#starts[index] = at;
    const foreign = ranges.hold(segment, at) ? 0 : 1;
    this.#foreign[index] = foreign;
    this.foreignCount += foreign;
    this.#hash.move(index, segment);
  }

  #drop(index: number): void {
    this.#forget(index);
    this.#segments.length = index;
  }

  #forget(index: number): void {
    const segment = this.#segments[index];
    if (segment === undefined) return;
    this.#hash.move(index, segment);
    this.foreignCount -= this.#foreign[index] ?? 0;
  }
}

function isNormalContent({ segments }: Content): boolean {
  let before: Segment | undefined;
  for (const segment of segments) {
    if (segment.lengthBytes === 0) return false;
    const isSameBlob = before?.blob === segment.blob;
    if (
      before !== undefined &&
      isSameBlob &&
      (segment.blob === zeroBlob || before.fromBytes + before.lengthBytes === segment.fromBytes)
    ) {
      return false;
    }
    before = segment;
  }
  return true;
}

/** Whether a content is text in which every byte is there. */
function isPlain(content: Content, blobs: BlobTable): boolean {
  return content.segments.every(
    ({ blob }) => blob !== zeroBlob && blobs.get(blob).text.length === blobs.get(blob).sizeBytes,
  );
}
