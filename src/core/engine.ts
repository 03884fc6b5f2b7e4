/** The engine of one folder: keeps its index in step with the files, and answers from it. */
import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Assessment } from './assessment.ts';
import { readModelInfo, type ModelInfo } from './embed.ts';
import { EmbeddingQueue } from './embedding-queue.ts';
import { evaluate, type JudgedQuery } from './evaluate.ts';
import { Feedback } from './feedback.ts';
import { measureHealth } from './health.ts';
import { evictGone, noteOrigin } from './gone-folders.ts';
import { defaultHome, feedbackPath, indexPath } from './home.ts';
import { isIgnoreFile } from './ignore.ts';
import { LazyModel } from './lazy-model.ts';
import type { InstantEmbedder } from './instant.ts';
import { Learning } from './learning.ts';
import { Cosines } from './meaning.ts';
import { nextChunks, sketch } from './next-chunks.ts';
import { onThread } from './overview/on-thread.ts';
import { takeSnapshot } from './overview/snapshot.ts';
import { Pace, preparingThreadsAt, threadsAt, type Speed } from './pace.ts';
import { catalogVersion } from './prepare.ts';
import { parseQuery, readableShare } from './query.ts';
import { findCandidates, type ChunkHit } from './rank/candidates.ts';
import { rank, reasons } from './rank/rank.ts';
import { readText } from './read.ts';
import { findSimilar } from './similar.ts';
import { Presenter } from './snippet.ts';
import { Store, type FileRef } from './store/store.ts';
import { takeIn } from './take-in.ts';
import {
  NearbyError,
  type Duplicates,
  type EngineState,
  type LearnCounts,
  type LearnEvent,
  type SearchAnswer,
  type SearchQuery,
  type SearchResult,
  type SimilarQuery,
  type Skipped,
  type Status,
  type UpdateReport,
  type VectorMap,
  type Verdict,
} from './types.ts';
import { explain, MAX_FILE_SIZE, type WalkOptions } from './walk.ts';

/** Chunks that get instant vectors in one go: some tens of milliseconds. */
const sketchGroup = 256;
/** The first candidates of a search that are embedded before all else, so that its answer sharpens: what a reader sees. */
const sharpened = 24;
/** Changed paths beyond which it is cheaper to look at the whole folder. */
const mostPaths = 1000;
/** Chunks to embed from which on the indexes of other folders are looked through: that takes as long as to embed some. */
const worthAdopting = 64;
/** How often a process that may not write looks for news, and whether it may write now. */
const readerPollMs = 2000;

export interface EngineOptions {
  /** Absolute, or relative to the working folder. */
  readonly folder: string;
  /** The folder of the model. */
  readonly model: string;
  /** Where indexes are kept; the user's cache folder when absent. */
  readonly home?: string;
  /** Globs left out besides what the folder's ignore files say. */
  readonly exclude?: readonly string[];
  /** Bytes. */
  readonly maxFileSize?: number;
  /** Threads for the model; as `speed` has it when absent. */
  readonly threads?: number;
  /** How much of the machine embedding may take; `normal` when absent. */
  readonly speed?: Speed;
  /** Whether chunks are embedded; without, only what has a vector already is found by meaning. True when absent. */
  readonly embed?: boolean;
  /** Whether chunks that wait for the model are found by instant vectors meanwhile. True when absent. */
  readonly instant?: boolean;
  /** Whether results are ranked by what use has taught, and use is noted; without, neither is. True when absent. */
  readonly learn?: boolean;
  readonly onStatus?: (status: Status) => void;
  /** Receives a sentence about what went wrong and was made good. */
  readonly log?: (line: string) => void;
}

export class Engine {
  /** Absolute, without symbolic links. */
  readonly folder: string;
  readonly #options: EngineOptions;
  readonly #info: ModelInfo;
  readonly #store: Store;
  readonly #model: LazyModel;
  readonly #feedback: Feedback;
  readonly #learning: Learning;
  readonly #queue: EmbeddingQueue;
  readonly #pace: Pace;
  readonly #closing = new AbortController();
  readonly #poll: NodeJS.Timeout;
  /** What the rules left out; what reading left out is in the store. */
  readonly #leftOut = new Map<string, Skipped>();
  #state: EngineState = 'ready';
  #failure: string | undefined;
  #dirty: Set<string> | 'all' | undefined;
  #updating: Promise<void> | undefined;
  /** Files whose chunks have neither vectors nor instant ones, the next one last. */
  #unsketched: string[] = [];
  #pendingFiles = 0;
  /** When the update under way, or the last one, began; and how many of the chunks it took in had vectors already. */
  #began = performance.now();
  #reused = 0;
  #paused = false;
  #wake: (() => void) | undefined;
  /** Callers of `searchable` that wait. */
  readonly #awaiting: (() => void)[] = [];

