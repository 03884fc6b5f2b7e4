/** The engine of one folder: keeps its index in step with the files, and answers from it. */
import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { chunkFile, chunkerVersion } from './chunk/chunk.ts';
import { Embedder, readModelInfo, type ModelInfo } from './embed.ts';
import { defaultHome, indexHome } from './home.ts';
import { isIgnoreFile } from './ignore.ts';
import { chunkHash, embeddedText, prepareFile } from './prepare.ts';
import { parseQuery } from './query.ts';
import { findCandidates } from './rank/candidates.ts';
import { rank, reasons } from './rank/rank.ts';
import { readText } from './read.ts';
import { findSimilar } from './similar.ts';
import { matchedWords, SnippetReader } from './snippet.ts';
import type { FileEntry } from './store/catalog.ts';
import { fullSegment, Store, type NewVector } from './store/store.ts';
import {
  NearbyError,
  type EngineState,
  type FoundFile,
  type SearchAnswer,
  type SearchQuery,
  type SearchResult,
  type SimilarQuery,
  type Skipped,
  type Status,
  type UpdateReport,
  type Verdict,
} from './types.ts';
import { quantize } from './vectors.ts';
import {
  explain,
  MAX_FILE_SIZE,
  statPaths,
  walkFolder,
  type StatBatch,
  type WalkBatch,
  type WalkOptions,
} from './walk.ts';

/** Chunks that are embedded and committed together: about half a second of work, after which edits get their turn. */
const embedGroup = 64;
/** How often a process that may not write looks for news, and whether it may write now. */
const readerPollMs = 2000;
/** Query vectors kept, for a query that is typed on or asked again. */
const queryCacheSize = 64;

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
  /** Threads for the model; 0 or absent: all cores but one. */
  readonly threads?: number;
  /** Whether chunks are embedded; without, only keywords are searched. True when absent. */
  readonly embed?: boolean;
  readonly onStatus?: (status: Status) => void;
  /** Receives a sentence about what went wrong and was made good. */
  readonly log?: (line: string) => void;
}

/** What an update did, counted as it goes. */
interface Progress {
  embedded: number;
  reused: number;
  readonly startedAt: number;
  embedMs: number;
  tokens: number;
}

export class Engine {
  /** Absolute, without symbolic links. */
  readonly folder: string;
  readonly #options: EngineOptions;
  readonly #info: ModelInfo;
  readonly #store: Store;
  readonly #queryVectors = new Map<string, Float32Array>();
  #embedder: Promise<Embedder | undefined> | undefined;
  #state: EngineState = 'opening';
  #message: string | undefined;
  #modelMessage: string | undefined;
  /** Paths to look at again; `all` for the whole folder. */
  #dirty: Set<string> | 'all' | undefined;
  #updating: Promise<void> | undefined;
  /** Files with chunks that have no vector yet, the next one last. */
  #pending: string[] = [];
  #pendingFiles = 0;
  #tokensPerSecond = 0;
  /** What the last look at the whole folder left out by its rules; what reading left out is in the store. */
  #leftOut = new Map<string, Skipped>();
  #progress: Progress = newProgress();
  #paused = false;
  #closed = false;
  #wake: (() => void) | undefined;
  #poll: NodeJS.Timeout | undefined;

  private constructor(options: EngineOptions, folder: string, info: ModelInfo, store: Store) {
    this.#options = options;
    this.folder = folder;
    this.#info = info;
    this.#store = store;
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
    const path = join(
      indexHome(options.home ?? defaultHome(), folder),
      `${info.id}-${info.version}-c${chunkerVersion}`,
    );
    const warn = options.log ?? ((): void => undefined);
    const store = await Store.open(path, { dimensions: info.dimensions, warn });
    const engine = new Engine(options, folder, info, store);
    engine.#state = 'ready';
    engine.#poll = setInterval(() => void engine.#followWriter(), readerPollMs);
    engine.#poll.unref();
    return engine;
  }

