/** Texts as contents. */
import { wholeBlob, type BlobTable, type Content } from '../model/content.ts';

/** Content that is exactly this text. */
export function textContent(blobs: BlobTable, text: string): Content {
  const blob = blobs.intern(text);
  return wholeBlob(blob, blobs.get(blob).sizeBytes);
}
