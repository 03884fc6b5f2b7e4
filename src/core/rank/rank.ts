/** A linear model over the features, one set of weights for words and one for identifiers; weights in models/ranker.json. */
import ranker from '../../../models/ranker.json' with { type: 'json' };
import type { ParsedQuery } from '../query.ts';
import type { Candidate, CandidateSet, ChunkHit } from './candidates.ts';
import { baseName, features, rankContext, type Feature } from './features.ts';

export interface Ranked<Hit extends ChunkHit = Candidate> {
  readonly candidate: Hit;
  /** 0 to 1, comparable within one answer. */
  readonly score: number;
}

type Weights = Readonly<Record<string, number>>;

/** For each kind of query, the features with a weight. */
const models = { words: compile(ranker.words), identifier: compile(ranker.identifier) };

function compile(weights: Weights): readonly (Feature & { readonly weight: number })[] {
  return Object.entries(weights).map(([name, weight]) => {
    const feature = features.find((one) => one.name === name);
    if (!feature) throw new Error(`models/ranker.json has a weight for ${name}, and there is no such feature.`);
    return { ...feature, weight };
  });
}

/**
 * All candidates, best first: the best chunk of each file in the order of the files, then the files' other chunks.
 * @param boost what is added to a candidate's sum before it becomes a score: what was learned from use
 */
export function rank(
  query: ParsedQuery,
  set: CandidateSet,
  boost: (candidate: Candidate) => number = () => 0,
): Ranked[] {
  const context = rankContext(query, set);
  const model = query.isSymbol ? models.identifier : models.words;
  const scored = set.candidates
    .map((candidate) => {
      const sum = model.reduce((total, { weight, value }) => total + weight * value(candidate, context), 0);
      return { candidate, score: sigmoid((sum - 5) / 2 + boost(candidate)) };
    })
    .sort((a, b) => b.score - a.score);
  return bestOfEachFileFirst(scored);
}

export function bestOfEachFileFirst<Hit extends ChunkHit>(scored: readonly Ranked<Hit>[]): Ranked<Hit>[] {
  const seen = new Set<string>();
  const first: Ranked<Hit>[] = [];
  const others: Ranked<Hit>[] = [];
  for (const ranked of scored) {
    if (seen.has(ranked.candidate.path)) others.push(ranked);
    else first.push(ranked);
    seen.add(ranked.candidate.path);
  }
  return [...first, ...others];
}

/** Sums lie between about -5 and 15: `rank` shifts and halves them, so that scores spread over 0 to 1. */
const sigmoid = (sum: number): number => 1 / (1 + Math.exp(-sum));

/** Why a result is there, most telling first. */
export function reasons(query: ParsedQuery, { candidate }: Ranked, terms: readonly string[]): string[] {
  const { segment, chunk, cosine, defines, path } = candidate;
  const said: string[] = [];
  const symbol = segment.symbols.get(chunk);
  if (defines > 0) said.push(symbol ? `defines ${symbol}` : 'defines a name you searched for');
  if (query.names.includes(baseName(path).toLowerCase())) said.push('the file name matches');
  if (cosine > 0.25) said.push(`near in meaning (${cosine.toFixed(2)})`);
  if (terms.length > 0) said.push(`matches: ${terms.slice(0, 6).join(', ')}`);
  if (said.length === 0) said.push(Number.isNaN(cosine) ? 'words of its file match' : `meaning (${cosine.toFixed(2)})`);
  return said;
}
