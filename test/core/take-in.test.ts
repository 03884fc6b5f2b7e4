import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine, type EngineOptions } from '../../src/core/engine.ts';
import { PreparePool } from '../../src/core/prepare-pool.ts';
import type { SearchResult } from '../../src/core/types.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

/** Enough files that they are prepared on threads; each has something of its own and shares a trait with some others. */
const count = 240;
const animals = ['heron', 'badger', 'walrus', 'gecko', 'ibex', 'lemur', 'otter'];
const files = Object.fromEntries(
  Array.from({ length: count }, (_, i) => {
    const animal = animals[i % animals.length]!;
    const filler = Array.from({ length: 40 }, (_, line) => `  total += weigh('${animal}', ${i * 40 + line});`);
    const text = `/** Feeds the ${animal} of cage ${i}. */\nexport function feedCage${i}() {\n${filler.join('\n')}\n}\n`;
    return [`zoo/cage${i}.ts`, text];
  }),
);

describe('taking files in', function () {
  this.timeout(60_000);
  let folder: string;
  const opened: Engine[] = [];

  before(() => {
    folder = tempFolder();
    writeFiles(folder, files);
  });
  afterEach(async () => {
    for (const engine of opened.splice(0)) await engine.close();
  });
  after(removeTempFolders);

  async function open(options: Partial<EngineOptions> = {}): Promise<Engine> {
    const engine = await Engine.open({ folder, home: tempFolder(), model: bundledModel(), embed: false, ...options });
    opened.push(engine);
    return engine;
  }
  async function ask(engine: Engine, query: string): Promise<SearchResult | undefined> {
    return (await engine.search({ query, top: 1 })).results[0];
  }

  it('on threads gives the same answers as file by file', async () => {
    const atOnce = await open({ threads: 2 });
    atOnce.changed();
    await atOnce.settled();
    const oneByOne = await open();
    const paths = Object.keys(files);
    for (let i = 0; i < paths.length; i += 20) {
      oneByOne.changed(paths.slice(i, i + 20)); // too few for a thread
      await oneByOne.settled();
    }
    assert.equal(atOnce.status().files, count);
    assert.equal(oneByOne.status().files, count);
    for (const i of [0, 117, count - 1]) {
      const query = `where is ${animals[i % animals.length]!} number ${i} given something to eat, feedCage${i}`;
      const result = await ask(atOnce, query);
      assert.equal(result?.path, `zoo/cage${i}.ts`);
      assert.match(result.reasons.join(), /near in meaning/);
      assert.deepEqual(result.reasons, (await ask(oneByOne, query))?.reasons);
    }
  });

  it('tells how many files are left on the way, and in the end none', async () => {
    const pending: number[] = [];
    const engine = await open({ onStatus: ({ pendingFiles }) => pending.push(pendingFiles) });
    engine.changed();
    await engine.settled();
    assert.ok(Math.max(...pending) > count / 2, `at most ${Math.max(...pending)} were said to be left`);
    assert.equal(pending.at(-1), 0);
  });

  it('goes on by words, and says why, when there are no instant vectors to be had', async () => {
    const model = join(tempFolder(), 'model');
    cpSync(bundledModel(), model, { recursive: true });
    const table = readFileSync(join(model, 'instant.bin'));
    table[table.length - 1]! ^= 1;
    writeFileSync(join(model, 'instant.bin'), table);
    const logged: string[] = [];
    const engine = await open({ model, log: (line) => logged.push(line) });
    engine.changed();
    await engine.settled();
    assert.equal((await ask(engine, 'feedCage117'))?.path, 'zoo/cage117.ts');
    assert.match(logged.join('\n'), /There are no instant vectors: .*instant\.bin has a wrong checksum/);
  });

  it('can be broken off, and goes on from there', async () => {
    const home = tempFolder();
    const first = await open({ home });
    first.changed();
    await first.close();
    const second = await open({ home });
    second.changed();
    await second.settled();
    assert.equal(second.status().files, count);
    assert.equal((await ask(second, 'feedCage117'))?.path, 'zoo/cage117.ts');
  });

  it('fails with what a thread died of, for what it had and for what comes after', async () => {
    const pool = new PreparePool(1, {});
    const unusable = { folder, files: [{ path: 'x' }], maxFileSize: NaN, firstSequence: 0n } as never;
    await assert.rejects(pool.prepare(unusable), TypeError);
    await assert.rejects(pool.prepare(unusable), TypeError);
    await pool.close();
  });
});
