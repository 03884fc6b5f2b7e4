/**
 * npm run bench -- [--only SECTION]... [--threads N] [--size 1m] [--json] [--write] [--from FILE]
 * Measures time, memory and bytes, each beside its peer in the same run. A table, or with --json one object, goes to
 * stdout, progress to stderr. With --size 1m a million chunks are measured too, which takes minutes to make up. --write
 * puts the figures into docs/performance.md and its plot. --from takes the figures of an earlier --json instead of
 * measuring. What it makes is removed; only the model of the peer stays in the temporary folder.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { removeTempFolders, tempFolder } from '../core/temp.ts';
import { writeDocument } from './document.ts';
import { measureAll, stopMeasuring, type Results } from './results.ts';
import { sections } from './sections.ts';
import { table } from './table.ts';

const usualSizes = [10_000, 100_000];
const largerSizes: Readonly<Record<string, number>> = { '1m': 1_000_000 };
const wrongUse = 2;

process.once('exit', removeTempFolders);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopMeasuring();
    process.exit(1);
  });
}
process.exitCode = await bench();

async function bench(): Promise<number> {
  let options;
  try {
    options = readOptions();
  } catch (error) {
    say((error as Error).message);
    return wrongUse;
  }
  const { names, threads, sizes, json, write } = options;
  const results = options.earlier ?? (await measureAll(names, { threads, sizes, scratch: tempFolder() }, say));
  const { machine, seconds } = results;
  process.stdout.write(
    json
      ? `${JSON.stringify(results)}\n`
      : `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${results.threads} threads\n\n${table(results)}`,
  );
  say(`${(seconds / 60).toFixed(1)} minutes in all`);
  if (write) say(`Written to ${(await writeDocument(results)).join(' and ')}.`);
  return Object.values(results.sections).some(({ error }) => error !== undefined) ? 1 : 0;
}

interface Options {
  /** Of sections, in the order in which they are measured. */
  readonly names: readonly string[];
  readonly threads: number;
  readonly sizes: readonly number[];
  readonly json: boolean;
  readonly write: boolean;
  /** To be shown instead of measuring. */
  readonly earlier: Results | undefined;
}

/** @throws Error with a sentence where they make no sense */
function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      threads: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
      size: { type: 'string' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      from: { type: 'string' },
    },
  });
  const { only, size, json, write, from } = values;
  const known = Object.keys(sections);
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no section ${unknown}; there are ${known.join(', ')}.`);
  if (write && only.length > 0) throw new Error('--write needs all sections: it writes the whole document.');
  const threads = Number(values.threads);
  if (!Number.isInteger(threads) || threads < 1) throw new Error(`--threads ${values.threads} is not a number >= 1.`);
  const larger = size === undefined ? [] : [largerSizes[size] ?? NaN];
  if (larger.some(Number.isNaN))
    throw new Error(`--size ${String(size)} is not one of ${Object.keys(largerSizes).join(', ')}.`);
  return {
    names: known.filter((name) => only.length === 0 || only.includes(name)),
    ...{ threads, sizes: [...usualSizes, ...larger], json, write },
    earlier: from === undefined ? undefined : (JSON.parse(readFileSync(from, 'utf8')) as Results),
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
