import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Embedder } from '../../src/core/embed.ts';
import type { SearchAnswer } from '../../src/core/types.ts';
import { sampleTexts } from '../bench/corpus.ts';
import { mean } from '../bench/figures.ts';
import { EmbedderProcess } from './embedder-process.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

const root = resolve(import.meta.dirname, '../..');
const onWasm = /native build cannot be loaded on .*The model runs on WebAssembly instead/;

const shortTexts = readFileSync(join(root, 'tools/build-model/check_texts.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .filter((_, i) => i % 3 === 0)
  .map((line) => (JSON.parse(line) as { text: string }).text);
const chunks = sampleTexts({ code: 10, docs: 6 });

const cosines = (some: readonly Float32Array[], others: readonly Float32Array[]): number[] =>
  some.map((vector, i) => vector.reduce((sum, x, d) => sum + x * others[i]![d]!, 0));

interface Answer {
  readonly paths: readonly string[];
  readonly scores: readonly number[];
  readonly tier: string;
  readonly said: string;
}

/** What a command line, run in a process of its own, finds in a folder that it has not seen. */
function search(script: string, folder: string, query: string): Promise<Answer> {
  const args = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', script, 'search', folder, query, '--json'];
  const env = { ...process.env, NEARBY_HOME: tempFolder() };
  return new Promise((done, fail) =>
    execFile(process.execPath, args, { env }, (error, stdout, said) => {
      if (error) {
        fail(new Error(said, { cause: error }));
        return;
      }
      const { results, tier } = JSON.parse(stdout) as SearchAnswer;
      done({ paths: results.map(({ path }) => path), scores: results.map(({ score }) => score), tier, said });
    }),
  );
}

describe('the runtime of the model', function () {
  this.timeout(120_000);
  let folder: string;
  const query = 'limit how often something is called';

  before(() => {
    folder = tempFolder();
    writeFiles(folder, {
      'throttle.js':
        'export function throttle(callback, ms) {\n  let last = 0;\n  return () => Date.now() - last > ms;\n}\n',
      'circle.js': 'export function drawCircle(radius) {\n  canvas.arc(0, 0, radius);\n}\n',
      'members.py': 'def delete_member(members, name):\n    members.remove(name)\n',
      'timing.md': '# Timing\n\nHelpers that keep functions from being called too often.\n',
    });
  });
  after(removeTempFolders);

  for (const threads of [1, 2]) {
    it(`gives the same vectors on WebAssembly as natively, with ${threads} of its threads`, async () => {
      const native = await Embedder.load({ folder: bundledModel(), threads: 1 });
      assert.equal(native.runtime, 'native');
      const expected = [await native.embed(chunks), await native.embed(shortTexts)] as const;
      await native.dispose();
      const wasm = new EmbedderProcess('wasm', threads);
      const actual = [await wasm.embed(chunks), await wasm.embed(shortTexts)] as const;
      await wasm.close();
      assert.equal(actual[0].runtime, 'wasm');
      const [ofChunks, ofShort] = actual.map(({ vectors }, i) => cosines(vectors, expected[i]!));
      assert.equal(ofChunks!.length, chunks.length);
      assert.ok(Math.min(...ofChunks!) > 0.999, `least of chunks ${Math.min(...ofChunks!)}`);
      // Their int8 activations round differently here and there, of which little text evens out less.
      assert.ok(mean(ofShort!) > 0.999, `mean of short texts ${mean(ofShort!)}`);
      assert.ok(Math.min(...ofShort!) > 0.995, `least of short texts ${Math.min(...ofShort!)}`);
    });
  }

  it('is one for a process', async () => {
    await (await Embedder.load({ folder: bundledModel(), threads: 1 })).dispose();
    const other = Embedder.load({ folder: bundledModel(), threads: 1, runtime: 'wasm' });
    await assert.rejects(other, { code: 'no-runtime', message: /native build already; start another for wasm/ });
  });

  describe('where the native one is missing', () => {
    let expected: Answer;

    const assertSame = (answer: Answer): void => {
      assert.match(answer.said, onWasm);
      assert.deepEqual([answer.tier, answer.paths], [expected.tier, expected.paths]);
      answer.scores.forEach((score, i) => assert.ok(Math.abs(score - expected.scores[i]!) < 0.02));
    };

    before(async () => {
      execFileSync(process.execPath, ['esbuild.js'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
      expected = await search(join(root, 'dist/cli.js'), folder, query);
      assert.doesNotMatch(expected.said, onWasm);
      assert.equal(expected.tier, 'full');
      assert.ok(expected.paths.length >= 2);
    });

    /** The package as it is installed, without any of node_modules. */
    const packed = (): string => {
      const place = tempFolder();
      for (const part of ['package.json', 'dist', 'models'])
        cpSync(join(root, part), join(place, part), { recursive: true });
      assert.throws(() => createRequire(join(place, 'dist/cli.js')).resolve('onnxruntime-node'), /Cannot find module/);
      return place;
    };

    it('is WebAssembly out of the package, which finds the same', async () => {
      assertSame(await search(join(packed(), 'dist/cli.js'), folder, query));
    });

    it('is WebAssembly when onnxruntime-node is there without a build for the platform', async () => {
      const place = packed();
      const modules = join(place, 'node_modules');
      for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
        const from = join(root, 'node_modules', name);
        cpSync(from, join(modules, name), { recursive: true, filter: (path) => path !== join(from, 'bin') });
      }
      const answer = await search(join(place, 'dist/cli.js'), folder, query);
      assertSame(answer);
      assert.match(answer.said, /onnxruntime_binding\.node/);
    });

    it('is missing altogether without the WebAssembly one, which a sentence says', async () => {
      const place = packed();
      rmSync(join(place, 'dist/onnxruntime-web'), { recursive: true });
      await assert.rejects(search(join(place, 'dist/cli.js'), folder, query), /lacks onnxruntime-web.*; reinstall/);
    });

    it('is WebAssembly out of node_modules for the sources', async () => {
      const place = tempFolder();
      for (const part of ['package.json', 'src', 'models'])
        cpSync(join(root, part), join(place, part), { recursive: true });
      mkdirSync(join(place, 'node_modules'));
      for (const name of readdirSync(join(root, 'node_modules'))) {
        if (name !== 'onnxruntime-node')
          symlinkSync(join(root, 'node_modules', name), join(place, 'node_modules', name), 'junction');
      }
      assertSame(await search(join(place, 'src/cli/main.ts'), folder, query));
    });
  });
});
