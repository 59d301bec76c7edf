/**
 * What a file holds: segments over blobs, so that a torn file is a value like any other.
 */

/** Number of a blob in its table; 0 is the blob of zero bytes that a hole or an unwritten extent reads as. */
export type BlobId = number;

/** The bytes of one file version. Package files have stand-in text that names them, and a simulated size. */
export interface Blob {
  /** The bytes, as text; for a package file a name such as `coreutils 9.1-1 /usr/bin/ls`. */
  readonly text: string;
  /** What `stat` says; equals the bytes of `text` for files that people write. */
  readonly sizeBytes: number;
}

/** A run of bytes taken from one blob. */
export interface Segment {
  readonly blob: BlobId;
  readonly fromBytes: number;
  readonly lengthBytes: number;
}

/** Content of a file: its segments in order; their lengths add up to the size. */
export interface Content {
  readonly sizeBytes: number;
  readonly segments: readonly Segment[];
}

/** The content of every new file. */
export const emptyContent: Content = { sizeBytes: 0, segments: [] };

/** Blob 0, as long as anyone asks. */
export const zeroBlob: BlobId = 0;

const encoder = new TextEncoder();

/** Interns blobs by their bytes: equal bytes are the same blob, so a copy keeps its identity. */
export class BlobTable {
  readonly #blobs: Blob[] = [{ text: '', sizeBytes: Number.MAX_SAFE_INTEGER }];
  readonly #ids = new Map<string, BlobId>();
  readonly #unreadable = new Set<BlobId>();

