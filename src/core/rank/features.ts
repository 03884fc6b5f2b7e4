/** What the ranker looks at: one list, each feature a number with a name and a sentence. */
import type { ParsedQuery } from '../query.ts';
import { splitIdentifier, stem } from '../tokens.ts';
import type { Candidate, CandidateSet } from './candidates.ts';

/** What a feature may compare a candidate with. */
export interface RankContext {
  readonly query: ParsedQuery;
  /** The highest of each value among the candidates. */
  readonly best: Readonly<Record<Compared, number>>;
  /** Position of each candidate by meaning and by keywords, best 0. */
  readonly rank: Readonly<Record<'cosine' | 'bm25', ReadonlyMap<Candidate, number>>>;
  /** For each file, the sum of 1 / (1 + rank) over its candidates, as a share of the highest sum. */
  readonly votes: Readonly<Record<'cosine' | 'bm25', ReadonlyMap<string, number>>>;
  /** The share of the query's stems, by rarity, that a set of stems holds. */
  readonly named: (stems: ReadonlySet<string>) => number;
}

type Compared = 'cosine' | 'fileCosine' | 'bm25' | 'fileBm25' | 'secondBm25' | 'definesStems';

export interface Feature {
  readonly name: string;
  readonly about: string;
  readonly value: (candidate: Candidate, context: RankContext) => number;
}

export function rankContext(query: ParsedQuery, { candidates, weights }: CandidateSet): RankContext {
  const best = (key: Compared): number => candidates.reduce((most, c) => Math.max(most, c[key] || 0), 0);
  const ranks = (key: 'cosine' | 'bm25'): Map<Candidate, number> =>
    new Map([...candidates].sort((a, b) => (b[key] || 0) - (a[key] || 0)).map((candidate, i) => [candidate, i]));
  const rank = { cosine: ranks('cosine'), bm25: ranks('bm25') };
  const words = [...query.stems];
  const wordWeights = words.map((word) => weights.get(word) ?? 0);
  const total = wordWeights.reduce((sum, weight) => sum + weight, 0);
  return {
    query,
    best: {
      cosine: best('cosine'),
      fileCosine: best('fileCosine'),
      bm25: best('bm25'),
      fileBm25: best('fileBm25'),
      secondBm25: best('secondBm25'),
      definesStems: best('definesStems'),
    },
    rank,
    votes: { cosine: votes(rank.cosine, (c) => c.cosine > 0), bm25: votes(rank.bm25, (c) => c.bm25 > 0) },
    named: (stems) => {
      let sum = 0;
      for (let i = 0; i < words.length; i++) if (stems.has(words[i] ?? '')) sum += wordWeights[i] ?? 0;
      return share(sum, total);
    },
  };
}

function votes(ranks: ReadonlyMap<Candidate, number>, counts: (candidate: Candidate) => boolean): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [candidate, rank] of ranks) {
    if (counts(candidate)) sums.set(candidate.path, (sums.get(candidate.path) ?? 0) + 1 / (1 + rank));
  }
  const most = Math.max(...sums.values(), 1e-9);
  return new Map([...sums].map(([path, sum]) => [path, sum / most]));
}

const share = (value: number, most: number): number => (most > 0 ? value / most : 0);
const orZero = (value: number): number => (Number.isNaN(value) ? 0 : value);
/** How far below the best; a chunk without a vector counts as far. */
const below = (value: number, best: number): number => (Number.isNaN(value) ? -0.4 : value - best);
/** As in reciprocal rank fusion (G. V. Cormack et al., 2009), with a steeper k than their 60. */
const reciprocal = (rank: number | undefined): number => 10 / (10 + (rank ?? 1000));
/** Names and paths come up again with every query; what is known of more than this many is forgotten. */
const cacheLimit = 50_000;

function remembered<T>(of: (text: string) => T): (text: string) => T {
  const cache = new Map<string, T>();
  return (text) => {
    let value = cache.get(text);
    if (value === undefined) {
      value = of(text);
      if (cache.size >= cacheLimit) cache.clear();
      cache.set(text, value);
    }
    return value;
  };
}

