/** From a saved file to all of it found, in made-up indexes of several sizes, by the engine and the model. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../src/core/engine.ts';
import { written } from '../../src/core/store/files.ts';
import { openEngine, settle } from './engines.ts';
import { atMost, mean, median, quantile, within, type Figure, type Section, type Settings } from './figures.ts';
import { madeUpIndex } from './made-up-index.ts';
import { madeUpPath } from './made-up.ts';

const edits = 24;
/** The first ones load the model. */
const warmUp = 3;
/** Milliseconds; for a million chunks there is no bar. */
const slowest = { usual: 300, million: Infinity };
const sameBytes = 1.02;

/** Of each edit. */
interface Cost {
  readonly ms: number;
  readonly bytes: number;
  readonly embedded: number;
}

interface Subject {
  readonly chunks: number;
  readonly costs: readonly Cost[];
}

export async function save({ threads, sizes, scratch, say }: Settings): Promise<Section> {
  const subjects: Subject[] = [];
  for (const size of sizes) {
    const { folder, home, chunks } = await madeUpIndex(size, scratch, say);
    say(`save: ${edits} edits in ${chunks} chunks`);
    const engine = await openEngine({ folder, home, threads });
    const costs: Cost[] = [];
    for (let edit = 0; edit < edits + warmUp; edit++) costs.push(await editOne(engine, folder, edit));
    await engine.close();
    subjects.push({ chunks, costs: costs.slice(warmUp) });
  }
  return {
    figures: [
      ...subjects.map((subject): Figure => {
        const p95 = quantile(of(subject, 'ms'), 0.95);
        const bar = subject.chunks >= 1_000_000 ? slowest.million : slowest.usual;
        const [name, panel] = ['save to found, p95', 'Save to found, 95th percentile'];
        return { name, panel, chunks: subject.chunks, value: p95, unit: 'ms', ...within(p95, bar) };
      }),
      ...bytesWritten('written for an edit', subjects, median, (ratio) =>
        atMost(Math.max(ratio, 1 / ratio), sameBytes),
      ),
      ...bytesWritten('written, with the merges it brings on (mean)', subjects, mean, () => ({})),
    ],
    detail: { threads, subjects },
  };
}

const of = ({ costs }: Subject, what: keyof Cost): number[] => costs.map((cost) => cost[what]);

/** Beside the smallest index, for each that is larger. */
function bytesWritten(
  name: string,
  [smallest, ...larger]: readonly Subject[],
  summary: (bytes: readonly number[]) => number,
  judge: (ratio: number) => Partial<Figure>,
): Figure[] {
  if (!smallest) return [];
  const least = summary(of(smallest, 'bytes'));
  const base: Figure = { name, chunks: smallest.chunks, value: least, unit: 'bytes' };
  const others = larger.map((subject): Figure => {
    const bytes = summary(of(subject, 'bytes'));
    const beside = { name: `in ${smallest.chunks} chunks`, value: least };
    return { ...base, chunks: subject.chunks, value: bytes, peer: beside, ...judge(bytes / least) };
  });
  return [base, ...others];
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
