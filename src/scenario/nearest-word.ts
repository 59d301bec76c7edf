/** The word somebody probably meant. */

/** Number of single-letter changes between two words; two swapped neighbours count as one (optimal string alignment). */
export function editDistance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const cell = (up: number, left: number): number =>
        rows[row - up]?.[column - left] ?? Infinity;
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          cell(1, 1) + (same ? 0 : 1),
          cell(1, 0) + 1,
          (current[column - 1] ?? Infinity) + 1,
          swapped ? cell(2, 2) + 1 : Infinity,
        ),
      );
    }
    rows.push(current);
  }
  return rows[one.length]?.[other.length] ?? 0;
}

/** The nearest of the words, if it is near enough to be meant: a third of its letters may differ, at least one. */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  const plain = word.toLowerCase().replaceAll('_', '-').slice(0, 40);
  const distances = words
    .map((candidate) => ({ candidate, distance: editDistance(plain, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .toSorted((one, other) => one.distance - other.distance);
  return distances[0]?.candidate;
}
