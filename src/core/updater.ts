/** Keeps the index of a folder in step with its files: the update path, and what may hold it up. */
import { setImmediate } from 'node:timers/promises';
import type { Drafts } from './drafts.ts';
import { EmbeddingQueue } from './embedding-queue.ts';
import { isIgnoreFile } from './ignore.ts';
import type { InstantEmbedder } from './instant.ts';
import type { LazyModel } from './lazy-model.ts';
import { nextChunks, sketch } from './next-chunks.ts';
import type { Pace } from './pace.ts';
import { say } from './say.ts';
import type { Store } from './store/store.ts';
import { takeIn, takeInNow } from './take-in.ts';
import { NearbyError, type EngineState, type FoundFile, type Skipped } from './types.ts';
import { Unread } from './unread.ts';
import type { WalkOptions } from './walk.ts';

/** Chunks that get instant vectors in one go: some tens of milliseconds. */
const sketchGroup = 256;
/** Changed paths beyond which it is cheaper to look at the whole folder. */
const mostPaths = 1000;
/** Chunks to embed from which on the indexes of other folders are looked through: that takes as long as to embed some. */
const worthAdopting = 64;

export interface UpdaterInput {
  readonly store: Store;
  /** Absolute, without symbolic links. */
  readonly folder: string;
  readonly walk: WalkOptions & { readonly maxFileSize: number };
  readonly model: LazyModel;
  /** The folder of the model, for instant vectors; absent where none are wanted. */
  readonly instantFolder: string | undefined;
  /** Whether chunks are embedded. */
  readonly embeds: boolean;
  /** Whether vectors are taken over from other indexes. */
  readonly adopts: boolean;
  /** For reading and chunking. */
  readonly threads: number;
  readonly pace: Pace;
  readonly drafts: Drafts;
  /** Ends the work for good. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Called whenever what there is to say of the index has changed. */
  readonly report: () => void;
}

export class Updater {
  readonly #input: UpdaterInput;
  readonly queue: EmbeddingQueue;
  /** What the rules left out; what reading left out is in the store. */
  readonly leftOut = new Map<string, Skipped>();
  #state: EngineState = 'ready';
  #failure: string | undefined;
  #dirty: Set<string> | 'all' | undefined;
  #updating: Promise<void> | undefined;
  /** Files whose chunks have neither vectors nor instant ones, the next one last. */
  #unsketched: string[] = [];
  readonly #unread = new Unread();
  #pendingFiles = 0;
  #began = performance.now();
  #reused = 0;
  #updatedMs: number | undefined;
  #paused = false;
  #wake: (() => void) | undefined;
  /** Callers of `searchable` that wait, and those of `caughtUp`. */
  readonly #awaiting: (() => void)[] = [];
  readonly #awaitingFiles: (() => void)[] = [];

  constructor(input: UpdaterInput) {
    this.#input = input;
    const { store, folder, model, walk, pace, report } = input;
    this.queue = new EmbeddingQueue({
      store,
      folder,
      model,
      maxFileSize: walk.maxFileSize,
      rest: (workMs) => pace.rest(workMs),
      onChanged: (path) => this.#markDirty([path]),
      onProgress: report,
      onFailure: (error) => this.fail(error),
    });
  }

  get state(): EngineState {
    return this.#state;
  }

