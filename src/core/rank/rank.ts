/** Puts candidates in order by boosted trees over their features, trained by tools/train-ranker; see models/ranker.json. */
import ranker from '../../../models/ranker.json' with { type: 'json' };
import type { ParsedQuery } from '../query.ts';
import { say } from '../say.ts';
import type { Candidate, CandidateSet, ChunkHit } from './candidates.ts';
import { baseName, features, rankContext } from './features.ts';
import { Trees } from './trees.ts';

export interface Ranked<Hit extends ChunkHit = Candidate> {
  readonly candidate: Hit;
  /** 0 to 1: about the chance that it is what was meant, as the judged queries have it. */
  readonly score: number;
}

/** One model: a candidate's log odds are `slope` times the sum of its leaves and of what is set by hand, plus `shift`. */
interface Model {
  readonly trees: Trees;
  readonly slope: number;
  readonly shift: number;
}

interface Ranker {
  /** For candidates that have vectors, and for those that have not. */
  readonly full: Model;
  readonly keywords: Model;
  /** What the judged queries have no examples of: by feature, what is added to the sum. */
  readonly byHand: readonly (readonly [feature: number, weight: number])[];
}

let loaded: Ranker | undefined;

/** @throws Error when the file was trained on other features than these */
function loadRanker(): Ranker {
  const indexOf = (name: string): number => {
    const index = features.findIndex((feature) => feature.name === name);
    if (index < 0) throw new Error(`models/ranker.json names ${name}, and there is no such feature: train it again.`);
    return index;
  };
  const indexes = ranker.features.map(indexOf);
  const model = ({ trees, slope, shift }: (typeof ranker)['full' | 'keywords']): Model => ({
    trees: new Trees(trees, indexes),
    slope,
    shift,
  });
  return {
    full: model(ranker.full),
    keywords: model(ranker.keywords),
    byHand: Object.entries<number>(ranker.byHand).map(([name, weight]) => [indexOf(name), weight] as const),
  };
}

export interface RankOptions {
  /** How much of the query the embedding model can read, 0 to 1; 1 when absent. What it cannot read, words decide. */
  readonly readable?: number;
  /** What is added to a candidate's log odds: what was learned from use. */
  readonly boost?: (candidate: Candidate) => number;
}

/** All candidates, best first. */
export function rank(query: ParsedQuery, set: CandidateSet, { readable = 1, boost }: RankOptions = {}): Ranked[] {
  loaded ??= loadRanker();
  const { full, keywords, byHand } = loaded;
  const context = rankContext(query, set);
  const { candidates } = set;
  // While vectors are missing, those that have one must not win by that alone.
  const embedded = candidates.filter(({ cosine }) => !Number.isNaN(cosine)).length / (candidates.length || 1);
  const meaning = readable * embedded;
  const values = new Float64Array(features.length);
  const scored = candidates
    .map((candidate) => {
      features.forEach(({ value }, i) => (values[i] = value(candidate, context)));
      const fixed = byHand.reduce((sum, [feature, weight]) => sum + weight * (values[feature] ?? 0), 0);
      const odds = ({ trees, slope, shift }: Model): number => slope * (trees.sum(values) + fixed) + shift;
      const byMeaning = meaning > 0 ? meaning * odds(full) : 0;
      const byWords = meaning < 1 ? (1 - meaning) * odds(keywords) : 0;
      return { candidate, score: sigmoid(byMeaning + byWords + (boost?.(candidate) ?? 0)) };
    })
    .sort((a, b) => b.score - a.score);
  return favourNewFiles(scored);
}

/**
 * What each further chunk of a file counts beside the one before. Files apart cover more of what may be meant, but a manual
 * answers in more than one section: to show the best chunk of every file first found 5% fewer of those.
 */
const furtherChunk = 0.2;

/** @param scored best first */
function favourNewFiles(scored: readonly Ranked[]): Ranked[] {
  const factors = new Map<string, number>();
  return scored
    .map(({ candidate, score }) => {
      const factor = factors.get(candidate.path) ?? 1;
      factors.set(candidate.path, factor * furtherChunk);
      return { candidate, score: score * factor };
    })
    .sort((a, b) => b.score - a.score);
}

const sigmoid = (odds: number): number => 1 / (1 + Math.exp(-odds));

/** Why a result is there, most telling first. */
export function reasons(query: ParsedQuery, { candidate }: Ranked, terms: readonly string[]): string[] {
  const { segment, chunk, cosine, defines, path } = candidate;
  const said: string[] = [];
  const symbol = segment.symbols.get(chunk);
  if (defines > 0) said.push(symbol ? say('defines {0}', symbol) : say('defines a name you searched for'));
  if (query.names.includes(baseName(path).toLowerCase())) said.push(say('the file name matches'));
  if (cosine > 0.25) said.push(say('near in meaning ({0})', cosine.toFixed(2)));
  if (terms.length > 0) said.push(say('matches: {0}', terms.slice(0, 6).join(', ')));
  if (said.length > 0) return said;
  return [Number.isNaN(cosine) ? say('words of its file match') : say('meaning ({0})', cosine.toFixed(2))];
}
