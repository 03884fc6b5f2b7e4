/** Text to vectors, with the model in the package: tokens, batches of like length, one run of the model per batch. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';
import type { PreTrainedModel, PreTrainedTokenizer, Tensor } from '@xenova/transformers';
import { readModelManifest, readVerified, type ModelManifest } from './model-files.ts';

/** Texts in one run of the model; larger batches are no faster on a processor and hold up a query for longer. */
const maxBatch = 8;

/** The library is loaded with the model: a command that needs no vectors does without both. */
type Transformers = typeof import('@xenova/transformers');

export interface EmbedderOptions {
  /** The folder of the model: weights, tokenizer, config and `manifest.json`. */
  readonly folder: string;
  /** Threads for the model; 0: half of the cores, the rest is left to the editor. */
  readonly threads: number;
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
  /** Tokens run through the model so far, padding left out. */
  tokens = 0;
  readonly #maxTokens: number;
  readonly #transformers: Transformers;
  readonly #tokenizer: PreTrainedTokenizer;
  readonly #model: PreTrainedModel;

  private constructor(
    manifest: ModelManifest,
    transformers: Transformers,
    tokenizer: PreTrainedTokenizer,
    model: PreTrainedModel,
  ) {
    this.#transformers = transformers;
    this.dimensions = manifest.dimensions;
    this.#maxTokens = manifest.maxTokens;
    this.#tokenizer = tokenizer;
    this.#model = model;
  }

  /** @throws NearbyError `no-model`, or `bad-model` when a file's checksum does not fit */
  static async load({ folder, threads }: EmbedderOptions): Promise<Embedder> {
    const manifest = await readModelManifest(folder);
    for (const file of manifest.files) await readVerified(folder, file);
    const transformers = await import('@xenova/transformers');
    const { AutoModel, AutoTokenizer, env } = transformers;
    env.allowRemoteModels = false;
    env.allowLocalModels = true;
    env.localModelPath = dirname(folder);
    const intraOpNumThreads = threads > 0 ? threads : Math.max(1, Math.floor(availableParallelism() / 2));
    const name = basename(folder);
    const tokenizer = await AutoTokenizer.from_pretrained(name, { local_files_only: true });
    const model = await AutoModel.from_pretrained(name, {
      local_files_only: true,
      dtype: 'q8',
      device: 'cpu',
      session_options: { intraOpNumThreads, interOpNumThreads: 1 },
    });
    return new Embedder(manifest, transformers, tokenizer, model);
  }

  /**
   * One unit vector for each text, in their order. Texts beyond the model's length are cut. The event loop gets its turn
   * between batches, so that a query is embedded after at most one of them.
   * @param rest called after each batch with the milliseconds that it took, and waited for
   */
  async embed(texts: readonly string[], rest?: (workMs: number) => Promise<void>): Promise<Float32Array[]> {
    const tokens = texts.map((text) => this.#tokenize(text));
    const order = tokens.map((_, i) => i).sort((a, b) => (tokens[a]?.length ?? 0) - (tokens[b]?.length ?? 0));
    const vectors = new Array<Float32Array>(texts.length);
    for (let first = 0; first < order.length; first += maxBatch) {
      const batch = order.slice(first, first + maxBatch);
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
