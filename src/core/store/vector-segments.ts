/** Vector segments on disk: each a vectra index in one file, written once. */
import { join } from 'node:path';
import { LocalIndex, VirtualFileStorage } from 'vectra';
import { hashBytes, type QuantizedVector } from '../vectors.ts';
import { segmentCodec, unpackVectors, type Place, type VectorColumns } from './codec.ts';
import { atomicStorage, readInto, writeAtomically } from './files.ts';

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

/** What vectra holds of a vector. */
type Item = Awaited<ReturnType<LocalIndex['listItems']>>[number];

export const vectorsName = (id: number): string => `${id}.vec`;

/** Writes vectors, whose hashes must differ. */
export async function writeVectors(
  folder: string,
  id: number,
  vectors: readonly NewVector[],
): Promise<VectorSegment & VectorColumns> {
  const items = vectors.map(({ hash, vector, place }) => ({
    id: Buffer.from(hash).toString('hex'),
    vector: vector.values as unknown as number[],
    metadata: { ...place },
  }));
  const packed = await write(folder, id, items);
  return { id, bytes: packed.length, rows: items.length, ...unpackVectors(packed, vectorsName(id)) };
}

/**
 * Writes the vectors of other segments as one.
 * @param keep whether the vector of this hash (16 bytes) is still wanted; all are when absent
 */
export async function mergeVectors(
  folder: string,
  id: number,
  old: Iterable<VectorSegment>,
  keep?: (hash: Uint8Array) => boolean,
): Promise<VectorSegment> {
  const items = new Map<string, Item>();
  for (const segment of old) {
    const index = new LocalIndex(folder, vectorsName(segment.id), atomicStorage, segmentCodec);
    for (const item of await index.listItems()) {
      if (!keep || keep(Buffer.from(item.id, 'hex'))) items.set(item.id, item);
    }
  }
  // Not through LocalIndex, which compares each item with all before it.
  const packed = segmentCodec.serializeIndex({ version: 1, metadata_config: {}, items: [...items.values()] });
  await writeAtomically(join(folder, vectorsName(id)), packed);
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

/** vectra writes an index when it is created, and again with what is inserted: here to memory, then once to the disk. */
async function write(folder: string, id: number, items: readonly Partial<Item>[]): Promise<Buffer> {
  const draft = new VirtualFileStorage();
  const index = new LocalIndex(folder, vectorsName(id), draft, segmentCodec);
  await index.createIndex({ version: 1 });
  await index.batchInsertItems([...items]);
  const path = join(folder, vectorsName(id));
  const packed = await draft.readFile(path);
  await writeAtomically(path, packed);
  return packed;
}
