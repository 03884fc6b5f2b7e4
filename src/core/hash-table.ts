/** Chunk hashes numbered in the order they came: open addressing over typed arrays, 24 to 32 bytes for each. */

/** Bytes of a chunk hash. */
export const hashBytes = 16;
const words = hashBytes / 4;

export class HashTable {
  #size = 0;
  #hashes = new Uint32Array(1024 * words);
  /** Number + 1, or 0 where free; the length is a power of two. */
  #slots = new Int32Array(2048);
  /** The hash that is looked for, and its bytes. */
  readonly #wanted = new Uint32Array(words);
  readonly #wantedBytes = new Uint8Array(this.#wanted.buffer);

  get size(): number {
    return this.#size;
  }

  /**
   * The number of the hash, 16 bytes at `offset`, or -1.
   * @param guess the number that it may well have: hashes looked up in the order they came need no slot
   */
  find(hashes: Uint8Array, offset = 0, guess = -1): number {
    this.#want(hashes, offset);
    if (guess >= 0 && guess < this.#size && this.#isWanted(guess)) return guess;
    return (this.#slots[this.#slot(this.#wanted, 0)] ?? 0) - 1;
  }

  /** Gives the hash the next number; false, and nothing changes, where it has one. */
  add(hashes: Uint8Array, offset = 0): boolean {
    this.reserve(this.#size + 1);
    this.#want(hashes, offset);
    const slot = this.#slot(this.#wanted, 0);
    if (this.#slots[slot] !== 0) return false;
    this.#hashes.set(this.#wanted, this.#size * words);
    this.#slots[slot] = ++this.#size;
    return true;
  }

  #want(hashes: Uint8Array, offset: number): void {
    for (let i = 0; i < hashBytes; i++) this.#wantedBytes[i] = hashes[offset + i] ?? 0;
  }

  /** Where the hash at `at` of `hashes` is, or is to go. Hashes are evenly spread, so their first word will do. */
  #slot(hashes: Uint32Array, at: number): number {
    const known = this.#hashes;
    const mask = this.#slots.length - 1;
    const [a, b, c, d] = [hashes[at], hashes[at + 1], hashes[at + 2], hashes[at + 3]];
    for (let slot = (a ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const other = ((this.#slots[slot] ?? 0) - 1) * words;
      if (other < 0) return slot;
      if (known[other] === a && known[other + 1] === b && known[other + 2] === c && known[other + 3] === d) return slot;
    }
  }

  #isWanted(number: number): boolean {
    for (let i = 0; i < words; i++) if (this.#hashes[number * words + i] !== this.#wanted[i]) return false;
    return true;
  }

  /** Makes room for this many hashes in all. */
  reserve(size: number): void {
    if (size * words > this.#hashes.length) {
      // What is not written to is not held in memory.
      const larger = new Uint32Array(Math.max(size * words, this.#hashes.length * 2));
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    let slots = this.#slots.length;
    while (size * 2 > slots) slots *= 2;
    if (slots === this.#slots.length) return;
    this.#slots = new Int32Array(slots);
    for (let i = 0; i < this.#size; i++) this.#slots[this.#slot(this.#hashes, i * words)] = i + 1;
  }
}
