/** From a folder that was never indexed to an answer by instant vectors and keywords, beside ripgrep over the same files. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Engine } from '../../src/core/engine.ts';
import type { SearchAnswer } from '../../src/core/types.ts';
import { tempFolder } from '../core/temp.ts';
import { build } from './build.ts';
import { writeSources } from './corpus.ts';
import { openEngine } from './engines.ts';
import { median, within, type Figure, type Section, type Settings } from './figures.ts';
import { peer } from './peers.ts';

const files = { code: 800, docs: 200 };
const question = 'where are command line options parsed';
const top = 10;
const rounds = 5;
/** Seconds. */
const bar = 1;
const pollMs = 10;
/** Bytes that ripgrep may print. */
const maxBuffer = 2 ** 28;

const run = promisify(execFile);

export async function firstAnswer({ say }: Settings): Promise<Section> {
  const folder = tempFolder();
  writeSources(folder, files);
  const cli = join(await build(), 'cli.js');
  const ripgrep = peer('@vscode/ripgrep');
  const seconds: Record<'process' | 'opened' | 'partly' | 'ripgrep', number[]> = {
    process: [],
    opened: [],
    partly: [],
    ripgrep: [],
  };
  for (let round = 1; round <= rounds; round++) {
    say(`first-answer: round ${round} of ${rounds}`);
    seconds.process.push(await timed(() => inNewProcess(cli, folder)));
    seconds.opened.push(await inThisProcess(folder, whole));
    seconds.partly.push(await inThisProcess(folder, soonest));
    if (typeof ripgrep !== 'string') seconds.ripgrep.push(await timed(() => grep(ripgrep.rgPath, folder)));
  }
  const figure = (name: string, of: readonly number[]): Figure => {
    const base = { name, value: median(of), unit: 's' };
    if (typeof ripgrep === 'string') return { ...base, note: ripgrep };
    return { ...base, peer: { name: 'ripgrep, the same words', value: median(seconds.ripgrep) } };
  };
  return {
    figures: [
      {
        ...figure('1,000 files, by the command line', seconds.process),
        ...within(median(seconds.process), bar),
      },
      {
        ...figure('1,000 files, in a running process', seconds.opened),
        ...within(median(seconds.opened), bar),
      },
      figure('the same, first results while the rest is read', seconds.partly),
    ],
    detail: { files, question, seconds },
  };
}

/** As it is typed in a terminal. */
async function inNewProcess(cli: string, folder: string): Promise<void> {
  const args = [cli, 'search', folder, question, '--tier', 'instant', '--top', String(top), '--json'];
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, NEARBY_HOME: tempFolder() } });
  check(JSON.parse(stdout) as SearchAnswer);
}

/** @returns the seconds until the answer */
async function inThisProcess(folder: string, ask: (engine: Engine) => Promise<SearchAnswer>): Promise<number> {
  const home = tempFolder();
  const began = performance.now();
  const engine = await openEngine({ folder, home, embed: false });
  try {
    engine.changed();
    check(await ask(engine));
    return (performance.now() - began) / 1000;
  } finally {
    await engine.close();
  }
}

/** Once every file has been read. */
async function whole(engine: Engine): Promise<SearchAnswer> {
  await engine.searchable();
  return engine.search({ query: question, top });
}

/** As soon as what has been read so far has an answer. */
async function soonest(engine: Engine): Promise<SearchAnswer> {
  for (;;) {
    const answer = await engine.search({ query: question, top });
    if (answer.results.length === top || engine.status().state === 'failed') return answer;
    await setTimeout(pollMs);
  }
}

function check({ tier, results }: SearchAnswer): void {
  if (tier !== 'instant' || results.length < top) throw new Error(`${results.length} results of tier ${tier}.`);
}

/** Every line with one of the words. */
async function grep(program: string, folder: string): Promise<void> {
  const words = question.split(' ').flatMap((word) => ['-e', word]);
  await run(program, ['--ignore-case', '--line-number', ...words, folder], { maxBuffer });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
