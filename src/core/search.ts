/** The search path of one folder: from a query, or a place, to results with their reasons. */
import { resolve } from 'node:path';
import type { Drafts } from './drafts.ts';
import type { LazyModel } from './lazy-model.ts';
import type { Learning } from './learning.ts';
import { Cosines } from './meaning.ts';
import { parseQuery, readableShare } from './query.ts';
import { findCandidates, type ChunkHit } from './rank/candidates.ts';
import { rank, reasons } from './rank/rank.ts';
import { readText } from './read.ts';
import { say, spoken } from './say.ts';
import { findSimilar } from './similar.ts';
import { Presenter } from './snippet.ts';
import type { Store } from './store/store.ts';
import { NearbyError, type SearchAnswer, type SearchQuery, type SearchResult, type SimilarQuery } from './types.ts';

/** The first candidates of a search that are embedded before all else, so that its answer sharpens: what a reader sees. */
const sharpened = 24;

export interface SearcherInput {
  readonly store: Store;
  /** Absolute, without symbolic links. */
  readonly folder: string;
  /** Bytes. */
  readonly maxFileSize: number;
  readonly model: LazyModel;
  readonly drafts: Drafts;
  readonly learning: Learning;
  /** The Unicode scripts that the model reads. */
  readonly scripts: readonly string[];
  /** Has the files that a question is about read before the rest; what it does not know of, it need not wait for. */
  readonly readFirst: (words: readonly string[]) => Promise<void>;
  /** Has what the reader will see first embedded before the rest. */
  readonly sharpen: (candidates: readonly ChunkHit[]) => void;
}

export class Searcher {
  readonly #input: SearcherInput;

  constructor(input: SearcherInput) {
    this.#input = input;
  }

  /** From a query to results. @param learns whether what use has taught takes part */
  async search(query: SearchQuery, learns: boolean): Promise<SearchAnswer> {
    const { store, learning, drafts, scripts, readFirst, sharpen } = this.#input;
    const began = performance.now();
    const parsed = parseQuery(query.query);
    if (parsed.terms.length === 0) return { tier: this.#tier(), ms: performance.now() - began, results: [] };
    await readFirst(parsed.terms);
    if (drafts.waiting > 0) await this.#embedDrafts();
    const readable = readableShare(parsed.text, scripts);
    const vector = readable > 0 ? await this.#queryVector(parsed.text) : undefined;
    const learned = learns ? await learning.recall(parsed, vector) : undefined;
    const moved = learned?.vector ?? vector;
    const cosines = moved && new Cosines(moved, store.matrix, store.instant);
    const candidates = findCandidates(store, parsed, cosines, query);
    const boost = (candidate: ChunkHit): number => learned?.of(candidate)?.boost ?? 0;
    const ranked = rank(parsed, candidates, { readable, boost });
    sharpen(ranked.slice(0, sharpened).map(({ candidate }) => candidate));
    const presenter = this.#presenter();
    const results: SearchResult[] = [];
    for (let next = 0; next < ranked.length && results.length < query.top; next += query.top) {
      const some = ranked.slice(next, next + query.top);
      const shown = await Promise.all(some.map((one) => presenter.result(one, parsed)));
      shown.forEach((result, i) => {
        const one = some[i];
        const lower = result.snippet.toLowerCase();
        if (!one || results.length >= query.top || !parsed.phrases.every((phrase) => lower.includes(phrase))) return;
        const { judged, reasons: said = [] } = learned?.of(one.candidate) ?? {};
        const why = [...said, ...reasons(parsed, one, result.terms)];
        results.push({ ...result, reasons: why, ...(judged && { judged }) });
      });
    }
    const judgements = learned?.judgements ?? 0;
    const answer = { tier: this.#tier(), ms: performance.now() - began, results };
    return judgements > 0 ? { ...answer, learned: judgements } : answer;
  }

  /** Places like the given one, by vectors; the place itself is left out. @throws NearbyError `no-model`, `unreadable` */
  async similar(query: SimilarQuery): Promise<SearchAnswer> {
    const began = performance.now();
    const embedder = await this.#input.model.load();
    if (!embedder) throw new NearbyError('no-model', this.#input.model.failure ?? say('The model cannot be used.'));
    const presenter = this.#presenter();
    const text = query.text ?? (await this.#readWhole(query.path));
    const results = await findSimilar({ store: this.#input.store, embedder, presenter, query, text });
    return { tier: this.#tier(), ms: performance.now() - began, results };
  }

  /** Drafts get what the rest has: vectors of the model's, or instant ones as long as other chunks have no others. */
  async #embedDrafts(): Promise<void> {
    const { chunks, embedded } = this.#input.store.counts;
    const isRestFull = chunks - embedded === this.#input.drafts.waiting;
    const embedder = isRestFull || this.#input.model.isLoaded ? await this.#input.model.load() : undefined;
    if (embedder) return this.#input.drafts.embed(embedder);
    const instant = await this.#input.model.instant();
    if (instant) this.#input.drafts.sketch(instant);
  }

  /** By the model; an instant one while there is more to find so than by the model, and that would have to be waited for. */
  async #queryVector(text: string): Promise<Float32Array | undefined> {
    const { matrix, instant } = this.#input.store;
    if (matrix.rows + instant.rows === 0) return undefined;
    if (this.#tier() === 'full' || this.#input.model.isLoaded) return this.#input.model.embedQuery(text);
    return (await this.#input.model.instant())?.embed(text);
  }

  #tier(): SearchAnswer['tier'] {
    const { chunks, embedded } = this.#input.store.counts;
    return embedded === chunks && this.#input.model.failure === undefined ? 'full' : 'instant';
  }

  #presenter(): Presenter {
    return new Presenter(this.#input.folder, this.#input.maxFileSize, (path) => this.#input.drafts.textOf(path));
  }

  /** A file of the folder, whole. @throws NearbyError `unreadable`, `outside` */
  async #readWhole(path: string): Promise<string> {
    const read = await readText(resolve(this.#input.folder, path), this.#input.maxFileSize);
    if ('skip' in read) {
      throw new NearbyError('unreadable', say('{0} cannot be compared. {1}', path, spoken(read.reason)));
    }
    return read.text;
  }
}
