/** What use has taught about one query: where its vector moves to, and which results move by themselves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isJudgement, queryKey, type Feedback, type FeedbackEvent } from './feedback.ts';
import type { LazyModel } from './lazy-model.ts';
import { parseQuery, type ParsedQuery } from './query.ts';
import type { ChunkHit } from './rank/candidates.ts';
import { say } from './say.ts';
import type { Store } from './store/store.ts';
import { NearbyError, type Judgement, type LearnEvent } from './types.ts';

/**
 * Rocchio's rule, q' = alpha q + beta mean(more) - gamma mean(less): J. J. Rocchio, "Relevance feedback in information
 * retrieval", in G. Salton (ed.), The SMART Retrieval System (1971). The weights are the usual ones (C. D. Manning et
 * al., Introduction to Information Retrieval (2008), 9.1.1): what is wanted says more than what is not.
 */
const alpha = 1;
const beta = 0.75;
const gamma = 0.15;
/** Queries with a lower cosine have nothing to say about one another; from here to 1 their weight rises from 0 to 1. */
const nearFrom = 0.85;

/**
 * Added to a candidate's log odds of being what was meant, for each time it was opened. Right answers lead by one to
 * four, so a click settles what is close and buries nothing.
 */
const openedBoost = 0.5;
/** Times opened that count: a habit may outweigh a clear lead, but no more than that. */
const openedMost = 3;
/** Added for the very chunk that was judged as what was meant; its vector moves the query towards it besides. */
const moreBoost = 1.5;
/** Taken off the very chunk that was judged as not meant: enough to lose the first place. */
const lessBoost = 4;

/** Past queries embedded in one go, and the rest after it (ms), so that a search seldom waits, and for one batch only. */
const embedBatch = 8;
const embedPause = 20;
/** Characters of a query that are kept. */
const maxQuery = 1000;

/** What was learned of one result. */
export interface Learned {
  /** Added to its log odds in the ranking. */
  readonly boost: number;
  readonly reasons: readonly string[];
  /** What was said of it for this very query. */
  readonly judged?: Judgement;
}

export interface Recalled {
  /** The query's vector, moved. Not of unit length. */
  readonly vector: Float32Array | undefined;
  /** How many judgements took part. */
  readonly judgements: number;
  readonly of: (candidate: ChunkHit) => Learned | undefined;
}

/** A chunk that an event is about, as the index has it now. */
interface Target {
  /** Hexadecimal. */
  readonly hash: string;
  /** Undefined when the file is gone, perhaps renamed: then any chunk with this hash is meant. */
  readonly path: string | undefined;
}

/** A chunk of a file, as the index has it now. */
interface PlacedChunk {
  /** Hexadecimal. */
  readonly hash: string;
  readonly symbol: string;
  readonly startLine: number;
  readonly endLine: number;
}

type EventsByQuery = ReadonlyMap<string, readonly FeedbackEvent[]>;

/** Sums over the events of one chunk, each by the weight of its query. */
interface Sums {
  opened: number;
  /** Above 0: more of this. */
  judged: number;
  /** For this very query. */
  verdict?: Judgement;
}

export interface LearningParts {
  readonly feedback: Feedback;
  readonly model: LazyModel;
  readonly store: Store;
  readonly log: (line: string) => void;
}

export class Learning {
  readonly #feedback: Feedback;
  readonly #model: LazyModel;
  readonly #store: Store;
  readonly #log: LearningParts['log'];
  /** Unit vectors of past queries, by their keys. */
  readonly #vectors = new Map<string, Float32Array>();
  /** What the groups were made of. */
  #known: readonly FeedbackEvent[] = [];
  #byQuery = new Map<string, FeedbackEvent[]>();
  #embedding: Promise<void> | undefined;
  #closed = false;

  constructor({ feedback, model, store, log }: LearningParts) {
    this.#feedback = feedback;
    this.#model = model;
    this.#store = store;
    this.#log = log;
  }

