import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { WorkerClient } from '../../src/worker/client.ts';
import { removeTempFolders, tempFolder, writeFiles } from '../core/temp.ts';

const run = promisify(execFile);
const source = join(import.meta.dirname, '../../src');
const quietly = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';

/** Every file and folder below, with forward slashes. */
const listing = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .sort();

/** The hash of every file below. */
const contents = (folder: string): [path: string, hash: string][] =>
  listing(folder)
    .filter((path) => lstatSync(join(folder, path)).isFile() && !path.endsWith('/writer.lock')) // its time goes on
    .map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
    ]);

describe('what is kept of a folder', function () {
  this.timeout(60_000);
  let client: WorkerClient;
  let home: string;
  let mask: number;
  beforeEach(() => {
    mask = process.umask(0); // the loosest: what is made open to all stays so
    home = join(tempFolder(), 'cache', 'nearby');
    client = new WorkerClient({
      script: join(source, 'worker/worker.ts'),
      execArgv: [quietly],
      log: () => undefined,
    });
  });
  afterEach(async () => {
    process.umask(mask);
    await client.dispose();
  });
  after(removeTempFolders);

  /** Indexes a folder that tells of a word, judges a result, and types a text that no file holds. */
  async function use(folder: string, word: string): Promise<void> {
    writeFiles(folder, { 'a.md': `# About ${word}\n\nWhat is to be told of ${word}.\n`, 'b.md': `Not of ${word}.\n` });
    const options = { folder, home, exclude: [], maxFileSize: 1_000_000, speed: 'fast' } as const;
    await client.request<'open'>({ type: 'open', options });
    await client.request<'draft'>({ type: 'draft', folder, path: 'untitled:1', text: `A draft of ${word}.` });
    for (;;) {
      const { state, chunks, embedded } = await client.request<'status'>({ type: 'status', folder });
      if (state === 'ready' && chunks > 0 && embedded === chunks) break;
      await delay(20);
    }
    const event = { kind: 'more', query: word, path: 'a.md', startLine: 1, endLine: 3 } as const;
    await client.request<'learn'>({ type: 'learn', folder, event });
  }

  it('is readable by its owner alone, whatever the umask', async function () {
    if (process.platform === 'win32') this.skip(); // there the profile of the user is protected as a whole
    await use(tempFolder(), 'lanterns');
    const other = tempFolder();
    writeFiles(other, { 'c.md': 'What the command line is to find.\n' });
    await run(process.execPath, [quietly, join(source, 'cli/main.ts'), 'index', other], {
      env: { ...process.env, NEARBY_HOME: home },
    });
    const paths = listing(home);
    for (const name of ['writer.lock', 'folder.txt', 'feedback.json'])
      assert.ok(
        paths.some((path) => path.endsWith(`/${name}`)),
        name,
      );
    for (const path of ['.', '..', ...paths]) {
      const stats = lstatSync(join(home, path));
      const expected = stats.isDirectory() ? 0o700 : 0o600;
      assert.equal((stats.mode & 0o777).toString(8), expected.toString(8), path);
    }
  });

  it('is cleared to the last byte, and what is kept of other folders stays', async () => {
    const cleared = tempFolder();
    await use(tempFolder(), 'lanterns');
    const before = contents(home);
    await use(cleared, 'harbours');
    assert.equal(readdirSync(home).length, 2);
    await client.request<'clear'>({ type: 'clear', folder: cleared });
    assert.deepEqual(contents(home), before);
    assert.equal(readdirSync(home).length, 1);
  });
});