  /** Blob with this text; the size defaults to the bytes of the text in UTF-8. */
  intern(text: string, sizeBytes: number = encoder.encode(text).length): BlobId {
    const key = `${String(sizeBytes)} ${text}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#blobs.length;
    this.#blobs.push({ text, sizeBytes });
    this.#ids.set(key, id);
    return id;
  }

  /** A blob whose checksum on the disk does not fit it: reading it fails. */
  internUnreadable(text: string, sizeBytes: number): BlobId {
    const id = this.intern(text, sizeBytes);
    this.#unreadable.add(id);
    return id;
  }

  /** Whether a part of a content cannot be read, because its checksum does not fit. */
  isUnreadable({ segments }: Content): boolean {
    return this.#unreadable.size > 0 && segments.some(({ blob }) => this.#unreadable.has(blob));
  }

  /** The blob itself. */
  get(id: BlobId): Blob {
    const blob = this.#blobs[id];
    if (blob === undefined) throw new RangeError(`no blob ${String(id)}`);
    return blob;
  }
}

/** Content that is one whole blob. */
export function wholeBlob(blob: BlobId, sizeBytes: number): Content {
  return sizeBytes === 0
    ? emptyContent
    : { sizeBytes, segments: [{ blob, fromBytes: 0, lengthBytes: sizeBytes }] };
}

function append(segments: Segment[], next: Segment): void {
  if (next.lengthBytes === 0) return;
  const last = segments.at(-1);
  const joins =
    last?.blob === next.blob &&
    (next.blob === zeroBlob || last.fromBytes + last.lengthBytes === next.fromBytes);
  if (last !== undefined && joins) {
    segments[segments.length - 1] = { ...last, lengthBytes: last.lengthBytes + next.lengthBytes };
  } else {
    segments.push(
      next.blob === zeroBlob && next.fromBytes !== 0 ? { ...next, fromBytes: 0 } : next,
    );
  }
}

/** Adds the segments of `data` to a list, joined where they go on; for whoever puts a long content together. */
export function appendSegments(segments: Segment[], data: Content): void {
  for (const segment of data.segments) append(segments, segment);
}

function appendRange(target: Segment[], content: Content, from: number, to: number): void {
  let at = 0;
  for (const segment of content.segments) {
    const start = Math.max(from, at);
    const end = Math.min(to, at + segment.lengthBytes);
    if (end - start === segment.lengthBytes) append(target, segment);
    else if (start < end) {
      append(target, {
        blob: segment.blob,
        fromBytes: segment.fromBytes + (start - at),
        lengthBytes: end - start,
      });
    }
    at += segment.lengthBytes;
  }
  const covered = Math.max(from, Math.min(to, content.sizeBytes));
  if (covered < to) append(target, { blob: zeroBlob, fromBytes: 0, lengthBytes: to - covered });
}

/** Logs and databases grow by thousands of appends, so the part that stays is taken over as it is. */
function appended(content: Content, data: Content): Content {
  const segments = content.segments.slice();
  for (const segment of data.segments) append(segments, segment);
  return { sizeBytes: content.sizeBytes + data.sizeBytes, segments };
}

/** Content after `data` was written at `offsetBytes`; a gap before the offset reads as zeros. */
export function overwrite(content: Content, offsetBytes: number, data: Content): Content {
  const end = offsetBytes + data.sizeBytes;
  if (offsetBytes === 0 && end >= content.sizeBytes) return data;
  if (offsetBytes === content.sizeBytes) return appended(content, data);
  const segments: Segment[] = [];
  appendRange(segments, content, 0, offsetBytes);
  for (const segment of data.segments) append(segments, segment);
  if (end < content.sizeBytes) appendRange(segments, content, end, content.sizeBytes);
  return { sizeBytes: Math.max(content.sizeBytes, end), segments };
}

/** The bytes from one place up to another. */
export function slice(content: Content, fromBytes: number, toBytes: number): Content {
  if (fromBytes === 0 && toBytes === content.sizeBytes) return content;
  const segments: Segment[] = [];
  appendRange(segments, content, fromBytes, toBytes);
  return { sizeBytes: toBytes - fromBytes, segments };
}

/** Content cut or lengthened with zeros to `sizeBytes`. */
export function resize(content: Content, sizeBytes: number): Content {
  if (sizeBytes === content.sizeBytes) return content;
  const segments: Segment[] = [];
  appendRange(segments, content, 0, sizeBytes);
  return { sizeBytes, segments };
}

/** Zeros of the given length: what an extent reads as whose data never arrived. */
export function zeros(sizeBytes: number): Content {
  return wholeBlob(zeroBlob, sizeBytes);
}

/** A key that two contents share exactly when their bytes are equal. */
export function contentKey(content: Content): string {
  return content.segments
    .map((part) => `${String(part.blob)}:${String(part.fromBytes)}+${String(part.lengthBytes)}`)
    .join(' ');
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The text of a content, zeros shown as nothing; stand-in blobs give their name. Segments are cut by bytes of UTF-8, so a
 * cut inside a character leaves the replacement character U+FFFD. Meant for people's small files.
 */
export function contentText(content: Content, blobs: BlobTable): string {
  const parts = content.segments.filter((part) => part.blob !== zeroBlob);
  const texts = parts.map((part) => textOfPart(part, blobs.get(part.blob)));
  if (texts.every((text) => text !== undefined)) return texts.join('');
  // Two segments may hold the two halves of one character, so bytes are joined before they are read.
  const bytes = parts.flatMap(({ blob, fromBytes, lengthBytes }) => [
    ...encoder.encode(blobs.get(blob).text).subarray(fromBytes, fromBytes + lengthBytes),
  ]);
  return decoder.decode(Uint8Array.from(bytes));
}

/** The text of a segment where no character can be cut: all of a blob, or text of one byte for each character. */
function textOfPart({ fromBytes, lengthBytes }: Segment, blob: Blob): string | undefined {
  const { text } = blob;
  if (fromBytes === 0 && lengthBytes >= blob.sizeBytes) return text;
  const isPlain = /^[\0-\x7f]*$/.test(text);
  return isPlain ? text.slice(fromBytes, fromBytes + lengthBytes) : undefined;
}
