/**
 * A catalog segment: what is known of some files, the chunks of each, and the keyword postings of those chunks, in one
 * immutable file that is searched as it lies in memory. An edit writes a new small segment; of several entries for one
 * path, the one with the highest sequence number counts.
 */
import { isMarked } from '../query.ts';
import type { Kind, SkipCode } from '../types.ts';
import { hashBytes } from '../vectors.ts';
import { packColumns, StringColumn, stringColumn, unpackColumns, type Columns } from './sections.ts';

const magic = 'NBYCAT1';
/** Joins the parts of a breadcrumb; a control character that headings do not hold. */
const crumbSeparator = '\u001f';

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
  readonly skip?: { readonly code: SkipCode; readonly reason: string };
  readonly chunks: readonly ChunkEntry[];
}

const states = ['indexed', 'skipped', 'deleted'] as const;
const kinds: readonly Kind[] = ['code', 'docs'];

export class CatalogSegment {
  readonly id: number;
  /** Bytes on disk. */
  readonly bytes: number;
  readonly paths: StringColumn;
  readonly sequence: Float64Array;
  readonly size: Float64Array;
  readonly mtimeMs: Float64Array;
  readonly chunkStart: Uint32Array;
  readonly startLine: Uint32Array;
  readonly endLine: Uint32Array;
  readonly chunkKind: Uint8Array;
  readonly symbols: StringColumn;
  readonly hashes: Uint8Array;
  /** Terms in the chunk, with repetitions. */
  readonly chunkLength: Uint32Array;
  readonly terms: StringColumn;
  readonly postingStart: Uint32Array;
  /** For each term: (distance to the chunk before, count) as LEB128 pairs. */
  readonly postings: Uint8Array;
  /** The file of each chunk. */
  readonly fileOfChunk: Uint32Array;
  /** Terms in all chunks of each file, with repetitions. */
  readonly fileLength: Uint32Array;
  /** 1 where the entry is the newest of its path and not a deletion. Set by the store. */
  readonly live: Uint8Array;
  /** The row of each chunk's vector in the matrix, or -1. Set by the store. */
  readonly vectorRow: Int32Array;
  readonly #state: Uint8Array;
  readonly #fileHashes: StringColumn;
  readonly #breadcrumbs: StringColumn;
  readonly #skips: StringColumn;
  #pathSet: ReadonlySet<string> | undefined;

  constructor(id: number, packed: Uint8Array, file: string) {
    const c = unpackColumns(magic, packed, file);
    this.id = id;
    this.bytes = packed.length;
    this.paths = new StringColumn(c, 'path');
    this.sequence = c['sequence'] as Float64Array;
    this.size = c['size'] as Float64Array;
    this.mtimeMs = c['mtimeMs'] as Float64Array;
    this.#state = c['state'] as Uint8Array;
    this.#fileHashes = new StringColumn(c, 'fileHash');
    this.#skips = new StringColumn(c, 'skip');
    this.chunkStart = c['chunkStart'] as Uint32Array;
    this.startLine = c['startLine'] as Uint32Array;
    this.endLine = c['endLine'] as Uint32Array;
    this.chunkKind = c['chunkKind'] as Uint8Array;
    this.symbols = new StringColumn(c, 'symbol');
    this.#breadcrumbs = new StringColumn(c, 'breadcrumb');
    this.hashes = c['hashes'] as Uint8Array;
    this.chunkLength = c['chunkLength'] as Uint32Array;
    this.terms = new StringColumn(c, 'term');
    this.postingStart = c['postingStart'] as Uint32Array;
    this.postings = c['postings'] as Uint8Array;
    this.live = new Uint8Array(this.files);
    this.vectorRow = new Int32Array(this.chunks).fill(-1);
    this.fileOfChunk = new Uint32Array(this.chunks);
    for (let f = 0; f < this.files; f++) this.fileOfChunk.fill(f, this.chunkStart[f], this.chunkStart[f + 1]);
    this.fileLength = new Uint32Array(this.files);
    this.fileOfChunk.forEach((file, c) => {
      this.fileLength[file] = (this.fileLength[file] ?? 0) + (this.chunkLength[c] ?? 0);
    });
  }

  get files(): number {
    return this.size.length;
  }

  get chunks(): number {
    return this.startLine.length;
  }

  /** Whether any entry here is of this path. */
  knows(path: string): boolean {
    this.#pathSet ??= new Set(Array.from({ length: this.files }, (_, file) => this.paths.get(file)));
    return this.#pathSet.has(path);
  }

  state(file: number): FileEntry['state'] {
    return states[this.#state[file] ?? 0] ?? 'indexed';
  }

  fileHash(file: number): string {
    return this.#fileHashes.get(file);
  }

  skip(file: number): FileEntry['skip'] {
    const [code, reason] = this.#skips.get(file).split(crumbSeparator);
    return code && reason ? { code: code as SkipCode, reason } : undefined;
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

  /** Calls `visit(chunk, count)` for each posting of the term with this index, in the order of the chunks. */
  eachPosting(term: number, visit: (chunk: number, count: number) => void): void {
    const bytes = this.postings;
    const end = this.postingStart[term + 1] ?? 0;
    let at = this.postingStart[term] ?? 0;
    let chunk = -1;
    const next = (): number => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++] ?? 0;
        value |= (byte & 127) << shift;
        if (byte < 128) return value;
      }
    };
    while (at < end) {
      chunk += next();
      visit(chunk, next());
    }
  }
}

