/** Some files on their way into the index at a time: their catalog segment, and instant vectors of its chunks. */
import type { InstantEmbedder } from './instant.ts';
import { prepareFile } from './prepare.ts';
import { CatalogBuilder } from './store/catalog-builder.ts';
import type { FoundFile } from './types.ts';
import { quantizeAll } from './vectors.ts';

/** Structured-clone safe. */
export interface Batch {
  /** Absolute. */
  readonly folder: string;
  readonly files: readonly FoundFile[];
  /** Bytes. */
  readonly maxFileSize: number;
  /** Reserved in the store for the entry of the first file; the others follow. */
  readonly firstSequence: number;
}

/** Buffers of their own, so that they can be handed over between threads. */
export interface PreparedBatch {
  /** A packed catalog segment. */
  readonly segment: Uint8Array<ArrayBuffer>;
  /** n x 16 bytes: the hashes of its chunks. */
  readonly hashes: Uint8Array<ArrayBuffer>;
  /** n x dimensions, row-major; none without an embedder. */
  readonly vectors: Int8Array<ArrayBuffer> | undefined;
}

export function prepareBatch(batch: Batch, instant: InstantEmbedder | undefined): PreparedBatch {
  const { folder, files, maxFileSize, firstSequence } = batch;
  const builder = new CatalogBuilder();
  const hashes: Uint8Array[] = [];
  const vectors: Float32Array[] = [];
  for (const [i, found] of files.entries()) {
    const { entry, texts } = prepareFile(folder, found, maxFileSize);
    builder.add(entry, firstSequence + i);
    for (const { hash } of entry.chunks) hashes.push(hash);
    if (instant) for (const text of texts) vectors.push(instant.embed(text));
  }
  return {
    segment: builder.pack(),
    hashes: new Uint8Array(Buffer.concat(hashes)),
    vectors: instant && quantizeAll(vectors),
  };
}
