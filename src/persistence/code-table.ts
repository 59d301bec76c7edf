/** Values by codes of two 32-bit words: open addressing over one typed array. */

/** Words per place: the two of the code, the value, and whether it is taken. */
const wordsPerPlace = 4;

/** A map that only grows. */
export class CodeTable {
  #words = new Int32Array(wordsPerPlace << 8);
  #mask = (1 << 8) - 1;
  #size = 0;

  /** The value of a code, or undefined. */
  get(low: number, high: number): number | undefined {
    const at = this.#find(low, high);
    return this.#words[at + 3] === 1 ? this.#words[at + 2] : undefined;
  }

  /** Sets the value of a code that has none. */
  set(low: number, high: number, value: number): void {
    const at = this.#find(low, high);
    this.#words.set([low, high, value, 1], at);
    this.#size++;
    if (this.#size * 2 > this.#mask) this.#grow();
  }

  #find(low: number, high: number): number {
    const words = this.#words;
    let place = (low ^ (high >>> 9)) & this.#mask;
    for (;;) {
      const at = place * wordsPerPlace;
      if (words[at + 3] === 0 || (words[at] === low && words[at + 1] === high)) return at;
      place = (place + 1) & this.#mask;
    }
  }

  #grow(): void {
    const old = this.#words;
    this.#words = new Int32Array(old.length * 2);
    this.#mask = this.#words.length / wordsPerPlace - 1;
    for (let at = 0; at < old.length; at += wordsPerPlace) {
      if (old[at + 3] === 0) continue;
      const place = this.#find(old[at] ?? 0, old[at + 1] ?? 0);
      this.#words.set(old.subarray(at, at + wordsPerPlace), place);
    }
  }
}
