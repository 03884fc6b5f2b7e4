/**
 * The guard set: questions of our own over the source of three npm packages, laid out in one folder as if it were one
 * project. Small enough for every run of the tests.
 */
import { cpSync, existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { evaluate, readJudged, type Evaluation, type JudgedQuery } from '../../src/core/evaluate.ts';
import { tempFolder } from '../core/temp.ts';
import { withIndex, type IndexOptions } from './folder.ts';

const packages = resolve(import.meta.dirname, '../../node_modules');
/** Where the sources of each package lie in it. Longer files would take too long to embed. */
const sources = { axios: 'lib', '@trpc/server': 'src', zod: 'src/v4/classic' };
const mostBytes = 60_000;

export async function evaluateGuard(tier: NonNullable<IndexOptions['tier']>): Promise<Evaluation> {
  const folder = tempFolder();
  const judged = await buildGuardSet(folder);
  const options = { home: tempFolder(), tier };
  return withIndex(folder, (engine) => evaluate((query) => engine.search(query), judged), options);
}

/** Lays the sources out in `folder`. @throws Error when a package is missing */
async function buildGuardSet(folder: string): Promise<JudgedQuery[]> {
  for (const [name, source] of Object.entries(sources)) {
    const from = join(packages, name, source);
    if (!existsSync(from)) throw new Error(`There is no ${from}; run npm ci first.`);
    const wanted = (path: string): boolean => {
      const stats = statSync(path);
      return stats.isDirectory() ? basename(path) !== 'tests' : stats.size <= mostBytes;
    };
    cpSync(from, join(folder, name), { recursive: true, filter: wanted });
  }
  return readJudged(join(import.meta.dirname, 'guard/judged.jsonl'));
}
