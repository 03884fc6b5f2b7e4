/**
 * All chunks that have a vector, copied out of the store in slices, so that a thread can look at them as a whole while
 * the engine goes on.
 */
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../store/store.ts';
import { hashBytes } from '../vectors.ts';

/** Chunks copied before waiting queries get their turn: about a millisecond. */
const slice = 512;

/** Joins strings that are handed over as one: a hundred thousand of them take tens of milliseconds to copy, one takes none. */
export const separator = '\0';

/** Structured-clone safe. Chunks of one file lie together, in the order of their lines; files in no order. */
export interface Snapshot {
  readonly dimensions: number;
  /** Of each file, joined by `separator`. */
  readonly paths: string;
  /** Files + 1: where the chunks of each file begin. Files without vectors are left out. */
  readonly chunkStart: Uint32Array<ArrayBuffer>;
  /** 1-based. */
  readonly startLine: Uint32Array<ArrayBuffer>;
  readonly endLine: Uint32Array<ArrayBuffer>;
  /** As in `kinds` of a catalog segment. */
  readonly kind: Uint8Array<ArrayBuffer>;
  /** Terms in each chunk, with repetitions. */
  readonly terms: Uint32Array<ArrayBuffer>;
  /** Of each chunk, joined by `separator`. */
  readonly symbols: string;
  /** n x 16 bytes. */
  readonly hashes: Uint8Array<ArrayBuffer>;
  /** n x dimensions, row-major. */
  readonly vectors: Int8Array<ArrayBuffer>;
  /** Chunks that were left out, for they have no vector yet. */
  readonly missing: number;
}

/** The strings of `paths` or `symbols`, as many as there are files or chunks. */
export const parted = (joined: string, count: number): readonly string[] => (count > 0 ? joined.split(separator) : []);

/** @throws what `signal` was aborted with */
export async function takeSnapshot(store: Store, signal?: AbortSignal): Promise<Snapshot> {
  // Which entries count is noted at once; a segment itself never changes, and vectors are found by hash.
  const live = store.segments.flatMap((segment) =>
    Array.from(segment.live.keys(), (file) => ({ segment, file })).filter(({ file }) => segment.live[file] === 1),
  );
  const most = store.counts.chunks;
  const { dimensions } = store.matrix;
  const paths: string[] = [];
  /** Those of the slice, and those of the slices before, joined: to join all at the end would take its time at once. */
  const symbols: string[] = [];
  const symbolsBefore: string[] = [];
  const chunkStart = [0];
  const [startLine, endLine, terms] = [new Uint32Array(most), new Uint32Array(most), new Uint32Array(most)];
  const kind = new Uint8Array(most);
  const hashes = new Uint8Array(most * hashBytes);
  const vectors = new Int8Array(most * dimensions);
  let [count, missing, looked] = [0, 0, 0];
  for (const { segment, file } of live) {
    const first = count;
    for (let chunk = segment.chunkStart[file] ?? 0; chunk < (segment.chunkStart[file + 1] ?? 0); chunk++) {
      const vector = vectorOf(store, segment.hashes, chunk * hashBytes);
      if (vector) {
        startLine[count] = segment.startLine[chunk] ?? 0;
        endLine[count] = segment.endLine[chunk] ?? 0;
        terms[count] = segment.chunkLength[chunk] ?? 0;
        kind[count] = segment.chunkKind[chunk] ?? 0;
        symbols.push(segment.symbols.get(chunk));
        hashes.set(segment.hash(chunk), count * hashBytes);
        vectors.set(vector, count * dimensions);
        count++;
      } else missing++;
      if (++looked % slice === 0) {
        if (symbols.length > 0) symbolsBefore.push(symbols.splice(0).join(separator));
        await setImmediate();
        signal?.throwIfAborted();
      }
    }
    if (count === first) continue;
    paths.push(segment.paths.get(file));
    chunkStart.push(count);
  }
  return {
    dimensions,
    paths: paths.join(separator),
    chunkStart: Uint32Array.from(chunkStart),
    startLine: startLine.subarray(0, count),
    endLine: endLine.subarray(0, count),
    kind: kind.subarray(0, count),
    terms: terms.subarray(0, count),
    symbols: [...symbolsBefore, ...(symbols.length > 0 ? [symbols.join(separator)] : [])].join(separator),
    hashes: hashes.subarray(0, count * hashBytes),
    vectors: vectors.subarray(0, count * dimensions),
    missing,
  };
}

/** Of the chunk with this hash, 16 bytes at `offset`: by the model or, until there is one, an instant one. */
function vectorOf({ matrix, instant }: Store, hashes: Uint8Array, offset: number): Int8Array | undefined {
  const row = matrix.rowOf(hashes, offset);
  if (row >= 0) return matrix.vector(row).values;
  const rough = instant.rowOf(hashes, offset);
  return rough >= 0 ? instant.vector(rough).values : undefined;
}
