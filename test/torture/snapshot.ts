/** All that a store holds, to be compared with what it should hold. */
import type { Store } from '../../src/core/store/store.ts';
import { hashBytes } from '../../src/core/vectors.ts';

export interface Snapshot {
  /** Of each live file, its content hash and its chunks, as text. */
  readonly files: ReadonlyMap<string, string>;
  /** Of each chunk hash (hexadecimal) that has a vector, the vector. */
  readonly vectors: ReadonlyMap<string, Buffer>;
  /** The hashes of all chunks. */
  readonly chunks: ReadonlySet<string>;
  /** The name of the catalog that each file lies in. */
  readonly catalogs: ReadonlyMap<string, string>;
}

export function snapshotOf(store: Store): Snapshot {
  const files = new Map<string, string>();
  const vectors = new Map<string, Buffer>();
  const known = new Set<string>();
  const catalogs = new Map<string, string>();
  for (const path of store.paths()) {
    const ref = store.find(path);
    if (!ref) continue;
    const { segment, file } = ref;
    const chunks: string[] = [];
    for (let c = segment.chunkStart[file] ?? 0; c < (segment.chunkStart[file + 1] ?? 0); c++) {
      const hash = Buffer.from(segment.hash(c)).toString('hex');
      known.add(hash);
      chunks.push(`${segment.startLine[c]}-${segment.endLine[c]} ${hash}`);
      const row = store.matrix.rowOf(segment.hashes, c * hashBytes);
      if (row >= 0) vectors.set(hash, Buffer.from(store.matrix.vector(row).values));
    }
    files.set(path, `${segment.fileHash(file)}: ${chunks.join(', ')}`);
    catalogs.set(path, `${segment.id}.cat`);
  }
  return { files, vectors, chunks: known, catalogs };
}

/** How far two vectors of the same text may be apart: what they are embedded with changes them a little. */
const leastCosine = 0.97;

/** What `now` lacks of `before` (paths, and hashes of chunks without their vector), and whether it holds anything else. */
export function lossFrom(before: Snapshot, now: Snapshot): { readonly missing: string[]; readonly wrong: boolean } {
  const missing = [
    ...[...before.files.keys()].filter((path) => !now.files.has(path)),
    // A chunk whose file is missing is not asked for its vector.
    ...[...before.vectors.keys()].filter((hash) => !now.vectors.has(hash) && now.chunks.has(hash)),
  ];
  const isWrongFile = [...now.files].some(([path, content]) => before.files.get(path) !== content);
  const isWrongVector = [...now.vectors].some(([hash, vector]) => {
    const expected = before.vectors.get(hash);
    return !expected || cosine(expected, vector) < leastCosine;
  });
  return { missing, wrong: isWrongFile || isWrongVector };
}

/** Of int8 vectors. */
export function cosine(a: Buffer, b: Buffer): number {
  const [x, y] = [new Int8Array(a), new Int8Array(b)];
  let [product, ofX, ofY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [xi = 0, yi = 0] = [x[i], y[i]];
    product += xi * yi;
    ofX += xi * xi;
    ofY += yi * yi;
  }
  return product / Math.sqrt(ofX * ofY);
}
