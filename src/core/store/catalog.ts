/**
 * A catalog segment: what is known of some files, the chunks of each, and the keyword postings of those chunks, in one
 * immutable file that is searched as it lies in memory. An edit writes a new small segment; of several entries for one
 * path, the one with the highest sequence number counts.
 */
import type { Saying } from '../say.ts';
import type { Kind, SkipCode } from '../types.ts';
import { hashBytes } from '../vectors.ts';
import { StringColumn, unpackColumns, type Column, type Columns } from './sections.ts';
import { TermTable } from './terms.ts';

export const catalogMagic = 'NBYCAT2';
/** Joins the parts of a breadcrumb; a control character that headings do not hold. */
export const crumbSeparator = '\u001f';

export interface ChunkEntry {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: Kind;
  readonly symbol: string;
  readonly breadcrumb: readonly string[];
  /** 16 bytes: what the vector of the chunk is found by. */
  readonly hash: Uint8Array;
  /** How often each term occurs. */
  readonly terms: ReadonlyMap<string, number>;
}

/** What is known of a file at one moment. */
export interface FileEntry {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
  /** Of the content, hexadecimal; '' when it was not read. */
  readonly hash: string;
  readonly state: 'indexed' | 'skipped' | 'deleted';
  readonly skip?: { readonly code: SkipCode; readonly reason: Saying };
  readonly chunks: readonly ChunkEntry[];
}

export const states = ['indexed', 'skipped', 'deleted'] as const;
export const kinds: readonly Kind[] = ['code', 'docs'];

export class CatalogSegment {
  readonly id: number;
  /** Bytes on disk. */
  readonly bytes: number;
  /** As they lie in the file. */
  readonly columns: Columns;
  readonly paths: StringColumn;
  readonly sequence: Float64Array;
  readonly size: Float64Array;
  readonly mtimeMs: Float64Array;
  readonly chunkStart: Uint32Array;
  readonly startLine: Column;
  readonly endLine: Column;
  readonly chunkKind: Uint8Array;
  readonly symbols: StringColumn;
  readonly hashes: Uint8Array;
  /** Terms in the chunk, with repetitions. Of one type in nearly all segments, for the loop that scores them. */
  readonly chunkLength: Uint16Array | Uint32Array;
  readonly terms: TermTable;
  /** The file of each chunk. */
  readonly fileOfChunk: Uint32Array;
  /** Terms in all chunks of each file, with repetitions. */
  readonly fileLength: Uint32Array;
  /** 1 where the entry is the newest of its path and not a deletion. Set by the store. */
  readonly live: Uint8Array;
  /** The row of each chunk's vector in the matrix, `instantRow` of the one in the instant matrix, or -1. Set by the store. */
  readonly vectorRow: Int32Array;
  /** How many chunks of each file have no vector yet, where the file is live. Set by the store. */
  readonly unembedded: Uint32Array;
  /** How many chunks of live files have no vector yet. Set by the store. */
  unembeddedChunks = 0;
  /** How many chunks there are of files that are not live. Set by the store. */
  deadChunks: number;
  readonly #state: Uint8Array;
  readonly #fileHashes: StringColumn;
  readonly #breadcrumbs: StringColumn;
  readonly #skips: StringColumn;

  constructor(id: number, packed: Uint8Array, file: string) {
    const c = unpackColumns(catalogMagic, packed, file);
    this.id = id;
    this.columns = c;
    this.bytes = packed.length;
    this.paths = new StringColumn(c, 'path');
    this.sequence = c['sequence'] as Float64Array;
    this.size = c['size'] as Float64Array;
    this.mtimeMs = c['mtimeMs'] as Float64Array;
    this.#state = c['state'] as Uint8Array;
    this.#fileHashes = new StringColumn(c, 'fileHash');
    this.#skips = new StringColumn(c, 'skip');
    this.chunkStart = c['chunkStart'] as Uint32Array;
    this.startLine = c['startLine'] as Column;
    this.endLine = c['endLine'] as Column;
    this.chunkKind = c['chunkKind'] as Uint8Array;
    this.symbols = new StringColumn(c, 'symbol');
    this.#breadcrumbs = new StringColumn(c, 'breadcrumb');
    this.hashes = c['hashes'] as Uint8Array;
    const lengths = c['chunkLength'] as Column;
    this.chunkLength = lengths instanceof Uint32Array ? lengths : new Uint16Array(lengths);
    this.terms = new TermTable(c);
    this.live = new Uint8Array(this.files);
    this.vectorRow = new Int32Array(this.chunks).fill(-1);
    this.unembedded = new Uint32Array(this.files);
    this.deadChunks = this.chunks;
    this.fileOfChunk = new Uint32Array(this.chunks);
    for (let f = 0; f < this.files; f++) this.fileOfChunk.fill(f, this.chunkStart[f], this.chunkStart[f + 1]);
    this.fileLength = new Uint32Array(this.files);
    for (let c = 0; c < this.chunks; c++) {
      const file = this.fileOfChunk[c] ?? 0;
      this.fileLength[file] = (this.fileLength[file] ?? 0) + (this.chunkLength[c] ?? 0);
    }
  }

  get files(): number {
    return this.size.length;
  }

  get chunks(): number {
    return this.startLine.length;
  }

  state(file: number): FileEntry['state'] {
    return states[this.#state[file] ?? 0] ?? 'indexed';
  }

  fileHash(file: number): string {
    return this.#fileHashes.get(file);
  }

  skip(file: number): FileEntry['skip'] {
    const [code, template, ...values] = this.#skips.get(file).split(crumbSeparator);
    return code && template ? { code: code as SkipCode, reason: { template, values } } : undefined;
  }

  kind(chunk: number): Kind {
    return kinds[this.chunkKind[chunk] ?? 0] ?? 'code';
  }

  breadcrumb(chunk: number): readonly string[] {
    const joined = this.#breadcrumbs.get(chunk);
    return joined ? joined.split(crumbSeparator) : [];
  }

  hash(chunk: number): Uint8Array {
    return this.hashes.subarray(chunk * hashBytes, (chunk + 1) * hashBytes);
  }

  /** Calls `visit(chunk, count)` for each posting of the term found at `term`, in the order of the chunks. */
  eachPosting(term: number, visit: (chunk: number, count: number) => void): void {
    this.terms.each(term, visit);
  }
}
