/** What a query costs but for its embedding, in made-up indexes; at 10k chunks beside vectra and MiniSearch as they are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalIndex } from 'vectra';
import { Cosines } from '../../src/core/meaning.ts';
import { chunkFile } from '../../src/core/chunk/chunk.ts';
import { scoreKeywords } from '../../src/core/keywords.ts';
import { parseQuery } from '../../src/core/query.ts';
import { findCandidates } from '../../src/core/rank/candidates.ts';
import { rank, reasons } from '../../src/core/rank/rank.ts';
import { Presenter } from '../../src/core/snippet.ts';
import type { Store } from '../../src/core/store/store.ts';
import { tokenize } from '../../src/core/tokens.ts';
import { tempFolder } from '../core/temp.ts';
import { median, quantile, within, type Figure, type Section, type Settings } from './figures.ts';
import { madeUpIndex, maxFileSize, openStore, type MadeUpIndex } from './made-up-index.ts';
import { madeUpPath, madeUpQuery, MadeUpVectors } from './made-up.ts';
import { peer } from './peers.ts';

const small = 10_000;
const queries = 200;
const peerQueries = 20;
const warmUp = 10;
const shown = 10;
/** Numbers of vectors that no chunk has. */
const firstQueryVector = 2 ** 24;
/** Milliseconds; at a million chunks only the slow ones are held against a bar. */
const bars = { usual: { p50: 10, p95: 20 }, million: { p50: Infinity, p95: 55 } };

/** Milliseconds. */
interface Stages {
  readonly scan: number;
  readonly candidates: number;
  readonly rank: number;
  readonly present: number;
  readonly all: number;
}

export async function query({ sizes, say }: Settings): Promise<Section> {
  const figures: Figure[] = [];
  const detail: Record<string, unknown> = { queries };
  for (const size of sizes) {
    const index = await madeUpIndex(size, say);
    const store = await openStore(index.path);
    say(`query: ${queries} queries in ${index.chunks} chunks`);
    const stages = await measure(store, index.folder);
    await store.close();
    const bar = size >= 1_000_000 ? bars.million : bars.usual;
    for (const [name, q] of [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const) {
      // prettier-ignore
      const value = quantile(stages.map(({ all }) => all), q); // prettier-ignore
      figures.push({ name: `${name} in ${index.chunks} chunks`, value, unit: 'ms', ...within(value, bar[name]) });
    }
    detail[index.chunks] = Object.fromEntries(
      (['scan', 'candidates', 'rank', 'present', 'all'] as const).map((stage) => {
        const times = stages.map((one) => one[stage]);
        return [stage, { p50: quantile(times, 0.5), p95: quantile(times, 0.95) }];
      }),
    );
  }
  const index = await madeUpIndex(small, say);
  const store = await openStore(index.path);
  figures.push(await besideVectra(store, index, say), besideMiniSearch(store, index, say));
  await store.close();
  return { figures, detail };
}

/** The search path of the engine from the query's vector on, some queries first to warm up. */
async function measure(store: Store, folder: string): Promise<Stages[]> {
  const vectors = new MadeUpVectors(store.matrix.dimensions);
  const measured: Stages[] = [];
  for (let i = 0; i < queries + warmUp; i++) {
    const vector = vectors.get(firstQueryVector + i);
    const times = [performance.now()];
    const lap = (): void => void times.push(performance.now());
    const parsed = parseQuery(madeUpQuery(i));
    const cosines = new Cosines(vector, store.matrix, store.instant);
    lap();
    const candidates = findCandidates(store, parsed, cosines, {});
    lap();
    const ranked = rank(parsed, candidates);
    lap();
    const presenter = new Presenter(folder, maxFileSize);
    const results = await Promise.all(ranked.slice(0, shown).map((one) => presenter.result(one, parsed)));
    results.forEach(({ terms }, i) => reasons(parsed, ranked[i]!, terms));
    lap();
    const [scan = 0, found = 0, rankTime = 0, present = 0] = times.slice(1).map((time, n) => time - times[n]!);
    if (i < warmUp) continue;
    measured.push({ scan, candidates: found, rank: rankTime, present, all: times.at(-1)! - times[0]! });
  }
  return measured;
}

/** By vector alone. */
async function besideVectra(store: Store, { chunks }: MadeUpIndex, say: Settings['say']): Promise<Figure> {
  say(`query: ${chunks} vectors in vectra`);
  const made = new MadeUpVectors(store.matrix.dimensions);
  const index = new LocalIndex(tempFolder());
  await index.createIndex({ version: 1 });
  await index.beginUpdate();
  // With an id of its own each would be compared with all before it.
  for (let i = 0; i < chunks; i++) await index.upsertItem({ vector: [...made.get(i)], metadata: { i } });
  await index.endUpdate();
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let i = 0; i < peerQueries; i++) {
    const vector = made.get(firstQueryVector + i);
    ours.push(
      await timed(() => findCandidates(store, parseQuery('x'), new Cosines(vector, store.matrix, store.instant), {})),
    );
    theirs.push(await timed(() => index.queryItems([...vector], '', shown)));
  }
  return beside(`by vectors, in ${chunks} chunks`, ours, 'vectra alone', theirs);
}

/** By keywords alone, with the same terms. */
function besideMiniSearch(store: Store, { folder, files, chunks }: MadeUpIndex, say: Settings['say']): Figure {
  const module = peer('minisearch');
  const name = `by keywords, in ${chunks} chunks`;
  const [ours, theirs]: [number[], number[]] = [[], []];
  const terms = (i: number): readonly string[] => parseQuery(madeUpQuery(i)).terms;
  for (let i = 0; i < peerQueries; i++) ours.push(timedNow(() => scoreKeywords(store, terms(i))));
  if (typeof module === 'string') return { name, value: median(ours), unit: 'ms', note: module };
  say(`query: ${chunks} chunks in MiniSearch`);
  const MiniSearch = 'default' in module ? module.default : module;
  const index = new MiniSearch({ fields: ['text'], tokenize });
  const texts = Array.from({ length: files }, (_, i) => madeUpPath(i)).flatMap((path) =>
    chunkFile(path, readFileSync(join(folder, path), 'utf8')).map(({ text }) => text),
  );
  index.addAll(texts.map((text, id) => ({ id, text })));
  for (let i = 0; i < peerQueries; i++) theirs.push(timedNow(() => index.search(terms(i).join(' '))));
  return beside(name, ours, 'MiniSearch', theirs);
}

const beside = (name: string, ours: readonly number[], peerName: string, theirs: readonly number[]): Figure => ({
  ...{ name, value: median(ours), unit: 'ms', ratio: median(ours) / median(theirs) },
  peer: { name: peerName, value: median(theirs) },
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
