import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine, type EngineOptions } from '../../src/core/engine.ts';
import type { Status } from '../../src/core/types.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

const lineOf = (i: number): string => `export const valve${i} = openValve(${i}, 'basin ${i * 7}');\n`;
const folderOf = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`pipes/${i % 50}/valve${i}.ts`, lineOf(i)]));

describe('bad input', function () {
  this.timeout(120_000);
  let folder: string;
  const opened: Engine[] = [];

  beforeEach(() => (folder = tempFolder()));
  afterEach(async () => {
    for (const engine of opened.splice(0)) await engine.close();
  });
  after(removeTempFolders);

  async function open(options: Partial<EngineOptions> = {}): Promise<Engine> {
    const engine = await Engine.open({ folder, home: tempFolder(), model: bundledModel(), embed: false, ...options });
    opened.push(engine);
    return engine;
  }
  const first = async (engine: Engine, query: string): Promise<string | undefined> =>
    (await engine.search({ query, top: 1 })).results[0]?.path;

  it('a disk that fills up: it is said, what was committed is found, and the rest follows once there is room', async function () {
    const home = tempFolder();
    const resize = (size: string): void => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `remount,size=${size}`, 'tmpfs', home], { stdio: 'ignore' });
    };
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1400k', 'tmpfs', home], { stdio: 'ignore' });
    } catch {
      return this.skip(); // to give a folder a disk of its own takes Linux and its administrator
    }
    try {
      const words = (i: number): string => Array.from({ length: 250 }, (_, n) => `w${i * 250 + n}`).join(' ');
      writeFiles(
        folder,
        Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`v${i}.ts`, `${lineOf(i)}// ${words(i)}\n`])),
      );
      const engine = await open({ home });
      engine.changed();
      await engine.settled();
      const { state, message, files } = engine.status();
      assert.equal(state, 'failed');
      assert.match(message ?? '', /the disk is full\. Free some space/);
      assert.ok(files > 0 && files < 300, `${files} files`);
      assert.match((await first(engine, 'openValve')) ?? '', /^v\d+\.ts$/);
      assert.ok(!readdirSync(engine.status().indexPath).some((name) => name.endsWith('.tmp')));
      resize('100m');
      writeFileSync(join(folder, 'v0.ts'), 'export const sluice = 0;\n');
      engine.changed(['v0.ts']); // any change makes it go on
      await engine.settled();
      assert.deepEqual([engine.status().state, engine.status().files], ['ready', 300]);
      assert.equal(await first(engine, 'valve299'), 'v299.ts');
      assert.equal(await first(engine, 'sluice'), 'v0.ts');
    } finally {
      for (const engine of opened.splice(0)) await engine.close();
      execFileSync('umount', [home]);
    }
  });

  it('a burst of changes: the queue stays bounded, and all of them are followed', async () => {
    writeFiles(folder, folderOf(500));
    const engine = await open();
    engine.changed();
    await engine.settled();
    for (let i = 0; i < 500; i += 2) writeFileSync(join(folder, `pipes/${i % 50}/valve${i}.ts`), lineOf(i + 10_000));
    rmSync(join(folder, 'pipes/1'), { recursive: true });
    const began = performance.now();
    for (let i = 0; i < 50_000; i++) engine.changed([`pipes/${i % 50}/valve${i % 700}.ts`]);
    assert.ok(performance.now() - began < 2000, 'telling takes too long');
    await engine.settled();
    assert.equal(engine.status().files, 490);
    assert.equal(await first(engine, 'valve10498'), 'pipes/48/valve498.ts');
  });

  it('a file that grows all the time: the others are embedded meanwhile, and in the end it is found as it then is', async () => {
    writeFiles(folder, { ...folderOf(100), 'growing.md': '# Journal\n\n' });
    const statuses: Status[] = [];
    const engine = await open({ embed: true, onStatus: (status) => statuses.push(status) });
    const growing = join(folder, 'growing.md');
    const writer = setInterval(() => {
      appendFileSync(growing, `The harbour master wrote line ${Date.now()} of the journal.\n\n`);
      engine.changed(['growing.md']);
    }, 20);
    try {
      engine.changed();
      const until = performance.now() + 30_000;
      while (engine.status().embedded < 100 && performance.now() < until) await setTimeout(100);
      assert.ok(engine.status().embedded >= 100, `${engine.status().embedded} chunks embedded while it grew`);
    } finally {
      clearInterval(writer);
    }
    appendFileSync(growing, 'At last the lighthouse keeper closed the book.\n');
    engine.changed(['growing.md']);
    await engine.settled();
    assert.equal(await first(engine, 'lighthouse keeper closed the book'), 'growing.md');
    const { chunks, embedded } = engine.status();
    assert.equal(embedded, chunks);
    for (const status of statuses) assert.ok(status.embedded <= status.chunks);
  });
});
