/** What the ranker looks at: one list, each feature a number with a name and a sentence. */
import type { ParsedQuery } from '../query.ts';
import { splitIdentifier, stem } from '../tokens.ts';
import type { Candidate } from './candidates.ts';

/** What a feature may compare a candidate with. */
export interface RankContext {
  readonly query: ParsedQuery;
  readonly best: {
    readonly cosine: number;
    readonly fileCosine: number;
    readonly bm25: number;
    readonly fileBm25: number;
    readonly secondBm25: number;
  };
  /** Position of each candidate by cosine, best 0. */
  readonly cosineRank: ReadonlyMap<Candidate, number>;
  /** Position of each candidate by BM25, best 0. */
  readonly bm25Rank: ReadonlyMap<Candidate, number>;
}

export interface Feature {
  readonly name: string;
  readonly about: string;
  readonly value: (candidate: Candidate, context: RankContext) => number;
}

export function rankContext(query: ParsedQuery, candidates: readonly Candidate[]): RankContext {
  const best = (value: (candidate: Candidate) => number): number =>
    candidates.reduce((most, candidate) => Math.max(most, value(candidate) || 0), 0);
  const ranks = (value: (candidate: Candidate) => number): Map<Candidate, number> =>
    new Map([...candidates].sort((a, b) => (value(b) || 0) - (value(a) || 0)).map((candidate, i) => [candidate, i]));
  return {
    query,
    best: {
      cosine: best((c) => c.cosine),
      fileCosine: best((c) => c.fileCosine),
      bm25: best((c) => c.bm25),
      fileBm25: best((c) => c.fileBm25),
      secondBm25: best((c) => c.secondBm25),
    },
    cosineRank: ranks((c) => c.cosine),
    bm25Rank: ranks((c) => c.bm25),
  };
}

const share = (value: number, most: number): number => (most > 0 ? value / most : 0);
/** The k of reciprocal rank fusion: G. V. Cormack et al., "Reciprocal Rank Fusion outperforms Condorcet" (2009), 60 there. */
const reciprocal = (rank: number | undefined): number => 10 / (10 + (rank ?? 1000));

