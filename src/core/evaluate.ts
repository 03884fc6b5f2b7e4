/** How good the answers are: judged queries against what a search finds. */
import { readFile } from 'node:fs/promises';
import { say } from './say.ts';
import { NearbyError, type SearchAnswer, type SearchQuery, type SearchResult, type Tier } from './types.ts';

/** Results that are looked at; what lies below is as good as not found. */
const depth = 10;

/** A file that answers a query, or the lines of it that do (1-based, inclusive). */
export type Target = string | { readonly path: string; readonly start_line?: number; readonly end_line?: number };

/** A line of a file of judged queries. */
export interface JudgedQuery {
  readonly id: string;
  readonly query: string;
  /** What sort of query it is; scores are also given for each sort. */
  readonly category?: string;
  readonly relevant: readonly Target[];
  /** Counts the same; kept apart by who judged. */
  readonly secondary?: readonly Target[];
}

export interface Scores {
  readonly queries: number;
  readonly ndcg10: number;
  readonly mrr: number;
  /** Share of the targets among the first k results. */
  readonly recall: { readonly 1: number; readonly 5: number; readonly 10: number };
}

export interface JudgedAnswer extends Omit<Scores, 'queries'> {
  readonly id: string;
  readonly query: string;
  readonly category: string;
  /** Milliseconds. */
  readonly ms: number;
  /** The first paths found, best first. */
  readonly found: readonly string[];
}

export interface Evaluation extends Scores {
  readonly tier: Tier;
  readonly byCategory: Readonly<Record<string, Scores>>;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly answers: readonly JudgedAnswer[];
}

type Place = Pick<SearchResult, 'path' | 'startLine' | 'endLine'>;

/** Asks every query and scores the answers. The first question is asked twice: loading the model is not its fault. */
export async function evaluate(
  search: (query: SearchQuery) => Promise<SearchAnswer>,
  judged: readonly JudgedQuery[],
): Promise<Evaluation> {
  if (judged[0]) await search({ query: judged[0].query, top: depth });
  const answers: JudgedAnswer[] = [];
  let tier: Tier = 'full';
  for (const { id, query, category = '', relevant, secondary = [] } of judged) {
    const answer = await search({ query, top: depth });
    if (answer.tier !== 'full') tier = answer.tier;
    const found = [...new Set(answer.results.map(({ path }) => path))];
    answers.push({ id, query, category, ms: answer.ms, found, ...score(answer.results, [...relevant, ...secondary]) });
  }
  const sorts = new Map<string, JudgedAnswer[]>();
  for (const answer of answers) sorts.set(answer.category, [...(sorts.get(answer.category) ?? []), answer]);
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    tier,
    ...mean(answers),
    byCategory: sorts.size > 1 ? Object.fromEntries([...sorts].map(([sort, of]) => [sort, mean(of)])) : {},
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    answers,
  };
}

/**
 * The scores of one answer. A target counts once, at the rank of the first result that covers it, and results that cover
 * several targets count once too.
 *
 * NDCG@10 with binary gains: sum of 1 / log2(1 + rank), divided by the same sum of the best possible order (K. Järvelin,
 * J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002, with the discount log2(1 + rank) of C. Burges
 * et al., 2005). MRR: 1 / rank of the first result that covers a target, 0 when none of the ten does (E. Voorhees, TREC-8
 * Question Answering track, 1999).
 */
export function score(results: readonly Place[], targets: readonly Target[]): Omit<Scores, 'queries'> {
  const top = results.slice(0, depth);
  const ranks = targets
    .map((target) => top.findIndex((result) => covers(result, target)) + 1)
    .filter((rank) => rank > 0);
  const gain = (rank: number): number => 1 / Math.log2(1 + rank);
  let best = 0;
  for (let rank = 1; rank <= Math.min(depth, targets.length); rank++) best += gain(rank);
  const gained = [...new Set(ranks)].reduce((sum, rank) => sum + gain(rank), 0);
  const recall = (k: number): number => ranks.filter((rank) => rank <= k).length / Math.max(1, targets.length);
  return {
    ndcg10: best > 0 ? gained / best : 0,
    mrr: ranks.length > 0 ? 1 / Math.min(...ranks) : 0,
    recall: { 1: recall(1), 5: recall(5), 10: recall(10) },
  };
}

/** Paths may differ by leading folders; where the target has lines, the result must overlap them. */
export function covers(result: Place, target: Target): boolean {
  const wanted = typeof target === 'string' ? { path: target } : target;
  const { path } = result;
  const samePath = path === wanted.path || path.endsWith(`/${wanted.path}`) || wanted.path.endsWith(`/${path}`);
  if (!samePath || wanted.start_line === undefined || wanted.end_line === undefined) return samePath;
  return result.startLine <= wanted.end_line && result.endLine >= wanted.start_line;
}

/** @throws NearbyError `no-queries`, or `bad-query` with the line */
export async function readJudged(file: string): Promise<JudgedQuery[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const why = (error as Error).message;
    throw new NearbyError('no-queries', say('The judged queries in {0} cannot be read: {1}.', file, why));
  });
  const judged = text.split('\n').flatMap((line, i) => (line.trim() ? [parseJudged(line, file, i + 1)] : []));
  if (judged.length === 0) throw new NearbyError('no-queries', say('There are no judged queries in {0}.', file));
  return judged;
}

function parseJudged(line: string, file: string, number: number): JudgedQuery {
  try {
    const parsed = JSON.parse(line) as { readonly [name in keyof JudgedQuery]?: unknown };
    const { id = number, query, category, relevant, secondary = [] } = parsed;
    const named = typeof id === 'string' || typeof id === 'number';
    if (named && typeof query === 'string' && areTargets(relevant) && areTargets(secondary)) {
      const sort = typeof category === 'string' ? { category } : {};
      return { id: String(id), query, ...sort, relevant, secondary };
    }
  } catch {
    // said below, with the line
  }
  throw new NearbyError(
    'bad-query',
    say(
      '{0}, line {1}: expected a JSON object {"id", "query", "relevant": [path or {"path", "start_line", "end_line"}]}.',
      file,
      number,
    ),
  );
}

const areTargets = (list: unknown): list is readonly Target[] =>
  Array.isArray(list) &&
  list.every((target: unknown) => typeof (typeof target === 'string' ? target : pathOf(target)) === 'string');
const pathOf = (target: unknown): unknown => (target as { readonly path?: unknown } | null)?.path;

function mean(answers: readonly Omit<Scores, 'queries'>[]): Scores {
  const of = (pick: (answer: Omit<Scores, 'queries'>) => number): number =>
    answers.reduce((sum, answer) => sum + pick(answer), 0) / Math.max(1, answers.length);
  return {
    queries: answers.length,
    ndcg10: of(({ ndcg10 }) => ndcg10),
    mrr: of(({ mrr }) => mrr),
    recall: { 1: of(({ recall }) => recall[1]), 5: of(({ recall }) => recall[5]), 10: of(({ recall }) => recall[10]) },
  };
}

/** The smallest value that at least this share of them do not exceed; 0 of none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
