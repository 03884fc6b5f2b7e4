/**
 * The docs set: plain questions made of headings in the manuals of npm packages. The manuals are laid out in a folder with
 * the headings of the judged sections blanked, so that the text has to be found by what it says. Only the questions, and
 * the headings by which their sections are known, are ours to keep: test/quality/docs/*.jsonl.
 */
import { globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { evaluate, type Evaluation, type JudgedQuery } from '../../src/core/evaluate.ts';
import { removeTempFolders, tempFolder } from '../core/temp.ts';
import { withIndex } from './folder.ts';

interface Question {
  readonly id: string;
  readonly query: string;
  /** Of the manual, below node_modules. */
  readonly path: string;
  /** Of the section that answers, without its marks. */
  readonly heading: string;
}

const packages = resolve(import.meta.dirname, '../../node_modules');
const questionsFolder = resolve(import.meta.dirname, 'docs');
/** All manuals of the packages asked about: those without a question are there to be mistaken for the answer. */
const manuals = [
  '@trpc/server/skills/**/*.md',
  'axios/*.md',
  'commander/Readme.md',
  'dotenv/README.md',
  'lint-staged/README.md',
  'pino/{README.md,docs/**/*.md}',
  'undici/{README.md,docs/docs/**/*.md}',
  'ws/README.md',
];

export interface DocsScores {
  /** Each question asked of its own manual: is the right section found? */
  readonly sections: Evaluation;
  /** Each question asked of all manuals at once: is the right file found, and the right section of it? */
  readonly files: Evaluation;
  readonly sectionsOfAll: Evaluation;
}

export async function evaluateDocs(): Promise<DocsScores> {
  const folder = tempFolder();
  const judged = buildDocsSet(folder);
  const packageOf = new Map(judged.map(({ query, category = '' }) => [query, category]));
  const pathsOf = ({ relevant }: JudgedQuery): string[] =>
    relevant.map((target) => (typeof target === 'string' ? target : target.path));
  const scores = withIndex(
    folder,
    async (engine) => ({
      sections: await evaluate(
        (query) => engine.search({ ...query, include: [`${packageOf.get(query.query) ?? ''}/**`] }),
        judged,
      ),
      files: await evaluate(
        (query) => engine.search(query),
        judged.map((one) => ({ ...one, relevant: pathsOf(one) })),
      ),
      sectionsOfAll: await evaluate((query) => engine.search(query), judged),
    }),
    { home: tempFolder() },
  );
  return scores.finally(removeTempFolders);
}

/** Lays the manuals out in `folder` and says which lines answer each question. @throws Error when a heading is missing */
function buildDocsSet(folder: string): JudgedQuery[] {
  const questions = readdirSync(questionsFolder).flatMap((name) =>
    readFileSync(join(questionsFolder, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Question),
  );
  const judged: JudgedQuery[] = [];
  const paths = globSync(manuals, { cwd: packages }).filter((path) => !/(CHANGELOG|THREATMODEL)/.test(path));
  for (const path of paths.map((found) => found.replaceAll('\\', '/')).sort()) {
    const lines = readFileSync(join(packages, path), 'utf8').split(/\r?\n/);
    const sections = sectionsOf(lines);
    for (const { id, query, heading, path: asked } of questions) {
      if (asked !== path) continue;
      const found = sections.filter((section) => section.title === heading);
      const [section] = found;
      if (!section || found.length > 1) throw new Error(`${id}: ${found.length} sections "${heading}" in ${path}.`);
      lines[section.line - 1] = section.blanked;
      const relevant = [{ path, start_line: section.line + 1, end_line: section.endLine }];
      judged.push({ id, query, category: path.replace(/^(@[^/]+\/)?([^/]+)\/.*/, '$1$2'), relevant });
    }
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), lines.join('\n'));
  }
  const missing = questions.filter(({ id }) => !judged.some((one) => one.id === id));
  if (missing.length > 0) throw new Error(`No manual for ${missing.map(({ id }) => id).join(', ')}; run npm ci first.`);
  return judged;
}

interface Section {
  readonly title: string;
  /** 1-based, of the heading. */
  readonly line: number;
  readonly endLine: number;
  /** The heading's line without the heading. */
  readonly blanked: string;
}

/** Sections of Markdown: `## heading` outside of code, and `<details><summary>heading</summary>`. */
function sectionsOf(lines: readonly string[]): Section[] {
  const headings: { title: string; line: number; level: number; blanked: string }[] = [];
  let fence = '';
  lines.forEach((text, i) => {
    const [, mark = ''] = /^\s*(```+|~~~+)/.exec(text) ?? [];
    if (mark && (fence === '' || mark.startsWith(fence))) fence = fence ? '' : mark;
    if (fence) return;
    const [, marks, title] = /^(#+)\s+(.*?)\s*$/.exec(text) ?? [];
    const [, before, summary, after] = /^(<details>)<summary>(.*?)<\/summary>(.*)$/.exec(text) ?? [];
    if (marks && title) headings.push({ title, line: i + 1, level: marks.length, blanked: '' });
    else if (before && summary)
      headings.push({ title: summary, line: i + 1, level: 7, blanked: before + (after ?? '') });
  });
  return headings.map(({ title, line, level, blanked }, h) => {
    const next = headings.slice(h + 1).find((other) => other.level <= level);
    return { title: title.replace(/\s*<a\b.*$/, ''), line, endLine: next ? next.line - 1 : lines.length, blanked };
  });
}
