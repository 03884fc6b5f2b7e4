/**
 * npm run bench -- [--json] [--only SECTION]... [--threads N] [--size 1m]
 * Measures what issues 4 and 6 ask for, each figure beside its peer in the same run. A table, or with --json one object, goes to
 * stdout, progress to stderr. With --size 1m a million chunks are measured too, which takes minutes to make up. What it makes is removed; only the model of the peer stays in the temporary folder.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { removeTempFolders } from '../core/temp.ts';
import { atRest } from './at-rest.ts';
import { embedding } from './embedding.ts';
import { table, type Section, type Settings } from './figures.ts';
import { instant } from './instant.ts';
import { oneEdit } from './one-edit.ts';
import { query } from './query.ts';
import { runtimes } from './runtimes.ts';
import { save } from './save.ts';
import { scan } from './scan.ts';
import { secondStart } from './second-start.ts';
import { waiting } from './waiting.ts';

const all: Readonly<Record<string, (settings: Settings) => Promise<Section>>> = {
  embedding,
  runtimes,
  waiting,
  instant,
  'second-start': secondStart,
  'one-edit': oneEdit,
  scan,
  'at-rest': atRest,
  query,
  save,
};
const usualSize = 100_000;
const largerSizes: Readonly<Record<string, number>> = { '1m': 1_000_000 };
const wrongUse = 2;

process.once('exit', removeTempFolders);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await bench();

async function bench(): Promise<number> {
  let values;
  try {
    values = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        threads: { type: 'string' },
        size: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
  const names = values.only.length > 0 ? values.only : Object.keys(all);
  const unknown = names.find((name) => !(name in all));
  if (unknown !== undefined) return refuse(`There is no section ${unknown}; there are ${Object.keys(all).join(', ')}.`);
  const threads = values.threads === undefined ? Math.max(1, availableParallelism() - 1) : Number(values.threads);
  if (!Number.isInteger(threads) || threads < 1)
    return refuse(`--threads ${String(values.threads)} is not a number >= 1.`);

  const larger = values.size === undefined ? [] : [largerSizes[values.size] ?? NaN];
  if (larger.some(Number.isNaN))
    return refuse(`--size ${String(values.size)} is not one of ${Object.keys(largerSizes).join(', ')}.`);
  const sizes = [usualSize, ...larger];

  const sections: Record<string, Section> = {};
  let failed = false;
  for (const [name, measure] of Object.entries(all)) {
    if (!names.includes(name)) continue;
    const began = performance.now();
    try {
      sections[name] = await measure({ threads, sizes, say });
    } catch (error) {
      failed = true;
      sections[name] = { figures: [], detail: { error: (error as Error).message } };
      say(`${name}: ${String((error as Error).stack)}`);
    }
    say(`${name}: done in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version };
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ machine, sections })}\n`
      : `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${threads} threads\n\n${table(sections)}`,
  );
  return failed ? 1 : 0;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function refuse(reason: string): number {
  say(reason);
  return wrongUse;
}
