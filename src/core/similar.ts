/**
 * Finds places like a given one, by the vectors of its chunks and the words that they share; text that is not indexed as
 * it stands is embedded first.
 */
import { chunkFile } from './chunk/chunk.ts';
import { definitionsIn, enclosingDefinition } from './chunk/definitions.ts';
import type { Embedder } from './embed.ts';
import { scoreKeywords } from './keywords.ts';
import { chunkHash, embeddedText } from './prepare.ts';
import { definitionStem } from './query.ts';
import { pathFilter, type ChunkHit } from './rank/candidates.ts';
import type { Ranked } from './rank/rank.ts';
import { TopK } from './rank/top-k.ts';
import { say } from './say.ts';
import type { Presenter } from './snippet.ts';
import type { Store } from './store/store.ts';
import { splitIdentifier, stem, tokenize } from './tokens.ts';
import type { Chunk, SearchResult, SimilarQuery } from './types.ts';
import { quantize } from './vectors.ts';

/** Chunks looked at for each result wanted, since several may be of one file. */
const perResult = 4;
/**
 * What shared words count beside the cosine, measured on test/quality/similar: a chunk's vector blurs a short function
 * with its neighbours, its words do not.
 */
const textWeight = 0.5;
const nameWeight = 0.1;
const mostScore = 1 + textWeight + nameWeight;
/** Distinct words of a selection that are looked up. */
const mostTerms = 500;
/** Share of words from which on a result says so. */
const worthSaying = 0.4;

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
  const scanned = store.matrix.startScan(quantize(vector));
  const words = sharedWords(store, path, text, range);
  const cosines = scanned();
  const admits = pathFilter(query);
  const best = new TopK<Similar>(top * perResult);
  store.segments.forEach((segment, s) => {
    for (let chunk = 0; chunk < segment.chunks; chunk++) {
      const file = segment.fileOfChunk[chunk] ?? 0;
      const cosine = cosines[segment.vectorRow[chunk] ?? -1];
      if (cosine === undefined || !segment.live[file]) continue;
      const shared = words?.[s]?.text[chunk] ?? 0;
      const score = (cosine + textWeight * shared + nameWeight * (words?.[s]?.name[chunk] ?? 0)) / mostScore;
      if (!best.admits(score) || (kind && segment.kind(chunk) !== kind)) continue;
      const itsPath = segment.paths.get(file);
      if (itsPath === path && (!range || overlaps(range, segment.startLine[chunk] ?? 0, segment.endLine[chunk] ?? 0))) {
        continue;
      }
      if (!admits(itsPath)) continue;
      best.add(score, { segment, chunk, file, path: itsPath, kind: segment.kind(chunk), cosine, shared, score });
    }
  });
  const scored = best.items().map((candidate) => ({ candidate, score: Math.max(0, candidate.score) }));
  const ranked = bestOfEachFileFirst(scored).slice(0, top);
  return Promise.all(
    ranked.map(async (one) => ({ ...(await presenter.result(one)), reasons: reasonsFor(one.candidate) })),
  );
}

/** The best chunk of each file in the order of the files, then the files' other chunks. */
function bestOfEachFileFirst(scored: readonly Ranked<Similar>[]): Ranked<Similar>[] {
  const seen = new Set<string>();
  const first: Ranked<Similar>[] = [];
  const others: Ranked<Similar>[] = [];
  for (const ranked of scored) {
    if (seen.has(ranked.candidate.path)) others.push(ranked);
    else first.push(ranked);
    seen.add(ranked.candidate.path);
  }
  return [...first, ...others];
}

/** A chunk that was compared. */
interface Similar extends ChunkHit {
  /** Share of the words in question that it holds, by idf. */
  readonly shared: number;
  readonly score: number;
}

function reasonsFor({ cosine, shared }: Similar): string[] {
  const said = [say('near in meaning ({0})', cosine.toFixed(2))];
  if (shared >= worthSaying) said.push(say('shares {0}% of the words', Math.round(shared * 100)));
  return said;
}

/** How much of what is in question each chunk of a segment shares, 0 to 1. */
interface SharedWords {
  /** Of the words of the text, by idf. */
  readonly text: Float32Array;
  /** Of the words in the name of the definition, in names that the chunk defines. */
  readonly name: Float32Array;
}

/** For each segment; undefined for a whole file, of which no chunk holds much. */
function sharedWords(
  store: Store,
  path: string,
  text: string,
  range: LineRange | undefined,
): readonly SharedWords[] | undefined {
  if (!range) return undefined;
  const { startLine, endLine } = range;
  const lines = text.split(/\r\n|\r|\n/).slice(startLine - 1, endLine);
  const terms = [...new Set(tokenize(lines.join('\n')))].slice(0, mostTerms);
  const definition = definitionsIn(path, text).find(({ line }) => line >= startLine && line <= endLine);
  const stems = [...new Set(splitIdentifier(definition?.name ?? '').map(stem))];
  return scoreKeywords(store, terms).segments.map(({ segment, coverage }) => {
    const name = new Float32Array(segment.chunks);
    for (const one of stems) {
      const term = segment.terms.find(definitionStem(one));
      if (term >= 0) segment.eachPosting(term, (chunk) => (name[chunk] = (name[chunk] ?? 0) + 1 / stems.length));
    }
    return { text: coverage, name };
  });
}

interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
}

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
