/** A report on how well a folder can be searched, for people: Markdown. */
import { howAnswered } from './as-text.ts';
import type { Evaluation, Scores } from './evaluate.ts';
import type { Health } from './health.ts';

export interface Assessment {
  readonly folder: string;
  readonly model: string;
  readonly health: Health;
  /** Absent when no judged queries were given. */
  readonly evaluation?: Evaluation;
}

export const soundIndex = 'Nothing is wrong with the index.';

/** Queries shown, the worst ones first. */
const worstShown = 20;
/** Below this a stored vector is no longer what the model makes of its text. */
const driftBelow = 0.97;

export function assessmentAsMarkdown({ folder, model, health, evaluation }: Assessment): string {
  const found = findings(health);
  const shown = (found.length > 0 ? found : [soundIndex]).map((finding) => `- ${finding}`);
  const parts = [`# Search quality of ${folder}`, '', ...shown];
  if (evaluation) parts.push(...judged(evaluation));
  parts.push(...inside(health, model));
  return `${parts.join('\n').replaceAll('\n##', '\n\n##')}\n`;
}

/** What is worth acting upon, in Markdown; empty when nothing is. */
export function findings({ coverage, vectors, neighbours, vocabulary, drift }: Health): string[] {
  const { chunks, embedded } = coverage;
  const found: string[] = [];
  if (chunks === 0) return ['**The index is empty:** there is nothing to search yet.'];
  if (embedded < chunks) found.push(`**Not complete:** ${percent(embedded / chunks)} can be found by meaning so far.`);
  if (vectors.zero > 0) found.push(`**${vectors.zero} vectors are empty**; rebuild the index.`);
  if (drift.cutOtherwise > 0) {
    found.push(
      `**Chunks have drifted:** ${drift.cutOtherwise} of ${drift.chunks} would be cut otherwise today; rebuild.`,
    );
  }
  if (drift.cosine && drift.cosine.mean < driftBelow) {
    found.push(`**Vectors have drifted** (mean cosine ${drift.cosine.mean.toFixed(3)}); rebuild the index.`);
  }
  if (drift.changedFiles > 0) {
    found.push(`${drift.changedFiles} of ${drift.files} files looked at have changed and are not taken in yet.`);
  }
  if (vocabulary && vocabulary.unknown > 0.05) {
    const share = percent(vocabulary.unknown);
    found.push(`${share} of the words are unknown to the model; keywords and n-grams have to find those.`);
  }
  if (neighbours.equal + neighbours.nearlyEqual > 0.3) {
    found.push('Much of the text is there more than once; copies may crowd out other results.');
  }
  return found;
}

function judged(evaluation: Evaluation): string[] {
  const { tier, queries, p50Ms, p95Ms, byCategory, answers } = evaluation;
  const worst = answers.filter(({ ndcg10 }) => ndcg10 < 1).sort((a, b) => a.ndcg10 - b.ndcg10);
  const lines = [
    `## ${queries} judged ${queries === 1 ? 'query' : 'queries'}`,
    `Answered ${howAnswered(tier)}; half of them within ${p50Ms.toFixed(1)} ms, 95% within ${p95Ms.toFixed(1)} ms.`,
    '',
    '| | queries | NDCG@10 | MRR | recall@1 | recall@5 | recall@10 |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    scoreRow('all', evaluation),
    ...Object.entries(byCategory).map(([category, scores]) => scoreRow(category || '(none)', scores)),
  ];
  if (worst.length === 0) return lines;
  lines.push('## Queries to look at', 'Those that lost most, with what was found instead.', '');
  lines.push('| query | NDCG@10 | found |', '| --- | ---: | --- |');
  for (const { query, ndcg10, found } of worst.slice(0, worstShown)) {
    lines.push(`| ${cell(query)} | ${ndcg10.toFixed(2)} | ${cell(found.slice(0, 3).join(', ')) || 'nothing'} |`);
  }
  if (worst.length > worstShown) lines.push('', `And ${worst.length - worstShown} more below 1.`);
  return lines;
}

function inside({ coverage, vectors, neighbours, vocabulary, drift }: Health, model: string): string[] {
  const { files, chunks, embedded, skipped } = coverage;
  const left = Object.entries(skipped).sort(([, a], [, b]) => b - a);
  const rows: [string, string][] = [
    ['found by keywords', `${files} files, ${chunks} chunks`],
    ['found by meaning', `${embedded} chunks (${percent(embedded / Math.max(1, chunks))})`],
    ['left out', left.map(([code, count]) => `${count} ${code}`).join(', ') || 'nothing'],
    ['model', model],
    ['distinct vectors', `${vectors.distinct}, ${vectors.zero} of them empty`],
    ['length of the int8 vectors', spread(vectors.norm, (x) => x.toFixed(0))],
    ['error by rounding to int8', spread(vectors.rounding, percent)],
    ['equal chunks', percent(neighbours.equal)],
    [`nearest neighbour above .98 (of ${neighbours.sampled})`, percent(neighbours.nearlyEqual)],
    ['nearest neighbour in the same file', percent(neighbours.sameFile)],
    [
      'nearest neighbour in the same folder',
      `${percent(neighbours.sameFolder)} (by lot: ${percent(neighbours.sameFolderByChance)})`,
    ],
  ];
  if (vocabulary) {
    const { sampled, unknown, piecesPerWord, cut } = vocabulary;
    rows.push([`words unknown to the model (of ${sampled} chunks)`, percent(unknown)]);
    rows.push(['pieces of a word, on average', piecesPerWord.toFixed(2)]);
    rows.push(['chunks longer than the model reads', percent(cut)]);
  } else rows.push(['words unknown to the model', 'the model could not be asked']);
  rows.push(['files looked at again', `${drift.files}, ${drift.changedFiles} of them changed since`]);
  rows.push(['chunks cut otherwise today', `${drift.cutOtherwise} of ${drift.chunks}`]);
  if (drift.cosine) {
    const { sampled, mean, least } = drift.cosine;
    rows.push([
      `cosine of ${sampled} vectors, stored and made now`,
      `${mean.toFixed(4)} on average, ${least.toFixed(4)} at the least`,
    ]);
  }
  return ['## The index', '', '| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)];
}

function scoreRow(name: string, { queries, ndcg10, mrr, recall }: Scores): string {
  const figures = [ndcg10, mrr, recall[1], recall[5], recall[10]].map((value) => value.toFixed(3));
  return `| ${cell(name)} | ${queries} | ${figures.join(' | ')} |`;
}

const spread = ({ least, mean, most }: Health['vectors']['norm'], show: (value: number) => string): string =>
  `${show(mean)} on average, ${show(least)} to ${show(most)}`;
const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;
/** A pipe would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
