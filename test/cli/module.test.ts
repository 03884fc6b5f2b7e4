import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { removeTempFolders, tempFolder, writeFiles } from '../core/temp.ts';

/** esbuild, as far as it is used here. */
interface Esbuild {
  build(options: object): Promise<unknown>;
}
interface BuildOptions {
  readonly entryPoints: object;
}

const root = resolve(import.meta.dirname, '../..');
const load = createRequire(import.meta.url);

describe('the engine as a module', function () {
  this.timeout(60_000);
  after(removeTempFolders);

  it('runs the example of the README', async () => {
    const { builds } = load('../../esbuild.js') as { builds: () => BuildOptions[] };
    await (load('esbuild') as Esbuild).build(builds().find(({ entryPoints }) => 'engine' in entryPoints)!);
    const [, example] = /```js\n(import \{ Engine[^]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))!;
    const folder = tempFolder();
    writeFiles(folder, {
      'example.mjs': example!.replace('./dist/engine.js', pathToFileURL(join(root, 'dist/engine.js')).href),
      'src/retry.js':
        '// Sends a request again when it has failed.\nexport function retry(request) {\n  return request();\n}\n',
      'src/boats.js': 'export const boats = ["ketch", "yawl"];\n',
    });
    const env = { ...process.env, NEARBY_HOME: tempFolder() };
    const { stdout } = await promisify(execFile)(process.execPath, ['example.mjs'], { cwd: folder, env });
    assert.match(stdout, /^retry\.js:1 /);
  });
});
