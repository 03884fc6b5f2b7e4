/** What `activate` hands back besides the API where the tests run, and only there. */
import type { WorkerClient } from '../worker/client.ts';

export interface ForTests {
  readonly client: WorkerClient;
  /** Resolves when every folder of the workspace is ready; rejects with the sentence of the first that failed. */
  readonly whenReady: () => Promise<void>;
}
