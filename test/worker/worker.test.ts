import assert from 'node:assert/strict';
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { indexHome } from '../../src/core/home.ts';
import type { Status } from '../../src/core/types.ts';
import { WorkerClient } from '../../src/worker/client.ts';
import type { MemoryLimits } from '../../src/worker/memory.ts';
import type { FolderOptions } from '../../src/worker/protocol.ts';
import { removeTempFolders, tempFolder, writeFiles } from '../core/temp.ts';

const script = join(import.meta.dirname, '../../src/worker/worker.ts');

/** Enough text that embedding it takes a while: files of prose, each with its own words. */
function book(files: number): Record<string, string> {
  const subjects = ['rivers', 'bridges', 'lanterns', 'markets', 'harbours', 'orchards', 'clocks'];
  return Object.fromEntries(
    Array.from({ length: files }, (_, i) => {
      const subject = subjects[i % subjects.length]!;
      const paragraph = `Chapter ${i} tells of the ${subject} of town number ${i * 37}, and who built them. `;
      return [`chapter-${i}.md`, `# About ${subject} ${i}\n\n${paragraph.repeat(8)}\n`];
    }),
  );
}

describe('worker', function () {
  this.timeout(60_000);
  let client: WorkerClient;
  let options: FolderOptions;
  let folder: string;
  const logged: string[] = [];
  const start = (memory?: MemoryLimits): WorkerClient =>
    new WorkerClient({
      script,
      execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
      log: (line) => logged.push(line),
      ...(memory && { memory }),
    });

  beforeEach(() => {
    logged.length = 0;
    folder = tempFolder();
    options = { folder, home: tempFolder(), exclude: [], maxFileSize: 1_000_000, speed: 'normal' };
    client = start();
  });
  afterEach(() => client.dispose());
  after(removeTempFolders);

  const status = (): Promise<Status> => client.request<'status'>({ type: 'status', folder });
  async function until(reached: (status: Status) => boolean): Promise<Status> {
    for (;;) {
      const now = await status();
      if (reached(now)) return now;
      await new Promise((done) => setTimeout(done, 20));
    }
  }
  const ready = (now: Status): boolean => now.state === 'ready' && now.chunks > 0 && now.embedded === now.chunks;
  const search = (query: string, signal?: AbortSignal) =>
    client.request<'search'>({ type: 'search', folder, query: { query, top: 5 } }, signal);

  it('indexes, answers, and tells its progress', async () => {
    writeFiles(folder, book(10));
    const told: Status[] = [];
    client.onStatus((now) => told.push(now));
    await client.request<'open'>({ type: 'open', options });
    await until(ready);
    assert.equal((await search('chapter 3 markets')).results[0]?.path, 'chapter-3.md');
    await until(() => told.at(-1)?.state === 'ready');
  });

  it('a query overtakes the embedding of the rest', async () => {
    writeFiles(folder, book(300));
    await client.request<'open'>({ type: 'open', options });
    await until(({ embedded }) => embedded > 0);
    const { results } = await search('harbours');
    const { embedded, chunks } = await status();
    assert.ok(results.length > 0);
    assert.ok(embedded < chunks, 'all was embedded before the query was answered');
  });

  it('killed, it is started again and goes on where it was', async () => {
    writeFiles(folder, book(200));
    await client.request<'open'>({ type: 'open', options });
    const before = await until(({ embedded }) => embedded >= 64);
    const pid = client.pid;
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    const answer = await search('bridges'); // asked of the dead, answered by its successor
    assert.ok(answer.results.length > 0);
    assert.notEqual(client.pid, pid);
    const first = await status();
    assert.ok(first.embedded >= before.embedded, `${first.embedded} of ${before.embedded} left`);
    await until(ready);
  });

  it('killed while it knows texts that no file holds, it is told them again', async () => {
    writeFiles(folder, book(3));
    await client.request<'open'>({ type: 'open', options });
    const text = 'A kite flies over the lighthouse of Fastnet.\n';
    await client.request<'draft'>({ type: 'draft', folder, path: 'untitled:1', text });
    process.kill(client.pid!, 'SIGKILL');
    await until(ready);
    assert.equal((await search('kite over the lighthouse')).results[0]?.path, 'untitled:1');
  });

  it('pauses and resumes; searches go on meanwhile', async () => {
    writeFiles(folder, book(200));
    await client.request<'open'>({ type: 'open', options });
    await client.request<'pause'>({ type: 'pause', folder });
    const { embedded } = await until(({ state }) => state === 'paused');
    await search('lanterns');
    await new Promise((done) => setTimeout(done, 500));
    assert.equal((await status()).embedded, embedded);
    await client.request<'resume'>({ type: 'resume', folder });
    await until((now) => now.embedded > embedded);
  });

  it('waits with embedding while the user types', async () => {
    writeFiles(folder, book(300));
    await client.request<'open'>({ type: 'open', options });
    await until(({ embedded }) => embedded > 0);
    const type = () => client.request<'typing'>({ type: 'typing', folder });
    await type();
    await new Promise((done) => setTimeout(done, 1000)); // the batch under way ends
    await type();
    const { embedded, chunks } = await status();
    await new Promise((done) => setTimeout(done, 1000));
    assert.equal((await status()).embedded, embedded);
    assert.ok(embedded < chunks, 'all was embedded before a key was pressed');
    await until((now) => now.embedded > embedded);
  });

  it('a cancelled query is rejected at once', async () => {
    writeFiles(folder, book(5));
    await client.request<'open'>({ type: 'open', options });
    const controller = new AbortController();
    const answer = search('clocks', controller.signal);
    controller.abort();
    await assert.rejects(answer, { code: 'cancelled' });
    await until(ready);
  });

  it('says what is wrong with a request in a sentence', async () => {
    await assert.rejects(search('anything'), /is not open/);
    const missing = { ...options, folder: join(folder, 'nowhere') };
    await assert.rejects(client.request<'open'>({ type: 'open', options: missing }), /There is no folder .*nowhere/);
  });

  it('gives up on a worker that dies again and again, says so, and tries again when asked', async () => {
    const broken = join(folder, 'broken.mjs');
    writeFiles(folder, { 'broken.mjs': 'process.exit(7);\n' });
    const failing = new WorkerClient({ script: broken, log: (line) => logged.push(line) });
    const said: string[] = [];
    failing.onGivenUp(({ message }) => said.push(message));
    await assert.rejects(failing.request<'open'>({ type: 'open', options }), /ended 5 times in a row \(7\)/);
    assert.equal(said.length, 1);
    await assert.rejects(failing.request<'status'>({ type: 'status', folder }), /ended 5 times in a row/);
    await failing.dispose();
  });

  it('restarts on request, with its folders open', async () => {
    writeFiles(folder, book(3));
    await client.request<'open'>({ type: 'open', options });
    await until(ready);
    const { pid } = client;
    await client.restart();
    await until(ready);
    assert.notEqual(client.pid, pid);
    assert.ok((await search('rivers')).results.length > 0);
  });

  it('is replaced when it holds too much memory, and no query fails; drafts and a pause outlast it', async () => {
    await client.dispose();
    client = start({ base: 1_000_000, perIndexByte: 0, lookMs: 1000 });
    writeFiles(folder, book(20));
    const opened = client.request<'open'>({ type: 'open', options });
    const first = client.pid;
    await opened;
    const text = 'A kite flies over the lighthouse of Fastnet.\n';
    await client.request<'draft'>({ type: 'draft', folder, path: 'untitled:1', text });
    await client.request<'pause'>({ type: 'pause', folder });
    const map = client.request<'map'>({ type: 'map', folder }); // may well be under way when the worker ends
    const pids = new Set([first]);
    for (let answered = 0; pids.size < 2 || answered < 40; answered++) {
      const { results } = await search(`kite over the lighthouse ${answered}`);
      assert.equal(results[0]?.path, 'untitled:1', `query ${answered} of worker ${pids.size}`);
      pids.add(client.pid);
    }
    await map;
    await until(({ state }) => state === 'paused');
    await new Promise((done) => setTimeout(done, 4000)); // it would ask again by now
    await search('rivers');
    pids.add(client.pid);
    assert.equal(pids.size, 2, 'it was replaced again at once');
    const said = logged.filter((line) => /is replaced: it holds \d+ MB where 1 MB are enough/.test(line));
    assert.equal(said.length, 1, logged.join('\n'));
  });

  it('learns from what is made of a result, also across a restart and a rebuild, and forgets', async () => {
    writeFiles(folder, book(5));
    await client.request<'open'>({ type: 'open', options });
    await until(ready);
    const { path, startLine, endLine } = (await search('rivers')).results[0]!;
    const event = { kind: 'less', query: 'rivers', path, startLine, endLine } as const;
    await client.request<'learn'>({ type: 'learn', folder, event });
    assert.equal((await search('rivers')).learned, 1);
    await client.restart();
    await client.request<'rebuild'>({ type: 'rebuild', folder });
    await until(ready);
    const { learned, results } = await search('rivers');
    assert.equal(learned, 1);
    assert.equal(results.find((result) => result.path === path)?.judged, 'less');
    assert.deepEqual(await client.request<'learned'>({ type: 'learned', folder }), { judged: 1, opened: 0 });
    await client.request<'forget'>({ type: 'forget', folder });
    assert.equal((await search('rivers')).learned, undefined);
  });

  it('rebuilds beside the index in use, which answers in full until then; and goes back to it', async () => {
    writeFiles(folder, book(100));
    await client.request<'open'>({ type: 'open', options });
    const { indexPath } = await until(ready);
    const files = (): string[] => readdirSync(indexPath).sort();
    const before = files();
    const over = new AbortController();
    const rebuilding = client.request<'rebuild'>({ type: 'rebuild', folder }).finally(() => over.abort());
    let answers = 0;
    while (!over.signal.aborted) {
      const { tier, results } = await search(`chapter ${answers % 100}`);
      assert.equal(results.length, 5);
      if (answers < 3) assert.equal(tier, 'full'); // from then on, a new file waits for the model
      answers++;
      if (answers === 3) writeFiles(folder, { 'late.md': '# Lighthouses\n\nOf keepers and lamps.\n' });
      if (answers === 3) await client.request<'changed'>({ type: 'changed', folder, paths: ['late.md'] });
    }
    await rebuilding;
    assert.ok(answers > 3, `${answers} answers`);
    assert.equal((await until(ready)).rebuilds, undefined);
    assert.equal((await search('lighthouses')).results[0]?.path, 'late.md');
    const rebuilt = files();
    await client.request<'rollBack'>({ type: 'rollBack', folder });
    await until(ready);
    assert.ok(before.filter((name) => name.endsWith('.vec')).every((name) => files().includes(name)));
    assert.equal((await search('lighthouses')).results[0]?.path, 'late.md');
    await client.request<'rollBack'>({ type: 'rollBack', folder });
    await until(ready);
    assert.ok(rebuilt.filter((name) => name.endsWith('.vec')).every((name) => files().includes(name)));
  });

  it('says that there is no index to go back to, and goes on', async () => {
    writeFiles(folder, book(3));
    await client.request<'open'>({ type: 'open', options });
    await until(ready);
    await assert.rejects(client.request<'rollBack'>({ type: 'rollBack', folder }), /no former index to go back to/);
    assert.ok((await search('rivers')).results.length > 0);
  });

  it('tells once what it found damaged, and makes it good', async () => {
    writeFiles(folder, book(5));
    await client.request<'open'>({ type: 'open', options });
    const { indexPath } = await until(ready);
    await client.request<'close'>({ type: 'close', folder });
    const catalog = readdirSync(indexPath).find((name) => name.endsWith('.cat'))!;
    truncateSync(join(indexPath, catalog), 50);
    const told: string[] = [];
    client.onNotice((sentence) => told.push(sentence));
    for (let i = 0; i < 2; i++) {
      await client.request<'open'>({ type: 'open', options });
      const { files, embedded } = await until(ready);
      assert.deepEqual([files, embedded], [5, 5]);
      assert.equal((await search('rivers')).results.length, 5);
      await client.request<'close'>({ type: 'close', folder });
    }
    assert.equal(told.length, 1);
    assert.match(told[0]!, new RegExp(`${catalog} is damaged \\(.*\\); what it held is indexed again`));
  });

  it('reports what is left out and how sound the index is, and clears every byte, and what folders that are gone have left', async () => {
    writeFiles(folder, { ...book(3), '.gitignore': 'drafts/\n', 'drafts/a.md': 'text', 'empty.md': '' });
    await client.request<'open'>({ type: 'open', options });
    await until(ready);
    const report = await client.request<'report'>({ type: 'report', folder });
    assert.deepEqual(report.skipped, { ignored: 1, empty: 1 });
    assert.equal(report.waitingFiles, 0);
    assert.equal(report.model.dimensions, 384);
    assert.ok(Math.abs((report.updatedMs ?? 0) - Date.now()) < 60_000);
    const query = { group: 'ignored', from: 0, count: 10 } as const;
    const { total, files } = await client.request<'files'>({ type: 'files', folder, query });
    const rule = { kind: 'line', file: '.gitignore', line: 1, pattern: 'drafts/' };
    assert.deepEqual([total, files[0]?.path, files[0]?.rule], [1, 'drafts/', rule]);
    const { findings, isSound } = await client.request<'evaluate'>({ type: 'evaluate', folder });
    assert.deepEqual([findings, isSound], [['Nothing is wrong with the index.'], true]);
    const home = options.home ?? '';
    assert.equal(readdirSync(home).length, 1);
    const gone = join(folder, 'gone');
    writeFiles(indexHome(home, gone), { 'folder.txt': gone, 'model/layout/1.cat': '' });
    await client.request<'clear'>({ type: 'clear', folder });
    assert.deepEqual(readdirSync(home), []);
    await assert.rejects(status(), { code: 'not-open' });
    await client.request<'open'>({ type: 'open', options });
    await until(ready);
  });
});
