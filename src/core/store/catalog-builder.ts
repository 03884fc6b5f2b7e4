/** Gathers file entries into the bytes of a catalog segment. */
import { isMarked } from '../query.ts';
import { hashBytes } from '../vectors.ts';
import { catalogMagic, crumbSeparator, kinds, states, type ChunkEntry, type FileEntry } from './catalog.ts';
import { narrowColumn, packColumns, stringColumn } from './sections.ts';
import { packTerms } from './terms.ts';

export class CatalogBuilder {
  readonly #files: { entry: Omit<FileEntry, 'chunks'>; sequence: number; firstChunk: number }[] = [];
  readonly #chunks: { chunk: Omit<ChunkEntry, 'terms'>; length: number }[] = [];
  /** For each term: chunk, count, chunk, count, ... */
  readonly #postings = new Map<string, number[]>();

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
        files.map(({ entry: { skip } }) =>
          skip ? [skip.code, skip.reason.template, ...skip.reason.values].join(crumbSeparator) : '',
        ),
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
