/**
 * Which disks were seen already, by their digests: open addressing over typed arrays, no object per disk. Beyond its
 * bound it only counts. Two disks share a digest of 64 bits with odds of one in 10^19, so among two million disks a
 * mistake has odds of one in nine million.
 */

/** Bytes per place: two words of the digest, and whether it is taken. */
const bytesPerPlace = 9;

/** A set of digests. */
export class StateTable {
  readonly #countMax: number;
  #low: Int32Array;
  #high: Int32Array;
  #taken: Uint8Array;
  #mask: number;
  /** Distinct states that are remembered. */
  size = 0;
  /** States that were new to a full table: perhaps seen before, perhaps not. */
  overflowed = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
    const places = 1 << 12;
    this.#low = new Int32Array(places);
    this.#high = new Int32Array(places);
    this.#taken = new Uint8Array(places);
    this.#mask = places - 1;
  }

  /** Bytes that the table takes now. */
  get sizeBytes(): number {
    return this.#taken.length * bytesPerPlace;
  }

  /** Remembers a state. False when it was there already; true when it is new, or the table is full. */
  add(low: number, high: number): boolean {
    let place = (low ^ (high >>> 7)) & this.#mask;
    while (this.#taken[place] === 1) {
      if (this.#low[place] === low && this.#high[place] === high) return false;
      place = (place + 1) & this.#mask;
    }
    if (this.size >= this.#countMax) {
      this.overflowed++;
      return true;
    }
    this.#low[place] = low;
    this.#high[place] = high;
    this.#taken[place] = 1;
    this.size++;
    if (this.size * 2 > this.#mask) this.#grow();
    return true;
  }

  #grow(): void {
    const [low, high, taken] = [this.#low, this.#high, this.#taken];
    const places = taken.length * 2;
    this.#low = new Int32Array(places);
    this.#high = new Int32Array(places);
    this.#taken = new Uint8Array(places);
    this.#mask = places - 1;
    for (let old = 0; old < taken.length; old++) {
      if (taken[old] === 0) continue;
      const oldLow = low[old] ?? 0;
      const oldHigh = high[old] ?? 0;
      let place = (oldLow ^ (oldHigh >>> 7)) & this.#mask;
      while (this.#taken[place] === 1) place = (place + 1) & this.#mask;
      this.#low[place] = oldLow;
      this.#high[place] = oldHigh;
      this.#taken[place] = 1;
    }
  }
}
