/** Half a query at a time, since the peers have no more: by vectors beside vectra, by keywords beside MiniSearch. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalIndex } from 'vectra';
import { chunkFile } from '../../src/core/chunk/chunk.ts';
import { scoreKeywords } from '../../src/core/keywords.ts';
import { Cosines } from '../../src/core/meaning.ts';
import { parseQuery } from '../../src/core/query.ts';
import { findCandidates } from '../../src/core/rank/candidates.ts';
import type { Store } from '../../src/core/store/store.ts';
import { tokenize } from '../../src/core/tokens.ts';
import { median, type Figure, type Settings } from './figures.ts';
import { openStore, type MadeUpIndex } from './made-up-index.ts';
import { firstQueryVector, madeUpPath, madeUpQuery, MadeUpVectors } from './made-up.ts';
import { peer } from './peers.ts';
import { vectraFile } from './vectra-alone.ts';

const peerQueries = 20;
const shown = 10;

export async function queryPeers(index: MadeUpIndex, say: Settings['say']): Promise<Figure[]> {
  const store = await openStore(index.path);
  const figures = [await besideVectra(store, index, say), besideMiniSearch(store, index, say)];
  await store.close();
  return figures;
}

/** By vector alone. */
async function besideVectra(store: Store, { chunks }: MadeUpIndex, say: Settings['say']): Promise<Figure> {
  say(`query: ${chunks} vectors in vectra`);
  const made = new MadeUpVectors(store.matrix.dimensions);
  const index = new LocalIndex(await vectraFile(chunks));
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let i = 0; i < peerQueries; i++) {
    const vector = made.get(firstQueryVector + i);
    ours.push(
      await timed(() => findCandidates(store, parseQuery('x'), new Cosines(vector, store.matrix, store.instant), {})),
    );
    theirs.push(await timed(() => index.queryItems([...vector], '', shown)));
  }
  return { ...base('by vectors alone', chunks, ours), peer: { name: 'vectra alone', value: median(theirs) } };
}

/** By keywords alone, with the same terms. */
function besideMiniSearch(store: Store, { folder, files, chunks }: MadeUpIndex, say: Settings['say']): Figure {
  const module = peer('minisearch');
  const [ours, theirs]: [number[], number[]] = [[], []];
  const terms = (i: number): readonly string[] => parseQuery(madeUpQuery(i)).terms;
  for (let i = 0; i < peerQueries; i++) ours.push(timedNow(() => scoreKeywords(store, terms(i))));
  const figure = base('by keywords alone', chunks, ours);
  if (typeof module === 'string') return { ...figure, note: module };
  say(`query: ${chunks} chunks in MiniSearch`);
  const MiniSearch = 'default' in module ? module.default : module;
  const index = new MiniSearch({ fields: ['text'], tokenize });
  const texts = Array.from({ length: files }, (_, i) => madeUpPath(i)).flatMap((path) =>
    chunkFile(path, readFileSync(join(folder, path), 'utf8')).map(({ text }) => text),
  );
  index.addAll(texts.map((text, id) => ({ id, text })));
  for (let i = 0; i < peerQueries; i++) theirs.push(timedNow(() => index.search(terms(i).join(' '))));
  return { ...figure, peer: { name: 'MiniSearch', value: median(theirs) } };
}

const base = (name: string, chunks: number, times: readonly number[]): Figure => ({
  name,
  chunks,
  value: median(times),
  unit: 'ms',
});

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function timedNow(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
