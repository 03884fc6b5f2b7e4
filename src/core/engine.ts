/** The engine of one folder: keeps its index in step with the files, and answers from it. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Assessment } from './assessment.ts';
import { readModelInfo, type ModelInfo } from './embed.ts';
import { Drafts } from './drafts.ts';
import { evaluate, type JudgedQuery } from './evaluate.ts';
import { Feedback } from './feedback.ts';
import { measureHealth } from './health.ts';
import { defaultHome, feedbackPath, indexHome, indexPath } from './home.ts';
import type { ExcludeGlob } from './ignore.ts';
import { besideOf, exchangeWithFormer, makeRoomBeside, mustHaveFormer, recoverPlaces, swapIn } from './index-places.ts';
import { LazyModel } from './lazy-model.ts';
import { Learning } from './learning.ts';
import { evictOld, noteOrigin } from './old-indexes.ts';
import { onThread } from './overview/on-thread.ts';
import { takeSnapshot } from './overview/snapshot.ts';
import { Pace, preparingThreadsAt, threadsAt, type Speed } from './pace.ts';
import { parseQuery } from './query.ts';
import { listFiles, reportOf } from './report.ts';
import { say } from './say.ts';
import { Searcher } from './search.ts';
import { Serial } from './serial.ts';
import { removeFolder } from './store/files.ts';
import { Store } from './store/store.ts';
import {
  NearbyError,
  type FileList,
  type FileListQuery,
  type IndexReport,
  type Duplicates,
  type LearnCounts,
  type LearnEvent,
  type SearchAnswer,
  type SearchQuery,
  type SimilarQuery,
  type Skipped,
  type Status,
  type UpdateReport,
  type VectorMap,
  type Verdict,
} from './types.ts';
import { Updater } from './updater.ts';
import { verdictOn } from './verdict.ts';
import { explain, MAX_FILE_SIZE, type WalkOptions } from './walk.ts';

/** How the path of an editor without a file begins. */
const untitled = 'untitled:';
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
  readonly exclude?: readonly ExcludeGlob[];
  /** Globs of what is indexed although an ignore file leaves it out. */
  readonly include?: readonly string[];
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
  /** Whether the index is built anew beside the one in use, to take its place: without what any index knows already. */
  readonly beside?: boolean;
  readonly onStatus?: (status: Status) => void;
  /** Receives a sentence about what the user should know once: what was found damaged and is made good. `log` when absent. */
  readonly notify?: (sentence: string) => void;
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
  readonly #updater: Updater;
  readonly #searcher: Searcher;
  readonly #pace: Pace;
  readonly #drafts: Drafts;
  readonly #draftChanges = new Serial();
  readonly #closing = new AbortController();
  readonly #poll: NodeJS.Timeout;

  private constructor(options: EngineOptions, folder: string, info: ModelInfo, store: Store) {
    this.folder = folder;
    this.#options = options;
    this.#info = info;
    this.#store = store;
    this.#model = new LazyModel(
      { folder: options.model, threads: this.#threads, instant: options.instant },
      (message) => {
        options.log?.(message);
        this.#report();
      },
    );
    this.#drafts = new Drafts(store);
    this.#pace = new Pace(this.#speed, this.#closing.signal);
    const log = options.log ?? ((): void => undefined);
    this.#updater = new Updater({
      store,
      folder,
      walk: this.#walk,
      model: this.#model,
      instantFolder: options.instant === false ? undefined : options.model,
      embeds: this.#embeds,
      adopts: options.beside !== true,
      threads: options.threads ?? preparingThreadsAt(this.#speed),
      pace: this.#pace,
      drafts: this.#drafts,
      signal: this.#closing.signal,
      log,
      report: () => this.#report(),
    });
    this.#feedback = new Feedback(feedbackPath(options.home ?? defaultHome(), folder), options.notify ?? log);
    this.#learning = new Learning({ feedback: this.#feedback, model: this.#model, store, log });
    this.#searcher = new Searcher({
      store,
      folder,
      maxFileSize: this.#maxFileSize,
      model: this.#model,
      drafts: this.#drafts,
      learning: this.#learning,
      scripts: info.scripts,
      readFirst: (words) => this.#updater.readFirst(words),
      sharpen: (candidates) => {
        if (this.#embeds && !this.#updater.isPaused && store.writer) this.#updater.queue.sharpen(candidates);
      },
    });
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
      throw new NearbyError('no-folder', say('There is no folder {0}; check the path.', given), { cause: error });
    });
    const info = await readModelInfo(options.model);
    const home = options.home ?? defaultHome();
    const inUse = indexPath(home, folder, info);
    const warn = options.log ?? ((): void => undefined);
    if (options.beside) await makeRoomBeside(inUse);
    else await recoverPlaces(inUse);
    const place = options.beside ? besideOf(inUse) : inUse;
    const store = await Store.open(place, { dimensions: info.dimensions, warn: options.notify ?? warn, log: warn });
    // Not waited for: a folder on a drive that does not answer is no reason not to open this one.
    tidyUp(home, folder, inUse).catch((error: unknown) => warn(`Old indexes in ${home} stay: ${String(error)}`));
    return new Engine(options, folder, info, store);
  }

  /** Looks again at these paths (relative to the folder, with forward slashes), or at the whole folder. */
  changed(paths?: readonly string[]): void {
    this.#updater.changed(paths);
  }

  /** Resolves when nothing is left to do (or the work failed), with what was done since it began. */
  async settled(): Promise<UpdateReport> {
    await this.#updater.settled();
    const { chunks, tokens, ms } = this.#updater.queue.totals;
    const { seconds, reused } = this.#updater.done;
    return {
      files: this.#store.counts.files,
      chunks: this.#store.counts.chunks,
      embedded: chunks,
      reused,
      skipped: this.skipped(),
      seconds,
      tokensPerSecond: ms > 0 ? Math.round((tokens / ms) * 1000) : 0,
      indexBytes: this.#store.bytes,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  }

  /** Resolves when all is found that the options ask for, which is before segments are merged; or when the work failed. */
  searchable(): Promise<void> {
    return this.#updater.searchable();
  }

  /** Resolves when all changes are read, so that they are found by keywords and roughly by meaning; or when that failed. */
  caughtUp(): Promise<void> {
    return this.#updater.caughtUp();
  }

  /** @param learns whether what use has taught takes part */
  search(query: SearchQuery, learns = this.#learns): Promise<SearchAnswer> {
    return this.#searcher.search(query, learns);
  }

  /** The answer to a search once its first candidates have been embedded; the same as that of `search` when all have been. */
  async searchSharpened(query: SearchQuery): Promise<SearchAnswer> {
    const answer = await this.search(query);
    await this.#updater.queue.sharpened();
    return answer.tier === 'full' ? answer : this.search(query);
  }

  /** Places like the given one, by vectors; the place itself is left out. @throws NearbyError `no-model`, `unreadable` */
  similar(query: SimilarQuery): Promise<SearchAnswer> {
    return this.#searcher.similar(query);
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
    const { state, failure, pendingFiles, leftOut, queue } = this.#updater;
    const message = failure ?? this.#store.unwritable ?? this.#model.failure;
    const cannot = this.#model.failure ?? this.#store.unwritable;
    return {
      folder: this.#options.folder,
      state: cannot !== undefined && state === 'ready' ? 'failed' : state,
      ...(message !== undefined ? { message } : {}),
      files: counts.files,
      chunks: counts.chunks,
      embedded: counts.embedded + this.#drafts.waiting, // a search embeds those before it answers
      sketched: counts.sketched,
      pendingFiles,
      skipped: counts.skipped + leftOut.size,
      tokensPerSecond: state === 'embedding' ? queue.tokensPerSecond : 0,
      indexBytes: bytes,
      indexPath: folder,
      model: this.#info.id,
      writer,
      ...(this.#options.beside && { rebuilds: true }),
    };
  }

  /** Everything that was left out, with the reason, in the order of the paths. */
  skipped(): Skipped[] {
    const skipped = [...this.#updater.leftOut.values(), ...this.#store.skipped()];
    return skipped.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Whether a file (absolute, or relative to the folder) can be found, and if not, why not. */
  why(file: string): Promise<Verdict> {
    return verdictOn({ store: this.#store, folder: this.folder, walk: this.#walk, file });
  }

  /**
   * The text of an editor that no file holds is found as it stands from now on.
   * @param path relative to the folder, or any other name for an editor without a file
   * @param text absent: the file counts again, or the editor is gone
   * @returns whether the path is one that is searched
   */
  draft(path: string, text: string | undefined): Promise<boolean> {
    const isFile = !path.startsWith(untitled);
    return this.#draftChanges.run(async () => {
      if (text !== undefined) {
        if (isFile && !(await this.#admits(path))) return false;
        this.#drafts.set(path, text);
      } else if (this.#drafts.has(path)) {
        this.#drafts.delete(path, isFile);
        if (isFile) this.changed([path]);
      }
      this.#report();
      return true;
    });
  }

  /** Whether a file with this path would be searched if it held text. */
  async #admits(path: string): Promise<boolean> {
    const verdict = await explain(this.folder, path, this.#walk);
    if (typeof verdict === 'string') return verdict === 'missing';
    return !('code' in verdict) || verdict.code === 'empty';
  }

  /** What the user looks at, the most important first (relative paths): embedded before the rest. */
  prefer(paths: readonly string[]): void {
    this.#updater.queue.prefer(paths);
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
    this.#updater.pause();
  }

  resume(): void {
    this.#updater.resume();
  }

  async close(): Promise<void> {
    await this.#end();
    await this.#store.close();
  }

  /** Ends all work; what is on disk stays this process's to write. */
  async #end(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    clearInterval(this.#poll);
    await this.#updater.ended();
    await this.#learning.close();
    await this.#model.dispose();
  }

  /** Closes, and removes every byte of the folder's index. */
  async clear(): Promise<void> {
    await this.close();
    await this.#store.clear();
  }

  /**
   * Closes, and removes every byte that is kept for the folder: its indexes by any model, and what was learned.
   * @throws NearbyError `not-writer` while another process writes the index
   */
  async erase(): Promise<void> {
    this.mustWrite();
    await this.close();
    await removeFolder(indexHome(this.#options.home ?? defaultHome(), this.folder));
  }

  /**
   * Puts this engine's index, which was built beside, in the place of the one in use, which is kept to go back to.
   * Closes both.
   * @throws NearbyError `not-writer` while another process writes the index in use
   */
  async takePlaceOf(inUse: Engine): Promise<void> {
    inUse.mustWrite();
    await inUse.#end();
    await this.#end();
    await swapIn(this.#store, inUse.#store);
  }

  /**
   * Puts the index that was in use before the last rebuild in its place again, and the other way round. Closes.
   * @throws NearbyError `no-former`, or `not-writer` while another process writes the index
   */
  async rollBack(): Promise<void> {
    this.mustWrite();
    mustHaveFormer(this.#store);
    await this.#end();
    try {
      await exchangeWithFormer(this.#store);
    } finally {
      await this.#store.close();
    }
  }

  /** @throws NearbyError `not-writer` while another process writes the index */
  mustWrite(): void {
    if (this.#store.writer) return;
    const sentence = say('Another window keeps the index of {0}; close it there first.', this.folder);
    throw new NearbyError('not-writer', sentence);
  }

  /** What the status does not say of the index. */
  report(): IndexReport {
    const report = reportOf(this.#store, this.#info, this.skipped());
    const { updatedMs } = this.#updater;
    return updatedMs === undefined ? report : { ...report, updatedMs };
  }

  /** Some of the files that were left out, or that wait for the model. */
  files(query: FileListQuery): FileList {
    return listFiles(this.#store, this.skipped(), query);
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

  get #walk(): WalkOptions & { readonly maxFileSize: number } {
    const { exclude, include } = this.#options;
    return { exclude, include, maxFileSize: this.#maxFileSize };
  }

  /** While another process writes the index: shows what it commits, and takes over when it ends. */
  async #followWriter(): Promise<void> {
    if (this.#store.writer || this.#closing.signal.aborted) return;
    try {
      const takesOver = await this.#store.takeOver();
      if (!takesOver && !(await this.#store.refresh())) return;
      this.#drafts.restore();
      if (takesOver) this.changed();
      else this.#report();
    } catch (error) {
      this.#updater.fail(error);
    }
  }

  #report(): void {
    this.#options.onStatus?.(this.status());
  }
}

async function tidyUp(home: string, folder: string, inUse: string): Promise<void> {
  await noteOrigin(home, folder);
  await evictOld(home, inUse);
}
