/** One of many processes that want to write an index: `argv` is its folder and the writer's own name. */
import { setTimeout } from 'node:timers/promises';
import { Store } from '../../src/core/store/store.ts';
import { NearbyError } from '../../src/core/types.ts';
import { contentsOf, entryOf, newVectorOf } from './made-up-files.ts';
import { dimensions } from '../core/words.ts';

/** What it tells: a file that it has committed, what it has been told of damage, and at the end all that it sees. */
export type FromWriter =
  | { readonly kind: 'committed'; readonly writer: string; readonly path: string }
  | { readonly kind: 'warned'; readonly sentence: string }
  | { readonly kind: 'seen'; readonly contents: string };

const [folder = '', name = ''] = process.argv.slice(2);
const betweenCommitsMs = 10;
const betweenLooksMs = 200;

const send = (message: FromWriter): void => void process.send?.(message);
const finishing = new AbortController();
process.on('message', () => finishing.abort());
process.once('disconnect', () => process.exit());

const warn = (sentence: string): void => send({ kind: 'warned', sentence });
const store = await Store.open(folder, { dimensions, spareVectors: 64, mergeMs: 0, warn });
for (let i = 0; !finishing.signal.aborted; i++) {
  try {
    if (store.writer) await commit(i);
    else if (!(await store.takeOver())) await store.refresh();
  } catch (error) {
    if (!(error instanceof NearbyError && error.code === 'not-writer')) throw error;
  }
  await setTimeout(store.writer ? betweenCommitsMs : betweenLooksMs);
}
if (!store.writer) await store.refresh();
send({ kind: 'seen', contents: contentsOf(store) });
process.once('message', () => void store.close().then(() => process.exit()));

async function commit(i: number): Promise<void> {
  const path = `${name}-${i}`;
  await store.putFiles([entryOf(path, [path])]);
  send({ kind: 'committed', writer: name, path });
  await store.putVectors([newVectorOf(path)]);
  await store.merge();
}
