/** Text to vectors, with the model in the package: tokens, batches of like length, one run of the model per batch. */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PreTrainedModel, PreTrainedTokenizer, Tensor } from '@xenova/transformers';
import { batchesOf } from './batches.ts';
import { readModelManifest, readVerified, type ModelManifest } from './model-files.ts';
import { threadsAt } from './pace.ts';
import { loadRuntime, type LoadedRuntime, type Runtime, type Transformers } from './runtime.ts';
import { say } from './say.ts';
import { NearbyError } from './types.ts';

/**
 * Tokens in one run of the model, padding included: one chunk of full length, or several short texts. Up to 512 are as fast
 * on chunks of code and docs and more are not, but a query waits for a run. Texts that go together also share the scale
 * that activations are quantised with, so that fewer of them leave each vector nearer to what it is alone.
 */
const runTokens = 256;

export interface EmbedderOptions {
  /** The folder of the model: weights, tokenizer, config and `manifest.json`. */
  readonly folder: string;
  /** Threads for the model; 0: half of the cores, the rest is left to the editor. */
  readonly threads: number;
  /** Absent: native, or WebAssembly where that cannot be loaded. The first embedder of a process decides for it. */
  readonly runtime?: Runtime;
  /** Receives a sentence when the model runs otherwise than it should. */
  readonly log?: (line: string) => void;
}

export interface EmbedOptions {
  /** Whether it goes before the next run of calls that are not: it waits for the run under way alone. False when absent. */
  readonly urgent?: boolean;
  /** Called after each run with the milliseconds that it took, and waited for. */
  readonly rest?: (workMs: number) => Promise<void>;
}

/** What the store must know of a model before it is loaded. */
export interface ModelInfo {
  readonly id: string;
  readonly dimensions: number;
  /** Short and different for every set of weights. */
  readonly version: string;
  /** The Unicode scripts that it was trained to read. */
  readonly scripts: readonly string[];
}

/** @throws NearbyError `no-model` */
export async function readModelInfo(folder: string): Promise<ModelInfo> {
  const { id, dimensions, scripts, files } = await readModelManifest(folder);
  const version = createHash('sha256')
    .update(files.map(({ sha256 }) => sha256).join())
    .digest('hex')
    .slice(0, 8);
  return { id, dimensions, version, scripts };
}

export class Embedder {
  readonly dimensions: number;
  /** What the model runs on. */
  readonly runtime: Runtime;
  /** Tokens run through the model so far, padding left out. */
  tokens = 0;
  readonly #maxTokens: number;
  readonly #transformers: Transformers;
  readonly #tokenizer: PreTrainedTokenizer;
  readonly #model: PreTrainedModel;
  /** Urgent calls under way, of all embedders: they share the processor. */
  static readonly #urgent = new Set<Promise<unknown>>();

  private constructor(
    manifest: ModelManifest,
    { runtime, transformers }: LoadedRuntime,
    tokenizer: PreTrainedTokenizer,
    model: PreTrainedModel,
  ) {
    this.runtime = runtime;
    this.#transformers = transformers;
    this.dimensions = manifest.dimensions;
    this.#maxTokens = manifest.maxTokens;
    this.#tokenizer = tokenizer;
    this.#model = model;
  }

  /** @throws NearbyError `no-model`, `bad-model` when a file's checksum does not fit, or `no-runtime` */
  static async load({ folder, threads, ...options }: EmbedderOptions): Promise<Embedder> {
    const manifest = await readModelManifest(folder);
    for (const file of manifest.files) await readVerified(folder, file);
    const intraOpNumThreads = threads > 0 ? threads : threadsAt('normal');
    const loaded = await loadRuntime({ threads: intraOpNumThreads, ...options });
    const { AutoModel, AutoTokenizer, env } = loaded.transformers;
    env.allowRemoteModels = false;
    env.allowLocalModels = true;
    env.localModelPath = dirname(folder);
    const name = basename(folder);
    try {
      const tokenizer = await AutoTokenizer.from_pretrained(name, { local_files_only: true });
      const model = await AutoModel.from_pretrained(name, {
        local_files_only: true,
        dtype: 'q8',
        device: 'cpu', // onnxruntime-web too knows its processor backend by this name
        session_options: { intraOpNumThreads, interOpNumThreads: 1 },
      });
      return new Embedder(manifest, loaded, tokenizer, model);
    } catch (error) {
      throw new NearbyError(
        'no-runtime',
        say(
          'ONNX Runtime ({0}) cannot run the model in {1}: {2} Reinstall the extension. Search by keywords goes on.',
          loaded.runtime,
          folder,
          (error as Error).message,
        ),
        { cause: error },
      );
    }
  }

