/** Gathers file entries into the bytes of a catalog segment. */
import { isMarked } from '../query.ts';
import { hashBytes } from '../vectors.ts';
import {
  catalogMagic,
  crumbSeparator,
  kinds,
  states,
  type CatalogSegment,
  type ChunkEntry,
  type FileEntry,
} from './catalog.ts';
import { narrowColumn, packColumns, stringColumn } from './sections.ts';
import { packTerms } from './terms.ts';

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
    for (const [term, at] of segment.terms) {
      segment.terms.each(at, (chunk, count) => {
        const to = moved[chunk] ?? -1;
        if (to >= 0) this.#post(term, to, count);
      });
    }
  }

  pack(): Buffer<ArrayBuffer> {
    const files = this.#files;
    const chunks = this.#chunks.map(({ chunk }) => chunk);
    const hashes = new Uint8Array(chunks.length * hashBytes);
    chunks.forEach((chunk, i) => hashes.set(chunk.hash, i * hashBytes));
    return packColumns(catalogMagic, {
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
      startLine: narrowColumn(chunks.map((chunk) => chunk.startLine)),
      endLine: narrowColumn(chunks.map((chunk) => chunk.endLine)),
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
      chunkLength: narrowColumn(this.#chunks.map(({ length }) => length)),
      ...packTerms(this.#postings),
    });
  }

  #post(term: string, chunk: number, count: number): void {
    const list = this.#postings.get(term);
    if (list) list.push(chunk, count);
    else this.#postings.set(term, [chunk, count]);
  }
}
