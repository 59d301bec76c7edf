import { describe, expect, test } from 'vitest';
import { initramfsMicroseconds, unpackMicroseconds } from '../../../src/backends/tool-cost.ts';

const second = 1_000_000;

describe('what tools compute', () => {
  test.each([
    ['zstd', 0.44],
    ['gzip', 1.38],
    ['xz', 3.37],
  ] as const)('unpacking takes as long as measured: %s', (compression, seconds) => {
    const microseconds = unpackMicroseconds(compression, 183_033_856);
    expect(Math.abs(microseconds / second - seconds)).toBeLessThan(0.05);
  });

  test('an initramfs of a laptop takes some nine seconds, as measured; the small one of the recordings next to nothing', () => {
    expect(Math.abs(initramfsMicroseconds(47 * 1024 * 1024) / second - 8.58)).toBeLessThan(0.05);
    expect(initramfsMicroseconds(180_000)).toBeLessThan(0.05 * second);
  });
});
