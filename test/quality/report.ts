/** The figures of all sets as Markdown. */
import ranker from '../../models/ranker.json' with { type: 'json' };
import { percentile, type Evaluation } from '../../src/core/evaluate.ts';
import type { RepoScores } from './code.ts';
import type { DocsScores } from './docs.ts';
import { similarScores, type PairResult } from './similar.ts';

const { validated } = ranker;

export interface Figures {
  readonly command: string;
  readonly machine: string;
  readonly code: readonly RepoScores[];
  readonly packages: { readonly full: Evaluation; readonly instant: Evaluation; readonly keywords: Evaluation };
  readonly docs: DocsScores;
  readonly similar: readonly PairResult[];
  readonly japanese: Evaluation;
}

export function reportOf(figures: Figures): string {
  const { command, machine, code, packages, docs, similar, japanese } = figures;
  const parts = [
    '# Search quality',
    `Made by \`${command}\` on ${machine}. NDCG@10, MRR and recall as \`src/core/evaluate.ts\` defines them.`,
  ];
  if (code.length > 0) parts.push(...codeParts(code));
  parts.push(...packageParts(packages), ...docsParts(docs));
  if (similar.length > 0) parts.push(...similarParts(similar));
  parts.push(...japaneseParts(japanese));
  return `${parts.join('\n\n')}\n`;
}

function codeParts(code: readonly RepoScores[]): string[] {
  const answers = code.flatMap(({ full }) => full.answers);
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)];
  const sorts = groups(answers, ({ category }) => category);
  return [
    '## Code',
    `${answers.length} judged queries over ${code.length} public repositories (semble's benchmark by MinishLab), beside ` +
      'the scores published there. The ranker was trained on queries of these repositories among others, so what ' +
      'counts is the cross-validated score: each repository ranked by a model trained without it ' +
      `(${validated.folds} folds of whole projects, ${validated.seeds} times, \`tools/train-ranker\`; kept in ` +
      '`models/ranker.json`). "As shipped" is measured by this command with the model trained on all.',
    `Half of the queries are answered within ${p50.toFixed(1)} ms and 95% within ${p95.toFixed(1)} ms, embedding of the ` +
      'query included.',
    '### By language',
    codeTable(groups(code, ({ repo }) => repo.language)),
    '### By repository',
    codeTable(groups(code, ({ repo }) => repo.name)),
    '### By sort of query',
    table(
      ['', 'queries', 'NDCG@10', 'MRR'],
      [...sorts].map(([sort, of]) => [sort, of.length, mean(of.map((a) => a.ndcg10)), mean(of.map((a) => a.mrr))]),
    ),
  ];
}

/** Means over queries, so that a repository with more of them weighs more, as in the published figures. */
function codeTable(rows: ReadonlyMap<string, readonly RepoScores[]>): string {
  const all = new Map([...rows, ['**all**', [...rows.values()].flat()]]);
  return table(
    [
      '',
      'queries',
      'Nearby, cross-validated',
      'instant vectors',
      'keywords alone',
      'semble',
      'CodeRankEmbed hybrid',
      'at or above both',
      'as shipped',
      'instant, as shipped',
      'keywords, as shipped',
    ],
    [...all].map(([name, scores]) => {
      const queries = scores.reduce((sum, { full }) => sum + full.queries, 0);
      const over = (value: (one: RepoScores) => number): number =>
        scores.reduce((sum, one) => sum + one.full.queries * value(one), 0) / Math.max(1, queries);
      const unseen = (tier: keyof typeof validated.benchmark): number =>
        over(({ repo }) => (validated.benchmark[tier] as Readonly<Record<string, number>>)[repo.name] ?? NaN);
      const ours = unseen('full');
      const peers = [over(({ repo }) => repo.semble), over(({ repo }) => repo.coderankembed_hybrid)] as const;
      const reaches = ours >= Math.max(...peers) ? 'yes' : 'no';
      const shipped = [over((one) => one.full.ndcg10), over((one) => one.instant.ndcg10)] as const;
      const keywords = over((one) => one.keywords.ndcg10);
      return [name, queries, ours, unseen('instant'), unseen('keywords'), ...peers, reaches, ...shipped, keywords];
    }),
  );
}

function packageParts({ full, instant, keywords }: Figures['packages']): string[] {
  const intro = 'Questions of our own over the source of axios, @trpc/server and zod, all in one folder (`npm test`).';
  return [
    '## Packages',
    intro,
    evaluations({
      'by meaning and keywords': full,
      'by instant vectors and keywords': instant,
      'keywords alone': keywords,
    }),
  ];
}

function docsParts({ sections, files, sectionsOfAll }: DocsScores): string[] {
  return [
    '## Docs',
    `${sections.queries} plain questions made of headings in the manuals of npm packages; the headings themselves are ` +
      'removed. A section counts as found when a result overlaps its lines.',
    evaluations({
      'the section, in its own manual': sections,
      'the file, in all manuals at once': files,
      'the section, in all manuals at once': sectionsOfAll,
    }),
    table(
      ['the section, in the manual of', 'questions', 'NDCG@10', 'recall@10'],
      Object.entries(sections.byCategory).map(([name, of]) => [name, of.queries, of.ndcg10, of.recall[10]]),
    ),
  ];
}

function similarParts(similar: readonly PairResult[]): string[] {
  const kinds = groups(similar, ({ pair }) => (pair.kind === 'clone' ? 'copied with changes' : 'done in another way'));
  return [
    '## Find Similar',
    'Functions in the repositories above that were copied with small changes, or that do the same in another way.',
    table(
      ['', 'pairs', 'twin in the first three', 'MRR'],
      [...kinds].map(([kind, of]) => {
        const { pairs, firstThree, mrr } = similarScores(of);
        return [kind, pairs, firstThree, mrr];
      }),
    ),
  ];
}

function japaneseParts(pages: Evaluation): string[] {
  return [
    '## Japanese',
    'Questions over 50 pages in Japanese, a third of them in other words than the page, and some mixed with English: the ' +
      'model reads English alone, so words decide.',
    evaluations({ pages }),
    table(
      ['sort of question', 'questions', 'NDCG@10', 'recall@10'],
      Object.entries(pages.byCategory).map(([sort, of]) => [sort, of.queries, of.ndcg10, of.recall[10]]),
    ),
  ];
}

function evaluations(of: Readonly<Record<string, Evaluation>>): string {
  return table(
    ['', 'queries', 'NDCG@10', 'MRR', 'recall@1', 'recall@5', 'recall@10'],
    Object.entries(of).map(([name, { queries, ndcg10, mrr, recall }]) => {
      return [name, queries, ndcg10, mrr, recall[1], recall[5], recall[10]];
    }),
  );
}

type Cell = string | number;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows.map((row) => row.map(cell))];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Counts are whole numbers; scores that happen to be whole are told from them by being 0 or 1. */
const cell = (value: Cell): string =>
  typeof value === 'string' ? value : Number.isInteger(value) && value > 1 ? String(value) : value.toFixed(3);

function groups<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return found;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
