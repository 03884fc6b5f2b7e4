/** From a saved file to all of it found, in made-up indexes of two sizes, by the engine and the model. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../src/core/engine.ts';
import { written } from '../../src/core/store/files.ts';
import { openEngine, settle } from './engines.ts';
import { atMost, mean, median, quantile, within, type Section, type Settings } from './figures.ts';
import { madeUpIndex } from './made-up-index.ts';
import { madeUpPath } from './made-up.ts';

const sizes = { small: 10_000, large: 100_000 };
const edits = 24;
/** The first ones load the model. */
const warmUp = 3;
/** Milliseconds. */
const slowest = 300;
const sameBytes = 1.02;

/** Of each edit. */
interface Cost {
  readonly ms: number;
  readonly bytes: number;
  readonly embedded: number;
}

export async function save({ threads, say }: Settings): Promise<Section> {
  const subjects: { chunks: number; costs: Cost[] }[] = [];
  for (const size of [sizes.small, sizes.large]) {
    const { folder, home, chunks } = await madeUpIndex(size, say);
    say(`save: ${edits} edits in ${chunks} chunks`);
    const engine = await openEngine({ folder, home, threads });
    const costs: Cost[] = [];
    for (let edit = 0; edit < edits + warmUp; edit++) costs.push(await editOne(engine, folder, edit));
    await engine.close();
    subjects.push({ chunks, costs: costs.slice(warmUp) });
  }
  const [small, large] = subjects;
  const of = (subject: typeof small, what: keyof Cost): number[] => subject!.costs.map((cost) => cost[what]);
  const p95 = quantile(of(large, 'ms'), 0.95);
  const [bytes, before] = [median(of(large, 'bytes')), median(of(small, 'bytes'))];
  return {
    figures: [
      {
        name: `save to found, p95 in ${large!.chunks} chunks`,
        value: p95,
        unit: 'ms',
        peer: { name: `in ${small!.chunks} chunks`, value: quantile(of(small, 'ms'), 0.95) },
        ...within(p95, slowest),
      },
      {
        name: 'written for an edit',
        value: bytes,
        unit: 'bytes',
        peer: { name: `in ${small!.chunks} chunks`, value: before },
        ...atMost(Math.max(bytes / before, before / bytes), sameBytes),
      },
      {
        name: 'written, with the merges it brings on (mean)',
        value: mean(of(large, 'bytes')),
        unit: 'bytes',
        peer: { name: `in ${small!.chunks} chunks`, value: mean(of(small, 'bytes')) },
      },
    ],
    detail: { threads, subjects },
  };
}

/** The same files in each index, so that edits can be compared. */
async function editOne(engine: Engine, folder: string, edit: number): Promise<Cost> {
  const path = madeUpPath(edit * 5);
  const text = readFileSync(join(folder, path), 'utf8');
  writeFileSync(join(folder, path), text.replace('{\n', `{\n  // looked at once more for edit ${edit}\n`));
  const before = written.bytes;
  const began = performance.now();
  const { embedded } = await settle(engine, [path]);
  return { ms: performance.now() - began, bytes: written.bytes - before, embedded };
}
