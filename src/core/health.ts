/** What an index says about itself, with no judged queries: is it complete, are its vectors sound, do they still fit? */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { join } from 'node:path';
import { chunkFile } from './chunk/chunk.ts';
import type { Embedder } from './embed.ts';
import { chunkHash, embeddedText } from './prepare.ts';
import { readText } from './read.ts';
import type { FileRef, Store } from './store/store.ts';
import type { Chunk, SkipCode, Skipped } from './types.ts';
import { quantize, type QuantizedVector } from './vectors.ts';

/** Vectors whose nearest neighbour is sought: each takes a scan of the whole index. */
const neighbourSample = 500;
/** Cosine from which two chunks count as near duplicates. */
const nearDuplicate = 0.98;
/** Files that are read and cut into chunks again. */
const fileSample = 64;
/** Of their chunks, how many the vocabulary is looked at for, and how many are embedded again. */
const textSample = 256;
const driftSample = 32;

export interface Spread {
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

export interface Health {
  readonly coverage: {
    readonly files: number;
    readonly chunks: number;
    readonly embedded: number;
    /** Files left out, by reason. */
    readonly skipped: Readonly<Partial<Record<SkipCode, number>>>;
  };
  readonly vectors: {
    readonly distinct: number;
    /** Vectors of length 0: they can never be found. */
    readonly zero: number;
    /** Euclidean length of the int8 values, between 127 (one component says all) and 127 * sqrt(dimensions). */
    readonly norm: Spread;
    /** What rounding to int8 adds, as a share of the vector's length: sqrt(dimensions / 12) / norm. */
    readonly rounding: Spread;
  };
  readonly neighbours: {
    readonly sampled: number;
    /** Chunks with the very text of another one, as a share of all chunks. */
    readonly equal: number;
    /** Share of the sample whose nearest other vector is nearer than .98. */
    readonly nearlyEqual: number;
    /** Share of the sample whose nearest other vector is of the same file, or of the same folder (file included). */
    readonly sameFile: number;
    readonly sameFolder: number;
    /** What `sameFolder` would be if neighbours were drawn by lot. */
    readonly sameFolderByChance: number;
  };
  /** What the model makes of the text; absent when the model cannot be used or there is no text. */
  readonly vocabulary?: {
    readonly sampled: number;
    /** Share of the words and marks that the vocabulary has no pieces for. */
    readonly unknown: number;
    readonly piecesPerWord: number;
    /** Share of the chunks that are longer than the model reads. */
    readonly cut: number;
  };
  readonly drift: {
    /** Files read again, and how many of them have changed since they were indexed. */
    readonly files: number;
    readonly changedFiles: number;
    /** Chunks of the unchanged files, and how many of them today's chunker would cut in another way. */
    readonly chunks: number;
    readonly cutOtherwise: number;
    /** Cosine of vectors as stored and as the model makes them now; absent as `vocabulary` is. */
    readonly cosine?: { readonly sampled: number; readonly mean: number; readonly least: number };
  };
}

interface HealthInput {
  readonly store: Store;
  /** Absent when the model cannot be used. */
  readonly embedder?: Embedder;
  readonly folder: string;
  readonly maxFileSize: number;
  readonly skipped: readonly Skipped[];
}

export async function measureHealth(input: HealthInput): Promise<Health> {
  const { store, embedder, skipped } = input;
  const { files, chunks, embedded } = store.counts;
  const reasons: Partial<Record<SkipCode, number>> = {};
  for (const { code } of skipped) reasons[code] = (reasons[code] ?? 0) + 1;
  const placed = placedVectors(store);
  const texts = await sampleTexts(input);
  const vocabulary = embedder && vocabularyOf(embedder, texts.chunks);
  const cosine = embedder && (await cosinesToStored(store, embedder, texts.chunks));
  return {
    coverage: { files, chunks, embedded, skipped: reasons },
    vectors: vectorLengths(store, placed),
    neighbours: await neighbours(store, placed),
    ...(vocabulary ? { vocabulary } : {}),
    drift: { ...texts.drift, ...(cosine ? { cosine } : {}) },
  };
}

/** A vector that some live chunk points to, and the file of the first such chunk. */
interface Placed {
  readonly row: number;
  readonly path: string;
}

/** In the order of the matrix. */
function placedVectors({ segments, matrix }: Store): Placed[] {
  const paths = new Array<string | undefined>(matrix.rows);
  for (const segment of segments) {
    for (let chunk = 0; chunk < segment.chunks; chunk++) {
      const row = segment.vectorRow[chunk] ?? -1;
      const file = segment.fileOfChunk[chunk] ?? 0;
      if (row >= 0 && segment.live[file]) paths[row] ??= segment.paths.get(file);
    }
  }
  return paths.flatMap((path, row) => (path === undefined ? [] : [{ row, path }]));
}

function vectorLengths({ matrix }: Store, placed: readonly Placed[]): Health['vectors'] {
  const norms = placed.map(({ row }) => matrix.vector(row).norm);
  const whole = norms.filter((norm) => norm > 0);
  const rounding = whole.map((norm) => Math.sqrt(matrix.dimensions / 12) / norm);
  return {
    distinct: placed.length,
    zero: norms.length - whole.length,
    norm: spread(whole),
    rounding: spread(rounding),
  };
}

async function neighbours({ matrix, counts }: Store, placed: readonly Placed[]): Promise<Health['neighbours']> {
  const sample = placed.length > 1 ? evenly(placed, neighbourSample) : [];
  const seen = { near: 0, file: 0, folder: 0 };
  for (const { row, path } of sample) {
    const cosines = matrix.scan(matrix.vector(row));
    let nearest: Placed | undefined;
    let best = -Infinity;
    for (const other of placed) {
      const cosine = cosines[other.row] ?? -Infinity;
      if (other.row === row || cosine <= best) continue;
      best = cosine;
      nearest = other;
    }
    if (best > nearDuplicate) seen.near++;
    if (nearest?.path === path) seen.file++;
    if (nearest && folderOf(nearest.path) === folderOf(path)) seen.folder++;
    await nextTurn(); // searches do not wait for all of this
  }
  const share = (count: number): number => count / Math.max(1, sample.length);
  return {
    sampled: sample.length,
    equal: (counts.embedded - placed.length) / Math.max(1, counts.embedded),
    nearlyEqual: share(seen.near),
    sameFile: share(seen.file),
    sameFolder: share(seen.folder),
    sameFolderByChance: byChance(placed),
  };
}

/** The likelihood that two different vectors drawn by lot are of one folder. */
function byChance(placed: readonly Placed[]): number {
  const sizes = new Map<string, number>();
  for (const { path } of placed) sizes.set(folderOf(path), (sizes.get(folderOf(path)) ?? 0) + 1);
  const pairs = (n: number): number => n * (n - 1);
  const together = [...sizes.values()].reduce((sum, size) => sum + pairs(size), 0);
  return together / Math.max(1, pairs(placed.length));
}

interface SampledChunk {
  readonly path: string;
  readonly chunk: Chunk;
}

/** Reads some files again: what today's chunker makes of them, and how that differs from what is stored. */
async function sampleTexts({ store, folder, maxFileSize }: HealthInput): Promise<{
  readonly chunks: readonly SampledChunk[];
  readonly drift: Omit<Health['drift'], 'cosine'>;
}> {
  const refs = [...store.paths()].sort().flatMap((path) => {
    const ref = store.find(path);
    return ref?.segment.state(ref.file) === 'indexed' ? [{ path, ref }] : [];
  });
  const chunks: SampledChunk[] = [];
  const drift = { files: 0, changedFiles: 0, chunks: 0, cutOtherwise: 0 };
  for (const { path, ref } of evenly(refs, fileSample)) {
    drift.files++;
    const read = await readText(join(folder, path), maxFileSize);
    if (!('text' in read) || read.hash !== ref.segment.fileHash(ref.file)) {
      drift.changedFiles++;
      continue;
    }
    const today = chunkFile(path, read.text);
    const hashes = new Set(today.map((chunk) => hex(chunkHash(chunk))));
    const stored = storedHashes(ref);
    drift.chunks += stored.length;
    drift.cutOtherwise += stored.filter((hash) => !hashes.has(hash)).length;
    for (const chunk of today) chunks.push({ path, chunk });
  }
  return { chunks, drift };
}

function storedHashes({ segment, file }: FileRef): string[] {
  const hashes: string[] = [];
  for (let c = segment.chunkStart[file] ?? 0; c < (segment.chunkStart[file + 1] ?? 0); c++) {
    hashes.push(hex(segment.hash(c)));
  }
  return hashes;
}

function vocabularyOf(embedder: Embedder, chunks: readonly SampledChunk[]): Health['vocabulary'] {
  const sample = evenly(chunks, textSample);
  if (sample.length === 0) return undefined;
  const sum = { words: 0, pieces: 0, unknown: 0, cut: 0 };
  for (const { path, chunk } of sample) {
    const { words, pieces, unknown, cut } = embedder.measure(embeddedText(path, chunk));
    sum.words += words;
    sum.pieces += pieces;
    sum.unknown += unknown;
    if (cut) sum.cut++;
  }
  return {
    sampled: sample.length,
    unknown: sum.unknown / Math.max(1, sum.words),
    piecesPerWord: sum.pieces / Math.max(1, sum.words),
    cut: sum.cut / sample.length,
  };
}

/**
 * A little below 1 is no drift: dynamic quantisation rounds by what else is in the batch, and a renamed file keeps the
 * vectors that were made under its old path.
 */
async function cosinesToStored(
  store: Store,
  embedder: Embedder,
  chunks: readonly SampledChunk[],
): Promise<Health['drift']['cosine']> {
  const stored = chunks.filter(({ chunk }) => store.matrix.rowOf(chunkHash(chunk)) >= 0);
  const sample = evenly(stored, driftSample);
  if (sample.length === 0) return undefined;
  const vectors = await embedder.embed(sample.map(({ path, chunk }) => embeddedText(path, chunk)));
  const cosines = sample.map(({ chunk }, i) => {
    const before = store.matrix.vector(store.matrix.rowOf(chunkHash(chunk)));
    return cosineOf(before, quantize(vectors[i] ?? new Float32Array()));
  });
  const { least, mean } = spread(cosines);
  return { sampled: sample.length, mean, least };
}

function cosineOf(a: QuantizedVector, b: QuantizedVector): number {
  const dot = a.values.reduce((sum, value, i) => sum + value * (b.values[i] ?? 0), 0);
  return a.norm > 0 && b.norm > 0 ? dot / (a.norm * b.norm) : 0;
}

function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { least: 0, mean: 0, most: 0 };
  const [first = 0] = values;
  let [least, most, sum] = [first, first, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
  }
  return { least, mean: sum / values.length, most };
}

/** At most `count` of the items at even distances, the same ones each time. */
function evenly<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)] as T);
}

const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
