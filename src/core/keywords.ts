/** BM25 over the postings of all segments, for chunks and for whole files. */
import type { CatalogSegment } from './store/catalog.ts';
import type { Store } from './store/store.ts';
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

/** The scores within one segment. */
export interface SegmentScores {
  readonly segment: CatalogSegment;
  /** BM25 of each chunk. */
  readonly chunks: Float32Array;
  /** The share, by idf, of the query's terms that each chunk holds: 0 to 1. */
  readonly coverage: Float32Array;
  /** BM25 of each file as a whole. */
  readonly files: Float32Array;
  /** The share, by idf, of the query's terms that each file holds: 0 to 1. */
  readonly fileCoverage: Float32Array;
}

export interface KeywordScores {
  readonly terms: readonly WeightedTerm[];
  readonly segments: readonly SegmentScores[];
}

/** Scores every chunk and file. `terms` may repeat; each counts once. */
export function scoreKeywords(store: Store, terms: readonly string[]): KeywordScores {
  const { counts, segments } = store;
  const distinct = [...new Set(terms)];
  const found = segments.map((segment) => distinct.map((term) => segment.terms.find(term)));
  const weighted = distinct.map((term, t) => {
    let n = 0;
    segments.forEach((segment, s) => {
      const index = found[s]?.[t] ?? -1;
      if (index >= 0) segment.eachPosting(index, (chunk) => (n += segment.live[segment.fileOfChunk[chunk] ?? 0] ?? 0));
    });
    return { term, idf: termWeight(term) * Math.log(1 + (Math.max(counts.chunks - n, 0) + 0.5) / (n + 0.5)) };
  });
  const totalIdf = weighted.reduce((sum, { idf }) => sum + idf, 0) || 1;
  const meanChunk = counts.terms / Math.max(counts.chunks, 1) || 1;
  const meanFile = counts.terms / Math.max(counts.files, 1) || 1;

  const scores = segments.map((segment, s) => {
    const chunks = new Float32Array(segment.chunks);
    const coverage = new Float32Array(segment.chunks);
    const files = new Float32Array(segment.files);
    const fileCoverage = new Float32Array(segment.files);
    weighted.forEach(({ idf }, t) => {
      const index = found[s]?.[t] ?? -1;
      if (index < 0) return;
      let file = -1;
      let fileCount = 0;
      const endFile = (): void => {
        if (file < 0) return;
        const length = (segment.fileLength[file] ?? 0) / meanFile;
        files[file] =
          (files[file] ?? 0) + (idf * fileCount * (k1 + 1)) / (fileCount + k1 * (1 - fileB + fileB * length));
        fileCoverage[file] = (fileCoverage[file] ?? 0) + idf / totalIdf;
        fileCount = 0;
      };
      segment.eachPosting(index, (chunk, count) => {
        const itsFile = segment.fileOfChunk[chunk] ?? 0;
        if (!segment.live[itsFile]) return;
        if (itsFile !== file) {
          endFile();
          file = itsFile;
        }
        fileCount += count;
        const length = (segment.chunkLength[chunk] ?? 0) / meanChunk;
        chunks[chunk] = (chunks[chunk] ?? 0) + (idf * count * (k1 + 1)) / (count + k1 * (1 - chunkB + chunkB * length));
        coverage[chunk] = (coverage[chunk] ?? 0) + idf / totalIdf;
      });
      endFile();
    });
    return { segment, chunks, coverage, files, fileCoverage };
  });
  return { terms: weighted, segments: scores };
}
