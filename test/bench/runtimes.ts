/** Tokens a second of the embedder on WebAssembly, beside the native runtime on as many threads. */
import type { Runtime } from '../../src/core/runtime.ts';
import { EmbedderProcess } from '../core/embedder-process.ts';
import { sampleTexts } from './corpus.ts';
import { median, type Figure, type Section, type Settings } from './figures.ts';

const sample = { code: 20, docs: 12 };
/** Texts that each runtime embeds before the next one has its turn. */
const groupSize = 8;
const rounds = 3;
const threadCounts = [1, 2];

export async function runtimes({ say }: Settings): Promise<Section> {
  const texts = sampleTexts(sample);
  const contenders = threadCounts.flatMap((threads) =>
    (['native', 'wasm'] as const).map((runtime) => ({
      runtime,
      threads,
      embedder: new EmbedderProcess(runtime, threads),
      speeds: [] as number[],
    })),
  );
  for (const { embedder } of contenders) await embedder.embed(texts.slice(0, groupSize));
  for (let round = 1; round <= rounds; round++) {
    say(`runtimes: round ${round} of ${rounds}`);
    for (let from = 0; from < texts.length; from += groupSize) {
      for (const { embedder, speeds } of contenders) {
        const { tokens, ms } = await embedder.embed(texts.slice(from, from + groupSize));
        speeds.push((tokens / ms) * 1000);
      }
    }
  }
  for (const { embedder } of contenders) await embedder.close();

  const speedsOf = (runtime: Runtime, threads: number): readonly number[] =>
    contenders.find((one) => one.runtime === runtime && one.threads === threads)!.speeds;
  const figures = threadCounts.map((threads): Figure => {
    const [wasm, native] = [speedsOf('wasm', threads), speedsOf('native', threads)];
    return {
      name: `texts to vectors on WebAssembly, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
      value: median(wasm),
      unit: 'tokens/s',
      peer: { name: 'onnxruntime-node', value: median(native) },
      ratio: median(wasm.map((speed, i) => speed / native[i]!)),
    };
  });
  return { figures, detail: { chunks: texts.length, rounds } };
}
