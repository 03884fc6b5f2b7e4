/** What the worker costs while nothing is to be done: its time on a processor, with an indexed folder open. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fork } from 'node:child_process';
import type { Status } from '../../src/core/types.ts';
import { WorkerClient } from '../../src/worker/client.ts';
import type { FolderOptions } from '../../src/worker/protocol.ts';
import { tempFolder, writeFiles } from '../core/temp.ts';
import { build } from './build.ts';
import { writeSources } from './corpus.ts';
import type { Figure, Section, Settings } from './figures.ts';

const files = { code: 30, docs: 10 };
/** Small segments are merged, and the garbage collector has done its work, before the watch begins. */
const settleMs = 5000;
const watchMs = 30_000;
const pollMs = 200;
/** Percent of one core: less than this is 0 % when it is rounded. */
const bar = 0.5;

export async function idle({ say }: Settings): Promise<Section> {
  const options: FolderOptions = {
    folder: tempFolder(),
    home: tempFolder(),
    exclude: [],
    maxFileSize: 2 ** 20,
    speed: 'normal',
  };
  writeSources(options.folder, files);
  const client = new WorkerClient({ script: join(await build(), 'worker.js'), log: say });
  const nothing = fork(emptyProgram());
  try {
    await client.request<'open'>({ type: 'open', options });
    const { chunks } = await ready(client, options.folder);
    say(`idle: ${chunks} chunks are indexed; watching for ${watchMs / 1000} s`);
    await setTimeout(settleMs);
    const [ours, empty] = [usageOf(client.pid), usageOf(nothing.pid)];
    await setTimeout(watchMs);
    const [share, peerShare] = [ours(), empty()];
    const base: Figure = { name: `of a core, the worker over ${watchMs / 1000} s`, unit: '%' };
    const figure: Figure =
      share === undefined || peerShare === undefined
        ? { ...base, note: 'Not measured: only Linux tells the time of other processes finely enough.' }
        : {
            ...{ ...base, value: share, peer: { name: 'Node.js with nothing to run', value: peerShare } },
            ...{ bar: '0 when rounded', met: share < bar },
          };
    return { figures: [figure], detail: { chunks, settleMs, watchMs } };
  } finally {
    nothing.kill();
    await client.dispose();
  }
}

/** A program that stays alive and does nothing. */
function emptyProgram(): string {
  const folder = tempFolder();
  writeFiles(folder, { 'nothing.cjs': "process.on('message', () => undefined);\n" });
  return join(folder, 'nothing.cjs');
}

async function ready(client: WorkerClient, folder: string): Promise<Status> {
  for (;;) {
    const status = await client.request<'status'>({ type: 'status', folder });
    if (status.state === 'failed') throw new Error(status.message);
    if (status.state === 'ready' && status.chunks > 0 && status.embedded === status.chunks) return status;
    await setTimeout(pollMs);
  }
}

/** From now on. @returns how to ask for the percent of a core that the process has used since; undefined where unknown */
function usageOf(pid: number | undefined): () => number | undefined {
  const [began, before] = [performance.now(), processorMs(pid)];
  return () => {
    const after = processorMs(pid);
    if (before === undefined || after === undefined) return undefined;
    return ((after - before) / (performance.now() - began)) * 100;
  };
}

/** Milliseconds on a processor of all threads that a process has, to the nanosecond; undefined where that is unknown. */
function processorMs(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined;
  const tasks = `/proc/${pid}/task`;
  const nanoseconds = readdirSync(tasks).map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}
