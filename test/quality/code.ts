/** The code set: judged queries over checkouts of public repositories, with what others have published for each. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { evaluate, readJudged, type Evaluation } from '../../src/core/evaluate.ts';
import { removeTempFolders, tempFolder } from '../core/temp.ts';
import { withIndex, type IndexOptions } from './folder.ts';

/** A line of repos.json, as far as it is used. */
interface Repo {
  readonly name: string;
  readonly language: string;
  /** NDCG@10 as published: hybrid search with static vectors, and with a model six times the size of ours. */
  readonly semble: number;
  readonly coderankembed_hybrid: number;
}

export interface RepoScores {
  readonly repo: Repo;
  readonly full: Evaluation;
  /** With instant vectors in place of the model's. */
  readonly instant: Evaluation;
  /** Without any vectors. */
  readonly keywords: Evaluation;
}

export interface CodeOptions {
  /** A folder for each repository. */
  readonly corpora: string;
  /** A NAME.jsonl for each repository; repos.json lies beside the folder. */
  readonly queries: string;
  /** Only small repositories. */
  readonly small: boolean;
  readonly say: (line: string) => void;
}

/** Files and folders that a small repository has at the most. */
const fewEntries = 120;

export async function evaluateCode({ corpora, queries, small, say }: CodeOptions): Promise<RepoScores[]> {
  const repos = JSON.parse(readFileSync(join(dirname(queries), 'repos.json'), 'utf8')) as Repo[];
  const scores: RepoScores[] = [];
  for (const repo of repos) {
    const folder = join(corpora, repo.name);
    if (!existsSync(folder)) {
      say(`code: ${repo.name} is not in ${corpora}, left out`);
      continue;
    }
    if (small && readdirSync(folder, { recursive: true }).length > fewEntries) continue;
    const judged = await readJudged(join(queries, `${repo.name}.jsonl`));
    const ask = (options: IndexOptions): Promise<Evaluation> =>
      withIndex(folder, (engine) => evaluate((query) => engine.search(query), judged), options);
    const full = await ask({});
    const instant = await ask({ tier: 'instant', home: tempFolder() });
    scores.push({ repo, full, instant, keywords: await ask({ tier: 'keywords', home: tempFolder() }) });
    removeTempFolders();
    say(`code: ${repo.name}, NDCG@10 ${scores.at(-1)?.full.ndcg10.toFixed(3) ?? ''}`);
  }
  return scores;
}
