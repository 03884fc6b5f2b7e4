/** A worker that is worked hard for a long time: its memory does not grow, its answers come as fast as at the beginning. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Status } from '../../src/core/types.ts';
import { WorkerClient } from '../../src/worker/client.ts';
import { build } from '../bench/build.ts';
import { quantile } from '../bench/figures.ts';
import { madeUpQuery } from '../bench/made-up.ts';
import { Project } from './project.ts';
import { none, type Row, type Trial } from './trial.ts';

const files = 300;
/** From one change to the next, and from one answer to the next query. */
const changeEveryMs = 250;
const searchEveryMs = 100;
const sampleEveryMs = 1000;
/** How long the first index and the last changes may take. */
const settleMs = 300_000;

/** Megabytes a minute, over the second half: caches of words fill up to their bounds, some tens of megabytes in all. */
const mostGrowth = 5;
/** V8 takes some minutes to its full size, and a third of a short trial has few queries: those have no such bars. */
const leastSecondsForTrends = 600;
/** The last third's slowest queries beside those of the first. */
const mostSlowdown = 1.5;

interface Sample {
  readonly minutes: number;
  readonly megabytes: number;
}

export async function soak({ seed, seconds, scratch, say }: Trial): Promise<readonly Row[]> {
  say(`seed ${seed}`);
  const project = new Project(join(scratch, 'project'), files, seed);
  const { folder } = project;
  const said: string[] = [];
  const client = new WorkerClient({ script: join(await build(), 'worker.js'), log: (line) => said.push(line) });
  try {
    const options = { folder, home: join(scratch, 'home'), exclude: [], maxFileSize: 2 ** 20, speed: 'fast' } as const;
    await client.request<'open'>({ type: 'open', options });
    const { chunks } = await settled(client, folder);
    say(`${chunks} chunks of ${files} files are indexed; ${seconds} s of changes and searches begin`);
    const until = performance.now() + seconds * 1000;
    const [changes, searches, watched] = await Promise.all([
      keepChanging(client, project, until),
      keepSearching(client, folder, until, say),
      watch(client, folder, until, say),
    ]);
    say('waiting until the last change is found');
    const last = await settled(client, folder);
    return rows({
      seconds,
      ...changes,
      ...searches,
      ...watched,
      indexed: last.files,
      there: project.paths.length,
      said,
    });
  } finally {
    await client.dispose();
  }
}

async function keepChanging(client: WorkerClient, project: Project, until: number) {
  const { folder } = project;
  const counts = { edits: 0, removals: 0, switches: 0 };
  const tell = (paths?: readonly string[]) =>
    client.request<'changed'>({ type: 'changed', folder, ...(paths && { paths }) });
  while (performance.now() < until) {
    const choice = project.pick(100);
    if (choice < 3) {
      project.switchBranch();
      counts.switches++;
      await tell();
    } else if (choice < 13) {
      counts.removals++;
      await tell([project.remove()]);
    } else if (choice < 23) await tell([project.create()]);
    else if (choice < 38) {
      const path = `untitled:${project.pick(5)}`;
      const text = choice < 33 ? `${madeUpQuery(project.pick(1e6))}\n`.repeat(5) : undefined;
      await client.request<'draft'>({ type: 'draft', folder, path, ...(text !== undefined && { text }) });
    } else {
      counts.edits++;
      await tell([project.edit()]);
    }
    await delay(changeEveryMs);
  }
  for (let i = 0; i < 5; i++) await client.request<'draft'>({ type: 'draft', folder, path: `untitled:${i}` });
  return counts;
}

async function keepSearching(client: WorkerClient, folder: string, until: number, say: (line: string) => void) {
  const times: number[] = [];
  let failed = 0;
  for (let i = 0; performance.now() < until; i++) {
    const began = performance.now();
    try {
      await client.request<'search'>({ type: 'search', folder, query: { query: madeUpQuery(i), top: 10 } });
      times.push(performance.now() - began);
    } catch (error) {
      failed++;
      say(`a search failed: ${String(error)}`);
    }
    await delay(searchEveryMs);
  }
  return { times, failed };
}

