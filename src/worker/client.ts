/** A typed proxy of the worker process: starts it, restarts it when it dies, and opens its folders again. */
import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { say, type Texts } from '../core/say.ts';
import { NearbyError, type Status } from '../core/types.ts';
import { inMegabytes, type Excess, type MemoryLimits } from './memory.ts';
import type { FolderOptions, FromWorker, Replies, Request, ToWorker } from './protocol.ts';

export interface ClientOptions {
  /** The worker's script, absolute. */
  readonly script: string;
  readonly execArgv?: readonly string[];
  /** Of the language that the worker is to speak; English when absent. */
  readonly texts?: Texts;
  /** When the worker is replaced for the memory it holds; as memory.ts has it when absent. */
  readonly memory?: MemoryLimits;
  /** Receives each line that the worker writes to stderr, and what happens to the process. */
  readonly log: (line: string) => void;
}

/** Starts in a row that end within `quickDeathMs` before the client gives up and says so. */
const maxQuickDeaths = 5;
const quickDeathMs = 10_000;

/** Between two workers that are replaced for their memory: where that does not help, it is not done all the time. */
const recycleIntervalMs = 600_000;
/** How long a worker that is replaced may take over its last replies; what takes longer is asked of the next one. */
const drainMs = 10_000;
const drainLookMs = 20;

/**
 * Megabytes. V8 takes up to three times as many for what is young, and keeps them: with its own limit that is a hundred
 * where there is garbage all the time, as when files keep changing.
 */
const youngGeneration = '--max-semi-space-size=16';

