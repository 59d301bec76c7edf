import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../house/source.ts';
import { contrast, difference, linear, seenWith, visions } from './colour-distance.ts';

const styles = readFileSync(join(root, 'src/app/app.css'), 'utf8');
const states = ['intact', 'updated', 'reverted', 'mixed', 'torn', 'lost', 'locked'];

function paletteOf(block: string): ReadonlyMap<string, string> {
  const found = block.matchAll(/--([\w-]+): (#[\da-f]{3,6});/g);
  return new Map([...found].map(([, name = '', value = '']) => [name, value]));
}

const darkFrom = styles.indexOf('prefers-color-scheme: dark');
const themes = {
  light: paletteOf(styles.slice(0, darkFrom)),
  dark: paletteOf(styles.slice(darkFrom, styles.indexOf('prefers-contrast'))),
};

describe.each(Object.entries(themes))('in the %s theme', (_theme, palette) => {
  const colour = (name: string) => linear(palette.get(name) ?? 'missing');

  test.each(['ink', 'soft', 'link'])('%s can be read on every ground', (name) => {
    for (const ground of ['paper', 'card', 'well']) {
      expect(contrast(colour(name), colour(ground)), ground).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('every state stands out from the lane by its filling or its outline', () => {
    for (const name of states) {
      const drawn = name === 'intact' ? 'intact-outline' : name;
      expect(contrast(colour(drawn), colour('well')), name).toBeGreaterThanOrEqual(3);
    }
    expect(contrast(colour('edge'), colour('card'))).toBeGreaterThanOrEqual(3);
  });

  test.each(Object.entries(visions))('no two states look alike to %s vision', (_name, vision) => {
    for (const [place, one] of states.entries()) {
      for (const other of states.slice(place + 1)) {
        const distance = difference(seenWith(vision, colour(one)), seenWith(vision, colour(other)));
        expect(distance, `${one} and ${other}`).toBeGreaterThanOrEqual(11);
      }
    }
  });
});

test('the measure of colours agrees with published pairs', () => {
  // Black on white is 21 : 1 by definition; white against black differs by 100.
  expect(contrast(linear('#000'), linear('#fff'))).toBeCloseTo(21, 5);
  expect(difference(linear('#000'), linear('#fff'))).toBeCloseTo(100, 2);
  expect(difference(linear('#3f857b'), linear('#3f857b'))).toBe(0);
});
