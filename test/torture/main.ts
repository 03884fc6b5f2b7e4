/**
 * npm run torture -- [--only SECTION]... [--slice] [--seed N] [--json] [--write] [--from FILE]
 * Does to the index what happens to it on people's machines, and worse; ends with 1 when anything is lost or wrong. A table,
 * or with --json one object, goes to stdout, progress to stderr. --slice does some two minutes of it. --seed repeats an
 * earlier run. --write puts the figures of a whole run into docs/reliability.md; --from takes those of an earlier --json.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { removeTempFolders, tempFolder } from '../core/temp.ts';
import { asTable, writeReliability } from './document.ts';
import { torture, type Results } from './results.ts';
import { sections } from './sections.ts';

const wrongUse = 2;

process.once('exit', removeTempFolders);
process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      slice: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      from: { type: 'string' },
    },
  });
  const { only, slice, json, write, from } = values;
  const seed = Number(values.seed);
  const unknown = only.find((name) => !(name in sections));
  if (unknown !== undefined)
    return refuse(`There is no section ${unknown}; there are ${Object.keys(sections).join(', ')}.`);
  if (write && (only.length > 0 || slice)) return refuse('--write needs a whole run: it writes the whole document.');
  if (!Number.isInteger(seed)) return refuse(`--seed ${values.seed} is not a whole number.`);

  const names = Object.keys(sections).filter((name) => only.length === 0 || only.includes(name));
  const results = from === undefined ? await run() : (JSON.parse(readFileSync(from, 'utf8')) as Results);
  process.stdout.write(json ? `${JSON.stringify(results)}\n` : asTable(results));
  if (write) say(`Written to ${await writeReliability(results)}.`);
  return isGood(results) ? 0 : 1;

  function run(): Promise<Results> {
    say(`seed ${seed}`);
    return torture(names, { slice, seed, scratch: tempFolder() }, say);
  }
}

function isGood({ sections: done }: Results): boolean {
  return Object.values(done).every(({ rows, error }) => error === undefined && rows.every(({ met }) => met !== false));
}

function refuse(sentence: string): number {
  say(sentence);
  return wrongUse;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
