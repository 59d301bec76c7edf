/**
 * A content that is put together from thousands of writes, such as a log that starts over at its front. Writing into the
 * middle replaces the segments that it covers, so it takes no longer in a long content; `overwrite` copies all of them.
 */
import {
  appendSegments,
  emptyContent,
  overwrite,
  resize,
  type Content,
  type Segment,
} from '../model/content.ts';

/** The bytes so far, changed in place; {@link content} ends the work on it. */
export class LongContent {
  #segments: Segment[] = [];
  /** Where each segment begins, in bytes. */
  #starts: number[] = [];
  #sizeBytes = 0;

  constructor(base: Content) {
    this.#append(base);
  }

  /** One of its own, so that both can go on apart. */
  copy(): LongContent {
    const copy = new LongContent(emptyContent);
    copy.#segments = this.#segments.slice();
    copy.#starts = this.#starts.slice();
    copy.#sizeBytes = this.#sizeBytes;
    return copy;
  }

  /** What `overwrite` makes of it. */
  write(offsetBytes: number, data: Content): void {
    const end = offsetBytes + data.sizeBytes;
    if (offsetBytes === this.#sizeBytes) this.#append(data);
    else if (offsetBytes > this.#sizeBytes) {
      this.#become(overwrite(this.content(), offsetBytes, data));
    } else if (end < this.#sizeBytes) this.#replace(offsetBytes, end, data);
    else {
      this.#cut(offsetBytes);
      this.#append(data);
    }
  }

  /** What `resize` makes of it. */
  resize(sizeBytes: number): void {
    if (sizeBytes < this.#sizeBytes) this.#cut(sizeBytes);
    else if (sizeBytes > this.#sizeBytes) this.#become(resize(this.content(), sizeBytes));
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** What there is now; whoever goes on writing changes it. */
  content(): Content {
    return { sizeBytes: this.#sizeBytes, segments: this.#segments };
  }

  #become(content: Content): void {
    this.#segments = [];
    this.#starts = [];
    this.#sizeBytes = 0;
    this.#append(content);
  }

  #append(data: Content): void {
    appendSegments(this.#segments, data);
    this.#startsFrom(this.#starts.length);
    this.#sizeBytes += data.sizeBytes;
  }

  #cut(toBytes: number): void {
    const place = this.#placeOf(toBytes);
    const part = this.#part(place, this.#starts[place] ?? 0, toBytes);
    this.#segments.length = place;
    this.#starts.length = place;
    this.#sizeBytes = toBytes - part.sizeBytes;
    this.#append(part);
  }

  /** The neighbour on the left takes part, because what is written may go on where it ends. */
  #replace(fromBytes: number, toBytes: number, data: Content): void {
    const first = this.#placeOf(fromBytes);
    const last = this.#placeOf(toBytes);
    const left = Math.max(0, first - 1);
    const instead: Segment[] = [];
    if (left < first) appendSegments(instead, this.#part(left, this.#starts[left] ?? 0, Infinity));
    appendSegments(instead, this.#part(first, this.#starts[first] ?? 0, fromBytes));
    appendSegments(instead, data);
    appendSegments(instead, this.#part(last, toBytes, Infinity));
    const count = last - left + 1;
    if (instead.length !== count) {
      this.#starts.splice(left + 1, count - 1, ...instead.slice(1).map(() => 0));
      this.#segments.splice(left, count, ...instead);
    } else {
      for (const [index, segment] of instead.entries()) this.#segments[left + index] = segment;
    }
    this.#startsFrom(left + 1, left + instead.length);
  }

  #startsFrom(place: number, end = this.#segments.length): void {
    for (let index = place; index < end; index++) {
      const before = this.#segments[index - 1]?.lengthBytes ?? 0;
      this.#starts[index] = (this.#starts[index - 1] ?? 0) + before;
    }
  }

  /** The segment that holds the byte at this offset, which lies inside of the content. */
  #placeOf(offsetBytes: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offsetBytes) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The bytes of a segment from one offset of the content up to another. */
  #part(place: number, fromBytes: number, toBytes: number): Content {
    const segment = this.#segments[place];
    const start = this.#starts[place] ?? 0;
    const end = Math.min(toBytes, start + (segment?.lengthBytes ?? 0));
    if (segment === undefined || end <= fromBytes) return { sizeBytes: 0, segments: [] };
    const lengthBytes = end - fromBytes;
    const part = { ...segment, fromBytes: segment.fromBytes + (fromBytes - start), lengthBytes };
    return { sizeBytes: lengthBytes, segments: [part] };
  }
}