/** 1 when the pattern is in a path and not in the query, else 0. */
const pathOnly = (pattern: RegExp): ((path: string, query: string) => number) => {
  const matches = remembered((text) => pattern.test(text));
  return (path, query) => (matches(path) && !matches(query) ? 1 : 0);
};

const isTest = pathOnly(
  /(^|[/_.\- ])(tests?|testing|specs?|__tests__|__mocks__|mocks?|fixtures?|testdata|e2e)([/_.\- ]|$)|[a-z](Test|Tests|Spec)\./,
);
const isExample = pathOnly(/(^|[/_.\- ])(examples?|samples?|demos?|tutorials?|bench(marks?)?|playground)([/_.\- ]|$)/i);
/** Vendored, generated, built or outdated. */
export const isVendored = pathOnly(
  /(^|[/_.\- ])(vendor(ed)?|third_?party|generated|dist|legacy|deprecated|compat|changelog|changes|history|news)([/_.\- ]|$)/i,
);

export const features: readonly Feature[] = [
  { name: 'cosine', about: 'How near in meaning the chunk is to the query.', value: (c) => orZero(c.cosine) },
  {
    name: 'cosineBelowBest',
    about: 'How far below the nearest candidate it is.',
    value: (c, { best }) => below(c.cosine, best.cosine),
  },
  {
    name: 'cosineRank',
    about: 'Its position by meaning, as 10 / (10 + rank).',
    value: (c, { rank }) => (c.cosine > 0 ? reciprocal(rank.cosine.get(c)) : 0),
  },
  {
    name: 'fileCosineBelowBest',
    about: 'How far the three nearest chunks of its file are below those of the nearest file.',
    value: (c, { best }) => below(c.fileCosine, best.fileCosine),
  },
  {
    name: 'cosineVotes',
    about: "What its file's candidates add up to by their positions by meaning.",
    value: (c, { votes }) => votes.cosine.get(c.path) ?? 0,
  },
  {
    name: 'bm25',
    about: 'BM25 of the chunk, as a share of the best.',
    value: (c, { best }) => share(c.bm25, best.bm25),
  },
  {
    name: 'bm25Rank',
    about: 'Its position by BM25, as 10 / (10 + rank).',
    value: (c, { rank }) => (c.bm25 > 0 ? reciprocal(rank.bm25.get(c)) : 0),
  },
  {
    name: 'bm25Votes',
    about: "What its file's candidates add up to by their positions by BM25.",
    value: (c, { votes }) => votes.bm25.get(c.path) ?? 0,
  },
  {
    name: 'coverage',
    about: "The share of the query's terms, by rarity, that the chunk holds.",
    value: (c) => c.coverage,
  },
  {
    name: 'fileBm25',
    about: 'BM25 of the whole file, as a share of the best.',
    value: (c, { best }) => share(c.fileBm25, best.fileBm25),
  },
  {
    name: 'secondBm25',
    about: "BM25 of the file's second-best chunk, as a share of the best: the file as a whole is about it.",
    value: (c, { best }) => share(c.secondBm25, best.secondBm25),
  },
  {
    name: 'compounds',
    about: 'Identifiers of the query, or made up of two of its words, that the chunk holds; up to three.',
    value: (c) => Math.min(c.compounds, 3) / 3,
  },
  { name: 'defines', about: 'Whether the chunk defines a name that the query holds.', value: (c) => c.defines },
  {
    name: 'definesStems',
    about: "The share of the query's terms, by rarity, in the names that the chunk defines.",
    value: (c) => c.definesStems,
  },
  {
    name: 'definesStemsOfBest',
    about: 'The same, as a share of the best candidate.',
    value: (c, { best }) => share(c.definesStems, best.definesStems),
  },
  {
    name: 'fileDefinesStems',
    about: "The most that any chunk of its file has of the query's terms in the names it defines.",
    value: (c) => c.fileDefinesStems,
  },
  {
    name: 'symbolStems',
    about: "The share of the query's words, by rarity, in the chunk's definition or heading.",
    value: (c, { named }) => named(stemsOf(symbolOf(c))),
  },
  {
    name: 'symbolCovered',
    about: "The share of the words of the chunk's definition or heading that the query names.",
    value: (c, { query }) => covered(stemsOf(symbolOf(c)), query.stems),
  },
  {
    name: 'breadcrumbStems',
    about: "The share of the query's words, by rarity, in the names or headings that the chunk lies in.",
    value: (c, { named }) => named(stemsOf(c.segment.breadcrumb(c.chunk).join(' '))),
  },
  {
    name: 'fileNameStems',
    about: "The share of the query's words, by rarity, in the file's name.",
    value: (c, { named }) => named(partsOf(c.path).stems),
  },
  {
    name: 'fileNameCovered',
    about: "The share of the words of the file's name that the query names.",
    value: (c, { query }) => covered(partsOf(c.path).stems, query.stems),
  },
  {
    name: 'fileNameIsQuery',
    about: "Whether the file's name is one of the query's names, or its path ends as the query does.",
    value: (c, { query }) => {
      const { name, path } = partsOf(c.path);
      return query.names.includes(name) || path.endsWith(query.text.toLowerCase()) ? 1 : 0;
    },
  },
  {
    name: 'folderStems',
    about: "The share of the query's words, by rarity, in the names of the folders above the file.",
    value: (c, { named }) => named(partsOf(c.path).folderStems),
  },
  {
    name: 'lastFolderCovered',
    about: 'The share of the words of the folder right above the file that the query names.',
    value: (c, { query }) => covered(partsOf(c.path).lastFolderStems, query.stems),
  },
  {
    name: 'test',
    about: 'Whether the path is of tests and the query does not speak of them.',
    value: (c, { query }) => isTest(c.path, query.text),
  },
  {
    name: 'example',
    about: 'Whether the path is of examples or benchmarks and the query does not speak of them.',
    value: (c, { query }) => isExample(c.path, query.text),
  },
  {
    name: 'vendor',
    about: 'Whether the path is of vendored, generated or outdated files and the query does not speak of them.',
    value: (c, { query }) => isVendored(c.path, query.text),
  },
  {
    name: 'position',
    about: 'Where in its file the chunk lies: 0 at the top, 1 at the end.',
    value: (c) => (c.chunk - (c.segment.chunkStart[c.file] ?? 0)) / Math.max(c.fileChunks - 1, 1),
  },
  {
    name: 'depth',
    about: 'How deep below the folder the file lies, in levels, up to 8.',
    value: (c) => Math.min(partsOf(c.path).depth, 8) / 8,
  },
  {
    name: 'logLength',
    about: "The logarithm of the number of the chunk's terms.",
    value: (c) => Math.log2(1 + (c.segment.chunkLength[c.chunk] ?? 0)) / 10,
  },
  {
    name: 'logFileChunks',
    about: 'The logarithm of the number of chunks in the file.',
    value: (c) => Math.log2(c.fileChunks) / 10,
  },
];

