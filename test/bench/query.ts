/** What a query costs in made-up indexes, all in: the model's work on its words, the search, the snippets of the results. */
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Embedder } from '../../src/core/embed.ts';
import { Cosines } from '../../src/core/meaning.ts';
import { parseQuery } from '../../src/core/query.ts';
import { findCandidates } from '../../src/core/rank/candidates.ts';
import { rank, reasons } from '../../src/core/rank/rank.ts';
import { Presenter } from '../../src/core/snippet.ts';
import type { Store } from '../../src/core/store/store.ts';
import { quantile, within, type Figure, type Section, type Settings } from './figures.ts';
import { madeUpIndex, maxFileSize, openStore } from './made-up-index.ts';
import { firstQueryVector, madeUpQuery, MadeUpVectors } from './made-up.ts';
import { queryPeers } from './query-peers.ts';

const queries = 200;
const warmUp = 10;
const shown = 10;
/** Milliseconds; at a million chunks only the slow ones are held against a bar. */
const bars = {
  usual: { all: { p50: 15, p95: 30 }, search: { p50: 10, p95: 20 } },
  million: { all: { p50: Infinity, p95: 60 }, search: { p50: Infinity, p95: 55 } },
};

/** Milliseconds. */
interface Stages {
  /** The query's words to a vector. */
  readonly embed: number;
  readonly scan: number;
  readonly candidates: number;
  readonly rank: number;
  readonly present: number;
  /** All but `embed`. */
  readonly search: number;
  readonly all: number;
}

export async function query({ threads, sizes, scratch, say }: Settings): Promise<Section> {
  const embedder = await Embedder.load({ folder: bundledModel(), threads });
  const figures: Figure[] = [];
  const detail: Record<string, unknown> = { queries, threads };
  for (const size of sizes) {
    const { chunks, path, folder } = await madeUpIndex(size, scratch, say);
    const store = await openStore(path);
    say(`query: ${queries} queries in ${chunks} chunks`);
    const stages = await measure(store, folder, embedder);
    await store.close();
    const at = (stage: keyof Stages, q: number): number =>
      quantile(
        stages.map((one) => one[stage]),
        q,
      );
    const bar = size >= 1_000_000 ? bars.million : bars.usual;
    const figure = (name: string, value: number, most: number): Figure => ({
      ...{ name, chunks, value, unit: 'ms' },
      ...within(value, most),
    });
    const panel = 'Query, all in, 95th percentile';
    figures.push(
      figure('all in, p50', at('all', 0.5), bar.all.p50),
      { ...figure('all in, p95', at('all', 0.95), bar.all.p95), panel },
      figure('without embedding its words, p50', at('search', 0.5), bar.search.p50),
      figure('without embedding its words, p95', at('search', 0.95), bar.search.p95),
    );
    detail[chunks] = Object.fromEntries(
      (['embed', 'scan', 'candidates', 'rank', 'present', 'search', 'all'] as const).map((stage) => {
        return [stage, { p50: at(stage, 0.5), p95: at(stage, 0.95) }];
      }),
    );
  }
  await embedder.dispose();
  figures.push(...(await queryPeers(await madeUpIndex(sizes[0]!, scratch, say), say)));
  return { figures, detail };
}

/**
 * The search path of the engine, some queries first to warm up. The model reads the query, but what is searched with is a
 * vector like those of the index, which do not come from the model either.
 */
async function measure(store: Store, folder: string, embedder: Embedder): Promise<Stages[]> {
  const vectors = new MadeUpVectors(store.matrix.dimensions);
  const measured: Stages[] = [];
  for (let i = 0; i < queries + warmUp; i++) {
    const vector = vectors.get(firstQueryVector + i);
    const text = madeUpQuery(i);
    const times = [performance.now()];
    const lap = (): void => void times.push(performance.now());
    await embedder.embed([text]);
    lap();
    const parsed = parseQuery(text);
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
    const [embed = 0, scan = 0, found = 0, rankTime = 0, present = 0] = times.slice(1).map((t, n) => t - times[n]!);
    if (i < warmUp) continue;
    const all = times.at(-1)! - times[0]!;
    measured.push({ embed, scan, candidates: found, rank: rankTime, present, search: all - embed, all });
  }
  return measured;
}