async function watch(client: WorkerClient, folder: string, until: number, say: (line: string) => void) {
  const began = performance.now();
  const samples: Sample[] = [];
  let longestQueue = 0;
  while (performance.now() < until) {
    const { pendingFiles, chunks, embedded } = await client.request<'status'>({ type: 'status', folder });
    longestQueue = Math.max(longestQueue, pendingFiles);
    const megabytes = await residentMegabytes(client.pid);
    if (megabytes !== undefined) samples.push({ minutes: (performance.now() - began) / 60_000, megabytes });
    if (samples.length % 30 === 0) say(`${megabytes?.toFixed(0)} MB, ${chunks - embedded} chunks to embed`);
    await delay(sampleEveryMs);
  }
  return { samples, longestQueue };
}

/** Undefined on Windows, which has no `ps`, and while one worker takes the place of another. */
async function residentMegabytes(pid: number | undefined): Promise<number | undefined> {
  if (process.platform === 'win32' || pid === undefined) return undefined;
  const asked = promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  const kilobytes = Number(await asked.then(({ stdout }) => stdout).catch(() => NaN)); // it has just ended
  return Number.isNaN(kilobytes) ? undefined : kilobytes / 1024;
}

async function settled(client: WorkerClient, folder: string): Promise<Status> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const status = await client.request<'status'>({ type: 'status', folder });
    const { state, chunks, embedded, pendingFiles } = status;
    if (state === 'ready' && pendingFiles === 0 && chunks > 0 && embedded === chunks) return status;
    if (performance.now() > deadline)
      throw new Error(`After ${settleMs / 1000} s the index is still ${state}: ${embedded} of ${chunks} chunks.`);
    await delay(sampleEveryMs);
  }
}

interface Outcome {
  readonly seconds: number;
  readonly edits: number;
  readonly removals: number;
  readonly switches: number;
  readonly times: readonly number[];
  readonly failed: number;
  readonly samples: readonly Sample[];
  readonly longestQueue: number;
  readonly indexed: number;
  readonly there: number;
  readonly said: readonly string[];
}

function rows(outcome: Outcome): Row[] {
  const { times, failed, samples, said, seconds } = outcome;
  const third = Math.floor(times.length / 3);
  const [first, last] = [quantile(times.slice(0, third), 0.95), quantile(times.slice(-third), 0.95)];
  const ended = said.filter((line) => /^worker \d+ (?:ended|is replaced)/.test(line));
  return [
    { name: 'edits', value: outcome.edits },
    { name: 'files removed', value: outcome.removals },
    { name: 'branches switched', value: outcome.switches },
    { name: 'searches', value: times.length },
    none('searches that failed', failed),
    none('workers that ended', ended.length),
    { name: 'longest queue', value: outcome.longestQueue, unit: 'files' },
    {
      ...{ name: 'files found at the end', value: outcome.indexed },
      ...{ bar: `${outcome.there}, as many as there are`, met: outcome.indexed === outcome.there },
    },
    ...(samples.length > 0 ? memoryRows(outcome) : []),
    { name: 'query, p95, first third', value: first, unit: 'ms' },
    {
      ...{ name: 'query, p95, last third', value: last, unit: 'ms' },
      ...(seconds >= leastSecondsForTrends && {
        ...{ bar: `<= ${mostSlowdown} times the first`, met: last <= mostSlowdown * first },
      }),
    },
  ];
}

function memoryRows({ samples, seconds }: Outcome): Row[] {
  const growth = slope(samples.slice(Math.floor(samples.length / 2)));
  return [
    { name: 'samples of memory', value: samples.length },
    { name: 'memory at the end', value: samples.at(-1)?.megabytes ?? NaN, unit: 'MB' },
    {
      ...{ name: 'memory grows, over the second half', value: growth, unit: 'MB/min' },
      ...(seconds >= leastSecondsForTrends && { bar: `<= ${mostGrowth}`, met: growth <= mostGrowth }),
    },
  ];
}

/** Of the line with the least squares of distances: megabytes a minute. */
function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [x, y] = [mean(({ minutes }) => minutes), mean(({ megabytes }) => megabytes)];
  const covariance = mean(({ minutes, megabytes }) => (minutes - x) * (megabytes - y));
  return covariance / mean(({ minutes }) => (minutes - x) ** 2);
}
