/**
 * From the journal to its place. A boot loader that replays no journal sees only what was written to its place, and that
 * happens block by block: for a moment a directory names files whose inodes are not there yet.
 * Source: persistence.md 3.9; seen in recorded runs ostree (8 ms), mutable-dpkg (11 ms), nix (8 ms): errno 117 for a
 * name whose inode had not been written.
 */
import type { Inode } from '../model/cell-table.ts';
import type { Compiled } from './compiled.ts';

/** Time that the writing home of a journal takes when a timer starts it. Measured: 11 ms in recorded run mutable-dpkg. */
export const writeHomeMicroseconds = 11_000;

/** When each of these micro-operations is in its place, if the writing lasts from `start` to `end`. */
export function homeInstants(
  compiled: Compiled,
  micros: readonly number[],
  start: number,
  end: number,
): readonly number[] {
  const { directoryOf } = compiled;
  const losing = new Set(
    micros
      .filter((micro) => takesNameAway(compiled, micro))
      .map((micro) => directoryOf[micro] ?? 0),
  );
  const first = (directory: Inode): number => (losing.has(directory) ? 1 : 0);
  const directories = [...new Set(micros.map((micro) => directoryOf[micro] ?? 0))]
    .filter((directory) => directory !== 0)
    // Any order is possible. In the recordings the old names went first, and the youngest directory did.
    .sort((left, right) => first(right) - first(left) || right - left);
  const places = new Map(directories.map((directory, place) => [directory, place]));
  return micros.map((micro) => {
    const place = places.get(directoryOf[micro] ?? 0);
    return place === undefined ? end : start + ((end - start) * place) / directories.length;
  });
}

function takesNameAway({ operations, operationOf }: Compiled, micro: number): boolean {
  const effect = operations[operationOf[micro] ?? 0]?.effect;
  return effect?.kind === 'unlink' || (effect?.kind === 'rename' && effect.replaced !== 0);
}
