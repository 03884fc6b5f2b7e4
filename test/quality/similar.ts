/**
 * The similar set: functions of the benchmark's corpora that were copied with small changes (clones) or that do the same in
 * another way (reimplementations). "Find Similar" on the one has to find the other. Only places are kept, no code; they
 * hold for the revisions named with them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Engine } from '../../src/core/engine.ts';
import { covers } from '../../src/core/evaluate.ts';
import { withIndex } from './folder.ts';

interface Place {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
}

export type PairKind = 'clone' | 'reimplementation';

export interface Pair {
  readonly id: string;
  readonly repo: string;
  readonly revision: string;
  readonly kind: PairKind;
  readonly place: Place;
  /** Finding any one of them is right. */
  readonly twins: readonly Place[];
}

export interface PairResult {
  readonly pair: Pair;
  /** Of the first twin found, from 1; 0 when it is not among the first ten. */
  readonly rank: number;
  readonly found: readonly string[];
}

const top = 10;
const file = resolve(import.meta.dirname, 'similar/pairs.jsonl');

function readPairs(): Pair[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Pair);
}

/** The ranks of all pairs whose repository is in `corpora`. */
export async function evaluateSimilar(corpora: string, say: (line: string) => void): Promise<PairResult[]> {
  const results: PairResult[] = [];
  const pairs = readPairs();
  for (const repo of new Set(pairs.map((pair) => pair.repo))) {
    const folder = join(corpora, repo);
    if (!existsSync(folder)) say(`similar: ${repo} is not in ${corpora}, left out`);
    else {
      const ofRepo = pairs.filter((pair) => pair.repo === repo);
      results.push(...(await withIndex(folder, (engine) => Promise.all(ofRepo.map((pair) => rankOf(engine, pair))))));
      say(`similar: ${repo}, ${ofRepo.length} pairs`);
    }
  }
  return results;
}

async function rankOf(engine: Engine, pair: Pair): Promise<PairResult> {
  const { path, start_line: startLine, end_line: endLine } = pair.place;
  const { results } = await engine.similar({ path, startLine, endLine, top });
  const rank = results.findIndex((result) => pair.twins.some((twin) => covers(result, twin))) + 1;
  return { pair, rank, found: results.map((result) => `${result.path}:${result.startLine}-${result.endLine}`) };
}

export interface SimilarScores {
  readonly pairs: number;
  /** Share of the pairs whose twin is among the first three. */
  readonly firstThree: number;
  readonly mrr: number;
}

export function similarScores(results: readonly PairResult[]): SimilarScores {
  const ranks = results.map(({ rank }) => rank);
  return {
    pairs: ranks.length,
    firstThree: ranks.filter((rank) => rank > 0 && rank <= 3).length / Math.max(1, ranks.length),
    mrr: ranks.reduce((sum, rank) => sum + (rank > 0 ? 1 / rank : 0), 0) / Math.max(1, ranks.length),
  };
}
