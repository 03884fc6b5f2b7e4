/** The chunks worth ranking: the best by keywords, by whole-file keywords, by definition, and by meaning. */
import picomatch from 'picomatch';
import { scoreKeywords } from '../keywords.ts';
import type { Cosines } from '../meaning.ts';
import { definitionStem, definitionTerm, type ParsedQuery } from '../query.ts';
import type { CatalogSegment } from '../store/catalog.ts';
import type { Store } from '../store/store.ts';
import { termKey } from '../store/terms.ts';
import type { Filters, Kind } from '../types.ts';
import { factsOf, type FileFacts } from './file-facts.ts';
import { eachAbove, TopK } from './top-k.ts';

/** How many chunks each source may contribute; more where more results are wanted. */
const perSource = 120;
/** How many files the whole-file score may contribute, each with its best chunk. */
const filesBySource = 30;

/** A chunk, where it lies, and how near it is. */
export interface ChunkHit {
  readonly segment: CatalogSegment;
  readonly chunk: number;
  readonly file: number;
  readonly path: string;
  readonly kind: Kind;
  /** Cosine of the chunk's vector and the query's; NaN while the chunk has no vector. */
  readonly cosine: number;
}

export interface Candidate extends ChunkHit, FileFacts {
  /** BM25 of the chunk. */
  readonly bm25: number;
  /** Share of the query's terms in the chunk, by idf. */
  readonly coverage: number;
  /** How well the chunk defines a name of the query: 1 the first name, less for later ones, 0 none. */
  readonly defines: number;
  /** Share of the query's terms, by idf, that are words of the names that the chunk defines. */
  readonly definesStems: number;
  /** How many of the query's compounds the chunk holds as identifiers. */
  readonly compounds: number;
}

export interface CandidateSet {
  readonly candidates: readonly Candidate[];
  /** The idf of each term of the query. */
  readonly weights: ReadonlyMap<string, number>;
}

/** @param cosines absent when no vectors are to take part */
export function findCandidates(
  store: Store,
  query: ParsedQuery,
  cosines: Cosines | undefined,
  filters: Filters & { readonly top?: number },
): CandidateSet {
  const keywords = scoreKeywords(store, query.terms);
  const most = Math.max(perSource, filters.top ?? 0);
  const byKeywords = new TopK<readonly [number, number]>(most);
  const byMeaning = new TopK<readonly [number, number]>(most);
  const byFile = new TopK<readonly [number, number]>(filesBySource);
  const admits = pathFilter(filters);
  const admitted = keywords.segments.map(({ segment }) => new FileMask(segment, admits));
  const idf = new Map(keywords.terms.map((weighted) => [weighted.term, weighted.idf]));
  const names = query.names.map((name, n): Weighted => [definitionTerm(name), 1 / (1 + n / query.names.length)]);
  const totalIdf = [...idf.values()].reduce((sum, value) => sum + value, 0) || 1;
  const stems = [...query.stems].map((stem): Weighted => [definitionStem(stem), (idf.get(stem) ?? 0) / totalIdf]);
  const defines = scoreTerms(store, names, Math.max);
  const definesStems = scoreTerms(store, stems, plus);
  const parts = query.compounds.map((name): Weighted => [name, 1]);
  const compounds = scoreTerms(store, parts, plus);

  const wanted = keywords.segments.map(({ segment }, s) => (c: number): boolean => {
    const file = segment.fileOfChunk[c] ?? 0;
    return (
      segment.live[file] === 1 && (!filters.kind || segment.kind(c) === filters.kind) && admitted[s]?.has(file) === true
    );
  });
  keywords.segments.forEach(({ segment, chunks, files, best }, s) => {
    if (best.chunk > floorOf(byKeywords)) {
      eachAbove(floorOf(byKeywords), chunks, (c, bm25) => {
        if (wanted[s]?.(c)) byKeywords.add(bm25, [s, c]);
        return floorOf(byKeywords);
      });
    }
    if (best.file > floorOf(byFile)) {
      eachAbove(floorOf(byFile), files, (f, score) => {
        const chunk = admitted[s]?.has(f) ? bestChunk(segment, f, chunks, filters.kind) : -1;
        if (chunk >= 0) byFile.add(score, [s, chunk]);
        return floorOf(byFile);
      });
    }
  });
  // Last of all: until the first cosine is asked for, the scan goes on beside this.
  keywords.segments.forEach(({ segment }, s) => {
    cosines?.eachAbove(floorOf(byMeaning), segment.vectorRow, (c, cosine) => {
      if (wanted[s]?.(c)) byMeaning.add(cosine, [s, c]);
      return floorOf(byMeaning);
    });
  });

  const found = new Map<string, readonly [number, number]>();
  for (const [s, c] of [...byKeywords.items(), ...byMeaning.items(), ...byFile.items()]) found.set(`${s}:${c}`, [s, c]);
  const byName = new TopK<readonly [number, number]>(perSource);
  keywords.segments.forEach(({ segment }, s) => {
    const named = defines[s];
    if (!named) return;
    [...named]
      .sort(([a], [b]) => a - b)
      .forEach(([c, score]) => {
        if (!byName.admits(score) || (filters.kind && segment.kind(c) !== filters.kind)) return;
        if (admitted[s]?.has(segment.fileOfChunk[c] ?? 0)) byName.add(score, [s, c]);
      });
  });
  for (const [s, c] of byName.items()) found.set(`${s}:${c}`, [s, c]);

  const files = new Map<string, FileFacts>();
  const candidates = [...found.values()].flatMap(([s, c]): Candidate[] => {
    const scores = keywords.segments[s];
    if (!scores) return [];
    const { segment } = scores;
    const file = segment.fileOfChunk[c] ?? 0;
    const path = segment.paths.get(file);
    const facts = files.get(path) ?? factsOf(scores, file, definesStems[s], cosines);
    files.set(path, facts);
    return [
      {
        segment,
        chunk: c,
        file,
        path,
        kind: segment.kind(c),
        cosine: cosines?.at(segment.vectorRow[c] ?? -1) ?? NaN,
        bm25: scores.chunks[c] ?? 0,
        coverage: scores.coverage[c] ?? 0,
        defines: defines[s]?.get(c) ?? 0,
        definesStems: definesStems[s]?.get(c) ?? 0,
        compounds: compounds[s]?.get(c) ?? 0,
        ...facts,
      },
    ];
  });
  return { candidates, weights: idf };
}

