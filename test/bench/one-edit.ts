/** What an edit of one function costs, in an index and in one ten times its size, beside a vectra index of one file. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalIndex } from 'vectra';
import { chunkFile } from '../../src/core/chunk/chunk.ts';
import type { Engine } from '../../src/core/engine.ts';
import { chunkHash } from '../../src/core/prepare.ts';
import { written } from '../../src/core/store/files.ts';
import { tempFolder, writeFiles } from '../core/temp.ts';
import { openEngine, settle } from './engines.ts';
import { atMost, mean, median, type Figure, type Section, type Settings } from './figures.ts';
import { editableFile, edited, editedName, shortFile } from './synthetic.ts';

/** Chunks. */
const sizes = { small: 260, large: 2600 };
/** So many that small segments are merged on the way, twice. */
const edits = 16;
const bar = 1.05;
const dimensions = 384;

/** One edit. */
interface Cost {
  /** Chunks whose text is new. */
  readonly changed: number;
  readonly embedded: number;
  readonly bytes: number;
  /** From `changed` to settled. */
  readonly ms: number;
}

interface Subject {
  readonly folder: string;
  readonly engine: Engine;
  readonly chunks: number;
  readonly costs: Cost[];
}

export async function oneEdit({ threads, say }: Settings): Promise<Section> {
  const small = await build(sizes.small, threads, say);
  const large = await build(sizes.large, threads, say);
  say(`one-edit: ${edits} edits of each`);
  for (let edit = 0; edit < edits; edit++) {
    for (const { folder, engine, costs } of [small, large]) costs.push(await editOne(engine, folder, edit));
  }
  for (const { engine } of [small, large]) await engine.close();
  say('one-edit: the same in a vectra index of one file');
  const vectra = await vectraUpsert(large.chunks);

  const all = [...small.costs, ...large.costs];
  const of = (subject: Subject, what: keyof Cost): number[] => subject.costs.map((cost) => cost[what]);
  const beside = (name: string, unit: string, summary: (subject: Subject) => number): Figure => {
    const [value, peer] = [summary(large), summary(small)];
    return { name, value, unit, peer: { name: `in ${small.chunks} chunks`, value: peer }, ratio: value / peer };
  };
  const bytes = beside(`written, in ${large.chunks} chunks`, 'bytes', (subject) => median(of(subject, 'bytes')));
  const exact = all.every(({ changed, embedded }) => changed === embedded);
  return {
    figures: [
      { ...bytes, ...atMost(Math.max(bytes.ratio!, 1 / bytes.ratio!), bar) },
      beside('written, with the merges it brings on (mean)', 'bytes', (subject) => mean(of(subject, 'bytes'))),
      beside('from the change to settled', 'ms', (subject) => median(of(subject, 'ms'))),
      {
        name: 'embedded',
        value: mean(all.map(({ embedded }) => embedded)),
        unit: 'chunks',
        peer: { name: 'changed', value: mean(all.map(({ changed }) => changed)) },
        bar: 'equal in each edit',
        met: exact,
      },
      besideVectra('written, beside one upsert there', 'bytes', bytes.value!, vectra.bytes),
      besideVectra('settled, beside one upsert there', 'ms', median(of(large, 'ms')), vectra.ms),
    ],
    detail: {
      threads,
      small: { chunks: small.chunks, costs: small.costs },
      large: { chunks: large.chunks, costs: large.costs },
    },
  };
}

const besideVectra = (name: string, unit: string, value: number, peer: number): Figure => ({
  ...{ name, value, unit, ratio: value / peer },
  peer: { name: 'in a vectra index of one file', value: peer },
});

/** A folder of about so many chunks, indexed. The files to edit are the same at every size. */
async function build(chunks: number, threads: number, say: Settings['say']): Promise<Subject> {
  say(`one-edit: indexing ${chunks} chunks`);
  const folder = tempFolder();
  const files: Record<string, string> = {};
  let count = 0;
  for (let i = 0; i < edits; i++) {
    const text = editableFile(i);
    files[editedName(i)] = text;
    count += chunkFile(editedName(i), text).length;
  }
  for (let i = 0; count < chunks; i++, count++) files[`short/part${i % 50}/f${i}.ts`] = shortFile(i);
  writeFiles(folder, files);
  const engine = await openEngine({ folder, home: tempFolder(), threads });
  const report = await settle(engine);
  return { folder, engine, chunks: report.chunks, costs: [] };
}

async function editOne(engine: Engine, folder: string, edit: number): Promise<Cost> {
  const path = editedName(edit);
  const before = readFileSync(join(folder, path), 'utf8');
  const after = edited(before);
  writeFileSync(join(folder, path), after);
  const known = new Set(hashesOf(path, before));
  const changed = hashesOf(path, after).filter((hash) => !known.has(hash)).length;
  const bytesBefore = written.bytes;
  const began = performance.now();
  const { embedded } = await settle(engine, [path]);
  return { changed, embedded, bytes: written.bytes - bytesBefore, ms: performance.now() - began };
}

const hashesOf = (path: string, text: string): string[] =>
  chunkFile(path, text).map((chunk) => Buffer.from(chunkHash(chunk)).toString('hex'));

/** What one more vector costs in vectra's own format, whose single file is written anew each time. */
async function vectraUpsert(chunks: number): Promise<{ bytes: number; ms: number }> {
  const folder = tempFolder();
  const index = new LocalIndex(folder);
  await index.createIndex({ version: 1 });
  const item = (i: number): { id: string; vector: number[]; metadata: { path: string; startLine: number } } => ({
    id: String(i),
    vector: Array.from({ length: dimensions }, (_, d) => Math.fround(Math.sin(i * dimensions + d))),
    metadata: { path: `short/f${i}.ts`, startLine: 1 },
  });
  await index.batchInsertItems(Array.from({ length: chunks }, (_, i) => item(i)));
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const began = performance.now();
    await index.upsertItem(item(chunks + i));
    times.push(performance.now() - began);
  }
  return { bytes: statSync(join(folder, index.indexName)).size, ms: median(times) };
}
