import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomeClasses } from '../../../src/model/verdict.ts';
import { instantOf, secondsOf } from '../../../src/scenario/duration.ts';
import { scenarioJsonSchema } from '../../../src/scenario/json-schema.ts';
import { editDistance, nearestWord } from '../../../src/scenario/nearest-word.ts';
import { modifiers, outcomeWords, saveWords, verbs } from '../../../src/scenario/vocabulary.ts';

describe('a span of time', () => {
  test.each([
    ['3 s', 3],
    ['3s', 3],
    ['1500 ms', 1.5],
    ['2 min', 120],
    ['0.5 s', 0.5],
    ['3', undefined],
    ['-3 s', undefined],
    ['3 h', undefined],
  ])('%s', (text, seconds) => expect(secondsOf(text)).toBe(seconds));
});

describe('an instant', () => {
  test.each([
    ['41%', { kind: 'share', percent: 41 }],
    ['0 %', { kind: 'share', percent: 0 }],
    ['100%', { kind: 'share', percent: 100 }],
    ['101%', undefined],
    ['3 s', { kind: 'seconds', seconds: 3 }],
    ['commit', { kind: 'commit' }],
    ['unpack', { kind: 'label', label: 'unpack' }],
    ['3 hours', undefined],
    ['', undefined],
  ])('%s', (text, instant) => expect(instantOf(text)).toEqual(instant));
});

describe('the nearest word', () => {
  test.each([
    ['stpes', 'steps'],
    ['Steps', 'steps'],
    ['goa', 'goal'],
    ['xylophone', undefined],
  ])('to %s is %s', (word, nearest) => {
    expect(nearestWord(word, ['title', 'steps', 'goal'])).toBe(nearest);
  });
  test('is measured alike in both directions, and is zero only for the same word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (one, other) => {
        expect(editDistance(one, other)).toBe(editDistance(other, one));
        expect(editDistance(one, other) === 0).toBe(one === other);
      }),
    );
  });
});

describe('the vocabulary', () => {
  test('has every class of the recordings among the outcome words', () => {
    for (const name of outcomeClasses) expect(outcomeWords[name]).toEqual([name]);
  });
  test('knows all four ways to save', () => {
    expect(new Set(Object.values(saveWords)).size).toBe(4);
  });
  test('is what the schema for editors offers', () => {
    const root = scenarioJsonSchema();
    const step = root.properties?.['steps']?.items;
    expect(Object.keys(step?.properties ?? {}).toSorted()).toEqual(
      [...Object.keys(verbs), ...Object.keys(modifiers)].toSorted(),
    );
    expect(step?.oneOf).toHaveLength(11);
    expect(root.properties?.['expect']?.items?.patternProperties).toBeDefined();
    const bare = JSON.stringify(root).match(/"[a-z-]+":\{\}/g);
    expect(bare, 'every key has a description').toBeNull();
  });
});
