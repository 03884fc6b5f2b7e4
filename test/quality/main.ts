/**
 * npm run quality -- [--corpora DIR --queries DIR] [--quick] [--out FILE] [--json]
 * Measures search on all sets and writes the table to docs/quality.md (--out). CORPORA holds a checkout for each
 * repository, QUERIES a NAME.jsonl for each, with repos.json beside the folder; without them, only the sets that are made
 * of npm packages are measured. Indexes of the checkouts are kept in NEARBY_HOME, or the cache folder, for the next run.
 * --quick takes small repositories only and writes no file. --json prints the figures. Progress goes to stderr.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { removeTempFolders } from '../core/temp.ts';
import { evaluateCode } from './code.ts';
import { evaluateDocs } from './docs.ts';
import { evaluateGuard } from './guard.ts';
import { evaluateJapanese } from './japanese.ts';
import { reportOf, type Figures } from './report.ts';
import { evaluateSimilar } from './similar.ts';

const root = resolve(import.meta.dirname, '../..');
const wrongUse = 2;

process.once('exit', removeTempFolders);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main();

async function main(): Promise<number> {
  let values;
  try {
    values = parseArgs({
      options: {
        corpora: { type: 'string' },
        queries: { type: 'string' },
        quick: { type: 'boolean', default: false },
        out: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    say((error as Error).message);
    return wrongUse;
  }
  const { corpora, queries, quick, out, json } = values;
  if ((corpora === undefined) !== (queries === undefined)) {
    say('--corpora and --queries belong together.');
    return wrongUse;
  }
  const japanese = await evaluateJapanese();
  const packages = {
    full: await evaluateGuard('full'),
    instant: await evaluateGuard('instant'),
    keywords: await evaluateGuard('keywords'),
  };
  say(`packages: NDCG@10 ${packages.full.ndcg10.toFixed(3)}`);
  const docs = await evaluateDocs();
  say(`docs: NDCG@10 ${docs.sections.ndcg10.toFixed(3)}`);
  const figures: Figures = {
    command: commandOf({ ...values }),
    machine: `${cpus()[0]?.model ?? 'an unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
    packages,
    docs,
    code: corpora && queries ? await evaluateCode({ corpora, queries, small: quick, say }) : [],
    similar: corpora ? await evaluateSimilar(corpora, say) : [],
    japanese,
  };
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  const markdown = await format(reportOf(figures), { parser: 'markdown' });
  if (!json) process.stdout.write(markdown);
  if (quick && out === undefined) return 0;
  const file = resolve(out ?? `${root}/docs/quality.md`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, markdown);
  say(`Written to ${relative(process.cwd(), file)}.`);
  return 0;
}

/** The command as typed, with the names of folders instead of where they lie here. */
function commandOf(values: { readonly corpora?: string; readonly queries?: string; readonly quick?: boolean }): string {
  const named = [
    values.corpora && '--corpora CORPORA',
    values.queries && '--queries QUERIES',
    values.quick && '--quick',
  ];
  return ['npm run quality --', ...named].filter(Boolean).join(' ').replace(/ --$/, '');
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
