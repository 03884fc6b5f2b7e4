/**
 * From a folder that was never indexed to an answer by instant vectors and keywords, beside ripgrep over the same files. The
 * first answer comes when what the question is about has been read; how much of it stays when all is read is told, too.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Engine } from '../../src/core/engine.ts';
import type { SearchAnswer, SearchResult } from '../../src/core/types.ts';
import { tempFolder } from '../core/temp.ts';
import { build } from './build.ts';
import { writeSources } from './corpus.ts';
import { openEngine } from './engines.ts';
import { median, within, type Figure, type Section, type Settings } from './figures.ts';
import { peer } from './peers.ts';

const files = { code: 800, docs: 200 };
const questions = [
  'where are command line options parsed',
  'merge two schemas into one',
  'report an unused variable',
  'compare two vectors by cosine similarity',
  'how is a test retried after it failed',
] as const;
const top = 10;
/** Seconds. */
const bar = 1;
/** Bytes that ripgrep may print. */
const maxBuffer = 2 ** 28;

const run = promisify(execFile);

export async function firstAnswer({ say }: Settings): Promise<Section> {
  const folder = tempFolder();
  writeSources(folder, files);
  const cli = join(await build(), 'cli.js');
  const ripgrep = peer('@vscode/ripgrep');
  const seconds: Record<'process' | 'opened' | 'first' | 'ripgrep', number[]> = {
    process: [],
    opened: [],
    first: [],
    ripgrep: [],
  };
  const kept: boolean[] = [];
  for (const [round, question] of questions.entries()) {
    say(`first-answer: question ${round + 1} of ${questions.length}`);
    seconds.process.push(await timed(() => inNewProcess(cli, folder, question)));
    const whole = await inThisProcess(folder, question, (engine) => engine.searchable());
    const first = await inThisProcess(folder, question);
    seconds.opened.push(whole.seconds);
    seconds.first.push(first.seconds);
    kept.push(first.results.slice(0, 3).some(({ path, startLine }) => isAt(whole.results[0], path, startLine)));
    if (typeof ripgrep !== 'string') seconds.ripgrep.push(await timed(() => grep(ripgrep.rgPath, folder, question)));
  }
  const figure = (name: string, of: readonly number[]): Figure => {
    const base = { name, value: median(of), unit: 's' };
    if (typeof ripgrep === 'string') return { ...base, note: ripgrep };
    return { ...base, peer: { name: 'ripgrep, the same words', value: median(seconds.ripgrep) } };
  };
  return {
    figures: [
      {
        ...figure('1,000 files, what the question is about read first', seconds.first),
        ...within(median(seconds.first), bar),
      },
      {
        name: 'the best result when all is read is among the first 3 then',
        value: kept.filter(Boolean).length,
        unit: `of ${questions.length} questions`,
      },
      figure('all files read first, in a running process', seconds.opened),
      {
        ...figure('all files read first, by the command line', seconds.process),
        ...within(median(seconds.process), bar),
      },
    ],
    detail: { files, questions, seconds, kept },
  };
}

function isAt(result: SearchResult | undefined, path: string, startLine: number): boolean {
  return result?.path === path && result.startLine === startLine;
}

/** As it is typed in a terminal. */
async function inNewProcess(cli: string, folder: string, question: string): Promise<void> {
  const args = [cli, 'search', folder, question, '--tier', 'instant', '--top', String(top), '--json'];
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, NEARBY_HOME: tempFolder() } });
  check(JSON.parse(stdout) as SearchAnswer);
}

/** @param ready what is waited for before the question is asked; it is asked at once when absent */
async function inThisProcess(
  folder: string,
  question: string,
  ready?: (engine: Engine) => Promise<void>,
): Promise<{ readonly seconds: number; readonly results: readonly SearchResult[] }> {
  const home = tempFolder();
  const began = performance.now();
  const engine = await openEngine({ folder, home, embed: false });
  try {
    engine.changed();
    await ready?.(engine);
    const answer = await engine.search({ query: question, top });
    check(answer);
    return { seconds: (performance.now() - began) / 1000, results: answer.results };
  } finally {
    await engine.close();
  }
}

function check({ tier, results }: SearchAnswer): void {
  if (tier !== 'instant' || results.length < top) throw new Error(`${results.length} results of tier ${tier}.`);
}

/** Every line with one of the words. */
async function grep(program: string, folder: string, question: string): Promise<void> {
  const words = question.split(' ').flatMap((word) => ['-e', word]);
  await run(program, ['--ignore-case', '--line-number', ...words, folder], { maxBuffer });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