  /** Looks again at these paths (relative to the folder, with forward slashes), or at the whole folder. */
  changed(paths?: readonly string[]): void {
    if (!paths || paths.some((path) => isIgnoreFile(path))) this.#dirty = 'all';
    else if (this.#dirty !== 'all') this.#dirty = new Set([...(this.#dirty ?? []), ...paths]);
    if (this.#closed || this.#updating) return;
    this.#progress = newProgress();
    this.#updating = this.#update()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => (this.#updating = undefined));
  }

  /** Resolves when nothing is left to do (or the work failed), with what was done since it began. */
  async settled(): Promise<UpdateReport> {
    await this.#updating;
    const { embedded, reused, startedAt, embedMs, tokens } = this.#progress;
    return {
      files: this.#store.counts.files,
      chunks: this.#store.counts.chunks,
      embedded,
      reused,
      skipped: this.skipped(),
      seconds: (performance.now() - startedAt) / 1000,
      tokensPerSecond: embedMs > 0 ? Math.round((tokens / embedMs) * 1000) : 0,
      indexBytes: this.#store.bytes,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  }

  /** The update path. Runs until the index is in step with the files; what changes meanwhile is taken up on the way. */
  async #update(): Promise<void> {
    this.#message = undefined;
    while (!this.#closed) {
      if (this.#paused) {
        this.#setState('paused');
        await new Promise<void>((wake) => (this.#wake = wake));
      } else if (!this.#store.writer) {
        break; // the process that writes this index sees the same changes
      } else if (this.#dirty) {
        const changes = this.#dirty;
        this.#dirty = undefined;
        this.#setState('scanning');
        await this.#takeIn(changes);
        this.#pending = this.#store.unembedded();
      } else if (this.#options.embed !== false && this.#pending.length > 0 && (await this.#loadEmbedder())) {
        this.#setState('embedding');
        await this.#embedNext();
      } else if (!(await this.#store.merge())) {
        break;
      }
    }
    this.#tokensPerSecond = 0;
    if (!this.#closed) this.#setState('ready');
  }

  /** walk -> size and time against the catalog -> read, chunk -> commit: searchable by keywords from then on. */
  async #takeIn(changes: ReadonlySet<string> | 'all'): Promise<void> {
    const { folder } = this;
    const seen = new Set<string>();
    const gone = new Set<string>();
    const leftOut = changes === 'all' ? new Map<string, Skipped>() : this.#leftOut;
    let entries: FileEntry[] = [];
    let size = 0;
    const commit = async (): Promise<void> => {
      await this.#store.putFiles(entries);
      [entries, size] = [[], 0];
    };

    const batches =
      changes === 'all' ? walkFolder(folder, this.#walk()) : statPaths(folder, [...changes], this.#walk());
    for await (const batch of batches) {
      if (this.#closed) return;
      for (const skipped of batch.skipped) leftOut.set(skipped.path, skipped);
      for (const path of missingIn(batch)) gone.add(path);
      for (const { path } of batch.skipped) gone.add(path);
      const files = batch.files.filter((found) => !this.#isUnchanged(found, changes));
      for (const { path } of batch.files) {
        seen.add(path);
        leftOut.delete(path);
      }
      this.#pendingFiles = files.length;
      for (const found of files) {
        const entry = await prepareFile(folder, found, this.#maxFileSize);
        for (const { hash } of entry.chunks) if (this.#store.matrix.rowOf(hash) >= 0) this.#progress.reused++;
        entries.push(entry);
        size += entry.chunks.length + 1;
        this.#pendingFiles--;
        if (size >= fullSegment) await commit();
        if (this.#closed) return;
      }
      this.#report();
    }
    for (const path of this.#vanished(changes, seen, gone)) entries.push(deletionOf(path));
    await commit();
    this.#leftOut = leftOut;
    this.#pendingFiles = 0;
  }

  /** Embeds the chunks of the next pending files and commits their vectors. */
  async #embedNext(): Promise<void> {
    const embedder = await this.#loadEmbedder();
    const wanted = new Map<string, Omit<NewVector, 'vector'> & { readonly text: string }>();
    while (wanted.size < embedGroup) {
      const path = this.#pending.pop();
      if (path === undefined) break;
      const read = await readText(join(this.folder, path), this.#maxFileSize);
      const entry = this.#store.find(path);
      if ('skip' in read || entry?.segment.fileHash(entry.file) !== read.hash) {
        this.#dirty ??= new Set();
        if (this.#dirty !== 'all') this.#dirty.add(path); // it changed since it was taken in
        continue;
      }
      for (const chunk of chunkFile(path, read.text)) {
        const hash = chunkHash(chunk);
        if (this.#store.matrix.rowOf(hash) >= 0) continue;
        const place = { path, startLine: chunk.startLine, endLine: chunk.endLine };
        wanted.set(Buffer.from(hash).toString('hex'), { hash, place, text: embeddedText(path, chunk) });
      }
    }
    if (!embedder || wanted.size === 0) return;
    const began = performance.now();
    const tokensBefore = embedder.tokens;
    const items = [...wanted.values()];
    const vectors = await embedder.embed(items.map(({ text }) => text));
    const ms = performance.now() - began;
    await this.#store.putVectors(
      items.map(({ hash, place }, i) => ({ hash, place, vector: quantize(vectors[i] ?? new Float32Array()) })),
    );
    this.#progress.embedded += items.length;
    this.#progress.embedMs += ms;
    this.#progress.tokens += embedder.tokens - tokensBefore;
    this.#tokensPerSecond = Math.round(((embedder.tokens - tokensBefore) / ms) * 1000);
    this.#report();
  }

  /** The search path. */
  async search(query: SearchQuery): Promise<SearchAnswer> {
    const began = performance.now();
    const parsed = parseQuery(query.query);
    if (parsed.terms.length === 0) return { tier: this.#tier(true), ms: performance.now() - began, results: [] };
    const vector = await this.#embedQuery(parsed.text);
    const cosines = vector && this.#store.matrix.scan(quantize(vector));
    const { candidates } = findCandidates(this.#store, parsed, cosines, query);
    const ranked = rank(parsed, candidates);
    const reader = new SnippetReader(this.folder, this.#maxFileSize);
    const results: SearchResult[] = [];
    for (const one of ranked) {
      if (results.length >= query.top) break;
      const { segment, chunk, path, kind } = one.candidate;
      const [startLine, endLine] = [segment.startLine[chunk] ?? 0, segment.endLine[chunk] ?? 0];
      const snippet = await reader.read(path, startLine, endLine, parsed);
      if (!parsed.phrases.every((phrase) => snippet.toLowerCase().includes(phrase))) continue;
      const terms = matchedWords(snippet, parsed);
      results.push({
        path,
        startLine,
        endLine,
        kind,
        symbol: segment.symbols.get(chunk),
        breadcrumb: segment.breadcrumb(chunk),
        score: one.score,
        reasons: reasons(parsed, one, terms),
        snippet,
        terms,
      });
    }
    return { tier: this.#tier(vector !== undefined), ms: performance.now() - began, results };
  }

  /** Places like the given one, by vectors; the place itself is left out. @throws NearbyError `no-model`, `unreadable` */
  async similar(query: SimilarQuery): Promise<SearchAnswer> {
    const began = performance.now();
    const embedder = await this.#loadEmbedder();
    if (!embedder) throw new NearbyError('no-model', this.#modelMessage ?? 'The model is not loaded.');
    const reader = new SnippetReader(this.folder, this.#maxFileSize);
    const text = query.text ?? (await this.#readWhole(query.path));
    const results = await findSimilar({ store: this.#store, embedder, reader, query, text });
    return { tier: this.#tier(true), ms: performance.now() - began, results };
  }

  status(): Status {
    const { counts, bytes, folder, writer } = this.#store;
    const message = this.#message ?? this.#modelMessage;
    return {
      folder: this.#options.folder,
      state: this.#modelMessage && this.#state === 'ready' ? 'failed' : this.#state,
      ...(message ? { message } : {}),
      files: counts.files,
      chunks: counts.chunks,
      embedded: counts.embedded,
      pendingFiles: this.#pendingFiles,
      skipped: counts.skipped + this.#leftOut.size,
      tokensPerSecond: this.#tokensPerSecond,
      indexBytes: bytes,
      indexPath: folder,
      model: this.#info.id,
      writer,
    };
  }

  /** Everything that was left out, with the reason. */
  skipped(): Skipped[] {
    const skipped = [...this.#leftOut.values()];
    for (const path of this.#store.paths()) {
      const ref = this.#store.find(path);
      const skip = ref?.segment.skip(ref.file);
      if (skip) skipped.push({ path, ...skip });
    }
    return skipped.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Whether a file (absolute, or relative to the folder) can be found, and if not, why not. */
  async why(file: string): Promise<Verdict> {
    const path = relative(this.folder, resolve(this.folder, file)).split(sep).join('/');
    const none = { path, chunks: 0, embedded: 0 };
    const verdict = await explain(this.folder, path, this.#walk());
    if (verdict === 'outside') {
      return { ...none, state: 'outside', reason: `It lies outside of the folder ${this.folder}.` };
    }
    if (verdict === 'missing') {
      return { ...none, state: 'missing', reason: `There is no file ${path} in ${this.folder}.` };
    }
    if ('reason' in verdict) return { ...none, state: 'skipped', reason: verdict.reason };
    const ref = this.#store.find(path);
    if (!ref) {
      return { ...none, state: 'pending', reason: 'It has not been read yet; it can be found as soon as it is.' };
    }
    const skip = ref.segment.skip(ref.file);
    if (skip) return { ...none, state: 'skipped', reason: skip.reason };
    return { path, ...coverageOf(ref.segment, ref.file) };
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
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#poll);
    this.#wake?.();
    await this.#updating;
    await this.#store.close();
    await (await this.#embedder)?.dispose();
  }

  /** Closes, and removes every byte of the folder's index. */
  async clear(): Promise<void> {
    await this.close();
    await this.#store.clear();
  }

  get #maxFileSize(): number {
    return this.#options.maxFileSize ?? MAX_FILE_SIZE;
  }

  #walk(): WalkOptions {
    const exclude = (this.#options.exclude ?? []).map((glob) => ({
      glob,
      source: 'the settings files.exclude and nearby.exclude',
    }));
    return { exclude, maxFileSize: this.#maxFileSize };
  }

  #isUnchanged({ path, size, mtimeMs }: FoundFile, changes: ReadonlySet<string> | 'all'): boolean {
    const ref = this.#store.find(path);
    if (!ref || (changes !== 'all' && changes.has(path))) return false;
    return ref.segment.size[ref.file] === size && ref.segment.mtimeMs[ref.file] === mtimeMs;
  }

  /** Paths of the catalog that are to be found no more. */
  #vanished(changes: ReadonlySet<string> | 'all', seen: ReadonlySet<string>, gone: ReadonlySet<string>): string[] {
    if (changes === 'all') return [...this.#store.paths()].filter((path) => !seen.has(path));
    const files = [...gone].filter((path) => this.#store.find(path));
    const folders = [...gone].filter((path) => !this.#store.find(path)).map((path) => path.replace(/\/?$/, '/'));
    if (folders.length === 0) return files;
    const below = [...this.#store.paths()].filter((path) => folders.some((folder) => path.startsWith(folder)));
    return [...new Set([...files, ...below])];
  }

  #tier(withVectors: boolean): SearchAnswer['tier'] {
    const { chunks, embedded } = this.#store.counts;
    return withVectors && embedded === chunks ? 'full' : 'instant';
  }

  async #embedQuery(text: string): Promise<Float32Array | undefined> {
    if (this.#store.matrix.rows === 0) return undefined;
    const known = this.#queryVectors.get(text);
    if (known) return known;
    const embedder = await this.#loadEmbedder();
    const [vector] = (await embedder?.embed([text])) ?? [];
    if (vector) this.#queryVectors.set(text, vector);
    for (const oldest of this.#queryVectors.keys()) {
      if (this.#queryVectors.size <= queryCacheSize) break;
      this.#queryVectors.delete(oldest);
    }
    return vector;
  }

  /** The model, loaded at its first use; undefined when it cannot be, which the status then says. */
  #loadEmbedder(): Promise<Embedder | undefined> {
    this.#embedder ??= Embedder.load({ folder: this.#options.model, threads: this.#options.threads ?? 0 }).catch(
      (error: unknown) => {
        this.#modelMessage = error instanceof NearbyError ? error.message : `The model cannot run: ${String(error)}`;
        this.#options.log?.(this.#modelMessage);
        this.#report();
        return undefined;
      },
    );
    return this.#embedder;
  }

  async #readWhole(path: string): Promise<string> {
    const read = await readText(resolve(this.folder, path), this.#maxFileSize);
    if ('skip' in read) throw new NearbyError('unreadable', `${path} cannot be compared: ${read.reason}`);
    return read.text;
  }

  /** While another process writes the index: shows what it commits, and takes over when it ends. */
  async #followWriter(): Promise<void> {
    if (this.#store.writer || this.#closed) return;
    try {
      if (await this.#store.takeOver()) this.changed();
      else if (await this.#store.refresh()) this.#report();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#message = error instanceof NearbyError ? error.message : `Indexing stopped: ${describe(error)}`;
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

function missingIn(batch: WalkBatch | StatBatch): readonly string[] {
  return 'missing' in batch ? batch.missing : [];
}

function newProgress(): Progress {
  return { embedded: 0, reused: 0, startedAt: performance.now(), embedMs: 0, tokens: 0 };
}

function deletionOf(path: string): FileEntry {
  return { path, size: 0, mtimeMs: 0, hash: '', state: 'deleted', chunks: [] };
}

function coverageOf(
  { chunkStart, vectorRow }: { readonly chunkStart: Uint32Array; readonly vectorRow: Int32Array },
  file: number,
): Omit<Verdict, 'path'> {
  const rows = vectorRow.subarray(chunkStart[file], chunkStart[file + 1]);
  const embedded = rows.filter((row) => row >= 0).length;
  if (embedded === rows.length) {
    return { state: 'indexed', reason: 'It can be found, by keywords and by meaning.', chunks: rows.length, embedded };
  }
  const reason = `It can be found by keywords; ${embedded} of its ${rows.length} parts can be found by meaning so far.`;
  return { state: 'pending', reason, chunks: rows.length, embedded };
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return 'the disk is full. Free some space; it goes on with the next change.';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `the index cannot be written (${message}). Check the permissions of its folder.`;
  }
  return message;
}
