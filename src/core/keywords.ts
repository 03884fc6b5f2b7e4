/** BM25 over the postings of all segments, for chunks and for whole files. */
import type { CatalogSegment } from './store/catalog.ts';
import type { Store } from './store/store.ts';
import { termKey, type Postings } from './store/terms.ts';
import { termWeight } from './tokens.ts';

/** S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009): k1 and b. */
const k1 = 1.2;
const chunkB = 0.5;
const fileB = 0.75;

/** A term of the query and how much it says. */
export interface WeightedTerm {
  readonly term: string;
  /** ln(1 + (N - n + 0.5) / (n + 0.5)), over chunks, by what the term counts beside a whole word. */
  readonly idf: number;
}

/** The scores within one segment. The arrays are good until keywords are scored again. */
export interface SegmentScores {
  readonly segment: CatalogSegment;
  /** The highest of `chunks` and of `files`; 0 when no chunk holds a term. */
  readonly best: { chunk: number; file: number };
  /** BM25 of each chunk. */
  readonly chunks: Float32Array;
  /** The share, by idf, of the query's terms that each chunk holds: 0 to 1. */
  readonly coverage: Float32Array;
  /** BM25 of each file as a whole. */
  readonly files: Float32Array;
}

export interface KeywordScores {
  readonly terms: readonly WeightedTerm[];
  readonly segments: readonly SegmentScores[];
}

/** Scores every chunk and file. `terms` may repeat; each counts once. */
export function scoreKeywords(store: Store, terms: readonly string[]): KeywordScores {
  const { counts, segments } = store;
  const distinct = [...new Set(terms)];
  const postings = roomFor(segments);
  const found = distinct.map((term) => {
    const key = termKey(term);
    return segments.map((segment) => segment.terms.find(key));
  });
  const weighted = distinct.map((term, t) => {
    let n = 0;
    segments.forEach((segment, s) => (n += liveCount(segment, found[t]?.[s] ?? -1, postings)));
    return { term, idf: termWeight(term) * Math.log(1 + (Math.max(counts.chunks - n, 0) + 0.5) / (n + 0.5)) };
  });
  const totalIdf = weighted.reduce((sum, { idf }) => sum + idf, 0) || 1;
  const meanChunk = counts.terms / Math.max(counts.chunks, 1) || 1;
  const meanFile = counts.terms / Math.max(counts.files, 1) || 1;

  const scores = segments.map((segment, s): SegmentScores => {
    const scores = clearedScores(segment);
    weighted.forEach(({ idf }, t) => {
      const at = found[t]?.[s] ?? -1;
      if (at < 0) return;
      const length = segment.terms.read(at, postings);
      addTerm(scores, postings, length, { idf, share: idf / totalIdf, meanChunk, meanFile });
    });
    return scores;
  });
  return { terms: weighted, segments: scores };
}

/** Kept for each segment: for a million chunks, allocating them anew takes longer than scoring. */
const scoresBySegment = new WeakMap<CatalogSegment, SegmentScores>();

function clearedScores(segment: CatalogSegment): SegmentScores {
  let scores = scoresBySegment.get(segment);
  if (!scores) {
    scores = {
      segment,
      best: { chunk: 0, file: 0 },
      chunks: new Float32Array(segment.chunks),
      coverage: new Float32Array(segment.chunks),
      files: new Float32Array(segment.files),
    };
    scoresBySegment.set(segment, scores);
  }
  if (scores.best.chunk > 0) {
    for (const array of [scores.chunks, scores.coverage, scores.files]) array.fill(0);
    Object.assign(scores.best, { chunk: 0, file: 0 });
  }
  return scores;
}

/** Room for the postings of any one term of a segment. */
function roomFor(segments: readonly CatalogSegment[]): Postings {
  const most = segments.reduce((most, { chunks }) => Math.max(most, chunks), 0);
  return { chunks: new Uint32Array(most), counts: new Uint32Array(most) };
}

/** How many chunks of live files hold the term whose postings are at `at`. */
function liveCount(segment: CatalogSegment, at: number, postings: Postings): number {
  if (at < 0) return 0;
  if (segment.deadChunks === 0) return segment.terms.count(at);
  const length = segment.terms.read(at, postings);
  let n = 0;
  for (let i = 0; i < length; i++) n += segment.live[segment.fileOfChunk[postings.chunks[i] ?? 0] ?? 0] ?? 0;
  return n;
}

/** A term as it is scored. */
interface Scored {
  readonly idf: number;
  /** Its share of the idf of all terms. */
  readonly share: number;
  /** The mean length of all chunks, in terms. */
  readonly meanChunk: number;
  /** Of all files. */
  readonly meanFile: number;
}

/** File by file, in one pass: the chunks of a file follow one another, and so do their postings. */
function addTerm(scores: SegmentScores, postings: Postings, length: number, term: Scored): void {
  const { segment, chunks, coverage, files, best } = scores;
  const { fileOfChunk, chunkStart, chunkLength, fileLength, live } = segment;
  const { idf, share, meanChunk, meanFile } = term;
  const { chunks: chunkOf, counts } = postings;
  let [bestChunk, bestFile] = [best.chunk, best.file];
  for (let i = 0; i < length;) {
    const file = fileOfChunk[chunkOf[i] ?? 0] ?? 0;
    const end = chunkStart[file + 1] ?? 0;
    const isLive = live[file] === 1;
    let inFile = 0;
    for (; i < length && (chunkOf[i] ?? 0) < end; i++) {
      if (!isLive) continue;
      const chunk = chunkOf[i] ?? 0;
      const count = counts[i] ?? 0;
      const relative = (chunkLength[chunk] ?? 0) / meanChunk;
      const gain = (idf * count * (k1 + 1)) / (count + k1 * (1 - chunkB + chunkB * relative));
      const score = Math.fround((chunks[chunk] ?? 0) + gain);
      chunks[chunk] = score;
      coverage[chunk] = (coverage[chunk] ?? 0) + share;
      if (score > bestChunk) bestChunk = score;
      inFile += count;
    }
    if (!isLive) continue;
    const relative = (fileLength[file] ?? 0) / meanFile;
    files[file] = (files[file] ?? 0) + (idf * inFile * (k1 + 1)) / (inFile + k1 * (1 - fileB + fileB * relative));
    bestFile = Math.max(bestFile, files[file] ?? 0);
  }
  Object.assign(best, { chunk: bestChunk, file: bestFile });
}
