import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine } from '../../src/core/engine.ts';
import type { SearchResult } from '../../src/core/types.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

const project = {
  'src/kettle.ts': 'export function boilWater(litres: number) {\n  return heat(litres, 100);\n}\n',
  'src/fridge.ts': 'export function coolMilk(bottles: number) {\n  return chill(bottles, 4);\n}\n',
  'notes.md': '# Shopping\n\nBread, butter and marmalade.\n',
  'secret.log': 'not to be searched\n',
  '.gitignore': '*.log\n',
};
const edited = '// The samovar pours tea for all guests.\nexport function pourTea(cups: number) {}\n';

describe('drafts', function () {
  this.timeout(60_000);
  let folder: string;
  let home: string;
  let engine: Engine;

  async function open(): Promise<Engine> {
    const opened = await Engine.open({ folder, home, model: bundledModel() });
    opened.changed();
    await opened.settled();
    return opened;
  }
  const find = async (query: string): Promise<SearchResult | undefined> =>
    (await engine.search({ query, top: 5 })).results[0];
  const isFound = async (word: string): Promise<boolean> =>
    (await engine.search({ query: word, top: 5 })).results.some(({ snippet }) => snippet.includes(word));

  beforeEach(async () => {
    folder = tempFolder();
    home = tempFolder();
    writeFiles(folder, project);
    engine = await open();
  });
  afterEach(() => engine.close());
  after(removeTempFolders);

  it('are found as they stand, by words and by meaning, in place of their file', async () => {
    await engine.draft('src/kettle.ts', edited);
    const result = await find('hot drinks for visitors');
    assert.equal(result?.path, 'src/kettle.ts');
    assert.match(result.snippet, /samovar/);
    assert.match(result.reasons.join(), /near in meaning/);
    assert.equal(await isFound('boilWater'), false);
    const { tier } = await engine.search({ query: 'samovar', top: 1 });
    assert.equal(tier, 'full');
    const { chunks, embedded, files } = engine.status();
    assert.deepEqual([embedded, files], [chunks, 4]);
  });

  it('follow what is typed', async () => {
    for (const word of ['teapot', 'teacup', 'teaspoon']) await engine.draft('src/kettle.ts', `// ${word}\n`);
    assert.equal((await find('teaspoon'))?.path, 'src/kettle.ts');
    assert.equal(await isFound('teapot'), false);
  });

  it('give way to their file once it is saved, or the changes are thrown away', async () => {
    await engine.draft('src/kettle.ts', edited);
    writeFileSync(join(folder, 'src/kettle.ts'), edited.replace('samovar', 'teapot'));
    await engine.draft('src/kettle.ts', undefined);
    await engine.settled();
    assert.match((await find('pourTea'))?.snippet ?? '', /teapot/);
    await engine.draft('src/fridge.ts', 'export const empty = true;\n');
    assert.equal(await isFound('coolMilk'), false);
    await engine.draft('src/fridge.ts', undefined);
    await engine.settled();
    assert.equal(await isFound('coolMilk'), true);
    assert.equal(engine.status().files, 4);
  });

  it('stand whatever happens to the files meanwhile', async () => {
    await engine.draft('src/kettle.ts', edited);
    writeFileSync(join(folder, 'src/kettle.ts'), 'export const other = 1;\n');
    rmSync(join(folder, 'notes.md'));
    engine.changed();
    await engine.settled();
    assert.match((await find('samovar'))?.snippet ?? '', /samovar/);
    rmSync(join(folder, 'src/kettle.ts'));
    engine.changed(['src/kettle.ts']);
    await engine.settled();
    assert.match((await find('samovar'))?.snippet ?? '', /samovar/);
    await engine.draft('src/kettle.ts', undefined);
    await engine.settled();
    assert.equal(await isFound('samovar'), false);
    assert.equal(engine.status().files, 2);
  });

  it('need no file at all', async () => {
    await engine.draft('untitled:Untitled-1', 'A lullaby about the moon over the quiet harbour\n');
    assert.equal((await find('song to fall asleep to'))?.path, 'untitled:Untitled-1');
    await engine.draft('untitled:Untitled-1', undefined);
    assert.equal(await isFound('lullaby'), false);
  });

  it('are not searched where their file would not be', async () => {
    assert.equal(await engine.draft('secret.log', 'the password of the vault'), false);
    assert.equal(await engine.draft('../elsewhere.ts', 'the password of the vault'), false);
    assert.equal(await isFound('vault'), false);
  });

  it('leave nothing behind in the index', async () => {
    await engine.draft('src/kettle.ts', edited);
    await engine.draft('untitled:Untitled-1', 'A lullaby about the moon\n');
    await find('samovar');
    await engine.close();
    engine = await open();
    assert.equal(await isFound('samovar'), false);
    assert.equal(await isFound('boilWater'), true);
    assert.equal(engine.status().files, 4);
  });

  it('are kept by a process that only reads, through what the writer commits', async () => {
    const writer = engine;
    engine = await Engine.open({ folder, home, model: bundledModel() });
    await engine.draft('src/kettle.ts', edited);
    writeFileSync(join(folder, 'notes.md'), '# Shopping\n\nCoffee.\n');
    writer.changed(['notes.md']);
    await writer.settled();
    while (!(await isFound('Coffee'))) await new Promise((done) => setTimeout(done, 50));
    assert.match((await find('samovar'))?.snippet ?? '', /samovar/);
    await writer.close();
    while (!engine.status().writer) await new Promise((done) => setTimeout(done, 50));
    await engine.settled();
    assert.match((await find('samovar'))?.snippet ?? '', /samovar/);
    assert.equal(await isFound('boilWater'), false);
  });
});
