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

  /** Fills `into`, which has room for as many as the segment has chunks. @returns how many there are */
  read(at: number, { chunks, counts }: Postings): number {
    const bytes = this.#postings;
    const reader = new ByteReader(bytes, at);
    const length = reader.varint();
    let chunk = -1;
    for (let i = 0; i < length; i++) {
      // Most are one byte: the distance is below 64, and the term occurs once.
      let value = bytes[reader.at] ?? 0;
      if (value < 128) reader.at++;
      else value = reader.varint();
      chunk += (value >> 1) + 1;
      chunks[i] = chunk;
      counts[i] = value & 1 ? reader.varint() + 2 : 1;
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

  /** Every term and where its postings are. */
  *[Symbol.iterator](): Generator<readonly [term: string, at: number]> {
    let postings = 0;
    for (const reader = new ByteReader(this.#entries, 0); reader.at < this.#entries.length;) {
      const length = reader.varint();
      const term = this.#entries.toString('utf8', reader.at, reader.at + length);
      reader.at += length;
      const size = reader.varint();
      yield [term, postings];
      postings += size;
    }
  }
}

/** @param postings for each term: chunk, count, chunk, count, ... with the chunks ascending */
export function packTerms(postings: ReadonlyMap<string, readonly number[]>): Columns {
  const bits = Math.max(0, Math.ceil(Math.log2(postings.size / perBucket)));
  const byBucket: string[][] = Array.from({ length: 2 ** bits }, () => []);
  for (const term of postings.keys()) byBucket[bucketOf(hashOf(term), bits)]?.push(term);
  const buckets = new Uint32Array(2 ** bits * 2 + 2);
  const entries = new ByteWriter();
  const packed = new ByteWriter();
  byBucket.forEach((terms, bucket) => {
    for (const term of terms) {
      const start = packed.length;
      packPostings(postings.get(term) ?? [], packed);
      entries.text(Buffer.from(term));
      entries.varint(packed.length - start);
    }
    buckets.set([entries.length, packed.length], bucket * 2 + 2);
  });
  return { 'term.entries': entries.view(), 'term.buckets': buckets, postings: packed.view() };
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
