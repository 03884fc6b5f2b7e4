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

  it('goes on saying what is left out while it looks at everything once more', async () => {
    const logs = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`day-${i}.log`, 'x']));
    const own = tempFolder();
    writeFiles(own, { '.gitignore': '*.log\n', 'a.ts': 'export const a = 1;\n', ...logs });
    const told: number[] = [];
    const engine = await open({ folder: own, onStatus: ({ skipped }) => told.push(skipped) });
    engine.changed();
    await engine.settled();
    told.length = 0;
    writeFiles(own, { '.gitignore': 'day-1*.log\n' });
    engine.changed();
    await engine.settled();
    assert.ok(told.length > 2, String(told));
    assert.equal(Math.min(...told), 1111);
    assert.equal(told.at(-1), 1111); // day-1, day-10 to day-19, and so on
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

  describe('with a question while most files are still to be read', () => {
    /** Some megabytes, so that reading them takes longer than a look for words. */
    const many = 1600;
    const asked = many - 5;
    const filler = Array.from({ length: 60 }, (_, line) => `  total += weigh(cage, ${line});`).join('\n');
    let zoo: string;
    before(() => {
      zoo = tempFolder();
      const cages = Array.from({ length: many }, (_, i) => {
        return [`cages/cage${i}.ts`, `export function feedCage${i}() {\n${filler}\n}\n`] as const;
      });
      writeFiles(zoo, {
        ...Object.fromEntries(cages),
        [`cages/cage${asked}.ts`]: `/** The pangolin is given ants at dusk. */\nexport function supper() {}\n${filler}\n`,
        'cages/ワニの餌.md': `# ワニ\n\nワニには夕方に魚を与える。\n\n${'The keeper waits. '.repeat(80)}\n`,
      });
    });

    for (const [query, path] of [
      ['when does the pangolin get its ants', `cages/cage${asked}.ts`],
      ['ワニに魚を与える', 'cages/ワニの餌.md'],
      [`cage${many - 20}`, `cages/cage${many - 20}.ts`],
    ] as const) {
      it(`finds what it is about: ${query}`, async () => {
        const engine = await open({ folder: zoo });
        engine.changed();
        assert.equal((await ask(engine, query))?.path, path);
        const { pendingFiles } = engine.status();
        assert.ok(pendingFiles > many / 4, `only ${pendingFiles} were left to read`);
        await engine.settled();
        assert.equal(engine.status().files, many + 1, 'the rest was read as well');
        assert.equal((await ask(engine, query))?.path, path);
      });
    }

    it('answers the last of several questions, as when someone types, and loses no file', async () => {
      const engine = await open({ folder: zoo });
      engine.changed();
      const typed = ['pan', 'pango', 'pangolin', 'pangolin ants'];
      const answers = await Promise.all(typed.map((query) => ask(engine, query)));
      assert.equal(answers.at(-1)?.path, `cages/cage${asked}.ts`);
      await engine.settled();
      assert.equal(engine.status().files, many + 1);
    });

    it('answers the same question twice alike, as when Enter follows the last letter', async () => {
      const engine = await open({ folder: zoo });
      engine.changed();
      const answers = await Promise.all([ask(engine, 'pangolin ants'), ask(engine, 'pangolin ants')]);
      assert.deepEqual(
        answers.map((answer) => answer?.path),
        [`cages/cage${asked}.ts`, `cages/cage${asked}.ts`],
      );
    });

    it('can be closed', async () => {
      const engine = await open({ folder: zoo });
      engine.changed();
      const answer = engine.search({ query: 'pangolin', top: 1 });
      await engine.close();
      await answer.catch((error: unknown) => assert.match(String(error), /closed|aborted/i));
    });
  });

  it('fails with what a thread died of, for what it had and for what comes after', async () => {
    const pool = new PreparePool(1, {});
    const unusable = { folder, files: [{ path: 'x' }], maxFileSize: NaN, firstSequence: 0n } as never;
    await assert.rejects(pool.prepare(unusable), TypeError);
    await assert.rejects(pool.prepare(unusable), TypeError);
    await pool.close();
  });
});
