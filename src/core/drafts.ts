/**
 * Text of open editors that no file holds: changes that are not saved, and editors without a file. It is found as it
 * stands and kept in memory alone; a draft counts in place of its file until the file is taken in again.
 */
import type { InstantEmbedder } from './instant.ts';
import type { Embedder } from './embed.ts';
import { sketch, type ReadChunk } from './next-chunks.ts';
import { prepareText } from './prepare.ts';
import { contentHash } from './read.ts';
import type { Store } from './store/store.ts';
import { quantizeAll } from './vectors.ts';

export class Drafts {
  readonly #store: Store;
  readonly #texts = new Map<string, string>();
  /** Chunks that have no vector, by path. */
  readonly #waiting = new Map<string, readonly ReadChunk[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The text of a draft; undefined where the file counts. */
  textOf(path: string): string | undefined {
    return this.#texts.get(path);
  }

  has(path: string): boolean {
    return this.#texts.has(path);
  }

  /** Chunks that the next search embeds before it answers. */
  get waiting(): number {
    return this.#chunks.length;
  }

  /** From now on the text counts in place of the file, or as an entry of its own. */
  set(path: string, text: string): void {
    this.#texts.set(path, text);
    const found = { path, size: text.length, mtimeMs: Date.now() };
    const { entry, texts } = prepareText(found, { text, hash: contentHash(text) });
    this.#store.putDraft(entry);
    const chunks = entry.chunks.map((chunk, i) => ({ hash: chunk.hash, text: texts[i] ?? '' }));
    const waiting = chunks.filter(({ hash }) => this.#store.matrix.rowOf(hash) < 0);
    if (waiting.length > 0) this.#waiting.set(path, waiting);
    else this.#waiting.delete(path);
  }

  /** The text is gone or lies in its file. An entry that stands for a file counts on until that has been taken in. */
  delete(path: string, isFile: boolean): void {
    this.#texts.delete(path);
    this.#waiting.delete(path);
    if (!isFile) this.#store.dropDraft(path);
  }

  /** All of them once more, after the index has been read anew. */
  restore(): void {
    for (const [path, text] of this.#texts) this.set(path, text);
  }

  /** Gives the chunks that wait vectors: by the model, so that they rank with the rest. */
  async embed(embedder: Embedder): Promise<void> {
    const chunks = this.#chunks;
    this.#waiting.clear();
    const vectors = await embedder.embed(
      chunks.map(({ text }) => text),
      { urgent: true },
    );
    this.#store.putDraftVectors(Buffer.concat(chunks.map(({ hash }) => hash)), quantizeAll(vectors));
  }

  /** Gives them instant vectors: while the rest of the index has none better. */
  sketch(instant: InstantEmbedder): void {
    const chunks = this.#chunks.filter(({ hash }) => this.#store.instant.rowOf(hash) < 0);
    sketch(this.#store, chunks, instant);
  }

  get #chunks(): readonly ReadChunk[] {
    return [...this.#waiting.values()].flat();
  }
}