/** Gathers file entries into the bytes of one segment. */
export class CatalogBuilder {
  readonly #files: { entry: Omit<FileEntry, 'chunks'>; sequence: number; firstChunk: number }[] = [];
  readonly #chunks: { chunk: Omit<ChunkEntry, 'terms'>; length: number }[] = [];
  /** For each term: chunk, count, chunk, count, ... */
  readonly #postings = new Map<string, number[]>();

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  add(entry: FileEntry, sequence: number): void {
    this.#files.push({ entry, sequence, firstChunk: this.#chunks.length });
    for (const chunk of entry.chunks) {
      let length = 0;
      for (const [term, count] of chunk.terms) {
        this.#post(term, this.#chunks.length, count);
        if (!isMarked(term)) length += count;
      }
      this.#chunks.push({ chunk, length });
    }
  }

  /** Takes over the live entries of another segment as they are. */
  addSegment(segment: CatalogSegment, keep: (file: number) => boolean): void {
    const moved = new Int32Array(segment.chunks).fill(-1);
    for (let f = 0; f < segment.files; f++) {
      if (!keep(f)) continue;
      const skip = segment.skip(f);
      const entry = {
        path: segment.paths.get(f),
        size: segment.size[f] ?? 0,
        mtimeMs: segment.mtimeMs[f] ?? 0,
        hash: segment.fileHash(f),
        state: segment.state(f),
        ...(skip ? { skip } : {}),
      };
      this.#files.push({ entry, sequence: segment.sequence[f] ?? 0, firstChunk: this.#chunks.length });
      for (let c = segment.chunkStart[f] ?? 0; c < (segment.chunkStart[f + 1] ?? 0); c++) {
        moved[c] = this.#chunks.length;
        const chunk = {
          startLine: segment.startLine[c] ?? 0,
          endLine: segment.endLine[c] ?? 0,
          kind: segment.kind(c),
          symbol: segment.symbols.get(c),
          breadcrumb: segment.breadcrumb(c),
          hash: segment.hash(c),
        };
        this.#chunks.push({ chunk, length: segment.chunkLength[c] ?? 0 });
      }
    }
    for (let t = 0; t < segment.terms.length; t++) {
      let term: string | undefined;
      segment.eachPosting(t, (chunk, count) => {
        const to = moved[chunk] ?? -1;
        if (to >= 0) this.#post((term ??= segment.terms.get(t)), to, count);
      });
    }
  }

  pack(): Buffer {
    const files = this.#files;
    const chunks = this.#chunks.map(({ chunk }) => chunk);
    const hashes = new Uint8Array(chunks.length * hashBytes);
    chunks.forEach((chunk, i) => hashes.set(chunk.hash, i * hashBytes));
    return packColumns(magic, {
      ...stringColumn(
        'path',
        files.map(({ entry }) => entry.path),
      ),
      sequence: Float64Array.from(files, ({ sequence }) => sequence),
      size: Float64Array.from(files, ({ entry }) => entry.size),
      mtimeMs: Float64Array.from(files, ({ entry }) => entry.mtimeMs),
      state: Uint8Array.from(files, ({ entry }) => states.indexOf(entry.state)),
      ...stringColumn(
        'fileHash',
        files.map(({ entry }) => entry.hash),
      ),
      ...stringColumn(
        'skip',
        files.map(({ entry: { skip } }) => (skip ? skip.code + crumbSeparator + skip.reason : '')),
      ),
      chunkStart: Uint32Array.from([...files.map(({ firstChunk }) => firstChunk), chunks.length]),
      startLine: Uint32Array.from(chunks, (chunk) => chunk.startLine),
      endLine: Uint32Array.from(chunks, (chunk) => chunk.endLine),
      chunkKind: Uint8Array.from(chunks, (chunk) => kinds.indexOf(chunk.kind)),
      ...stringColumn(
        'symbol',
        chunks.map((chunk) => chunk.symbol),
      ),
      ...stringColumn(
        'breadcrumb',
        chunks.map((chunk) => chunk.breadcrumb.join(crumbSeparator)),
      ),
      hashes,
      chunkLength: Uint32Array.from(this.#chunks, ({ length }) => length),
      ...this.#packPostings(),
    });
  }

  #post(term: string, chunk: number, count: number): void {
    const list = this.#postings.get(term);
    if (list) list.push(chunk, count);
    else this.#postings.set(term, [chunk, count]);
  }

  #packPostings(): Columns {
    const terms = [...this.#postings]
      .map(([term, list]) => ({ term: Buffer.from(term), list }))
      .sort((a, b) => Buffer.compare(a.term, b.term));
    const starts = new Uint32Array(terms.length + 1);
    const bytes: number[] = [];
    terms.forEach(({ list }, t) => {
      for (const [distance, count] of deltaPairs(list)) {
        pushVarint(bytes, distance);
        pushVarint(bytes, count);
      }
      starts[t + 1] = bytes.length;
    });
    return {
      ...stringColumn(
        'term',
        terms.map(({ term }) => term),
      ),
      postingStart: starts,
      postings: Uint8Array.from(bytes),
    };
  }
}

/** (chunk, count) pairs, which are in the order of the chunks, as (distance to the chunk before, count). */
function* deltaPairs(list: readonly number[]): Generator<[number, number]> {
  let last = -1;
  for (let i = 0; i < list.length; i += 2) {
    const chunk = list[i] ?? 0;
    yield [chunk - last, list[i + 1] ?? 0];
    last = chunk;
  }
}

function pushVarint(bytes: number[], value: number): void {
  while (value > 127) {
    bytes.push((value & 127) | 128);
    value >>>= 7;
  }
  bytes.push(value);
}
