/** A report on how well a folder can be searched, for people: Markdown. */
import type { Evaluation, Scores } from './evaluate.ts';
import type { Health } from './health.ts';
import { say } from './say.ts';
import type { Tier } from './types.ts';

export interface Assessment {
  readonly folder: string;
  readonly model: string;
  readonly health: Health;
  /** Absent when no judged queries were given. */
  readonly evaluation?: Evaluation;
}

/** Queries shown, the worst ones first. */
const worstShown = 20;
/** Below this a stored vector is no longer what the model makes of its text. */
const driftBelow = 0.97;

export function assessmentAsMarkdown({ folder, model, health, evaluation }: Assessment): string {
  const found = findings(health);
  const shown = (found.length > 0 ? found : [soundIndex()]).map((finding) => `- ${finding}`);
  const parts = [say('# Search quality of {0}', folder), '', ...shown];
  if (evaluation) parts.push(...judged(evaluation));
  parts.push(...inside(health, model));
  return `${parts.join('\n').replaceAll('\n##', '\n\n##')}\n`;
}

export function soundIndex(): string {
  return say('Nothing is wrong with the index.');
}

/** What is worth acting upon, in Markdown; empty when nothing is. */
export function findings({ coverage, vectors, neighbours, vocabulary, drift }: Health): string[] {
  const { chunks, embedded } = coverage;
  const found: string[] = [];
  if (chunks === 0) return [say('**The index is empty:** there is nothing to search yet.')];
  if (embedded < chunks) {
    found.push(say('**Not complete:** {0} can be found by meaning so far.', percent(embedded / chunks)));
  }
  if (vectors.zero > 0) found.push(say('**{0} vectors are empty**; rebuild the index.', vectors.zero));
  if (drift.cutOtherwise > 0) {
    const { cutOtherwise, chunks: cut } = drift;
    found.push(say('**Chunks have drifted:** {0} of {1} would be cut otherwise today; rebuild.', cutOtherwise, cut));
  }
  if (drift.cosine && drift.cosine.mean < driftBelow) {
    found.push(say('**Vectors have drifted** (mean cosine {0}); rebuild the index.', drift.cosine.mean.toFixed(3)));
  }
  if (drift.changedFiles > 0) {
    const { changedFiles, files } = drift;
    found.push(say('{0} of {1} files looked at have changed and are not taken in yet.', changedFiles, files));
  }
  if (vocabulary && vocabulary.unknown > 0.05) {
    const share = percent(vocabulary.unknown);
    found.push(say('{0} of the words are unknown to the model; keywords and n-grams have to find those.', share));
  }
  if (neighbours.equal + neighbours.nearlyEqual > 0.3) {
    found.push(say('Much of the text is there more than once; copies may crowd out other results.'));
  }
  return found;
}

function judged(evaluation: Evaluation): string[] {
  const { tier, queries, p50Ms, p95Ms, byCategory, answers } = evaluation;
  const worst = answers.filter(({ ndcg10 }) => ndcg10 < 1).sort((a, b) => a.ndcg10 - b.ndcg10);
  const lines = [
    queries === 1 ? say('## 1 judged query') : say('## {0} judged queries', queries),
    say('{0} Half of them took {1} ms at the most, 95% {2} ms.', howAnswered(tier), p50Ms.toFixed(1), p95Ms.toFixed(1)),
    '',
    say('| | queries | NDCG@10 | MRR | recall@1 | recall@5 | recall@10 |'),
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    scoreRow(say('all'), evaluation),
    ...Object.entries(byCategory).map(([category, scores]) => scoreRow(category || say('(none)'), scores)),
  ];
  if (worst.length === 0) return lines;
  lines.push(say('## Queries to look at'), say('Those that lost most, with what was found instead.'), '');
  lines.push(say('| query | NDCG@10 | found |'), '| --- | ---: | --- |');
  for (const { query, ndcg10, found } of worst.slice(0, worstShown)) {
    lines.push(`| ${cell(query)} | ${ndcg10.toFixed(2)} | ${cell(found.slice(0, 3).join(', ')) || say('nothing')} |`);
  }
  if (worst.length > worstShown) lines.push('', say('And {0} more below 1.', worst.length - worstShown));
  return lines;
}

function howAnswered(tier: Tier): string {
  return tier === 'full'
    ? say('Answered by meaning and keywords.')
    : say('Answered by keywords and in part roughly by meaning; the model has not read all yet.');
}

function inside({ coverage, vectors, neighbours, vocabulary, drift }: Health, model: string): string[] {
  const { files, chunks, embedded, skipped } = coverage;
  const left = Object.entries(skipped).sort(([, a], [, b]) => b - a);
  const rows: [string, string][] = [
    [say('found by keywords'), say('{0} files, {1} chunks', files, chunks)],
    [say('found by meaning'), say('{0} chunks ({1})', embedded, percent(embedded / Math.max(1, chunks)))],
    [say('left out'), left.map(([code, count]) => `${count} ${code}`).join(', ') || say('nothing')],
    [say('model'), model],
    [say('distinct vectors'), say('{0}, {1} of them empty', vectors.distinct, vectors.zero)],
    [say('length of the int8 vectors'), spread(vectors.norm, (x) => x.toFixed(0))],
    [say('error by rounding to int8'), spread(vectors.rounding, percent)],
    [say('equal chunks'), percent(neighbours.equal)],
    [say('nearest neighbour above .98 (of {0})', neighbours.sampled), percent(neighbours.nearlyEqual)],
    [say('nearest neighbour in the same file'), percent(neighbours.sameFile)],
    [
      say('nearest neighbour in the same folder'),
      say('{0} (by lot: {1})', percent(neighbours.sameFolder), percent(neighbours.sameFolderByChance)),
    ],
  ];
  if (vocabulary) {
    const { sampled, unknown, piecesPerWord, cut } = vocabulary;
    rows.push([say('words unknown to the model (of {0} chunks)', sampled), percent(unknown)]);
    rows.push([say('pieces of a word, on average'), piecesPerWord.toFixed(2)]);
    rows.push([say('chunks longer than the model reads'), percent(cut)]);
  } else rows.push([say('words unknown to the model'), say('the model could not be asked')]);
  rows.push([say('files looked at again'), say('{0}, {1} of them changed since', drift.files, drift.changedFiles)]);
  rows.push([say('chunks cut otherwise today'), say('{0} of {1}', drift.cutOtherwise, drift.chunks)]);
  if (drift.cosine) {
    const { sampled, mean, least } = drift.cosine;
    rows.push([
      say('cosine of {0} vectors, stored and made now', sampled),
      say('{0} on average, {1} at the least', mean.toFixed(4), least.toFixed(4)),
    ]);
  }
  return [say('## The index'), '', '| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)];
}

function scoreRow(name: string, { queries, ndcg10, mrr, recall }: Scores): string {
  const figures = [ndcg10, mrr, recall[1], recall[5], recall[10]].map((value) => value.toFixed(3));
  return `| ${cell(name)} | ${queries} | ${figures.join(' | ')} |`;
}

const spread = ({ least, mean, most }: Health['vectors']['norm'], show: (value: number) => string): string =>
  say('{0} on average, {1} to {2}', show(mean), show(least), show(most));
const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;
/** A pipe would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
