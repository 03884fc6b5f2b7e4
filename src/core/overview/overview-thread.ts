/** A thread that looks at all vectors at once, so that the process's own stays free for queries. */
import { parentPort, workerData } from 'node:worker_threads';
import { makeMap } from './map.ts';
import type { Snapshot } from './snapshot.ts';

parentPort?.postMessage(makeMap(workerData as Snapshot));
