import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyContent, overwrite, resize, zeros, type Content } from '../../src/model/content.ts';
import { LongContent } from '../../src/persistence/long-content.ts';

const piece = (blob: number, fromBytes: number, lengthBytes: number): Content =>
  blob === 0
    ? zeros(lengthBytes)
    : { sizeBytes: lengthBytes, segments: [{ blob, fromBytes, lengthBytes }] };

const step = fc.oneof(
  fc.record({
    at: fc.nat(40),
    data: fc
      .tuple(fc.nat(3), fc.nat(12), fc.integer({ min: 1, max: 12 }))
      .map((part) => piece(...part)),
  }),
  // A part of one blob at its own place joins what is written beside it.
  fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 12 })).map(([at, lengthBytes]) => {
    return { at, data: piece(1, at, lengthBytes) };
  }),
  fc.record({ sizeBytes: fc.nat(50) }),
);

test('a content that is written in place holds the very segments of one that is copied for each write', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let copied: Content = emptyContent;
      const inPlace = new LongContent(emptyContent);
      for (const one of steps) {
        if ('data' in one) {
          copied = overwrite(copied, one.at, one.data);
          inPlace.write(one.at, one.data);
        } else {
          copied = resize(copied, one.sizeBytes);
          inPlace.resize(one.sizeBytes);
        }
        expect(inPlace.content()).toEqual(copied);
      }
    }),
    { numRuns: 500 },
  );
});
