/** A thread that prepares batches of files, so that the process's own stays free for queries. */
import { parentPort, workerData } from 'node:worker_threads';
import { InstantEmbedder } from './instant.ts';
import { prepareBatch, type Batch } from './prepare-batch.ts';

/** What a thread is started with. */
export interface ThreadData {
  /** The folder of the model; absent where no instant vectors are wanted. */
  readonly model?: string;
}

const { model } = workerData as ThreadData;
/** What is wrong with a table that cannot be used, the process says: it needs the same one for its queries. */
const loading = model === undefined ? undefined : InstantEmbedder.load(model).catch(() => undefined);

parentPort?.on('message', (batch: Batch) => void answer(batch));

/** One batch at a time is sent. What it throws ends the thread, which tells the pool. */
async function answer(batch: Batch): Promise<void> {
  const prepared = prepareBatch(batch, await loading);
  const { segment, hashes, vectors } = prepared;
  parentPort?.postMessage(prepared, [segment.buffer, hashes.buffer, ...(vectors ? [vectors.buffer] : [])]);
}
