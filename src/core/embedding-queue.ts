/** The second half of an update: chunks without a vector, in the order in which they get one. */
import type { Embedder, EmbedOptions } from './embed.ts';
import type { LazyModel } from './lazy-model.ts';
import { nextChunks, type PendingChunk } from './next-chunks.ts';
import type { ChunkHit } from './rank/candidates.ts';
import type { Store } from './store/store.ts';
import { quantize } from './vectors.ts';

/** Chunks that are embedded and committed together: about half a second of work, after which edits get their turn. */
const groupSize = 64;

export interface EmbeddingQueueInput {
  readonly store: Store;
  readonly model: LazyModel;
  readonly folder: string;
  /** Bytes. */
  readonly maxFileSize: number;
  /** Called after each batch with the milliseconds it took; what it throws breaks the group off. */
  readonly rest: (workMs: number) => Promise<void>;
  /** Called for a file that has changed since it was taken in. */
  readonly onChanged: (path: string) => void;
  /** Called after each commit. */
  readonly onProgress: () => void;
  /** Called with what broke off the work that a search had asked for. */
  readonly onFailure: (error: unknown) => void;
}

/** What was done so far. */
export interface EmbeddingTotals {
  chunks: number;
  tokens: number;
  ms: number;
}

export class EmbeddingQueue {
  readonly #input: EmbeddingQueueInput;
  /** Files with chunks that have no vector yet, the next one last. */
  #paths: string[] = [];
  /** Files to begin with, the first one first. */
  #preferred: readonly string[] = [];
  /** Chunks that the latest search would have embedded first. */
  #wanted: readonly ChunkHit[] = [];
  #sharpening: Promise<void> | undefined;
  #totals: EmbeddingTotals = { chunks: 0, tokens: 0, ms: 0 };
  #tokensPerSecond = 0;

  constructor(input: EmbeddingQueueInput) {
    this.#input = input;
  }

  get isEmpty(): boolean {
    return this.#paths.length === 0;
  }

  /** Since the last `restart`. */
  get totals(): Readonly<EmbeddingTotals> {
    return this.#totals;
  }

  /** Of the latest group; 0 when there is nothing to do. */
  get tokensPerSecond(): number {
    return this.isEmpty ? 0 : this.#tokensPerSecond;
  }

  restart(): void {
    this.#totals = { chunks: 0, tokens: 0, ms: 0 };
  }

  /** Takes up what has no vector: the preferred files first, then those changed last. @returns the files, the next one last */
  refill(): readonly string[] {
    this.#paths = this.#ordered(this.#input.store.unembedded());
    return this.#paths;
  }

  /** From now on these files come first, in this order; others follow as they did. */
  prefer(paths: readonly string[]): void {
    this.#preferred = paths;
    this.#paths = this.#ordered(this.#paths);
  }

  /** Embeds the chunks of the next files and commits their vectors. */
  async embedNext(): Promise<void> {
    const { store, model, rest } = this.#input;
    const embedder = await model.load();
    if (!embedder) return;
    const items = await this.#read(this.#paths, groupSize, (hash) => store.matrix.rowOf(hash) < 0);
    const left = items.splice(groupSize)[0];
    if (left) this.#paths.push(left.place.path); // the last file has more than fit: it is gone on with next
    await this.#embed(embedder, items, { rest });
  }

  /** Embeds those of the chunks that have no vector before all others. Of several calls that wait, the last counts. */
  sharpen(hits: readonly ChunkHit[]): void {
    const { store } = this.#input;
    this.#wanted = hits.filter(
      ({ segment, chunk, path }) => (segment.vectorRow[chunk] ?? 0) < 0 && !store.isDraft(path),
    );
    if (this.#wanted.length === 0) return;
    this.#sharpening ??= this.#sharpenAll()
      .catch((error: unknown) => this.#input.onFailure(error))
      .finally(() => (this.#sharpening = undefined));
  }

  /** Resolves when the chunks that the latest search asked for have vectors. */
  async sharpened(): Promise<void> {
    await this.#sharpening;
  }

  async #sharpenAll(): Promise<void> {
    const { store, model } = this.#input;
    const embedder = await model.load();
    while (embedder && this.#wanted.length > 0) {
      const hits = this.#wanted;
      this.#wanted = [];
      const paths = new Set(hits.map(({ segment, chunk }) => segment.paths.get(segment.fileOfChunk[chunk] ?? 0)));
      const hashes = new Set(hits.map(({ segment, chunk }) => keyOf(segment.hash(chunk))));
      const isWanted = (hash: Uint8Array): boolean => hashes.has(keyOf(hash)) && store.matrix.rowOf(hash) < 0;
      await this.#embed(embedder, await this.#read([...paths], Infinity, isWanted), { urgent: true });
    }
  }

  async #embed(
    embedder: Embedder,
    items: readonly PendingChunk[],
    { urgent = false, rest }: EmbedOptions,
  ): Promise<void> {
    if (items.length === 0) return;
    const tokensBefore = embedder.tokens;
    let workMs = 0;
    const vectors = await embedder.embed(
      items.map(({ text }) => text),
      {
        urgent,
        rest: async (ms) => {
          workMs += ms;
          await rest?.(ms);
        },
      },
    );
    await this.#input.store.putVectors(
      items.map(({ hash, place }, i) => ({ hash, place, vector: quantize(vectors[i] ?? new Float32Array()) })),
    );
    const tokens = embedder.tokens - tokensBefore;
    this.#totals.chunks += items.length;
    this.#totals.tokens += tokens;
    this.#totals.ms += workMs;
    this.#tokensPerSecond = Math.round((tokens / workMs) * 1000);
    this.#input.onProgress();
  }

  #read(paths: string[], atLeast: number, isWanted: (hash: Uint8Array) => boolean): Promise<PendingChunk[]> {
    const { store, folder, maxFileSize, onChanged } = this.#input;
    return nextChunks({ store, folder, maxFileSize, paths, atLeast, isWanted, onChanged });
  }

  #ordered(paths: readonly string[]): string[] {
    const left = new Set(paths);
    const first = this.#preferred.filter((path) => left.delete(path));
    return [...left, ...first.reverse()];
  }
}

const keyOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
