/** An editor in small: a process that keeps a worker with one folder open. `argv` is the worker's script and its options. */
import type { Status } from '../../src/core/types.ts';
import { WorkerClient } from '../../src/worker/client.ts';
import type { FolderOptions } from '../../src/worker/protocol.ts';

export type ToHost =
  { readonly do: 'changed'; readonly paths: readonly string[] } | { readonly do: 'rebuild' } | { readonly do: 'end' };

export type FromHost =
  | { readonly kind: 'worker'; readonly pid: number }
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'told'; readonly sentence: string };

const [script = '', json = ''] = process.argv.slice(2);
const options = JSON.parse(json) as FolderOptions;
const { folder } = options;
const send = (message: FromHost): void => void process.send?.(message);

const client = new WorkerClient({ script, log: () => undefined });
client.onNotice((sentence) => send({ kind: 'told', sentence }));
client.onStatus((status) => {
  if (client.pid !== undefined) send({ kind: 'worker', pid: client.pid });
  send({ kind: 'status', status });
});
process.on('message', (message: ToHost) => {
  if (message.do === 'end') void client.dispose().then(() => process.exit());
  else if (message.do === 'rebuild') void client.request<'rebuild'>({ type: 'rebuild', folder }).catch(() => undefined);
  else void client.request<'changed'>({ type: 'changed', folder, paths: message.paths });
});
process.once('disconnect', () => process.exit());
const opening = client.request<'open'>({ type: 'open', options });
if (client.pid !== undefined) send({ kind: 'worker', pid: client.pid });
send({ kind: 'status', status: await opening });
