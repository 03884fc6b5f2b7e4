/**
 * The codec of a vector segment: a vectra index whose vectors are int8 views into the file's own buffer. An item's id is
 * the chunk hash in hexadecimal; its metadata tells where the text was when it was embedded.
 */
import type { IndexCodec, IndexData } from 'vectra';
import { hashBytes, normOf } from '../vectors.ts';
import { narrowColumn, packColumns, StringColumn, stringColumn, unpackColumns } from './sections.ts';

const magic = 'NBYVEC1';

/** Where a vector's text stood when it was embedded. */
export interface Place {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** The two columns that a search needs, viewed where they were read. */
export interface VectorColumns {
  /** n x 16 bytes */
  readonly hashes: Uint8Array;
  /** n x dimensions, row-major */
  readonly vectors: Int8Array;
}

export function unpackVectors(packed: Uint8Array, file: string): VectorColumns {
  const columns = unpackColumns(magic, packed, file);
  return { hashes: columns['hashes'] as Uint8Array, vectors: columns['vectors'] as Int8Array };
}

/** vectra asks a codec for catalogs and outside metadata only in its document index, which is not used here. */
function unused(): never {
  throw new Error('A segment of the index holds vectors only: it has no document catalog and no outside metadata.');
}

export const segmentCodec: IndexCodec = {
  extension: '.vec',

  serializeIndex({ items }: IndexData): Buffer {
    const dimensions = items[0]?.vector.length ?? 0;
    const hashes = new Uint8Array(items.length * hashBytes);
    const vectors = new Int8Array(items.length * dimensions);
    const pathIndex = new Map<string, number>();
    const places = items.map(({ metadata }) => metadata as unknown as Place);
    items.forEach(({ id, vector }, i) => {
      hashes.set(Buffer.from(id, 'hex'), i * hashBytes);
      vectors.set(vector, i * dimensions);
    });
    for (const { path } of places) if (!pathIndex.has(path)) pathIndex.set(path, pathIndex.size);
    return packColumns(magic, {
      hashes,
      vectors,
      ...stringColumn('path', [...pathIndex.keys()]),
      pathIndex: narrowColumn(places.map(({ path }) => pathIndex.get(path) ?? 0)),
      startLine: narrowColumn(places.map(({ startLine }) => startLine)),
      endLine: narrowColumn(places.map(({ endLine }) => endLine)),
    });
  },

  deserializeIndex(buffer: Buffer): IndexData {
    const columns = unpackColumns(magic, buffer, 'of vectors');
    const hashes = Buffer.from(columns['hashes'] as Uint8Array);
    const vectors = columns['vectors'] as Int8Array;
    const paths = new StringColumn(columns, 'path');
    const count = hashes.length / hashBytes;
    const dimensions = count > 0 ? vectors.length / count : 0;
    const items = Array.from({ length: count }, (_, i) => {
      const vector = vectors.subarray(i * dimensions, (i + 1) * dimensions);
      return {
        id: hashes.toString('hex', i * hashBytes, (i + 1) * hashBytes),
        // vectra only ever indexes and measures a vector, so an int8 view serves it as well as an array would.
        vector: vector as unknown as number[],
        norm: normOf(vector),
        metadata: {
          path: paths.get(columns['pathIndex']?.[i] ?? 0),
          startLine: columns['startLine']?.[i] ?? 0,
          endLine: columns['endLine']?.[i] ?? 0,
        },
      };
    });
    return { version: 1, metadata_config: {}, items };
  },

  serializeCatalog: unused,
  deserializeCatalog: unused,
  serializeMetadata: unused,
  deserializeMetadata: unused,
};
