/**
 * The dictionary of a catalog segment and its postings, found by hash where they lie.
 *
 * Terms are spread over buckets of about `perBucket`, by a hash of their text. A bucket is a run of (length, UTF-8, length
 * of the postings) in `term.entries`; `term.buckets` holds where that run begins and where the postings of its first term
 * begin. The postings of a term are their number, then for each the distance to the chunk before, less 1, with one bit
 * that tells whether a count above 1 follows. All these numbers are LEB128.
 */
import { ByteReader, ByteWriter } from './bytes.ts';
import type { Columns } from './sections.ts';

/** A lookup reads half a bucket: about two lines of the processor's cache. */
const perBucket = 8;

/** What a term is looked up by in many segments. */
export interface TermKey {
  readonly hash: number;
  readonly utf8: Buffer;
}

export function termKey(term: string): TermKey {
  return { hash: hashOf(term), utf8: Buffer.from(term) };
}

/** For each posting of one term: the chunk, ascending, and how often the term occurs in it. */
export interface Postings {
  readonly chunks: Uint32Array;
  readonly counts: Uint32Array;
}

export class TermTable {
  readonly #entries: Buffer;
  readonly #buckets: Uint32Array;
  readonly #postings: Uint8Array;
  /** The length of the bucket numbers in bits. */
  readonly #bits: number;

  /** @param columns holds what `packTerms` made. */
  constructor(columns: Columns) {
    const entries = columns['term.entries'] as Uint8Array;
    this.#entries = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
    this.#buckets = columns['term.buckets'] as Uint32Array;
    this.#postings = columns['postings'] as Uint8Array;
    this.#bits = Math.log2(this.#buckets.length / 2 - 1);
  }

  /** Where the postings of the term are, to be handed to `count`, `read` and `each`; -1 when it has none. */
  find(term: string | TermKey): number {
    const { hash, utf8 } = typeof term === 'string' ? termKey(term) : term;
    const bytes = this.#entries;
    const bucket = bucketOf(hash, this.#bits) * 2;
    const end = this.#buckets[bucket + 2] ?? 0;
    let postings = this.#buckets[bucket + 1] ?? 0;
    for (const reader = new ByteReader(bytes, this.#buckets[bucket] ?? 0); reader.at < end;) {
      const length = reader.varint();
      const start = reader.at;
      reader.at += length;
      const size = reader.varint();
      if (length === utf8.length && isEqual(bytes, start, utf8)) return postings;
      postings += size;
    }
    return -1;
  }

  /** How many chunks hold the term. */
  count(at: number): number {
    return new ByteReader(this.#postings, at).varint();
  }

  /** Fills the postings given, which have room for as many as the segment has chunks. @returns how many there are */
  read(at: number, { chunks, counts }: Postings): number {
    const bytes = this.#postings;
    const reader = new ByteReader(bytes, at);
    const length = reader.varint();
    let next = reader.at;
    let chunk = -1;
    for (let i = 0; i < length; i++) {
      // Most are one byte: the distance is below 64, and the term occurs once.
      let value = bytes[next++] ?? 0;
      if (value > 127) {
        reader.at = next - 1;
        value = reader.varint();
        next = reader.at;
      }
      chunk += (value >> 1) + 1;
      chunks[i] = chunk;
      let count = 1;
      if (value & 1) {
        count = (bytes[next++] ?? 0) + 2;
        if (count > 129) {
          reader.at = next - 1;
          count = reader.varint() + 2;
          next = reader.at;
        }
      }
      counts[i] = count;
    }
    return length;
  }

  /** Calls `visit(chunk, count)` for each posting, in the order of the chunks. */
  each(at: number, visit: (chunk: number, count: number) => void): void {
    const reader = new ByteReader(this.#postings, at);
    const length = reader.varint();
    let chunk = -1;
    for (let i = 0; i < length; i++) {
      const value = reader.varint();
      chunk += (value >> 1) + 1;
      visit(chunk, value & 1 ? reader.varint() + 2 : 1);
    }
  }

  /** Every term, in the order of the hashes. */
  *[Symbol.iterator](): Generator<TermEntry> {
    const buckets = this.#buckets;
    for (let bucket = 0; bucket + 2 < buckets.length; bucket += 2) {
      const found: TermEntry[] = [];
      let at = buckets[bucket + 1] ?? 0;
      for (
        const reader = new ByteReader(this.#entries, buckets[bucket] ?? 0);
        reader.at < (buckets[bucket + 2] ?? 0);
      ) {
        const length = reader.varint();
        const term = this.#entries.toString('utf8', reader.at, reader.at + length);
        reader.at += length;
        found.push({ term, hash: hashOf(term), at });
        at += reader.varint();
      }
      yield* found.sort((a, b) => a.hash - b.hash);
    }
  }
}

/** A term of a table. */
export interface TermEntry {
  readonly term: string;
  readonly hash: number;
  /** Where its postings are. */
  readonly at: number;
}

/** Lays out terms, which it is given in the order of their hashes. */
export class TermWriter {
  readonly #entries = new ByteWriter();
  readonly #postings = new ByteWriter();
  readonly #hashes: number[] = [];
  /** Where each term begins in the entries, and where its postings do. */
  readonly #starts: (readonly [entry: number, postings: number])[] = [];

  /** @param postings chunk, count, chunk, count, ... with the chunks ascending */
  add(term: string, hash: number, postings: readonly number[]): void {
    const start = this.#postings.length;
    this.#hashes.push(hash);
    this.#starts.push([this.#entries.length, start]);
    packPostings(postings, this.#postings);
    this.#entries.text(Buffer.from(term));
    this.#entries.varint(this.#postings.length - start);
  }

  columns(): Columns {
    const [hashes, entries, postings] = [this.#hashes, this.#entries, this.#postings];
    const bits = Math.max(0, Math.ceil(Math.log2(hashes.length / perBucket)));
    const buckets = new Uint32Array(2 ** bits * 2 + 2);
    let next = 0;
    for (let bucket = 1; bucket <= 2 ** bits; bucket++) {
      while (next < hashes.length && bucketOf(hashes[next] ?? 0, bits) < bucket) next++;
      buckets.set(this.#starts[next] ?? [entries.length, postings.length], bucket * 2);
    }
    return { 'term.entries': entries.view(), 'term.buckets': buckets, postings: postings.view() };
  }
}

/** @param postings for each term: chunk, count, chunk, count, ... with the chunks ascending */
export function packTerms(postings: ReadonlyMap<string, readonly number[]>): Columns {
  const writer = new TermWriter();
  const terms = [...postings].map(([term, list]) => ({ term, hash: hashOf(term), list }));
  for (const { term, hash, list } of terms.sort((a, b) => a.hash - b.hash)) writer.add(term, hash, list);
  return writer.columns();
}

function packPostings(list: readonly number[], into: ByteWriter): void {
  into.varint(list.length / 2);
  let last = -1;
  for (let i = 0; i < list.length; i += 2) {
    const chunk = list[i] ?? 0;
    const count = list[i + 1] ?? 1;
    into.varint((chunk - last - 1) * 2 + (count > 1 ? 1 : 0));
    if (count > 1) into.varint(count - 2);
    last = chunk;
  }
}

/** FNV-1a over UTF-16 code units, then mixed so that its upper bits depend on all of them. */
function hashOf(term: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < term.length; i++) hash = Math.imul(hash ^ term.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

const bucketOf = (hash: number, bits: number): number => (bits === 0 ? 0 : hash >>> (32 - bits));

function isEqual(bytes: Uint8Array, start: number, other: Uint8Array): boolean {
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}
