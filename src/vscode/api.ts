/** What `activate` hands back. For the tests; nothing else may count on it yet. */
import type { WorkerClient } from '../worker/client.ts';

export interface Api {
  readonly client: WorkerClient;
  /** Resolves when every folder of the workspace is ready; rejects with the sentence of the first that failed. */
  readonly whenReady: () => Promise<void>;
}