  private constructor(options: EngineOptions, folder: string, info: ModelInfo, store: Store) {
    this.folder = folder;
    this.#options = options;
    this.#info = info;
    this.#store = store;
    this.#model = new LazyModel({ folder: options.model, threads: this.#threads }, (message) => {
      options.log?.(message);
      this.#report();
    });
    const pace = new Pace(this.#speed, this.#closing.signal);
    this.#pace = pace;
    this.#queue = new EmbeddingQueue({
      store,
      folder,
      model: this.#model,
      maxFileSize: this.#maxFileSize,
      rest: (workMs) => pace.rest(workMs),
      onChanged: (path) => this.#markDirty([path]),
      onProgress: () => this.#report(),
      onFailure: (error) => this.#fail(error),
    });
    const log = options.log ?? ((): void => undefined);
    this.#feedback = new Feedback(feedbackPath(options.home ?? defaultHome(), folder), log);
    this.#learning = new Learning({ feedback: this.#feedback, model: this.#model, store, log });
    this.#poll = setInterval(() => void this.#followWriter(), readerPollMs);
    this.#poll.unref();
  }

  /**
   * Opens the folder's index or begins one; nothing is scanned before `changed` is called.
   * @throws NearbyError `no-folder`, `no-model`
   */
  static async open(options: EngineOptions): Promise<Engine> {
    const given = resolve(options.folder);
    const folder = await realpath(given).catch((error: unknown) => {
      throw new NearbyError('no-folder', `There is no folder ${given}; check the path.`, { cause: error });
    });
    const info = await readModelInfo(options.model);
    const home = options.home ?? defaultHome();
    const path = indexPath(home, folder, info);
    const warn = options.log ?? ((): void => undefined);
    const store = await Store.open(path, { dimensions: info.dimensions, catalogVersion, warn });
    await noteOrigin(home, folder);
    // Not waited for: a folder on a drive that does not answer is no reason not to open this one.
    evictGone(home).catch((error: unknown) => warn(`Old indexes in ${home} could not be removed: ${String(error)}`));
    return new Engine(options, folder, info, store);
  }

  /** Looks again at these paths (relative to the folder, with forward slashes), or at the whole folder. */
  changed(paths?: readonly string[]): void {
    this.#markDirty(paths);
    if (this.#closing.signal.aborted || this.#updating) return;
    this.#began = performance.now();
    this.#reused = 0;
    this.#queue.restart();
    this.#updating = this.#update()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#updating = undefined;
        this.#tellSearchable();
        const goesOn = this.#failure === undefined && this.#store.writer;
        if (this.#dirty && goesOn) this.changed([]); // it came in as the update ended
      });
  }

  /** Resolves when nothing is left to do (or the work failed), with what was done since it began. */
  async settled(): Promise<UpdateReport> {
    await this.#updating;
    const { chunks, tokens, ms } = this.#queue.totals;
    return {
      files: this.#store.counts.files,
      chunks: this.#store.counts.chunks,
      embedded: chunks,
      reused: this.#reused,
      skipped: this.skipped(),
      seconds: (performance.now() - this.#began) / 1000,
      tokensPerSecond: ms > 0 ? Math.round((tokens / ms) * 1000) : 0,
      indexBytes: this.#store.bytes,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  }

  /** Resolves when all is found that the options ask for, which is before segments are merged; or when the work failed. */
  async searchable(): Promise<void> {
    if (this.#updating) await new Promise<void>((tell) => this.#awaiting.push(tell));
  }

  /** The update path. Runs until the index is in step with the files; what changes meanwhile is taken up on the way. */
  async #update(): Promise<void> {
    const { signal } = this.#closing;
    let instant: InstantEmbedder | undefined;
    this.#failure = undefined;
    while (!signal.aborted) {
      if (this.#paused) {
        this.#setState('paused');
        await new Promise<void>((wake) => (this.#wake = wake));
      } else if (!this.#store.writer) {
        break; // the process that writes this index sees the same changes
      } else if (this.#dirty) {
        const changes = this.#dirty;
        this.#dirty = undefined;
        this.#setState('scanning');
        const taking = takeIn({
          store: this.#store,
          folder: this.folder,
          changes,
          walk: { ...this.#walk(), signal },
          leftOut: this.#leftOut,
          threads: this.#options.threads ?? preparingThreadsAt(this.#speed),
          model: this.#options.instant === false ? undefined : this.#options.model,
          instant: () => this.#instant(),
          onProgress: (pendingFiles) => {
            this.#pendingFiles = pendingFiles;
            this.#report();
          },
        });
        this.#reused += await taking.catch((error: unknown) => {
          this.#markDirty(changes === 'all' ? undefined : [...changes]); // what is left of them is looked at again
          throw error;
        });
        if (this.#waiting >= worthAdopting) this.#reused += await this.#store.adoptVectors();
        this.#unsketched = this.#queue.refill().filter((path) => this.#store.lacksVectors(path));
      } else if (this.#unsketched.length > 0 && (instant = await this.#instant())) {
        await this.#sketchNext(instant);
      } else if (this.#embeds && !this.#queue.isEmpty && (await this.#model.load())) {
        this.#setState('embedding');
        await this.#queue.embedNext();
      } else {
        if (this.#state !== 'ready') this.#setState('ready');
        this.#tellSearchable();
        if (!(await this.#store.merge())) break;
      }
    }
  }

  #tellSearchable(): void {
    for (const tell of this.#awaiting.splice(0)) tell();
  }

  /** Before the model comes to them: gives the chunks of the next files instant vectors, which are kept in memory alone. */
  async #sketchNext(instant: InstantEmbedder): Promise<void> {
    const { matrix, instant: sketched } = this.#store;
    const items = await nextChunks({
      store: this.#store,
      folder: this.folder,
      maxFileSize: this.#maxFileSize,
      paths: this.#unsketched,
      atLeast: sketchGroup,
      isWanted: (hash) => matrix.rowOf(hash) < 0 && sketched.rowOf(hash) < 0,
      onChanged: (path) => this.#markDirty([path]),
    });
    sketch(this.#store, items, instant);
    await setImmediate(); // a query that waits gets its turn
  }

  async #instant(): Promise<InstantEmbedder | undefined> {
    return this.#options.instant === false ? undefined : this.#model.instant();
  }

  /** The search path. @param learns whether what use has taught takes part */
  async search(query: SearchQuery, learns = this.#learns): Promise<SearchAnswer> {
    const began = performance.now();
    const parsed = parseQuery(query.query);
    if (parsed.terms.length === 0) return { tier: this.#tier(), ms: performance.now() - began, results: [] };
    const readable = readableShare(parsed.text, this.#info.scripts);
    const vector = readable > 0 ? await this.#queryVector(parsed.text) : undefined;
    const learned = learns ? await this.#learning.recall(parsed, vector) : undefined;
    const moved = learned?.vector ?? vector;
    const cosines = moved && new Cosines(moved, this.#store.matrix, this.#store.instant);
    const candidates = findCandidates(this.#store, parsed, cosines, query);
    const boost = (candidate: ChunkHit): number => learned?.of(candidate)?.boost ?? 0;
    const ranked = rank(parsed, candidates, { readable, boost });
    if (this.#embeds && !this.#paused && this.#store.writer)
      this.#queue.sharpen(ranked.slice(0, sharpened).map(({ candidate }) => candidate));
    const presenter = new Presenter(this.folder, this.#maxFileSize);
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

  /** The answer to a search once its first candidates have been embedded; the same as that of `search` when all have been. */
  async searchSharpened(query: SearchQuery): Promise<SearchAnswer> {
    const answer = await this.search(query);
    await this.#queue.sharpened();
    return answer.tier === 'full' ? answer : this.search(query);
  }

  /** By the model; an instant one while there is more to find so than by the model, and that would have to be waited for. */
  async #queryVector(text: string): Promise<Float32Array | undefined> {
    const { matrix, instant } = this.#store;
    if (matrix.rows + instant.rows === 0) return undefined;
    if (this.#tier() === 'full' || this.#model.isLoaded) return this.#model.embedQuery(text);
    return (await this.#instant())?.embed(text);
  }

  /** Places like the given one, by vectors; the place itself is left out. @throws NearbyError `no-model`, `unreadable` */
  async similar(query: SimilarQuery): Promise<SearchAnswer> {
    const began = performance.now();
    const embedder = await this.#model.load();
    if (!embedder) throw new NearbyError('no-model', this.#model.failure ?? 'The model cannot be used.');
    const presenter = new Presenter(this.folder, this.#maxFileSize);
    const text = query.text ?? (await this.#readWhole(query.path));
    const results = await findSimilar({ store: this.#store, embedder, presenter, query, text });
    return { tier: this.#tier(), ms: performance.now() - began, results };
  }

  /** All files and chunks that have a vector, in the plane. Made on a thread; @throws what `signal` was aborted with */
  async map(signal?: AbortSignal): Promise<VectorMap> {
    const end = this.#endOf(signal);
    return onThread<'map'>({ kind: 'map', snapshot: await takeSnapshot(this.#store, end) }, end);
  }

  /** Chunks that are nearly the same, by clusters. Found on a thread; @throws what `signal` was aborted with */
  async duplicates(signal?: AbortSignal): Promise<Duplicates> {
    const end = this.#endOf(signal);
    const snapshot = await takeSnapshot(this.#store, end);
    const { folder } = this;
    return onThread<'duplicates'>({ kind: 'duplicates', snapshot, folder, maxFileSize: this.#maxFileSize }, end);
  }

  #endOf(signal: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
  }

  /** How sound the index is, and how good its answers to judged queries are, if there are any. */
  async assess(judged: readonly JudgedQuery[] = []): Promise<Assessment> {
    const embedder = await this.#model.load();
    const health = await measureHealth({
      store: this.#store,
      folder: this.folder,
      maxFileSize: this.#maxFileSize,
      skipped: this.skipped(),
      ...(embedder ? { embedder } : {}),
    });
    const assessment = { folder: this.#options.folder, model: this.#info.id, health };
    if (judged.length === 0) return assessment;
    return { ...assessment, evaluation: await evaluate((query) => this.search(query, false), judged) };
  }

  /** Notes what the user did with a result; nothing where learning is off. @throws NearbyError `gone`, `unreadable` */
  async learn(event: LearnEvent): Promise<void> {
    if (this.#learns) await this.#learning.learn(event);
  }

  /** Forgets what was learned for a query and those near to it, or all that ever was, and learning may be off then. */
  async forget(query?: string): Promise<void> {
    if (query === undefined) await this.#feedback.clear();
    else if (this.#learns) await this.#learning.forget(query, await this.#model.embedQuery(parseQuery(query).text));
  }

  /** How much there is to forget. */
  learned(): Promise<LearnCounts> {
    return this.#feedback.counts();
  }

  status(): Status {
    const { counts, bytes, folder, writer } = this.#store;
    const message = this.#failure ?? this.#model.failure;
    return {
      folder: this.#options.folder,
      state: this.#model.failure !== undefined && this.#state === 'ready' ? 'failed' : this.#state,
      ...(message !== undefined ? { message } : {}),
      files: counts.files,
      chunks: counts.chunks,
      embedded: counts.embedded,
      sketched: counts.sketched,
      pendingFiles: this.#pendingFiles,
      skipped: counts.skipped + this.#leftOut.size,
      tokensPerSecond: this.#state === 'embedding' ? this.#queue.tokensPerSecond : 0,
      indexBytes: bytes,
      indexPath: folder,
      model: this.#info.id,
      writer,
    };
  }

  /** Everything that was left out, with the reason, in the order of the paths. */
  skipped(): Skipped[] {
    const skipped = [...this.#leftOut.values(), ...this.#store.skipped()];
    return skipped.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Whether a file (absolute, or relative to the folder) can be found, and if not, why not. */
  async why(file: string): Promise<Verdict> {
    const path = relative(this.folder, resolve(this.folder, file)).split(sep).join('/');
    const not = (state: Verdict['state'], reason: string): Verdict => ({ path, chunks: 0, embedded: 0, state, reason });
    const found = await explain(this.folder, path, this.#walk());
    if (found === 'outside') return not('outside', `It lies outside of the folder ${this.folder}.`);
    if (found === 'missing') return not('missing', `There is no file ${path} in ${this.folder}.`);
    if ('reason' in found) return not('skipped', found.reason);
    const ref = this.#store.find(path);
    if (!ref) return not('pending', 'It has not been read yet; it can be found as soon as it is.');
    const skip = ref.segment.skip(ref.file);
    return skip ? not('skipped', skip.reason) : { path, ...coverageOf(ref) };
  }

  /** What the user looks at, the most important first (relative paths): embedded before the rest. */
  prefer(paths: readonly string[]): void {
    this.#queue.prefer(paths);
  }

  /** The user is typing: embedding waits for a pause. */
  typing(): void {
    this.#pace.typing();
  }

  /** Whether the machine runs on its battery, which embedding then goes easy on. */
  set onBattery(onBattery: boolean) {
    this.#pace.onBattery = onBattery;
  }

  /** Stops reading and embedding after the batch under way; searches go on. */
  pause(): void {
    this.#paused = true;
    if (!this.#updating) this.#setState('paused');
  }

  resume(): void {
    this.#paused = false;
    this.#wake?.();
    if (this.#updating) return;
    this.#setState('ready');
    if (this.#dirty) this.changed([]);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    clearInterval(this.#poll);
    this.#wake?.();
    await this.#updating;
    await this.#queue.sharpened();
    await this.#learning.close();
    await this.#store.close();
    await this.#model.dispose();
  }

  /** Closes, and removes every byte of the folder's index. */
  async clear(): Promise<void> {
    await this.close();
    await this.#store.clear();
  }

  /** Chunks without a vector. */
  get #waiting(): number {
    const { chunks, embedded } = this.#store.counts;
    return chunks - embedded;
  }

  get #learns(): boolean {
    return this.#options.learn !== false;
  }

  get #embeds(): boolean {
    return this.#options.embed !== false;
  }

  get #threads(): number {
    return this.#options.threads ?? threadsAt(this.#speed);
  }

  get #speed(): Speed {
    return this.#options.speed ?? 'normal';
  }

  get #maxFileSize(): number {
    return this.#options.maxFileSize ?? MAX_FILE_SIZE;
  }

  #walk(): WalkOptions & { readonly maxFileSize: number } {
    const source = 'the settings files.exclude and nearby.exclude';
    const exclude = (this.#options.exclude ?? []).map((glob) => ({ glob, source }));
    return { exclude, maxFileSize: this.#maxFileSize };
  }

  /** What is to be looked at grows up to a bound: from there on, it is the whole folder. */
  #markDirty(paths?: readonly string[]): void {
    if (this.#dirty === 'all') return;
    this.#dirty ??= new Set();
    for (const path of paths ?? []) this.#dirty.add(path);
    if (!paths || this.#dirty.size > mostPaths || paths.some((path) => isIgnoreFile(path))) this.#dirty = 'all';
  }

  #tier(): SearchAnswer['tier'] {
    const { chunks, embedded } = this.#store.counts;
    return embedded === chunks && this.#model.failure === undefined ? 'full' : 'instant';
  }

  /** A file of the folder, whole. @throws NearbyError `unreadable`, `outside` */
  async #readWhole(path: string): Promise<string> {
    const read = await readText(resolve(this.folder, path), this.#maxFileSize);
    if ('skip' in read) throw new NearbyError('unreadable', `${path} cannot be compared. ${read.reason}`);
    return read.text;
  }

  /** While another process writes the index: shows what it commits, and takes over when it ends. */
  async #followWriter(): Promise<void> {
    if (this.#store.writer || this.#closing.signal.aborted) return;
    try {
      if (await this.#store.takeOver()) this.changed();
      else if (await this.#store.refresh()) this.#report();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#closing.signal.aborted) return; // the work was broken off on purpose
    this.#failure = error instanceof NearbyError ? error.message : `Indexing stopped: ${describe(error)}`;
    this.#options.log?.(error instanceof Error ? (error.stack ?? error.message) : String(error));
    this.#setState('failed');
  }

  #setState(state: EngineState): void {
    this.#state = state;
    this.#report();
  }

  #report(): void {
    this.#options.onStatus?.(this.status());
  }
}

function coverageOf({ segment, file }: FileRef): Omit<Verdict, 'path'> {
  const rows = segment.vectorRow.subarray(segment.chunkStart[file], segment.chunkStart[file + 1]);
  const embedded = rows.filter((row) => row >= 0).length;
  if (embedded === rows.length) {
    return { state: 'indexed', reason: 'It can be found, by keywords and by meaning.', chunks: rows.length, embedded };
  }
  const roughly = rows.some((row) => row < -1) ? ' and roughly by meaning' : '';
  const reason = `It can be found by keywords${roughly}; the model has read ${embedded} of its ${rows.length} parts so far.`;
  return { state: 'pending', reason, chunks: rows.length, embedded };
}

/** What a failed write means for the user, and what to do. */
function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return 'the disk is full. Free some space; it goes on with the next change.';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `the index cannot be written (${message}). Check the permissions of its folder.`;
  }
  return message;
}