/** Which paths the filters admit. A glob without a slash is meant at any depth; a folder means all that is in it. */
export function pathFilter({ include, exclude, paths }: Filters): (path: string) => boolean {
  const matcher = (globs: readonly string[] | undefined): ((path: string) => boolean) | undefined => {
    const patterns = (globs ?? [])
      .map((glob) =>
        glob
          .trim()
          .replace(/^\.?\//, '')
          .replace(/\/$/, ''),
      )
      .filter(Boolean)
      .flatMap((glob) => (glob.includes('/') ? [glob, `${glob}/**`] : [`**/${glob}`, `**/${glob}/**`]));
    return patterns.length > 0 ? picomatch(patterns, { dot: true, nocase: true }) : undefined;
  };
  const included = matcher(include);
  const excluded = matcher(exclude);
  const scope = paths && new Set(paths);
  return (path) => (!scope || isAmong(scope, path)) && (!included || included(path)) && !excluded?.(path);
}

/** Whether a path, or a folder that it lies in, is one of these. */
function isAmong(paths: ReadonlySet<string>, path: string): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (paths.has(path.slice(0, end))) return true;
  }
  return paths.has('');
}

/** The verdict of a path filter on the files of one segment, asked for at most once each. */
class FileMask {
  readonly #segment: CatalogSegment;
  readonly #admits: (path: string) => boolean;
  /** 0 not asked yet, 1 admitted, 2 not; made when the first is asked for */
  #verdicts: Uint8Array | undefined;

  constructor(segment: CatalogSegment, admits: (path: string) => boolean) {
    this.#segment = segment;
    this.#admits = admits;
  }

  has(file: number): boolean {
    const verdicts = (this.#verdicts ??= new Uint8Array(this.#segment.files));
    if (!verdicts[file]) verdicts[file] = this.#admits(this.#segment.paths.get(file)) ? 1 : 2;
    return verdicts[file] === 1;
  }
}

/** Above what a score has to be to matter: 0 says nothing. */
const floorOf = (best: TopK<unknown>): number => Math.max(best.floor, 0);

/** A term of the index and what it counts. */
type Weighted = readonly [term: string, weight: number];

const plus = (a: number, b: number): number => a + b;

/** For each segment, the chunks that hold any of the terms, and what those count together; undefined where there is none. */
function scoreTerms(
  { segments }: Store,
  terms: readonly Weighted[],
  combine: (a: number, b: number) => number,
): (ReadonlyMap<number, number> | undefined)[] {
  const keys = terms.map(([term, weight]) => [termKey(term), weight] as const);
  return segments.map((segment) => {
    let scores: Map<number, number> | undefined;
    for (const [key, weight] of keys) {
      const at = segment.terms.find(key);
      if (at < 0) continue;
      const found = (scores ??= new Map<number, number>());
      segment.eachPosting(at, (chunk) => {
        if (segment.live[segment.fileOfChunk[chunk] ?? 0]) found.set(chunk, combine(found.get(chunk) ?? 0, weight));
      });
    }
    return scores;
  });
}

function bestChunk(segment: CatalogSegment, file: number, scores: Float32Array, kind: Kind | undefined): number {
  let best = -1;
  for (let c = segment.chunkStart[file] ?? 0; c < (segment.chunkStart[file + 1] ?? 0); c++) {
    if (kind && segment.kind(c) !== kind) continue;
    if (best < 0 || (scores[c] ?? 0) > (scores[best] ?? 0)) best = c;
  }
  return best;
}
