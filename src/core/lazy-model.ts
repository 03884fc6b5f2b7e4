/** The model, loaded at its first use, and the vectors of the latest queries. */
import { Embedder, type EmbedderOptions } from './embed.ts';
import { InstantEmbedder } from './instant.ts';
import { say } from './say.ts';
import { NearbyError } from './types.ts';

/** Query vectors kept, for a query that is typed on or asked again. */
const cacheSize = 64;

export interface LazyModelOptions extends EmbedderOptions {
  /** Whether instant vectors are wanted. True when absent. */
  readonly instant?: boolean | undefined;
}

export class LazyModel {
  readonly #options: LazyModelOptions;
  readonly #tell: (message: string) => void;
  readonly #queries = new Map<string, Float32Array>();
  #loading: Promise<Embedder | undefined> | undefined;
  #loaded = false;
  #instant: Promise<InstantEmbedder | undefined> | undefined;
  #failure: string | undefined;

  /** @param tell receives a sentence about why the model cannot be used, or runs otherwise than it should; each once */
  constructor(options: LazyModelOptions, tell: (message: string) => void) {
    this.#options = { log: tell, ...options };
    this.#tell = tell;
  }

  /** Why the model cannot be used, once that is known. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Undefined when it cannot be loaded; search by keywords goes on then. */
  load(): Promise<Embedder | undefined> {
    this.#loading ??= Embedder.load(this.#options).then(
      (embedder) => {
        this.#loaded = true;
        return embedder;
      },
      (error: unknown) => {
        this.#failure = error instanceof NearbyError ? error.message : say('The model cannot run: {0}', String(error));
        this.#tell(this.#failure);
        return undefined;
      },
    );
    return this.#loading;
  }

  /** Whether a query need not wait for it. */
  get isLoaded(): boolean {
    return this.#loaded;
  }

  /** Instant vectors, which need no loading worth the name; undefined when their table cannot be used, or they are not wanted. */
  async instant(): Promise<InstantEmbedder | undefined> {
    if (this.#options.instant === false) return undefined;
    this.#instant ??= InstantEmbedder.load(this.#options.folder).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      this.#tell(say('There are no instant vectors: {0}', why));
      return undefined;
    });
    return this.#instant;
  }

  async embedQuery(text: string): Promise<Float32Array | undefined> {
    const known = this.#queries.get(text);
    if (known) return known;
    const [vector] = (await (await this.load())?.embed([text], { urgent: true })) ?? [];
    if (vector) this.#queries.set(text, vector);
    for (const oldest of this.#queries.keys()) {
      if (this.#queries.size <= cacheSize) break;
      this.#queries.delete(oldest);
    }
    return vector;
  }

  async dispose(): Promise<void> {
    await (await this.#loading)?.dispose();
  }
}
