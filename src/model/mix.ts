/** The hash that every digest of cells is made of. */

/** A well-spread 32-bit word for a number. */
export function mix(value: number, salt: number): number {
  let word = Math.imul(value ^ salt, 0x2c1b3c6d);
  word = Math.imul(word ^ (word >>> 15), 0x297a2d39);
  return word ^ (word >>> 14);
}

/** Two words that move with what they stand for. */
export interface Digest {
  low: number;
  high: number;
}
