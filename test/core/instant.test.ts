import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Embedder } from '../../src/core/embed.ts';
import { InstantEmbedder } from '../../src/core/instant.ts';
import { removeTempFolders, tempFolder } from './temp.ts';

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('instant vectors', () => {
  let instant: InstantEmbedder;

  before(async () => (instant = await InstantEmbedder.load(bundledModel())));
  after(removeTempFolders);

  it("lie near the model's own, and far from those of another text", async () => {
    const source = readFileSync(join(import.meta.dirname, '../../tools/build-model/check_texts.jsonl'), 'utf8');
    const texts = source
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text);
    const model = await Embedder.load({ folder: bundledModel(), threads: 1 });
    const vectors = await model.embed(texts);
    await model.dispose();
    const cosines = texts.map((text, i) => dot(instant.embed(text), vectors[i]!));
    assert.ok(mean(cosines) > 0.75, `mean cosine ${mean(cosines).toFixed(3)}`);
    const strangers = texts.map((text, i) => dot(instant.embed(text), vectors[(i + 1) % texts.length]!));
    assert.ok(mean(strangers) < 0.2, `mean cosine to another text ${mean(strangers).toFixed(3)}`);
  });

  it('tell what a query means without a word in common', () => {
    const query = instant.embed('remove a user account');
    const near = instant.embed('function deleteMember(id) { members.erase(id); }');
    const far = instant.embed('function drawCircle(radius) { canvas.arc(radius); }');
    assert.ok(dot(query, near) > dot(query, far));
  });

  it('are unit vectors that depend on nothing but the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const first = instant.embed(a);
        assert.equal(first.length, instant.dimensions);
        const length = Math.sqrt(dot(first, first));
        assert.ok(length === 0 || Math.abs(length - 1) < 1e-5, `length ${length}`);
        instant.embed(b);
        assert.deepEqual(instant.embed(a), first);
      }),
    );
  });

  it('are zero for a text without tokens, and end where the model ends', () => {
    assert.ok(instant.embed(' \n\0').every((x) => x === 0));
    const full = 'word '.repeat(254);
    assert.deepEqual(instant.embed(`${full}and never read`), instant.embed(full));
  });

  it('are refused when the table was damaged, in a sentence', async () => {
    const folder = join(tempFolder(), 'model');
    cpSync(bundledModel(), folder, { recursive: true, filter: (path) => !path.endsWith('.onnx') });
    const path = join(folder, 'instant.bin');
    const table = readFileSync(path);
    table[table.length - 1]! ^= 1;
    writeFileSync(path, table);
    await assert.rejects(InstantEmbedder.load(folder), {
      code: 'bad-model',
      message: /instant\.bin has a wrong checksum/,
    });
  });
});
