/** A linear model over the features, one set of weights for identifiers and one for words; weights in models/ranker.json. */
import weights from '../../../models/ranker.json' with { type: 'json' };
import type { ParsedQuery } from '../query.ts';
import type { Candidate } from './candidates.ts';
import { baseName, features, rankContext, type RankContext } from './features.ts';

export interface Ranked {
  readonly candidate: Candidate;
  /** 0 to 1, comparable within one answer. */
  readonly score: number;
}

const compiled = {
  sentence: features.map(({ name }) => weights.sentence[name as keyof typeof weights.sentence]),
  symbol: features.map(({ name }) => weights.symbol[name as keyof typeof weights.symbol]),
};

/** All candidates, best first: the best chunk of each file in the order of the files, then the files' other chunks. */
export function rank(query: ParsedQuery, candidates: readonly Candidate[]): Ranked[] {
  const context = rankContext(query, candidates);
  const model = compiled[query.isSymbol ? 'symbol' : 'sentence'];
  const scored = candidates
    .map((candidate) => ({ candidate, score: sigmoid(linear(model, candidate, context)) }))
    .sort((a, b) => b.score - a.score);
  return bestOfEachFileFirst(scored);
}

export function bestOfEachFileFirst(scored: readonly Ranked[]): Ranked[] {
  const seen = new Set<string>();
  const first: Ranked[] = [];
  const others: Ranked[] = [];
  for (const ranked of scored) {
    if (seen.has(ranked.candidate.path)) others.push(ranked);
    else first.push(ranked);
    seen.add(ranked.candidate.path);
  }
  return [...first, ...others];
}

function linear(model: readonly number[], candidate: Candidate, context: RankContext): number {
  let sum = 0;
  features.forEach(({ value }, i) => (sum += (model[i] ?? 0) * value(candidate, context)));
  return sum;
}

/** Sums lie between about -5 and 15: the shift spreads them over 0 to 1. */
const sigmoid = (sum: number): number => 1 / (1 + Math.exp(-(sum - 5) / 2));

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
