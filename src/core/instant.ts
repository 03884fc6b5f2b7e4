/**
 * Instant vectors: what the model would make of a text, approximately, out of a table of token vectors fitted to the
 * model's own. They lie in the model's space and are there in a fraction of a millisecond.
 */
import { parseInstantTable, type InstantTable } from './instant-table.ts';
import { instantKernel } from './kernel/instant.wasm.ts';
import { readModelManifest, readVerified } from './model-files.ts';
import { say } from './say.ts';
import { NearbyError } from './types.ts';
import { WordPiece } from './wordpiece.ts';

/** [CLS] and [SEP], which the table has no part for. */
const enclosing = 2;
const pageBytes = 65_536;

interface Kernel {
  sum(ids: number, factors: number, count: number, rows: number, rank: number, out: number): void;
  project(vector: number, rank: number, matrix: number, dimensions: number, out: number): void;
}

export class InstantEmbedder {
  readonly dimensions: number;
  /** Tokens read so far. */
  tokens = 0;
  readonly #pieces: WordPiece;
  readonly #maxTokens: number;
  readonly #rank: number;
  readonly #saturation: number;
  readonly #scales: Float32Array;
  /** What the places of each token weigh together in the text at hand; all 0 between texts. */
  readonly #weights: Float32Array;
  readonly #placeWeights: Float32Array;
  readonly #kernel: Kernel;
  /** In the kernel's memory: the distinct tokens of the text at hand, and what the row of each is multiplied by. */
  readonly #ids: Uint32Array;
  readonly #factors: Float32Array;
  /** Of rank, in the kernel's memory. */
  readonly #sum: Float32Array;
  /** Of dimensions, in the kernel's memory. */
  readonly #vector: Float32Array;
  readonly #rowsAt: number;
  readonly #projectionAt: number;

  private constructor(table: InstantTable, pieces: WordPiece, maxTokens: number) {
    const { rank, dimensions, rows, projection, scales } = table;
    this.#pieces = pieces;
    this.#maxTokens = maxTokens;
    this.#rank = rank;
    this.#saturation = table.saturation;
    this.#scales = scales.slice(); // not a view that would hold the whole file in memory
    this.dimensions = dimensions;
    this.#weights = new Float32Array(scales.length);
    this.#placeWeights = Float32Array.from({ length: maxTokens }, (_, place) => 1 / (1 + place / table.halfPlace));
    const idsAt = projection.byteLength;
    const factorsAt = idsAt + maxTokens * 4;
    const sumAt = factorsAt + maxTokens * 4;
    const vectorAt = sumAt + rank * 4;
    this.#projectionAt = 0;
    this.#rowsAt = vectorAt + dimensions * 4;
    const pages = Math.ceil((this.#rowsAt + rows.byteLength) / pageBytes);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { buffer } = memory;
    new Float32Array(buffer, this.#projectionAt, projection.length).set(projection);
    new Int8Array(buffer, this.#rowsAt, rows.length).set(rows);
    this.#ids = new Uint32Array(buffer, idsAt, maxTokens);
    this.#factors = new Float32Array(buffer, factorsAt, maxTokens);
    this.#sum = new Float32Array(buffer, sumAt, rank);
    this.#vector = new Float32Array(buffer, vectorAt, dimensions);
    const module = new WebAssembly.Module(Buffer.from(instantKernel, 'base64'));
    this.#kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
  }

  /** @throws NearbyError `no-model`, or `bad-model` when a file's checksum does not fit */
  static async load(folder: string): Promise<InstantEmbedder> {
    const { files, instant, maxTokens } = await readModelManifest(folder);
    const tokenizer = files.find(({ path }) => path === 'tokenizer.json');
    if (!tokenizer || !instant) {
      throw new NearbyError(
        'no-model',
        say('The model in {0} comes without instant vectors; reinstall the extension.', folder),
      );
    }
    const [table, vocabulary] = await Promise.all([readVerified(folder, instant), readVerified(folder, tokenizer)]);
    const { model } = JSON.parse(vocabulary.toString()) as { model: { vocab: Record<string, number> } };
    return new InstantEmbedder(parseInstantTable(table), new WordPiece(model.vocab), maxTokens - enclosing);
  }

  /** A unit vector; zero for a text without tokens. A text beyond the model's length is cut where the model cuts it. */
  embed(text: string): Float32Array {
    const ids = this.#pieces.encode(text, this.#maxTokens);
    this.tokens += ids.length;
    const weights = this.#weights;
    ids.forEach((id, place) => (weights[id] = (weights[id] ?? 0) + (this.#placeWeights[place] ?? 0)));
    let distinct = 0;
    for (const id of ids) {
      const weight = weights[id] ?? 0;
      if (weight === 0) continue; // counted where it stood first
      weights[id] = 0;
      this.#ids[distinct] = id;
      this.#factors[distinct++] = weight ** this.#saturation * (this.#scales[id] ?? 0);
    }
    const { byteOffset: sumAt } = this.#sum;
    this.#kernel.sum(this.#ids.byteOffset, this.#factors.byteOffset, distinct, this.#rowsAt, this.#rank, sumAt);
    this.#kernel.project(sumAt, this.#rank, this.#projectionAt, this.dimensions, this.#vector.byteOffset);
    return this.#vector.slice();
  }
}
