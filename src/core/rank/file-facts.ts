/** What is told of a file as a whole, for all of its candidates alike. */
import type { SegmentScores } from '../keywords.ts';
import type { Cosines } from '../meaning.ts';
import { TopK } from './top-k.ts';

/** How many chunks tell how near a file is. */
const nearest = 3;

export interface FileFacts {
  /** BM25 of the whole file. */
  readonly fileBm25: number;
  /** The mean cosine of the file's three nearest chunks; NaN while it has no vectors. */
  readonly fileCosine: number;
  /** The BM25 of the file's second-best chunk. */
  readonly secondBm25: number;
  /** The most that any chunk of the file has of the query's terms in the names that it defines. */
  readonly fileDefinesStems: number;
  /** Chunks in the file. */
  readonly fileChunks: number;
}

/** @param definesStems of each chunk of the segment that has any */
export function factsOf(
  { segment, files, chunks }: SegmentScores,
  file: number,
  definesStems: ReadonlyMap<number, number> | undefined,
  cosines: Cosines | undefined,
): FileFacts {
  const [first, end] = [segment.chunkStart[file] ?? 0, segment.chunkStart[file + 1] ?? 0];
  const near = new TopK<null>(nearest);
  let [best, second, fileDefinesStems] = [0, 0, 0];
  for (let c = first; c < end; c++) {
    const bm25 = chunks[c] ?? 0;
    if (bm25 > best) [best, second] = [bm25, best];
    else if (bm25 > second) second = bm25;
    const cosine = cosines?.at(segment.vectorRow[c] ?? -1) ?? NaN;
    if (!Number.isNaN(cosine)) near.add(cosine, null);
    fileDefinesStems = Math.max(fileDefinesStems, definesStems?.get(c) ?? 0);
  }
  const nearScores = near.scores();
  return {
    fileBm25: files[file] ?? 0,
    // Of no scores this is 0 / 0.
    fileCosine: nearScores.reduce((sum, x) => sum + x, 0) / nearScores.length,
    secondBm25: second,
    fileDefinesStems,
    fileChunks: end - first,
  };
}
