/** Instant vectors beside the model's: texts and tokens a second on one thread, time to load, memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Embedder } from '../../src/core/embed.ts';
import { InstantEmbedder } from '../../src/core/instant.ts';
import { sampleTexts } from './corpus.ts';
import { median, reaching, within, type Section, type Settings } from './figures.ts';

const sample = { code: 160, docs: 96 };
/** The model takes its time: it gets every so many of the texts. */
const modelEvery = 8;
const rounds = 9;
const bars = { tokensPerSecond: 1e6, loadMs: 50 };

export async function instant({ say }: Settings): Promise<Section> {
  const folder = bundledModel();
  const texts = sampleTexts(sample);
  const before = memory();
  const loads: number[] = [];
  let embedder = await timed(loads, () => InstantEmbedder.load(folder));
  const bytes = memory() - before;
  for (let i = 1; i < rounds; i++) embedder = await timed(loads, () => InstantEmbedder.load(folder));

  const times: number[] = [];
  for (let i = 0; i < rounds; i++) await timed(times, () => texts.forEach((text) => embedder.embed(text)));
  const tokens = embedder.tokens / rounds;
  const seconds = median(times) / 1000;

  say('instant: the same with the model');
  const model = await Embedder.load({ folder, threads: 1 });
  const some = texts.filter((_, i) => i % modelEvery === 0);
  await model.embed(some.slice(0, 1));
  const read = model.tokens;
  const modelTimes: number[] = [];
  await timed(modelTimes, () => model.embed(some));
  const modelSpeed = (model.tokens - read) / (median(modelTimes) / 1000);
  await model.dispose();

  const speed = tokens / seconds;
  return {
    figures: [
      {
        name: 'tokens to instant vectors, on one thread',
        value: speed,
        unit: 'tokens/s',
        peer: { name: 'the model', value: modelSpeed },
        ...reaching(speed, bars.tokensPerSecond),
      },
      { name: 'texts', value: texts.length / seconds, unit: 'texts/s' },
      { name: 'load, checksums included', value: median(loads), unit: 'ms', ...within(median(loads), bars.loadMs) },
      { name: 'memory that loading took', value: bytes / 2 ** 20, unit: 'MiB' },
    ],
    detail: { texts: texts.length, tokens, firstLoadMs: loads[0], firstRoundMs: times[0] },
  };
}

async function timed<T>(times: number[], work: () => T | Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  times.push(performance.now() - began);
  return result;
}

/** Bytes in use once what nobody holds is collected. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
