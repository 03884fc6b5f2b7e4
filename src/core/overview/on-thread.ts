/** Starts the thread for one look at all vectors; breaking it off ends the thread. */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { say } from '../say.ts';
import { NearbyError, type Duplicates, type VectorMap } from '../types.ts';
import type { Task } from './overview-thread.ts';
import type { Snapshot } from './snapshot.ts';

/** Beside this script, bundled or not. */
const script = join(import.meta.dirname, `overview-thread${extname(import.meta.filename)}`);

interface Results {
  map: VectorMap;
  duplicates: Duplicates;
}

/** @throws what `signal` was aborted with; what the thread died of */
export async function onThread<K extends Task['kind']>(
  task: Extract<Task, { kind: K }>,
  signal: AbortSignal,
): Promise<Results[K]> {
  signal.throwIfAborted();
  const thread = new Worker(script, { workerData: task, transferList: buffersOf(task.snapshot) });
  const stop = (): void => void thread.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<Results[K]>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.once('exit', () => {
        // Behind a message or an error it says nothing new.
        const broken = new NearbyError('internal', say('The thread that looks at all vectors ended early; try again.'));
        reject(signal.aborted ? (signal.reason as Error) : broken);
      });
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What is handed over rather than copied. */
function buffersOf({ chunkStart, startLine, endLine, kind, terms, hashes, vectors }: Snapshot): ArrayBuffer[] {
  return [chunkStart, startLine, endLine, kind, terms, hashes, vectors].map(({ buffer }) => buffer);
}
