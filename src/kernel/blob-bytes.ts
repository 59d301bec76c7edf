/** The bytes of blobs as memfs keeps bytes. Only blobs that people wrote have them; a package's file has a stand-in. */
import { Node } from '@jsonjoy.com/fs-core';
import { zeroBlob, type BlobId, type BlobTable, type Content } from '../model/content.ts';

/** Bytes as memfs keeps them. */
export type RamBytes = Node['buf'];

/** A file larger than this is left to its segments: a hole of 200 MiB must not cost a browser 200 MiB. */
export const residentBytesMax = 1 << 20;

/** The bytes of blobs, made at first use. */
export class BlobBytes {
  readonly blobs: BlobTable;
  readonly #known = new Map<BlobId, RamBytes | undefined>();
  readonly #zeros: RamBytes;

  constructor(blobs: BlobTable) {
    this.blobs = blobs;
    this.#zeros = bytesOf('\0'.repeat(4096));
  }

  /** Whether every byte of this content exists, and there are few enough of them to keep. */
  areReal({ segments, sizeBytes }: Content): boolean {
    if (sizeBytes > residentBytesMax) return false;
    return segments.every(({ blob }) => blob === zeroBlob || this.#bytes(blob) !== undefined);
  }

  /** Writes content whose bytes are real into a node, at an offset. */
  write(node: Node, offsetBytes: number, content: Content): void {
    let at = offsetBytes;
    for (const { blob, fromBytes, lengthBytes } of content.segments) {
      const bytes = this.#bytes(blob);
      if (bytes !== undefined) node.write(bytes, fromBytes, lengthBytes, at);
      else this.#writeZeros(node, at, lengthBytes);
      at += lengthBytes;
    }
  }

  #writeZeros(node: Node, offsetBytes: number, lengthBytes: number): void {
    for (let done = 0; done < lengthBytes; done += this.#zeros.length) {
      const length = Math.min(this.#zeros.length, lengthBytes - done);
      node.write(this.#zeros, 0, length, offsetBytes + done);
    }
  }

  #bytes(blob: BlobId): RamBytes | undefined {
    if (blob === zeroBlob) return undefined;
    if (this.#known.has(blob)) return this.#known.get(blob);
    const { text, sizeBytes } = this.blobs.get(blob);
    const possible = sizeBytes >= text.length && sizeBytes <= 3 * text.length;
    const bytes = possible ? bytesOf(text) : undefined;
    const real = bytes?.length === sizeBytes ? bytes : undefined;
    this.#known.set(blob, real);
    return real;
  }
}

/** Text as UTF-8. */
export function bytesOf(text: string): RamBytes {
  const node = new Node(0);
  node.setString(text);
  return node.buf;
}
