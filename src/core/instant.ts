/**
 * Instant vectors: what the model would make of a text, approximately, out of a table of token vectors fitted to the
 * model's own. They lie in the model's space and are there in a fraction of a millisecond.
 */
import { parseInstantTable, type InstantTable } from './instant-table.ts';
import { readModelManifest, readVerified } from './model-files.ts';
import { NearbyError } from './types.ts';
import { WordPiece } from './wordpiece.ts';

/** [CLS] and [SEP], which the table has no part for. */
const enclosing = 2;

export class InstantEmbedder {
  readonly dimensions: number;
  /** Tokens read so far. */
  tokens = 0;
  readonly #table: InstantTable;
  readonly #pieces: WordPiece;
  readonly #maxTokens: number;
  /** What the places of each token weigh together in the text at hand; all 0 between texts. */
  readonly #weights: Float32Array;
  readonly #placeWeights: Float32Array;
  readonly #sum: Float32Array;

  private constructor(table: InstantTable, pieces: WordPiece, maxTokens: number) {
    this.#table = table;
    this.#pieces = pieces;
    this.#maxTokens = maxTokens;
    this.dimensions = table.dimensions;
    this.#weights = new Float32Array(table.scales.length);
    this.#placeWeights = Float32Array.from({ length: maxTokens }, (_, place) => 1 / (1 + place / table.halfPlace));
    this.#sum = new Float32Array(table.rank);
  }

  /** @throws NearbyError `no-model`, or `bad-model` when a file's checksum does not fit */
  static async load(folder: string): Promise<InstantEmbedder> {
    const { files, instant, maxTokens } = await readModelManifest(folder);
    const tokenizer = files.find(({ path }) => path === 'tokenizer.json');
    if (!tokenizer || !instant) {
      throw new NearbyError(
        'no-model',
        `The model in ${folder} comes without instant vectors; reinstall the extension.`,
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
    this.#sum.fill(0);
    for (const id of ids) {
      const weight = weights[id] ?? 0;
      if (weight === 0) continue; // added where it stood first
      weights[id] = 0;
      this.#add(id, weight ** this.#table.saturation);
    }
    return this.#project();
  }

  #add(id: number, weight: number): void {
    const { rank, rows, scales } = this.#table;
    const sum = this.#sum;
    const factor = weight * (scales[id] ?? 0);
    const at = id * rank;
    for (let i = 0; i < rank; i++) sum[i] = (sum[i] ?? 0) + factor * (rows[at + i] ?? 0);
  }

  /** The sum in the model's space, scaled to length 1. */
  #project(): Float32Array {
    const { rank, dimensions, projection } = this.#table;
    const vector = new Float32Array(dimensions);
    const sum = this.#sum;
    // Four rows at a time: the vector is read and written a quarter as often, which is where the time goes.
    for (let i = 0; i < rank; i += 4) {
      const [x0, x1, x2, x3] = [sum[i] ?? 0, sum[i + 1] ?? 0, sum[i + 2] ?? 0, sum[i + 3] ?? 0];
      const row0 = i * dimensions;
      const row1 = row0 + dimensions;
      const row2 = row1 + dimensions;
      const row3 = row2 + dimensions;
      for (let j = 0; j < dimensions; j++) {
        vector[j] =
          (vector[j] ?? 0) +
          x0 * (projection[row0 + j] ?? 0) +
          x1 * (projection[row1 + j] ?? 0) +
          x2 * (projection[row2 + j] ?? 0) +
          x3 * (projection[row3 + j] ?? 0);
      }
    }
    let square = 0;
    for (let j = 0; j < dimensions; j++) square += (vector[j] ?? 0) ** 2;
    const factor = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let j = 0; j < dimensions; j++) vector[j] = (vector[j] ?? 0) * factor;
    return vector;
  }
}
