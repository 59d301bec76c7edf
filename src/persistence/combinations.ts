/** Choices of one item from each of several lists, by places, the nearest to the first items of all lists first. */

/** At most so many choices: those in which at most one place is not the first, then the others by the sum of places. */
export function* combinations(
  sizes: readonly number[],
  countMax: number,
): Generator<readonly number[]> {
  let left = countMax;
  for (const places of firstOfAll(sizes)) {
    if (left-- <= 0) return;
    yield places;
  }
  const most = sizes.reduce((sum, size) => sum + size - 1, 0);
  for (let sum = 2; sum <= most; sum++) {
    for (const places of withSum(sizes, sum)) {
      if (places.filter((place) => place > 0).length < 2) continue;
      if (left-- <= 0) return;
      yield places;
    }
  }
}

function* firstOfAll(sizes: readonly number[]): Generator<readonly number[]> {
  if (sizes.some((size) => size === 0)) return;
  yield sizes.map(() => 0);
  for (const [list, size] of sizes.entries()) {
    for (let place = 1; place < size; place++) {
      yield sizes.map((_, index) => (index === list ? place : 0));
    }
  }
}

function* withSum(sizes: readonly number[], sum: number): Generator<readonly number[]> {
  const [size, ...others] = sizes;
  if (size === undefined) {
    if (sum === 0) yield [];
    return;
  }
  const most = others.reduce((total, one) => total + one - 1, 0);
  for (let place = Math.max(0, sum - most); place < size && place <= sum; place++) {
    for (const rest of withSum(others, sum - place)) yield [place, ...rest];
  }
}