  /** @throws NearbyError `unreadable`, `gone` when no such chunk is in the index any more */
  async learn({ kind, query, path, startLine, endLine }: LearnEvent): Promise<void> {
    const key = queryKey(query);
    const inFile = this.#chunksOf(path);
    const chunk = inFile.find((one) => one.startLine <= startLine && one.endLine >= startLine);
    if (!key) return;
    if (!chunk) throw new NearbyError('gone', say('{0} has changed since it was found; search again.', path));
    const { hash, symbol } = chunk;
    const isReplaced = (event: FeedbackEvent): boolean =>
      isJudgement(event) &&
      queryKey(event.query) === key &&
      event.path === path &&
      targetOf(event, inFile).hash === hash;
    await this.#feedback.change((events) => {
      const kept = kind === 'opened' ? events : events.filter((event) => !isReplaced(event));
      if (kind === 'neither') return kept;
      const asked = query.trim().slice(0, maxQuery);
      return [...kept, { kind, query: asked, path, startLine, endLine, symbol, hash, at: Date.now() }];
    });
  }

  /** Forgets what was learned for a query and those near to it. */
  async forget(query: string, vector: Float32Array | undefined): Promise<void> {
    const weights = this.#weights(queryKey(query), vector, await this.#events());
    await this.#feedback.change((events) => events.filter((event) => !weights.has(queryKey(event.query))));
  }

  /** Undefined when there is nothing to go by. @param vector of the query, of unit length */
  async recall(query: ParsedQuery, vector: Float32Array | undefined): Promise<Recalled | undefined> {
    const events = await this.#events();
    if (events.size === 0) return undefined;
    const key = queryKey(query.text);
    if (vector && events.has(key)) this.#vectors.set(key, vector);
    const weights = this.#weights(key, vector, events);
    if (weights.size === 0) return undefined;

    const sums = new Map<string, Sums>();
    const more = new WeightedMean(vector?.length ?? 0);
    const less = new WeightedMean(vector?.length ?? 0);
    let judgements = 0;
    const chunks = new Map<string, readonly PlacedChunk[]>();
    for (const { event, weight, isSame } of weighted(events, weights, key)) {
      const inFile = chunks.get(event.path) ?? this.#chunksOf(event.path);
      chunks.set(event.path, inFile);
      const target = targetOf(event, inFile);
      const sum = sums.get(keyOf(target)) ?? { opened: 0, judged: 0 };
      sums.set(keyOf(target), sum);
      if (!isJudgement(event)) {
        sum.opened += weight;
        continue;
      }
      const row = this.#store.matrix.rowOf(Buffer.from(target.hash, 'hex'));
      if (row < 0 && target.path === undefined) continue; // it is gone, and nothing of it is left
      judgements++;
      sum.judged += event.kind === 'more' ? weight : -weight;
      if (event.kind !== 'opened' && isSame) sum.verdict = event.kind;
      if (row >= 0) (event.kind === 'more' ? more : less).add(this.#store.matrix.vector(row), weight);
    }
    const moved = vector?.map((x, i) => alpha * x + beta * more.at(i) - gamma * less.at(i));
    const of = ({ segment, chunk, path }: ChunkHit): Learned | undefined => {
      const hash = Buffer.from(segment.hash(chunk)).toString('hex');
      const sum = sums.get(keyOf({ hash, path })) ?? sums.get(keyOf({ hash, path: undefined }));
      return sum && learnedFrom(sum);
    };
    return { vector: moved, judgements, of };
  }

  /** Resolves when nothing is being embedded any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#embedding;
  }

  /** What is remembered, by the key of the query; grouped anew when it has changed. */
  async #events(): Promise<EventsByQuery> {
    const events = await this.#feedback.events();
    if (events !== this.#known) {
      this.#known = events;
      this.#byQuery = new Map();
      for (const event of events) {
        const key = queryKey(event.query);
        const group = this.#byQuery.get(key);
        if (group) group.push(event);
        else this.#byQuery.set(key, [event]);
      }
      for (const key of this.#vectors.keys()) if (!this.#byQuery.has(key)) this.#vectors.delete(key);
    }
    this.#embedQueries(this.#byQuery);
    return this.#byQuery;
  }

  /** How much each past query has to say about this one, by its key; those with nothing to say are left out. */
  #weights(key: string, vector: Float32Array | undefined, events: EventsByQuery): ReadonlyMap<string, number> {
    const weights = new Map<string, number>();
    for (const past of events.keys()) {
      const known = this.#vectors.get(past);
      const near = vector && known ? (dot(vector, known) - nearFrom) / (1 - nearFrom) : 0;
      if (past === key) weights.set(past, 1);
      else if (near > 0) weights.set(past, Math.min(near, 1));
    }
    return weights;
  }

  /** Embeds past queries behind the searches, the latest first; until then, only the same query is known again. */
  #embedQueries(events: EventsByQuery): void {
    if (this.#vectors.size >= events.size) return;
    this.#embedding ??= this.#embedUnknown(events)
      .catch((error: unknown) => this.#log(`Past queries cannot be embedded: ${String(error)}`))
      .finally(() => (this.#embedding = undefined));
  }

  async #embedUnknown(events: EventsByQuery): Promise<void> {
    const unknown = [...events.keys()].filter((query) => !this.#vectors.has(query));
    while (unknown.length > 0 && !this.#closed) {
      const batch = unknown.splice(-embedBatch);
      const vectors = await (await this.#model.load())?.embed(batch.map((query) => parseQuery(query).text));
      if (!vectors) return;
      batch.forEach((query, i) => {
        const vector = vectors[i];
        if (vector && this.#byQuery.has(query)) this.#vectors.set(query, vector);
      });
      if (unknown.length > 0) await sleep(embedPause);
    }
  }

  #chunksOf(path: string): readonly PlacedChunk[] {
    const found = this.#store.find(path);
    if (!found) return [];
    const { segment, file } = found;
    const first = segment.chunkStart[file] ?? 0;
    return Array.from({ length: (segment.chunkStart[file + 1] ?? first) - first }, (_, i) => ({
      hash: Buffer.from(segment.hash(first + i)).toString('hex'),
      symbol: segment.symbols.get(first + i),
      startLine: segment.startLine[first + i] ?? 0,
      endLine: segment.endLine[first + i] ?? 0,
    }));
  }
}

/** The events of the queries that have something to say. */
function* weighted(
  events: EventsByQuery,
  weights: ReadonlyMap<string, number>,
  key: string,
): Generator<{ readonly event: FeedbackEvent; readonly weight: number; readonly isSame: boolean }> {
  for (const [query, weight] of weights) {
    for (const event of events.get(query) ?? []) yield { event, weight, isSame: query === key };
  }
}

/** The chunk that an event is about: the one with its hash, or what became of it when it was edited. */
function targetOf({ path, hash, symbol, startLine }: FeedbackEvent, inFile: readonly PlacedChunk[]): Target {
  if (inFile.length === 0) return { hash, path: undefined };
  const now =
    inFile.find((chunk) => chunk.hash === hash) ??
    (symbol
      ? inFile.find((chunk) => chunk.symbol === symbol)
      : inFile.find((chunk) => chunk.startLine <= startLine && chunk.endLine >= startLine));
  return { hash: now?.hash ?? hash, path };
}

/** The mean of unit vectors by weight; weights that sum to less than 1 make it shorter, for they are less sure. */
class WeightedMean {
  readonly #sum: Float32Array;
  #weight = 0;

  constructor(dimensions: number) {
    this.#sum = new Float32Array(dimensions);
  }

  add({ values, norm }: { readonly values: Int8Array; readonly norm: number }, weight: number): void {
    if (norm === 0) return;
    this.#weight += weight;
    for (let i = 0; i < this.#sum.length; i++) this.#sum[i] = (this.#sum[i] ?? 0) + (weight * (values[i] ?? 0)) / norm;
  }

  at(i: number): number {
    return (this.#sum[i] ?? 0) / Math.max(1, this.#weight);
  }
}

function learnedFrom({ opened, judged, verdict }: Sums): Learned {
  const said = Math.max(-1, Math.min(judged, 1));
  const boost = openedBoost * Math.min(opened, openedMost) + said * (said > 0 ? moreBoost : lessBoost);
  const reasons = [
    ...(judged > 0 ? [say('you asked for more like this')] : []),
    ...(judged < 0 ? [say('you asked for less like this')] : []),
    ...(opened > 0 ? [say('you opened it for this before')] : []),
  ];
  return { boost, reasons, ...(verdict && { judged: verdict }) };
}

const keyOf = ({ hash, path }: Target): string => `${hash} ${path ?? ''}`;

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
