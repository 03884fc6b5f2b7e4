/** A thread that looks at all vectors at once, so that the process's own stays free for queries. */
import { parentPort, workerData } from 'node:worker_threads';
import { findDuplicates } from './duplicates.ts';
import { makeMap } from './map.ts';
import type { Snapshot } from './snapshot.ts';

/** What it is started for. */
export type Task =
  | { readonly kind: 'map'; readonly snapshot: Snapshot }
  /** The folder is absolute, the size in bytes. */
  | { readonly kind: 'duplicates'; readonly snapshot: Snapshot; readonly folder: string; readonly maxFileSize: number };

const task = workerData as Task;
parentPort?.postMessage(
  task.kind === 'map' ? makeMap(task.snapshot) : findDuplicates(task.snapshot, task.folder, task.maxFileSize),
);