export const baseName = (path: string): string => (path.split('/').pop() ?? '').replace(/(?<=.)\.[^.]*$/, '');
const symbolOf = ({ segment, chunk }: Candidate): string => segment.symbols.get(chunk);

const stemsOf = remembered((text): ReadonlySet<string> => {
  const words = text.match(/[\p{L}\p{M}\p{N}_$]+/gu) ?? [];
  return new Set(words.flatMap(splitIdentifier).map(stem));
});

/** What a path is compared by. */
interface PathParts {
  /** The whole path, lower case. */
  readonly path: string;
  /** The file's name without its extension, lower case. */
  readonly name: string;
  readonly stems: ReadonlySet<string>;
  readonly folderStems: ReadonlySet<string>;
  readonly lastFolderStems: ReadonlySet<string>;
  /** Folders above the file. */
  readonly depth: number;
}

const partsOf = remembered((path): PathParts => {
  const folders = path.split('/').slice(0, -1);
  const name = baseName(path);
  return {
    path: path.toLowerCase(),
    name: name.toLowerCase(),
    stems: stemsOf(name),
    folderStems: stemsOf(folders.join(' ')),
    lastFolderStems: stemsOf(folders.at(-1) ?? ''),
    depth: folders.length,
  };
});

/** The share of `text` that `query` holds. */
function covered(text: ReadonlySet<string>, query: ReadonlySet<string>): number {
  let common = 0;
  for (const word of text) if (query.has(word)) common++;
  return share(common, text.size);
}