export const features: readonly Feature[] = [
  {
    name: 'cosine',
    about: 'How near in meaning the chunk is to the query.',
    value: (c) => (Number.isNaN(c.cosine) ? 0 : c.cosine),
  },
  {
    name: 'cosineBelowBest',
    about: 'How far below the nearest candidate it is.',
    value: (c, { best }) => (Number.isNaN(c.cosine) ? -0.3 : c.cosine - best.cosine),
  },
  {
    name: 'cosineRank',
    about: 'Its position by meaning, as 10 / (10 + rank).',
    value: (c, { cosineRank }) => (Number.isNaN(c.cosine) ? 0 : reciprocal(cosineRank.get(c))),
  },
  {
    name: 'fileCosineBelowBest',
    about: 'How far the three nearest chunks of its file are below those of the nearest file.',
    value: (c, { best }) => (Number.isNaN(c.fileCosine) ? -0.3 : c.fileCosine - best.fileCosine),
  },
  {
    name: 'bm25',
    about: 'BM25 of the chunk, as a share of the best.',
    value: (c, { best }) => share(c.bm25, best.bm25),
  },
  {
    name: 'bm25Rank',
    about: 'Its position by BM25, as 10 / (10 + rank).',
    value: (c, { bm25Rank }) => (c.bm25 > 0 ? reciprocal(bm25Rank.get(c)) : 0),
  },
  {
    name: 'coverage',
    about: "The share of the query's terms, weighted by rarity, that the chunk holds.",
    value: (c) => c.coverage,
  },
  {
    name: 'fileBm25',
    about: 'BM25 of the whole file, as a share of the best.',
    value: (c, { best }) => share(c.fileBm25, best.fileBm25),
  },
  {
    name: 'fileCoverage',
    about: "The share of the query's terms, weighted by rarity, that the whole file holds.",
    value: (c) => c.fileCoverage,
  },
  {
    name: 'secondBm25',
    about: "BM25 of the file's second-best chunk, as a share of the best: the file as a whole is about it.",
    value: (c, { best }) => share(c.secondBm25, best.secondBm25),
  },
  {
    name: 'defines',
    about: 'Whether the chunk defines a name that the query holds.',
    value: (c) => c.defines,
  },
  {
    name: 'symbolStems',
    about: "The share of the query's words in the chunk's definition or heading and what it lies in.",
    value: (c, { query }) => overlap(query.stems, stemsOf(symbolText(c))).ofQuery,
  },
  {
    name: 'symbolCovered',
    about: "The share of the words of the chunk's definition or heading that the query names.",
    value: (c, { query }) => overlap(query.stems, stemsOf(c.segment.symbols.get(c.chunk))).ofText,
  },
  {
    name: 'fileNameStems',
    about: "The share of the query's words in the file's name.",
    value: (c, { query }) => overlap(query.stems, stemsOf(baseName(c.path))).ofQuery,
  },
  {
    name: 'fileNameCovered',
    about: "The share of the words of the file's name that the query names.",
    value: (c, { query }) => overlap(query.stems, stemsOf(baseName(c.path))).ofText,
  },
  {
    name: 'fileNameIsQuery',
    about: "Whether the file's name is the query, or one of its names.",
    value: (c, { query }) => {
      const name = baseName(c.path).toLowerCase();
      return query.names.some((wanted) => wanted === name) || c.path.toLowerCase().endsWith(query.text.toLowerCase())
        ? 1
        : 0;
    },
  },
  {
    name: 'folderStems',
    about: "The share of the query's words in the names of the folders above the file.",
    value: (c, { query }) => overlap(query.stems, stemsOf(folderName(c.path))).ofQuery,
  },
  {
    name: 'aside',
    about:
      'Whether the path is of tests, examples, benchmarks, vendored or generated code that the query does not name.',
    value: (c, { query }) => (asidePattern.test(c.path) && !asidePattern.test(`/${query.text}/`) ? 1 : 0),
  },
  {
    name: 'docs',
    about: 'Whether the chunk is prose.',
    value: (c) => (c.kind === 'docs' ? 1 : 0),
  },
  {
    name: 'firstChunk',
    about: 'Whether the chunk opens its file.',
    value: (c) => (c.chunk === c.segment.chunkStart[c.file] ? 1 : 0),
  },
  {
    name: 'depth',
    about: 'How deep below the folder the file lies, in levels, up to 8.',
    value: (c) => Math.min(c.path.split('/').length - 1, 8) / 8,
  },
  {
    name: 'logLength',
    about: "The logarithm of the number of the chunk's terms.",
    value: (c) => Math.log2(1 + (c.segment.chunkLength[c.chunk] ?? 0)) / 10,
  },
];

const asidePattern =
  /(^|[/_.\- ])(tests?|testing|specs?|__tests__|__mocks__|mocks?|fixtures?|examples?|samples?|demos?|bench(marks?)?|vendor(ed)?|third_?party|generated|legacy|deprecated|changelog|changes|history)([/_.\- ]|$)/i;

export const baseName = (path: string): string => (path.split('/').pop() ?? '').replace(/(?<=.)\.[^.]*$/, '');
const folderName = (path: string): string => path.split('/').slice(0, -1).join(' ');

function symbolText({ segment, chunk }: Candidate): string {
  return [...segment.breadcrumb(chunk), segment.symbols.get(chunk)].join(' ');
}

function stemsOf(text: string): Set<string> {
  const words = text.match(/[\p{L}\p{M}\p{N}_$]+/gu) ?? [];
  return new Set(words.flatMap(splitIdentifier).map(stem));
}

function overlap(query: ReadonlySet<string>, text: ReadonlySet<string>): { ofQuery: number; ofText: number } {
  let common = 0;
  for (const word of query) if (text.has(word)) common++;
  return { ofQuery: share(common, query.size), ofText: share(common, text.size) };
}