  /**
   * One unit vector for each text, in their order. Texts beyond the model's length are cut. A run of the model blocks the
   * event loop on either runtime; it gets its turns between two of them.
   */
  async embed(texts: readonly string[], { urgent = false, rest }: EmbedOptions = {}): Promise<Float32Array[]> {
    if (!urgent) return this.#embed(texts, () => Embedder.#giveWay(), rest);
    const embedding = this.#embed(texts, nextTurn, rest);
    Embedder.#urgent.add(embedding);
    try {
      return await embedding;
    } finally {
      Embedder.#urgent.delete(embedding);
    }
  }

  /** @param beforeRun awaited before each run of the model */
  async #embed(
    texts: readonly string[],
    beforeRun: () => Promise<unknown>,
    rest: EmbedOptions['rest'],
  ): Promise<Float32Array[]> {
    const tokens = texts.map((text) => this.#tokenize(text));
    const vectors = new Array<Float32Array>(texts.length);
    const batches = batchesOf(
      tokens.map(({ length }) => length),
      runTokens,
    );
    for (const batch of batches) {
      await beforeRun();
      const began = performance.now();
      const output = await this.#run(batch.map((i) => tokens[i] ?? []));
      batch.forEach((i, row) => {
        vectors[i] = output.slice(row * this.dimensions, (row + 1) * this.dimensions);
      });
      await rest?.(performance.now() - began);
    }
    return vectors;
  }

  /**
   * What the vocabulary makes of a text: its words and marks, the pieces that they are read as, how many of them it has no
   * pieces for, and whether the text is longer than the model reads.
   */
  measure(text: string): { words: number; pieces: number; unknown: number; cut: boolean } {
    const pieces = this.#tokenizer.tokenize(text);
    return {
      words: pieces.filter((piece) => !piece.startsWith('##')).length, // how WordPiece marks the later pieces of a word
      pieces: pieces.length,
      unknown: pieces.filter((piece) => piece === this.#tokenizer.unk_token).length,
      cut: pieces.length + 2 > this.#maxTokens, // [CLS] and [SEP]
    };
  }

  async dispose(): Promise<void> {
    await this.#model.dispose();
  }

  #tokenize(text: string): number[] {
    const ids = this.#tokenizer.encode(text);
    if (ids.length <= this.#maxTokens) return ids;
    return [...ids.slice(0, this.#maxTokens - 1), ids[ids.length - 1] ?? 0]; // keep the closing [SEP]
  }

  /** In the first turn of the event loop a request that came in meanwhile is read, in the second it asks for a vector. */
  static async #giveWay(): Promise<void> {
    await nextTurn();
    await nextTurn();
    await Promise.allSettled(Embedder.#urgent); // a failure is told to who asked
  }

  /** @returns n x dimensions, row-major */
  async #run(batch: readonly (readonly number[])[]): Promise<Float32Array> {
    const width = Math.max(...batch.map((ids) => ids.length));
    const ids = new BigInt64Array(batch.length * width);
    const mask = new BigInt64Array(batch.length * width);
    batch.forEach((row, i) => {
      row.forEach((id, j) => (ids[i * width + j] = BigInt(id)));
      mask.fill(1n, i * width, i * width + row.length);
      this.tokens += row.length;
    });
    const tensor = (data: BigInt64Array): Tensor => new this.#transformers.Tensor('int64', data, [batch.length, width]);
    const inputs = { input_ids: tensor(ids), attention_mask: tensor(mask) };
    const outputs = (await this.#model(inputs)) as { readonly sentence_embedding: Tensor };
    const vectors = Float32Array.from(outputs.sentence_embedding.data as Float32Array);
    for (const used of [inputs.input_ids, inputs.attention_mask, outputs.sentence_embedding]) used.dispose();
    return vectors;
  }
}
