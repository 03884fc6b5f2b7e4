import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine } from '../../src/core/engine.ts';
import { evictOld, removeGone } from '../../src/core/old-indexes.ts';
import type { UpdateReport } from '../../src/core/types.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

/** More chunks than it takes for other indexes to be looked through. */
const count = 90;
const fileText = (i: number): string => `export const wheel${i} = (spokes: number) => spokes * ${i} + ${i % 7};\n`;
const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [`src/wheel${i}.ts`, fileText(i)]));

describe('indexes of other folders', function () {
  this.timeout(60_000);
  let home: string;
  const opened: Engine[] = [];
  const logged: string[] = [];

  beforeEach(() => {
    home = tempFolder();
    logged.length = 0;
  });
  afterEach(async () => {
    for (const engine of opened.splice(0)) await engine.close();
  });
  after(removeTempFolders);

  async function index(folder: string): Promise<{ engine: Engine; report: UpdateReport }> {
    const engine = await Engine.open({ folder, home, model: bundledModel(), log: (line) => logged.push(line) });
    opened.push(engine);
    engine.changed();
    return { engine, report: await engine.settled() };
  }
  const first = async (engine: Engine): Promise<string | undefined> =>
    (await engine.search({ query: 'wheel17', top: 1 })).results[0]?.path;

  it('make a second clone nearly free: only what differs is embedded', async () => {
    const original = tempFolder();
    writeFiles(original, files);
    const { report } = await index(original);
    assert.equal(report.embedded, count);

    const clone = join(tempFolder(), 'clone');
    cpSync(original, clone, { recursive: true });
    writeFiles(clone, { 'src/wheel3.ts': 'export const axle = 3; // something else altogether\n' });
    const second = await index(clone);
    assert.equal(second.report.embedded, 1);
    assert.equal(second.report.reused, count - 1);
    assert.equal(await first(second.engine), 'src/wheel17.ts');
    assert.equal(second.engine.status().embedded, count);
  });

  it('serve even when they are damaged or half gone: the rest is embedded', async () => {
    const original = tempFolder();
    writeFiles(original, files);
    const { engine } = await index(original);
    const path = engine.status().indexPath;
    await engine.close();
    const segments = readdirSync(path).filter((name) => name.endsWith('.vec'));
    assert.ok(segments.length > 0);
    for (const name of segments) truncateSync(join(path, name), 100);
    writeFileSync(join(home, 'stray'), '');

    const clone = tempFolder();
    writeFiles(clone, files);
    const second = await index(clone);
    assert.equal(second.report.embedded, count);
    assert.equal(second.engine.status().embedded, count);
    assert.deepEqual(logged, []);
  });

  it('of gone folders are kept up to a size, the ones written last; open ones and what was learned stay', async () => {
    const paths: string[] = [];
    for (const [age, name] of ['oldest', 'older', 'open'].entries()) {
      const folder = join(tempFolder(), name);
      mkdirSync(folder);
      writeFiles(folder, { 'a.ts': fileText(age) });
      const { engine } = await index(folder);
      if (name !== 'open') await engine.close();
      rmSync(folder, { recursive: true });
      const { indexPath } = engine.status();
      paths.push(indexPath);
      writeFileSync(join(indexPath, '../../feedback.json'), '{}');
      const at = new Date(Date.now() - (3 - age) * 3_600_000);
      for (const file of readdirSync(indexPath)) {
        if (!file.endsWith('lock')) utimesSync(join(indexPath, file), at, at);
      }
    }
    const kept = tempFolder();
    writeFiles(kept, { 'a.ts': fileText(9) });
    const { engine } = await index(kept);

    const used = engine.status().indexPath;
    assert.deepEqual(await evictOld(home, used), [], 'all fit');
    assert.equal((await evictOld(home, used, 6000)).length, 1, 'the oldest has to go');
    assert.deepEqual(paths.map(existsSync), [false, true, true]);
    assert.equal((await evictOld(home, used, 0)).length, 1, 'the open one stays');
    assert.deepEqual(paths.map(existsSync), [false, false, true]);
    assert.ok(existsSync(join(paths[0]!, '../../feedback.json')));
    assert.ok(existsSync(used));
  });

  it('of gone folders are removed when that is asked for; open ones and what was learned stay', async () => {
    const homes: string[] = [];
    for (const name of ['plain', 'learned', 'open', 'there']) {
      const folder = join(tempFolder(), name);
      mkdirSync(folder);
      writeFiles(folder, { 'a.ts': fileText(1) });
      const { engine } = await index(folder);
      if (name !== 'open') await engine.close();
      if (name !== 'there') rmSync(folder, { recursive: true });
      homes.push(join(engine.status().indexPath, '../..'));
    }
    writeFileSync(join(homes[1]!, 'feedback.json'), '{}');
    assert.equal((await removeGone(home)).length, 2);
    assert.deepEqual(homes.map(existsSync), [false, true, true, true]);
    const indexes = homes
      .slice(1)
      .map((path) => readdirSync(path, { recursive: true }).some((name) => String(name).endsWith('.cat')));
    assert.deepEqual(indexes, [false, true, true]);
    assert.ok(existsSync(join(homes[1]!, 'feedback.json')));
  });

  it('by other versions stay, the last two, and serve: a new version embeds nothing again', async () => {
    const folder = tempFolder();
    writeFiles(folder, files);
    const { engine } = await index(folder);
    const { indexPath: used } = engine.status();
    await engine.close();
    const former = ['1.1', '1.2', '1.3'].map((layout) => join(used, '..', layout));
    for (const [age, path] of former.entries()) {
      cpSync(used, path, { recursive: true });
      const at = new Date(Date.now() - (3 - age) * 3_600_000);
      for (const file of readdirSync(path)) utimesSync(join(path, file), at, at);
    }
    rmSync(used, { recursive: true });
    assert.deepEqual((await index(folder)).report.reused, count);
    await evictOld(home, used);
    assert.deepEqual(former.map(existsSync), [false, true, true]);
  });

  it('of another folder in the same place are not taken for those of a gone one', async () => {
    const folder = tempFolder();
    writeFiles(folder, { 'a.ts': fileText(1) });
    const { engine } = await index(folder);
    const { indexPath } = engine.status();
    await engine.close();
    writeFileSync(join(indexPath, '../../folder.txt'), join(folder, 'mistaken')); // damaged
    const other = tempFolder();
    writeFiles(other, { 'a.ts': fileText(2) });
    const used = (await index(other)).engine.status().indexPath;
    assert.deepEqual(await evictOld(home, used, 0), []);
    assert.ok(existsSync(indexPath));
  });
});
