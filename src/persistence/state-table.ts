/**
 * Which disks were seen already, by their digests: open addressing over one typed array, no object per disk, both words
 * of a digest side by side so that a look costs one line of the cache. Beyond its bound it only counts. Two disks share
 * a digest of 64 bits with odds of one in 10^19, so among two million disks a mistake has odds of one in nine million.
 */

/** Bytes per place: the two words of the digest; two zeros are an empty place. */
const bytesPerPlace = 8;

/** A set of digests. */
export class StateTable {
  readonly #countMax: number;
  #words: Int32Array;
  #mask: number;
  /** The digest of two zeros, which no place can hold. */
  #hasZero = false;
  /** Distinct states that are remembered. */
  size = 0;
  /** States that were new to a full table: perhaps seen before, perhaps not. */
  overflowed = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
    const places = 1 << 12;
    this.#words = new Int32Array(places * 2);
    this.#mask = places - 1;
  }

  /** Bytes that the table takes now. */
  get sizeBytes(): number {
    return (this.#mask + 1) * bytesPerPlace;
  }

  /** Remembers a state. False when it was there already; true when it is new, or the table is full. */
  add(low: number, high: number): boolean {
    if (low === 0 && high === 0) return this.#addZero();
    const words = this.#words;
    let place = (low ^ (high >>> 7)) & this.#mask;
    for (;;) {
      const known = words[2 * place] ?? 0;
      const knownHigh = words[2 * place + 1] ?? 0;
      if (known === low && knownHigh === high) return false;
      if (known === 0 && knownHigh === 0) break;
      place = (place + 1) & this.#mask;
    }
    if (this.size >= this.#countMax) {
      this.overflowed++;
      return true;
    }
    words[2 * place] = low;
    words[2 * place + 1] = high;
    this.size++;
    if (this.size * 2 > this.#mask) this.#grow();
    return true;
  }

  #addZero(): boolean {
    if (this.#hasZero) return false;
    this.#hasZero = true;
    this.size++;
    return true;
  }

  #grow(): void {
    const old = this.#words;
    // By four, because moving millions of digests costs as much as finding them.
    const words = new Int32Array(old.length * 4);
    const mask = words.length / 2 - 1;
    for (let at = 0; at < old.length; at += 2) {
      const low = old[at] ?? 0;
      const high = old[at + 1] ?? 0;
      if (low === 0 && high === 0) continue;
      let place = (low ^ (high >>> 7)) & mask;
      while (words[2 * place] !== 0 || words[2 * place + 1] !== 0) place = (place + 1) & mask;
      words[2 * place] = low;
      words[2 * place + 1] = high;
    }
    this.#words = words;
    this.#mask = mask;
  }
}