  /** What stopped the last update, in a sentence. */
  get failure(): string | undefined {
    return this.#failure;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** Files that the walk has seen and that are not read yet. */
  get pendingFiles(): number {
    return this.#pendingFiles;
  }

  /** When the index was last in step with the folder, in milliseconds since the epoch. */
  get updatedMs(): number | undefined {
    return this.#updatedMs;
  }

  /** Of the update under way or the last one: seconds since it began, and how many chunks had vectors already. */
  get done(): { readonly seconds: number; readonly reused: number } {
    return { seconds: (performance.now() - this.#began) / 1000, reused: this.#reused };
  }

  /** Looks again at these paths (relative to the folder, with forward slashes), or at the whole folder. */
  changed(paths?: readonly string[]): void {
    const { signal, store } = this.#input;
    this.#markDirty(paths);
    if (signal.aborted || this.#updating) return;
    this.#began = performance.now();
    this.#reused = 0;
    this.queue.restart();
    this.#updating = this.#update()
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.#updating = undefined;
        tell(this.#awaiting);
        const goesOn = this.#failure === undefined && store.writer;
        if (this.#dirty && goesOn)
          this.changed([]); // it came in as the update ended
        else tell(this.#awaitingFiles);
      });
  }

  /** Resolves when nothing is left to do, or the work failed or was ended. */
  async settled(): Promise<void> {
    await this.#updating;
  }

  /** Resolves when all is found that is to be, which is before segments are merged; or when the work failed. */
  async searchable(): Promise<void> {
    if (this.#updating) await new Promise<void>((done) => this.#awaiting.push(done));
  }

  /** Resolves when all changes are read, so that they are found by keywords and roughly by meaning; or when that failed. */
  async caughtUp(): Promise<void> {
    if (this.#updating) await new Promise<void>((done) => this.#awaitingFiles.push(done));
  }

  /**
   * While files are still to be read: reads those at once that have most of the words of a question. Waits a second at most,
   * and for what is being found out about a folder only when nothing of it is known.
   * @param words lower case; parts of words will do
   */
  async readFirst(words: readonly string[]): Promise<void> {
    const { store, folder, walk, model, log } = this.#input;
    if (this.#unread.size === 0 && (!this.#unread.isGrowing || store.counts.files > 0)) return;
    const read = async (files: FoundFile[]): Promise<void> => {
      try {
        this.#reused += await takeInNow(files, { store, folder, walk, instant: () => model.instant() });
      } catch (error) {
        log(`Files that a question is about could not be read first: ${String(error)}`);
        this.#markDirty(files.map(({ path }) => path)); // so that they get their turn
      }
    };
    await this.#unread.readFirst(words, folder, read);
  }

  /** Stops reading and embedding after the group under way. */
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

  /** Once the signal has fired: resolves when the work has ended. */
  async ended(): Promise<void> {
    this.#wake?.();
    await this.#updating;
    await this.#unread.answered();
    await this.queue.sharpened();
  }

  /** Says what went wrong, unless the work was broken off on purpose. */
  fail(error: unknown): void {
    if (this.#input.signal.aborted) return;
    this.#failure = error instanceof NearbyError ? error.message : describe(error);
    this.#input.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    this.#setState('failed');
  }

  /** The update path. Runs until the index is in step with the files; what changes meanwhile is taken up on the way. */
  async #update(): Promise<void> {
    const { store, folder, walk, model, drafts, signal, threads, instantFolder, embeds, adopts, report } = this.#input;
    let instant: InstantEmbedder | undefined;
    this.#failure = undefined;
    while (!signal.aborted) {
      if (this.#paused) {
        this.#setState('paused');
        await new Promise<void>((wake) => (this.#wake = wake));
      } else if (!store.writer) {
        break; // the process that writes this index sees the same changes
      } else if (this.#dirty) {
        const changes = this.#dirty;
        this.#dirty = undefined;
        this.#setState('scanning');
        const taking = takeIn({
          store,
          folder,
          changes,
          unread: this.#unread,
          walk: { ...walk, signal },
          leftOut: this.leftOut,
          threads,
          model: instantFolder,
          instant: () => model.instant(),
          isDraft: (path) => drafts.has(path),
          onProgress: (pendingFiles) => {
            this.#pendingFiles = pendingFiles;
            report();
          },
        });
        this.#reused += await taking.catch((error: unknown) => {
          this.#markDirty(changes === 'all' ? undefined : [...changes]); // what is left of them is looked at again
          throw error;
        });
        const waiting = store.counts.chunks - store.counts.embedded;
        if (adopts && waiting >= worthAdopting) this.#reused += await store.adoptVectors();
        this.#unsketched = this.queue.refill().filter((path) => store.lacksVectors(path));
      } else if (this.#unsketched.length > 0 && (instant = await model.instant())) {
        await this.#sketchNext(instant);
      } else if (embeds && !this.queue.isEmpty && (await model.load())) {
        this.#tellCaughtUp();
        this.#setState('embedding');
        await this.queue.embedNext();
      } else {
        this.#updatedMs = Date.now();
        if (this.#state !== 'ready') this.#setState('ready');
        this.#tellCaughtUp();
        tell(this.#awaiting);
        if (!(await store.merge())) break;
      }
    }
  }

  /** Before the model comes to them: gives the chunks of the next files instant vectors, which are kept in memory alone. */
  async #sketchNext(instant: InstantEmbedder): Promise<void> {
    const { store, folder, walk } = this.#input;
    const items = await nextChunks({
      store,
      folder,
      maxFileSize: walk.maxFileSize,
      paths: this.#unsketched,
      atLeast: sketchGroup,
      isWanted: (hash) => store.matrix.rowOf(hash) < 0 && store.instant.rowOf(hash) < 0,
      onChanged: (path) => this.#markDirty([path]),
    });
    sketch(store, items, instant);
    await setImmediate(); // a query that waits gets its turn
  }

  /** Unless more has changed while the last of it was read. */
  #tellCaughtUp(): void {
    if (!this.#dirty) tell(this.#awaitingFiles);
  }

  /** What is to be looked at grows up to a bound: from there on, it is the whole folder. */
  #markDirty(paths?: readonly string[]): void {
    if (this.#dirty === 'all') return;
    this.#dirty ??= new Set();
    for (const path of paths ?? []) this.#dirty.add(path);
    if (!paths || this.#dirty.size > mostPaths || paths.some((path) => isIgnoreFile(path))) this.#dirty = 'all';
  }

  #setState(state: EngineState): void {
    this.#state = state;
    this.#input.report();
  }
}

function tell(waiting: (() => void)[]): void {
  for (const one of waiting.splice(0)) one();
}

/** What a failed write means for the user, and what to do. */
function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') {
    return say('Indexing stopped: the disk is full. Free some space; it goes on with the next change.');
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return say('Indexing stopped: the index cannot be written ({0}). Check the permissions of its folder.', message);
  }
  return say('Indexing stopped: {0}', message);
}
