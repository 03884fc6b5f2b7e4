/** Vector segments on disk: each a vectra index in one file, written once. */
import { join } from 'node:path';
import { LocalIndex, VirtualFileStorage } from 'vectra';
import { hashBytes, type QuantizedVector } from '../vectors.ts';
import { segmentCodec, unpackVectors, type Place, type VectorColumns } from './codec.ts';
import { atomicStorage, readInto } from './files.ts';
import type { IndexFolder } from './index-folder.ts';
import { vectorsName } from './manifest.ts';

export interface NewVector {
  /** 16 bytes */
  readonly hash: Uint8Array;
  readonly vector: QuantizedVector;
  readonly place: Place;
}

export interface VectorSegment {
  readonly id: number;
  readonly bytes: number;
  readonly rows: number;
}

/** A name for vectra alone: the folder is in memory. */
const memoryFolder = '/segment';

/** What vectra holds of a vector. */
type Item = Awaited<ReturnType<LocalIndex['listItems']>>[number];

/** Writes vectors, whose hashes must differ. */
export async function writeVectors(
  folder: IndexFolder,
  id: number,
  vectors: readonly NewVector[],
): Promise<VectorSegment & VectorColumns> {
  const items = vectors.map(({ hash, vector, place }) => ({
    id: Buffer.from(hash).toString('hex'),
    vector: vector.values as unknown as number[],
    metadata: { ...place },
  }));
  const packed = await packInVectra(id, items);
  await folder.write(vectorsName(id), packed);
  return { id, bytes: packed.length, rows: items.length, ...unpackVectors(packed, vectorsName(id)) };
}

/**
 * Writes the vectors of other segments as one; without those of segments that turn out to be damaged, which is said.
 * @param keep whether the vector of this hash (16 bytes) is still wanted; all are when absent
 */
export async function mergeVectors(
  folder: IndexFolder,
  id: number,
  old: Iterable<VectorSegment>,
  keep?: (hash: Uint8Array) => boolean,
): Promise<VectorSegment> {
  const ids = [...old].map((segment) => segment.id);
  const read = await folder.readEach(ids, vectorsName, (each) =>
    new LocalIndex(folder.path, vectorsName(each), atomicStorage, segmentCodec).listItems(),
  );
  const items = new Map<string, Item>();
  for (const item of read.flat()) if (!keep || keep(Buffer.from(item.id, 'hex'))) items.set(item.id, item);
  // Not through LocalIndex, which compares each item with all before it.
  const packed = segmentCodec.serializeIndex({ version: 1, metadata_config: {}, items: [...items.values()] });
  await folder.write(vectorsName(id), packed);
  return { id, bytes: packed.length, rows: items.size };
}

/** Reads one segment after the other to the same memory: the columns are good until the next one is read. */
export function vectorReader(folder: string): (id: number) => Promise<VectorSegment & VectorColumns> {
  let memory = new ArrayBuffer(0);
  return async (id) => {
    const path = join(folder, vectorsName(id));
    const packed = await readInto(path, (size) => {
      if (size > memory.byteLength) memory = new ArrayBuffer(size);
      return memory;
    });
    const columns = unpackVectors(packed, path);
    return { id, bytes: packed.length, rows: columns.hashes.length / hashBytes, ...columns };
  };
}

/** vectra writes an index when it is created, and again with what is inserted: here to memory alone. */
async function packInVectra(id: number, items: readonly Partial<Item>[]): Promise<Buffer> {
  const memory = new VirtualFileStorage();
  const index = new LocalIndex(memoryFolder, vectorsName(id), memory, segmentCodec);
  await index.createIndex({ version: 1 });
  await index.batchInsertItems([...items]);
  return memory.readFile(join(memoryFolder, vectorsName(id)));
}
