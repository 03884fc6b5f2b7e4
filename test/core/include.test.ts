import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine } from '../../src/core/engine.ts';
import { IncludeGlobs } from '../../src/core/include.ts';
import type { Skipped } from '../../src/core/types.ts';
import { explain, statPaths, walkFolder, type WalkOptions } from '../../src/core/walk.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

const files = {
  '.gitignore': '# made by the build\nbuild/\n*.gen.ts\n',
  'src/a.ts': 'text',
  'src/b.gen.ts': 'text',
  'build/out.js': 'text',
  'build/other.js': 'text',
  'build/.env': 'TOKEN=1',
  'build/api/v1/client.ts': 'text',
  'build/api/v1/server.ts': 'text',
  'build/cache/x.ts': 'text',
  'node_modules/left-pad/index.js': 'text',
  'node_modules/left-pad/README.md': 'text',
};

describe('nearby.include', () => {
  let folder: string;

  beforeEach(() => {
    folder = tempFolder();
    writeFiles(folder, files);
  });
  after(removeTempFolders);

  async function walk(...include: string[]): Promise<{ found: string[]; skipped: Skipped[] }> {
    const found: string[] = [];
    const skipped: Skipped[] = [];
    for await (const batch of walkFolder(folder, { include })) {
      found.push(...batch.files.map(({ path }) => path));
      skipped.push(...batch.skipped);
    }
    return { found: found.filter((path) => path !== '.gitignore' && path !== 'src/a.ts'), skipped };
  }

  async function why(path: string, options: WalkOptions): Promise<string> {
    const verdict = await explain(folder, path, options);
    if (typeof verdict === 'string') return verdict;
    return 'code' in verdict ? verdict.reason : 'found';
  }

  it('indexes one file in a folder that is left out, and only looks where it leads', async () => {
    const { found, skipped } = await walk('build/api/v1/client.ts');
    assert.deepEqual(found, ['build/api/v1/client.ts']);
    const paths = skipped.map(({ path }) => path);
    assert.deepEqual(
      paths,
      ['src/b.gen.ts', 'build/', 'node_modules/'].sort((a, b) => paths.indexOf(a) - paths.indexOf(b)),
    );
    const build = skipped.find(({ path }) => path === 'build/');
    assert.deepEqual(build?.rule, { kind: 'line', file: '.gitignore', line: 2, pattern: 'build/' });
    assert.match(build.reason, /line 2\. What the setting nearby\.include names in it is indexed\.$/u);
  });

  it('takes globs and whole folders, but neither packages nor secrets that are not named', async () => {
    assert.deepEqual((await walk('**/*.gen.ts')).found, ['src/b.gen.ts']);
    assert.deepEqual((await walk('build/*.js')).found, ['build/other.js', 'build/out.js']);
    assert.deepEqual((await walk('build/api')).found, ['build/api/v1/client.ts', 'build/api/v1/server.ts']);
    assert.deepEqual((await walk('./build/{api/v1,cache}/*r.ts')).found, ['build/api/v1/server.ts']);
    assert.equal((await walk('build/')).found.length, 5);
    assert.equal((await walk('**')).found.length, 6);
    assert.deepEqual((await walk('build/.env')).found, ['build/.env']);
    assert.deepEqual((await walk('node_modules/left-pad')).found.sort(), [
      'node_modules/left-pad/README.md',
      'node_modules/left-pad/index.js',
    ]);
    assert.deepEqual((await walk('node_modules/*/README.md', '.git/config', '')).found, []);
  });

  it('takes a path with brackets for that very file', async () => {
    writeFiles(folder, { 'build/[id]/page.ts': 'text', 'build/i/other.ts': 'text' });
    assert.deepEqual((await walk('build/[id]/page.ts')).found, ['build/[id]/page.ts']);
  });

  it('does not overrule a setting that leaves files out', async () => {
    const options: WalkOptions = {
      include: ['build/out.js'],
      exclude: [{ glob: '**/*.js', setting: 'nearby.exclude' }],
    };
    const verdict = await explain(folder, 'build/out.js', options);
    assert.ok(typeof verdict === 'object' && 'code' in verdict);
    assert.deepEqual(verdict.rule, { kind: 'setting', setting: 'nearby.exclude', pattern: '**/*.js' });
  });

  it('says of one path what the walk says', async () => {
    const include = ['build/api/v1/client.ts'];
    assert.equal(await why('build/api/v1/client.ts', { include }), 'found');
    assert.match(
      await why('build/api/v1/server.ts', { include }),
      /^It lies in build\/, which is left out\..*line 2\./u,
    );
    for await (const batch of statPaths(folder, ['build/api/v1/client.ts', 'build/out.js'], { include })) {
      assert.deepEqual(
        batch.files.map(({ path }) => path),
        ['build/api/v1/client.ts'],
      );
      assert.deepEqual([batch.skipped, batch.missing], [[], ['build/out.js']]);
    }
  });

  it('refuses a glob that cannot be used', async () => {
    await assert.rejects(walk('*'.repeat(70_000)), {
      code: 'bad-glob',
      message: /in the setting nearby\.include cannot/u,
    });
  });

  it('names nothing in a folder that no glob leads to', () => {
    const globs = new IncludeGlobs(['build/out.js']);
    assert.equal(globs.leadsInto('build', false), true);
    assert.equal(globs.leadsInto('src', false), false);
    assert.deepEqual(globs.namesIn('src'), []);
  });

  it('is followed by the index, which keeps the file when others beside it change', async () => {
    const engine = await Engine.open({
      folder,
      model: bundledModel(),
      home: tempFolder(),
      include: ['build/out.js'],
      embed: false,
      instant: false,
    });
    const settled = async (paths?: string[]): Promise<void> => {
      engine.changed(paths);
      await engine.settled();
    };
    await settled();
    const stateOf = async (path: string): Promise<string> => (await engine.why(path)).state;
    assert.equal((await engine.why('build/out.js')).chunks, 1);
    writeFileSync(join(folder, 'build/other.js'), 'changed');
    await settled(['build/other.js']);
    await settled(['build']);
    assert.equal((await engine.why('build/out.js')).chunks, 1);
    assert.equal(await stateOf('build/other.js'), 'skipped');
    assert.deepEqual(engine.report().skipped, { ignored: 3 });
    const list = engine.files({ group: 'ignored', containing: 'B', from: 1, count: 1 });
    assert.deepEqual([list.total, list.files.map(({ path }) => path)], [2, ['src/b.gen.ts']]);
    rmSync(join(folder, 'build'), { recursive: true });
    await settled(['build']);
    assert.equal(await stateOf('build/out.js'), 'missing');
    assert.equal(engine.status().files, 2);
    await engine.close();
  });
});
