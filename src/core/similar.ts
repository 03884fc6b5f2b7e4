/** Finds places like a given one by the vectors of its chunks; text that is not indexed as it stands is embedded first. */
import { chunkFile } from './chunk/chunk.ts';
import { definitionsIn, enclosingDefinition } from './chunk/definitions.ts';
import type { Embedder } from './embed.ts';
import { chunkHash, embeddedText } from './prepare.ts';
import { pathFilter, type Candidate } from './rank/candidates.ts';
import { bestOfEachFileFirst } from './rank/rank.ts';
import { TopK } from './rank/top-k.ts';
import type { Presenter } from './snippet.ts';
import type { Store } from './store/store.ts';
import type { Chunk, SearchResult, SimilarQuery } from './types.ts';
import { quantize } from './vectors.ts';

/** Chunks looked at for each result wanted, since several may be of one file. */
const perResult = 4;

interface SimilarInput {
  readonly store: Store;
  readonly embedder: Embedder;
  readonly presenter: Presenter;
  readonly query: SimilarQuery;
  /** The whole text of the file in question, as it stands in the editor or on disk. */
  readonly text: string;
}

export async function findSimilar({ store, embedder, presenter, query, text }: SimilarInput): Promise<SearchResult[]> {
  const { path, kind, top } = query;
  const range = wholeDefinition(query, text);
  const vector = await meanVector(store, embedder, path, chunksIn(path, text, range));
  const cosines = store.matrix.scan(quantize(vector));
  const admits = pathFilter(query);
  const best = new TopK<Candidate>(top * perResult);
  for (const segment of store.segments) {
    for (let chunk = 0; chunk < segment.chunks; chunk++) {
      const file = segment.fileOfChunk[chunk] ?? 0;
      const cosine = cosines[segment.vectorRow[chunk] ?? -1];
      if (cosine === undefined || !segment.live[file] || !best.admits(cosine)) continue;
      if (kind && segment.kind(chunk) !== kind) continue;
      const itsPath = segment.paths.get(file);
      if (itsPath === path && (!range || overlaps(range, segment.startLine[chunk] ?? 0, segment.endLine[chunk] ?? 0))) {
        continue;
      }
      if (!admits(itsPath)) continue;
      best.add(cosine, { ...noKeywords, segment, chunk, file, path: itsPath, kind: segment.kind(chunk), cosine });
    }
  }
  const scored = best.items().map((candidate) => ({ candidate, score: Math.max(0, candidate.cosine) }));
  const ranked = bestOfEachFileFirst(scored).slice(0, top);
  return Promise.all(
    ranked.map(async (one) => ({
      ...(await presenter.result(one)),
      reasons: [`near in meaning (${one.candidate.cosine.toFixed(2)})`],
    })),
  );
}

interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
}

const noKeywords = { bm25: 0, coverage: 0, fileBm25: 0, fileCoverage: 0, fileCosine: NaN, secondBm25: 0, defines: 0 };

/** A single line stands for the definition that it lies in; undefined for the whole file. */
function wholeDefinition({ path, startLine, endLine }: SimilarQuery, text: string): LineRange | undefined {
  if (startLine === undefined) return undefined;
  if (endLine !== undefined && endLine > startLine) return { startLine, endLine };
  const definition = enclosingDefinition(definitionsIn(path, text), startLine);
  return definition ? { startLine: definition.line, endLine: definition.endLine } : { startLine, endLine: startLine };
}

const overlaps = (range: LineRange, startLine: number, endLine: number): boolean =>
  startLine <= range.endLine && endLine >= range.startLine;

/** The file's chunks that make up the range, cut off at its ends: a selection means just what is selected. */
function chunksIn(path: string, text: string, range: LineRange | undefined): Chunk[] {
  const chunks = chunkFile(path, text);
  if (!range) return chunks;
  const lines = text.split(/\r\n|\r|\n/);
  return chunks
    .filter((chunk) => overlaps(range, chunk.startLine, chunk.endLine))
    .map((chunk) => {
      const startLine = Math.max(chunk.startLine, range.startLine);
      const endLine = Math.min(chunk.endLine, range.endLine);
      if (startLine === chunk.startLine && endLine === chunk.endLine) return chunk;
      return { ...chunk, startLine, endLine, text: lines.slice(startLine - 1, endLine).join('\n') };
    });
}

/** The mean of the chunks' vectors, those that the index has and those that it has not. */
async function meanVector(
  store: Store,
  embedder: Embedder,
  path: string,
  chunks: readonly Chunk[],
): Promise<Float32Array> {
  const mean = new Float32Array(embedder.dimensions);
  const add = (vector: ArrayLike<number>, norm: number): void => {
    for (let i = 0; norm > 0 && i < mean.length; i++) mean[i] = (mean[i] ?? 0) + (vector[i] ?? 0) / norm;
  };
  const unknown: Chunk[] = [];
  for (const chunk of chunks) {
    const row = store.matrix.rowOf(chunkHash(chunk));
    if (row < 0) unknown.push(chunk);
    else {
      const { values, norm } = store.matrix.vector(row);
      add(values, norm);
    }
  }
  for (const vector of await embedder.embed(unknown.map((chunk) => embeddedText(path, chunk)))) add(vector, 1);
  return mean;
}
