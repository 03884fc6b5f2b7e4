/** A process of its own: opens the vectra index in the folder argv[2], searches it, and prints what that took, as JSON. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { LocalIndex } from 'vectra';
import type { Opened } from './open-index.ts';

const queries = 30;
const shown = 10;

void main();

async function main(): Promise<void> {
  const folder = process.argv[2] ?? '';
  const emptyRss = process.memoryUsage.rss();
  const began = performance.now();
  const index = new LocalIndex(folder);
  const items = await index.listItems();
  const ms = performance.now() - began;
  const openRss = process.memoryUsage.rss();
  for (const { vector } of items.slice(0, queries)) await index.queryItems(vector, '', shown);
  const bytes = statSync(join(folder, index.indexName)).size;
  const opened: Opened = { ms, bytes, emptyRss, openRss, searchedRss: process.memoryUsage.rss() };
  process.stdout.write(JSON.stringify(opened));
}
