/** Threads that prepare batches of files side by side. */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Batch, PreparedBatch } from './prepare-batch.ts';
import type { ThreadData } from './prepare-thread.ts';

/** Beside this script, bundled or not. */
const script = join(import.meta.dirname, `prepare-thread${extname(import.meta.filename)}`);

interface Job {
  readonly batch: Batch;
  readonly resolve: (prepared: PreparedBatch) => void;
  readonly reject: (error: unknown) => void;
}

export class PreparePool {
  readonly #threads: readonly Worker[];
  readonly #idle: Worker[] = [];
  readonly #waiting: Job[] = [];
  readonly #running = new Map<Worker, Job>();
  #failure: Error | undefined;

  /** @param threads how many, at least 1 */
  constructor(threads: number, data: ThreadData) {
    this.#threads = Array.from({ length: threads }, () => this.#start(data));
    this.#idle.push(...this.#threads);
  }

  /** Batches that can be under way at once without one waiting for a thread. */
  get size(): number {
    return this.#threads.length;
  }

  /** @throws what a thread died of, once one has */
  prepare(batch: Batch): Promise<PreparedBatch> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#next();
    });
  }

  /** Ends the threads; batches under way are given up. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  #start(workerData: ThreadData): Worker {
    const thread = new Worker(script, { workerData });
    thread.on('message', (prepared: PreparedBatch) => {
      this.#running.get(thread)?.resolve(prepared);
      this.#running.delete(thread);
      this.#idle.push(thread);
      this.#next();
    });
    thread.on('error', (error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    return thread;
  }

  #next(): void {
    if (this.#failure) this.#fail(this.#failure);
    while (this.#idle.length > 0) {
      const job = this.#waiting.shift();
      const thread = job && this.#idle.pop();
      if (!thread) return;
      this.#running.set(thread, job);
      thread.postMessage(job.batch);
    }
  }

  #fail(error: Error): void {
    this.#failure = error;
    for (const job of [...this.#running.values(), ...this.#waiting.splice(0)]) job.reject(error);
    this.#running.clear();
  }
}