interface Waiting {
  readonly request: Request;
  readonly resolve: (reply: never) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerClient {
  readonly #options: ClientOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #open = new Map<string, FolderOptions>();
  readonly #paused = new Set<string>();
  /** By folder and path. */
  readonly #drafts = new Map<string, Extract<Request, { type: 'draft' }>>();
  readonly #statusListeners = new Set<(status: Status) => void>();
  readonly #noticeListeners = new Set<(sentence: string) => void>();
  readonly #givenUpListeners = new Set<(error: NearbyError) => void>();
  #child: ChildProcess | undefined;
  #nextId = 1;
  #quickDeaths = 0;
  #disposed = false;
  #recycledAt = -Infinity;
  /** While the worker gives its last replies: settles when the next one has been told its folders. */
  #replacing: Promise<void> | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** The worker's process id while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Sends a request and resolves with its reply. Rejects with a NearbyError: what the engine says, `cancelled` after
   * `signal`, or `worker-died` when the process ends and the request cannot simply be sent again.
   */
  request<T extends Request['type']>(
    request: Extract<Request, { type: T }>,
    signal?: AbortSignal,
  ): Promise<Replies[T]> {
    if (this.#disposed) return Promise.reject(disposed());
    if (signal?.aborted) return Promise.reject(cancelled());
    if (this.#replacing) return this.#replacing.then(() => this.request(request, signal));
    this.#remember(request);
    const id = this.#nextId++;
    return new Promise<Replies[T]>((resolve, reject) => {
      const waiting: Waiting = { request, resolve, reject };
      this.#waiting.set(id, waiting);
      signal?.addEventListener(
        'abort',
        () => {
          if (!this.#waiting.delete(id)) return;
          this.#send({ kind: 'cancel', id });
          reject(cancelled());
        },
        { once: true },
      );
      if (this.#child) this.#send({ kind: 'request', id, request });
      else this.#resume([[id, waiting]]);
    });
  }

  /** Calls `listener` at each change of a folder's status; returns how to stop that. */
  onStatus(listener: (status: Status) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  /** Calls `listener` with each sentence that the user should know once; returns how to stop that. */
  onNotice(listener: (sentence: string) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  /** Calls `listener` when the worker died so often that it is not started again by itself; returns how to stop that. */
  onGivenUp(listener: (error: NearbyError) => void): () => void {
    this.#givenUpListeners.add(listener);
    return () => this.#givenUpListeners.delete(listener);
  }

  /** Ends the worker, which closes its indexes first, and starts another one with the same folders. */
  async restart(): Promise<void> {
    this.#quickDeaths = 0;
    if (this.#child) await end(this.#child);
    else this.#resume([]);
  }

  /** Ends the worker; it closes its indexes first. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#rejectAll(disposed());
    if (this.#child) await end(this.#child);
  }

  /** What a new worker must be told again. */
  #remember(request: Request): void {
    if (request.type === 'open') this.#open.set(request.options.folder, request.options);
    else if (request.type === 'close' || request.type === 'clear') this.#open.delete(request.folder);
    else if (request.type === 'draft') this.#rememberDraft(request);
    else if (request.type === 'pause') this.#paused.add(request.folder);
    else if (request.type === 'resume') this.#paused.delete(request.folder);
  }

  #rememberDraft(draft: Extract<Request, { type: 'draft' }>): void {
    const key = `${draft.folder}\0${draft.path}`;
    if (draft.text === undefined) this.#drafts.delete(key);
    else this.#drafts.set(key, draft);
  }

  #send(message: ToWorker): void {
    this.#child?.send(message, (error) => {
      if (error) this.#options.log(`could not send to the worker: ${error.message}`);
    });
  }

  #start(): void {
    const startedAt = Date.now();
    const { script, execArgv = [], texts, memory } = this.#options;
    const child = fork(script, memory ? [JSON.stringify(memory)] : [], {
      execArgv: [youngGeneration, ...execArgv],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    if (texts) this.#send({ kind: 'speak', texts });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line.trim()) this.#options.log(line);
    });
    child.on('message', (message) => this.#receive(message as FromWorker));
    child.once('error', (error) => this.#options.log(`worker: ${error.message}`));
    child.once('exit', (code, signal) => this.#exited(child, startedAt, signal ?? String(code)));
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'status') {
      for (const listener of this.#statusListeners) listener(message.status);
      return;
    }
    if (message.kind === 'notice') {
      this.#options.log(message.sentence);
      for (const listener of this.#noticeListeners) listener(message.sentence);
      return;
    }
    if (message.kind === 'recycle') {
      this.#recycle(message.excess);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    this.#waiting.delete(message.id);
    if (message.kind === 'reply') waiting.resolve(message.reply as never);
    else waiting.reject(new NearbyError(message.failure.code, message.failure.message));
  }

  #recycle({ held, bound }: Excess): void {
    const child = this.#child;
    if (!child || this.#disposed || this.#replacing || Date.now() - this.#recycledAt < recycleIntervalMs) return;
    this.#recycledAt = Date.now();
    const figures = `it holds ${inMegabytes(held)} where ${inMegabytes(bound)} are enough`;
    this.#options.log(`worker ${child.pid ?? ''} is replaced: ${figures}`);
    this.#replacing = this.#drain(child);
  }

  /** Ends the worker once it has answered what it was asked; its exit starts the next one. */
  async #drain(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + drainMs;
    while (this.#child === child && this.#waiting.size > 0 && Date.now() < deadline) await delay(drainLookMs);
    await end(child);
  }

  #exited(child: ChildProcess, startedAt: number, how: string): void {
    if (this.#child === child) this.#child = undefined;
    this.#replacing = undefined;
    if (this.#disposed) return;
    this.#options.log(`worker ${child.pid ?? ''} ended (${how})`);
    this.#quickDeaths = Date.now() - startedAt < quickDeathMs ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths >= maxQuickDeaths) {
      const message = say(
        'The search engine ended {0} times in a row ({1}). Its log is in the output channel "Nearby"; run "Nearby: Restart" to try again.',
        maxQuickDeaths,
        how,
      );
      const error = new NearbyError('worker-died', message);
      this.#quickDeaths = 0;
      this.#rejectAll(error);
      for (const listener of this.#givenUpListeners) listener(error);
      return;
    }
    this.#resume([...this.#waiting]);
  }

  /** Starts a worker and has it open the folders again, and repeats what was asked of the last one and not answered. */
  #resume(unanswered: readonly (readonly [id: number, waiting: Waiting])[]): void {
    this.#start();
    const opening = new Set<string>();
    for (const [, { request }] of unanswered) if (request.type === 'open') opening.add(request.options.folder);
    for (const [folder, options] of this.#open) {
      if (opening.has(folder)) continue;
      this.#repeat({ type: 'open', options });
      if (this.#paused.has(folder)) this.#repeat({ type: 'pause', folder });
    }
    for (const draft of this.#drafts.values()) this.#repeat(draft);
    for (const [id, { request }] of unanswered) this.#send({ kind: 'request', id, request });
  }

  #repeat(request: Request): void {
    this.request(request as never).catch((error: unknown) => this.#options.log(`worker: ${String(error)}`));
  }

  #rejectAll(error: NearbyError): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}

/** Parting from a worker tells it to close its indexes and end; one that does not is ended. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await exited;
  clearTimeout(timer);
}

function disposed(): NearbyError {
  return new NearbyError('disposed', say('The search engine has been shut down.'));
}

function cancelled(): NearbyError {
  return new NearbyError('cancelled', say('Cancelled.'));
}
