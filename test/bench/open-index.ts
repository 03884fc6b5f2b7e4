/** A process of its own: opens the index at argv[2], searches it, and prints what that took, as JSON. */
import { Cosines } from '../../src/core/meaning.ts';
import { parseQuery } from '../../src/core/query.ts';
import { findCandidates } from '../../src/core/rank/candidates.ts';
import { rank } from '../../src/core/rank/rank.ts';
import { openStoreOf } from './open-store.ts';
import { madeUpQuery } from './made-up.ts';

const dimensions = 384;
const queries = 30;

export interface Opened {
  readonly ms: number;
  /** Of the index on disk. */
  readonly bytes: number;
  /** Resident memory in bytes: before, once open, and after some searches. */
  readonly emptyRss: number;
  readonly openRss: number;
  readonly searchedRss: number;
}

void main();

async function main(): Promise<void> {
  const emptyRss = process.memoryUsage.rss();
  const began = performance.now();
  const store = await openStoreOf(process.argv[2] ?? '', dimensions);
  const ms = performance.now() - began;
  const openRss = process.memoryUsage.rss();
  for (let i = 0; i < queries; i++) {
    const parsed = parseQuery(madeUpQuery(i));
    const vector = Float32Array.from(store.matrix.vector(i).values);
    rank(parsed, findCandidates(store, parsed, new Cosines(vector, store.matrix, store.instant), {}));
  }
  const opened: Opened = { ms, bytes: store.bytes, emptyRss, openRss, searchedRss: process.memoryUsage.rss() };
  await store.close();
  process.stdout.write(JSON.stringify(opened));
}
