import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { noticesFile, noticesOf } from '../../tools/notices.ts';
import { shippedComponents, type Component } from '../../tools/shipped.ts';

/** Those that let us ship the software in a package under the MIT licence, with its notice. */
const allowed = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'CC-BY-4.0'];

describe('what ships and was written by others', function () {
  this.timeout(60_000);
  let components: Component[];
  before(async () => {
    components = await shippedComponents();
  });

  it('is all under licences that allow it', () => {
    const others = components.filter(({ licence }) => !allowed.includes(licence));
    assert.deepEqual(
      others.map(({ name, licence }) => `${name}: ${licence}`),
      [],
    );
  });

  it('stands in THIRD_PARTY_NOTICES.txt', () => {
    const written = readFileSync(noticesFile, 'utf8').replaceAll('\r\n', '\n');
    assert.ok(written === noticesOf(components), 'It is not up to date: run "npm run notices".');
  });

  it('is known down to packages within packages, native code, the icons and the model', () => {
    const names = new Set(components.map(({ name }) => name));
    for (const name of ['@huggingface/tokenizers', 'onnxruntime-node', 'onnxruntime-web', '@vscode/codicons', 'vectra'])
      assert.ok(names.has(name), name);
    assert.ok(names.has('all-MiniLM-L6-v2'));
    for (const name of ['sharp', 'openai', 'mocha']) assert.ok(!names.has(name), name);
  });
});
