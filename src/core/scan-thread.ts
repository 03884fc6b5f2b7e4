/** A thread that takes part in the scans of one vector matrix. */
import { workerData } from 'node:worker_threads';
import { MatrixMemory, type SharedMatrix } from './matrix-memory.ts';

const { memory, dimensions } = workerData as SharedMatrix;
new MatrixMemory(dimensions, memory).serve();
