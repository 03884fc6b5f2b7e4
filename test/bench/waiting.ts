/** How long a query waits for its vector while many chunks are embedded. */
import type { Runtime } from '../../src/core/runtime.ts';
import { EmbedderProcess } from '../core/embedder-process.ts';
import { sampleTexts } from './corpus.ts';
import { median, quantile, type Figure, type Section, type Settings } from './figures.ts';

const queries = 60;
const query = 'where are failed requests retried';
/** Between two queries, ms; random, so that they meet a run of the model at any point of it. */
const pause = { least: 50, most: 250 };

interface Waits {
  readonly idle: readonly number[];
  readonly busy: readonly number[];
}

export async function waiting({ threads, say }: Settings): Promise<Section> {
  const texts = sampleTexts({ code: 40, docs: 24 });
  const figures: Figure[] = [];
  const detail: Record<string, unknown> = { threads, queries };
  for (const runtime of ['native', 'wasm'] as const) {
    say(`waiting: ${queries} queries on ${runtime}`);
    const { idle, busy } = await waitsOn(runtime, threads, texts);
    const name = `a query's vector while chunks are embedded, ${runtime}`;
    for (const q of [0.5, 0.95]) {
      const peer = { name: 'with nothing else to do', value: quantile(idle, q) };
      figures.push({ name: `${name}, p${q * 100}`, value: quantile(busy, q), unit: 'ms', peer });
    }
    detail[runtime] = { idle: median(idle), worst: Math.max(...busy) };
  }
  return { figures, detail };
}

async function waitsOn(runtime: Runtime, threads: number, texts: readonly string[]): Promise<Waits> {
  const embedder = new EmbedderProcess(runtime, threads);
  await embedder.embed([query]);
  const idle = await waits(embedder);
  const asked = new AbortController();
  const chunks = (async () => {
    while (!asked.signal.aborted) await embedder.embed(texts);
  })();
  const busy = await waits(embedder);
  asked.abort();
  await chunks;
  await embedder.close();
  return { idle, busy };
}

async function waits(embedder: EmbedderProcess): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < queries; i++) {
    await new Promise((resolve) => setTimeout(resolve, pause.least + Math.random() * (pause.most - pause.least)));
    const began = performance.now();
    await embedder.embed([query], { urgent: true });
    all.push(performance.now() - began);
  }
  return all;
}
