/** All that the editor asks of a worker, in a process of its own: `argv[2]` is the folder, `argv[3]` where indexes are kept. */
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { WorkerClient } from '../../src/worker/client.ts';

const [, , folder = '', home = ''] = process.argv;
const client = new WorkerClient({
  script: join(import.meta.dirname, '../../src/worker/worker.ts'),
  execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
  log: (line) => process.stderr.write(`${line}\n`),
});
const options = { folder, home, exclude: [], maxFileSize: 1_000_000, speed: 'fast' } as const;
await client.request<'open'>({ type: 'open', options });
const query = { query: 'called too often', top: 3 };
await client.request<'sharpen'>({ type: 'sharpen', folder, query });
for (;;) {
  const { state, chunks, embedded } = await client.request<'status'>({ type: 'status', folder });
  if (state === 'ready' && chunks > 0 && embedded === chunks) break;
  await delay(50);
}
const { results } = await client.request<'search'>({ type: 'search', folder, query });
const [first] = results;
if (!first) throw new Error('Nothing was found.');
const { path, startLine, endLine } = first;
const event = { kind: 'more', query: query.query, path, startLine, endLine } as const;
await client.request<'learn'>({ type: 'learn', folder, event });
await client.request<'draft'>({ type: 'draft', folder, path: 'untitled:1', text: 'A text that is not saved.' });
await client.request<'similar'>({ type: 'similar', folder, query: { path, top: 3 } });
await client.request<'map'>({ type: 'map', folder });
await client.request<'duplicates'>({ type: 'duplicates', folder });
await client.request<'evaluate'>({ type: 'evaluate', folder, judged: join(folder, 'judged.jsonl') });
await client.request<'report'>({ type: 'report', folder });
await client.dispose();
console.log(JSON.stringify(results));
