/** Random programs that write again and again into one file, where blocks are shared: the corner that most rules meet in. */
import fc from 'fast-check';
import type { LitmusLine } from './reference/program.ts';
import type { ObservedProgram } from './shown-disks.ts';

type Dice = readonly [kind: number, offset: number, size: number, file: number];

const dice: fc.Arbitrary<Dice> = fc.tuple(fc.nat(99), fc.nat(), fc.nat(), fc.nat(9));

const offsets = [0, 0, 10, 100, 512, 4000, 4090, 4096, 5000, 8192, 9000];
const sizes = [10, 100, 512, 1000, 4096, 5000, 8192, 10_000];
const truncatedSizes = [0, 5, 100, 512, 4096, 5000, 9000];

/**
 * Programs of up to so many writes, truncations and barriers on `f`, and now and then on `g`, with new names between
 * them: a name that is there says what else must be.
 */
export function randomWrites(maximumOperations: number): fc.Arbitrary<ObservedProgram> {
  return fc
    .record({
      setup: fc.array(dice, { maxLength: 3 }),
      ops: fc.array(dice, { minLength: 1, maxLength: maximumOperations }),
    })
    .map(({ setup, ops }) => {
      const writer = new Writer();
      const setupLines = setup.map((numbers) => writer.line(numbers));
      const lines = ops.map((numbers) => writer.line(numbers));
      return { setup: setupLines, ops: lines, observe: ['f', 'g', 'n1', 'n2'] };
    });
}

function chosen<Value>(from: readonly Value[], number: number): Value {
  const value = from[number % from.length];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}

/** Calls by how often they come among a hundred. */
class Writer {
  readonly #sizes = new Map<string, number>();
  #letters = 0;
  #names = 0;

  line([kind, offset, size, which]: Dice): LitmusLine {
    const path = which < 8 ? 'f' : 'g';
    const letter = String.fromCharCode(65 + this.#letters++);
    const known = this.#sizes.get(path);
    const cut = chosen(truncatedSizes, offset);
    if (known === undefined || kind < 50 || (kind < 72 && kind >= 58 && cut === known)) {
      return this.#write('write', path, offset, size, letter);
    }
    if (kind < 58) {
      this.#sizes.set(path, known + chosen(sizes, size));
      return ['append', path, chosen(sizes, size), letter];
    }
    if (kind < 72) {
      this.#sizes.set(path, cut);
      return ['truncate', path, cut];
    }
    if (kind < 80) return this.#write('writesync', path, offset, size, letter);
    return this.#other(kind, path);
  }

  #write(name: string, path: string, offset: number, size: number, letter: string): LitmusLine {
    const [from, length] = [chosen(offsets, offset), chosen(sizes, size)];
    this.#sizes.set(path, Math.max(this.#sizes.get(path) ?? 0, from + length));
    return [name, path, from, length, letter];
  }

  #other(kind: number, path: string): LitmusLine {
    if (kind < 84) return ['fsync', path];
    if (kind < 88) return ['fdatasync', path];
    if (kind < 90) return ['syncfs', '/'];
    if (kind < 97) return ['creat', `n${String(++this.#names)}`];
    return ['fsync', '/'];
  }
}
