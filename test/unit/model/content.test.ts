/** Text of contents: cut by bytes, as a disk cuts it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BlobTable,
  contentText,
  overwrite,
  resize,
  wholeBlob,
  type Content,
} from '../../../src/model/content.ts';

const blobs = new BlobTable();
const of = (text: string): Content => {
  const blob = blobs.intern(text);
  return wholeBlob(blob, blobs.get(blob).sizeBytes);
};
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the text of a content', () => {
  test.each([
    ['Größe', 2, 'Gr'],
    ['Größe', 4, 'Grö'],
    ['Größe', 3, 'Gr\uFFFD'],
    ['日本', 3, '日'],
    ['a😀b', 5, 'a😀'],
    ['plain', 3, 'pla'],
  ])('%s cut to %i bytes reads %s', (text, sizeBytes, left) => {
    expect(contentText(resize(of(text), sizeBytes), blobs)).toBe(left);
  });

  test('halves of one character on both sides of a seam are that character', () => {
    const first = resize(of('xö'), 2);
    const whole = overwrite(first, 2, { ...of('ö'), sizeBytes: 1, segments: [tail('ö')] });
    expect(contentText(whole, blobs)).toBe('xö');
  });

  test('a stand-in gives its name, however large the file is said to be', () => {
    const blob = blobs.intern('libbig 2.36 é', 90_000);
    expect(contentText(wholeBlob(blob, 90_000), blobs)).toBe('libbig 2.36 é');
    expect(contentText(resize(wholeBlob(blob, 90_000), 4096), blobs)).toBe('libbig 2.36 é');
  });

  test('any cut of any text reads as its bytes do', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, fc.nat(40), (written, cut) => {
        fc.pre(!written.includes('\0'));
        const size = Math.min(cut, bytesOf(written).length);
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
          bytesOf(written).subarray(0, size),
        );
        expect(contentText(resize(of(written), size), blobs)).toBe(expected);
      }),
    );
  });
});

function tail(text: string): { blob: number; fromBytes: number; lengthBytes: number } {
  return { blob: blobs.intern(text), fromBytes: 1, lengthBytes: 1 };
}
