/** The chunks that have no vector yet, by hash, in typed arrays: an index may begin with a million of them. */
import { hashBytes } from '../vectors.ts';
import type { CatalogSegment } from './catalog.ts';

const smallest = 1024;
const none = -1;

/** Lists of chunks, one for each value of the first bits of a hash; a list is linked through `#next`. */
export class WaitingChunks {
  #heads = new Int32Array(smallest).fill(none);
  #next = new Int32Array(smallest);
  #segmentIds = new Uint32Array(smallest);
  #chunks = new Uint32Array(smallest);
  /** Places up to here have been given out; those that were given back since are linked from `#free`. */
  #used = 0;
  #free = none;
  #size = 0;
  readonly #segments = new Map<number, CatalogSegment>();

  get size(): number {
    return this.#size;
  }

  /** The chunk must not be there already. */
  add(segment: CatalogSegment, chunk: number): void {
    if (this.#free === none && this.#used === this.#next.length) this.#grow();
    const place = this.#free === none ? this.#used++ : this.#free;
    if (place === this.#free) this.#free = this.#next[place] ?? none;
    this.#segments.set(segment.id, segment);
    this.#segmentIds[place] = segment.id;
    this.#chunks[place] = chunk;
    this.#link(place, segment.hashes, chunk * hashBytes);
    this.#size++;
  }

  /** Removes the chunk, which must be there. */
  remove(segment: CatalogSegment, chunk: number): void {
    this.#unlink(segment.hashes, chunk * hashBytes, (place) => {
      return this.#segmentIds[place] === segment.id && this.#chunks[place] === chunk;
    });
  }

  /** Calls `visit` for each chunk with a hash, 16 bytes at `offset`. */
  each(hashes: Uint8Array, offset: number, visit: (segment: CatalogSegment, chunk: number) => void): void {
    let place = this.#heads[this.#listOf(hashes, offset)] ?? none;
    for (; place !== none; place = this.#next[place] ?? none) {
      const segment = this.#segments.get(this.#segmentIds[place] ?? none);
      const chunk = this.#chunks[place] ?? 0;
      if (segment && sameHash(segment.hashes, chunk * hashBytes, hashes, offset)) visit(segment, chunk);
    }
  }

  /** Removes all chunks with a hash, 16 bytes at `offset`, and calls `visit` for each. */
  take(hashes: Uint8Array, offset: number, visit: (segment: CatalogSegment, chunk: number) => void): void {
    this.#unlink(hashes, offset, (place) => {
      const segment = this.#segments.get(this.#segmentIds[place] ?? none);
      const chunk = this.#chunks[place] ?? 0;
      if (!segment || !sameHash(segment.hashes, chunk * hashBytes, hashes, offset)) return false;
      visit(segment, chunk);
      return true;
    });
  }

  /** Forgets all chunks, and lets go of the memory. */
  clear(): void {
    this.#heads = new Int32Array(smallest).fill(none);
    this.#next = new Int32Array(smallest);
    this.#segmentIds = new Uint32Array(smallest);
    this.#chunks = new Uint32Array(smallest);
    [this.#used, this.#free, this.#size] = [0, none, 0];
    this.#segments.clear();
  }

  #link(place: number, hashes: Uint8Array, offset: number): void {
    const list = this.#listOf(hashes, offset);
    this.#next[place] = this.#heads[list] ?? none;
    this.#heads[list] = place;
  }

  /** Takes the places that `matches` out of the list of a hash. */
  #unlink(hashes: Uint8Array, offset: number, matches: (place: number) => boolean): void {
    const list = this.#listOf(hashes, offset);
    let before = none;
    for (let place = this.#heads[list] ?? none; place !== none;) {
      const next = this.#next[place] ?? none;
      if (matches(place)) {
        if (before === none) this.#heads[list] = next;
        else this.#next[before] = next;
        this.#next[place] = this.#free;
        this.#free = place;
        this.#size--;
      } else {
        before = place;
      }
      place = next;
    }
    if (this.#size === 0 && this.#used > 0) this.clear();
  }

  #listOf(hashes: Uint8Array, offset: number): number {
    const low = (hashes[offset] ?? 0) | ((hashes[offset + 1] ?? 0) << 8);
    const high = (hashes[offset + 2] ?? 0) | ((hashes[offset + 3] ?? 0) << 8);
    return (low | (high << 16)) & (this.#heads.length - 1);
  }

  /** Doubles the room. No place is free, so all of them are linked anew. */
  #grow(): void {
    const length = this.#next.length * 2;
    const grown = <T extends Int32Array | Uint32Array>(from: T, to: T): T => (to.set(from), to);
    this.#segmentIds = grown(this.#segmentIds, new Uint32Array(length));
    this.#chunks = grown(this.#chunks, new Uint32Array(length));
    this.#next = new Int32Array(length);
    this.#heads = new Int32Array(length).fill(none);
    for (let place = 0; place < this.#used; place++) {
      const segment = this.#segments.get(this.#segmentIds[place] ?? none);
      if (segment) this.#link(place, segment.hashes, (this.#chunks[place] ?? 0) * hashBytes);
    }
  }
}

function sameHash(a: Uint8Array, atA: number, b: Uint8Array, atB: number): boolean {
  for (let i = 0; i < hashBytes; i++) if (a[atA + i] !== b[atB + i]) return false;
  return true;
}
