/** Tokens a second of the embedder, beside onnxruntime-node alone and the usual pipeline with the usual int8 export. */
import { join } from 'node:path';
import { env, pipeline, type FeatureExtractionPipeline } from '@xenova/transformers';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Embedder } from '../../src/core/embed.ts';
import { sampleTexts } from './corpus.ts';
import { atLeast, mean, median, type Figure, type Section, type Settings } from './figures.ts';
import { BareSession, recordBatches, tokensOf, type Tensors } from './onnx.ts';
import { peerModel } from './peer-model.ts';

const sample = { code: 160, docs: 96 };
/** Texts in one call of the embedder, as many as the engine gives it. */
const groupSize = 64;
const rounds = 3;
const pipelineBatch = 8;
const bars = { onnxruntime: 0.9, pipeline: 1.8 };

/** Texts, and what the embedder makes of them. */
interface Group {
  readonly texts: readonly string[];
  readonly batches: readonly Tensors[];
  readonly tokens: number;
  readonly vectors: readonly Float32Array[];
}

type Peer = 'onnxruntime' | 'pipeline';

/** Tokens a second. */
interface Speed {
  readonly clock: number;
  /** Of time on a processor: what others run meanwhile counts for less. */
  readonly processor: number;
}

interface Contender {
  /** @returns the vectors, row-major, where they are wanted */
  readonly run: (group: Group) => Promise<Float32Array | undefined>;
  readonly close: () => Promise<unknown>;
}

export async function embedding({ threads, say }: Settings): Promise<Section> {
  const folder = bundledModel();
  const embedder = await Embedder.load({ folder, threads });
  const groups = await groupsOf(embedder, sampleTexts(sample));
  const contenders = new Map<Peer, Contender>();
  const absent = new Map<Peer, string>();
  for (const [peer, open] of [
    ['onnxruntime', () => openBare(groups, join(folder, 'onnx', 'model_quantized.onnx'), threads)],
    ['pipeline', () => openPipeline(threads, say)],
  ] as const) {
    try {
      contenders.set(peer, await open());
    } catch (error) {
      absent.set(peer, `Not compared: ${(error as Error).message}`);
      say(`embedding: ${peer} is not compared: ${(error as Error).message}`);
    }
  }

  const first = groups[0]!;
  await contenders.get('onnxruntime')?.run(first);
  const peerVectors = await contenders.get('pipeline')?.run(first);

  const speeds: Speed[] = [];
  const peerSpeeds: Record<Peer, Speed[]> = { onnxruntime: [], pipeline: [] };
  for (let round = 1; round <= rounds; round++) {
    say(`embedding: round ${round} of ${rounds}`);
    for (const group of groups) {
      speeds.push(await timed(group.tokens, () => embedder.embed(group.texts)));
      for (const [peer, { run }] of contenders) {
        peerSpeeds[peer].push(await timed(group.tokens, () => run(group)));
      }
    }
  }
  for (const { close } of contenders.values()) await close();
  await embedder.dispose();

  const perSecond = (some: readonly Speed[]): number => median(some.map(({ clock }) => clock));
  const ratios = (peer: Peer, by: keyof Speed): number[] =>
    peerSpeeds[peer].map((speed, i) => speeds[i]![by] / speed[by]);
  const figure = (peer: Peer, name: string, peerName: string): Figure => {
    const base = { name, value: perSecond(speeds), unit: 'tokens/s' };
    const note = absent.get(peer);
    if (note !== undefined) return { ...base, note };
    const beside = { name: peerName, value: perSecond(peerSpeeds[peer]) };
    return { ...base, peer: beside, ...atLeast(median(ratios(peer, 'clock')), bars[peer]) };
  };
  return {
    figures: [
      figure('onnxruntime', 'texts to vectors, beside the same batches', 'onnxruntime-node alone'),
      figure('pipeline', 'texts to vectors, beside the usual way', "transformers' pipeline, q8"),
    ],
    detail: {
      threads,
      chunks: groups.length * groupSize,
      tokens: groups.reduce((sum, { tokens }) => sum + tokens, 0),
      ...(peerVectors ? { meanCosineToPipeline: cosine(first.vectors, peerVectors) } : {}),
      ratios: { onnxruntime: ratios('onnxruntime', 'clock'), pipeline: ratios('pipeline', 'clock') },
      ratiosByProcessorTime: {
        onnxruntime: ratios('onnxruntime', 'processor'),
        pipeline: ratios('pipeline', 'processor'),
      },
    },
  };
}

/** Runs everything once, which also warms it up, and keeps the batches that the embedder forms. */
async function groupsOf(embedder: Embedder, texts: readonly string[]): Promise<Group[]> {
  const groups: Group[] = [];
  for (let from = 0; from + groupSize <= texts.length; from += groupSize) {
    const group = texts.slice(from, from + groupSize);
    const before = embedder.tokens;
    let vectors: Float32Array[] = [];
    const record = async (): Promise<void> => void (vectors = await embedder.embed(group));
    // Without onnxruntime-node the embedder still runs, on WASM.
    const batches = await recordBatches(record).catch(async () => (await record(), []));
    groups.push({ texts: group, batches, tokens: embedder.tokens - before, vectors });
  }
  return groups;
}

async function openBare(groups: readonly Group[], model: string, threads: number): Promise<Contender> {
  for (const { batches, tokens } of groups) {
    const recorded = batches.reduce((sum, batch) => sum + tokensOf(batch), 0);
    if (recorded !== tokens) throw new Error(`${recorded} of ${tokens} tokens were seen to pass through it.`);
  }
  const session = await BareSession.open(model, threads);
  return { run: ({ batches }) => session.run(batches).then(() => undefined), close: () => session.release() };
}

async function openPipeline(threads: number, say: Settings['say']): Promise<Contender> {
  say('embedding: fetching the usual int8 export');
  const { parent, name } = await peerModel();
  env.localModelPath = parent;
  const extract: FeatureExtractionPipeline = await pipeline('feature-extraction', name, {
    dtype: 'q8',
    local_files_only: true,
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  });
  const run = async ({ texts, vectors }: Group): Promise<Float32Array> => {
    const all = new Float32Array(texts.length * vectors[0]!.length);
    for (let from = 0; from < texts.length; from += pipelineBatch) {
      const batch = texts.slice(from, from + pipelineBatch);
      const output = await extract(batch, { pooling: 'mean', normalize: true });
      all.set(output.data as Float32Array, from * vectors[0]!.length);
    }
    return all;
  };
  return { run, close: () => extract.dispose() };
}

async function timed(tokens: number, work: () => Promise<unknown>): Promise<Speed> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await work();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  return { clock: (tokens / ms) * 1e3, processor: (tokens / (user + system)) * 1e6 };
}

/** Of unit vectors: near 1 when both sides computed the same thing. */
function cosine(ours: readonly Float32Array[], theirs: Float32Array): number {
  return mean(ours.map((vector, i) => vector.reduce((sum, x, d) => sum + x * theirs[i * vector.length + d]!, 0)));
}
