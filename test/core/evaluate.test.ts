import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { assessmentAsMarkdown } from '../../src/core/assessment.ts';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine } from '../../src/core/engine.ts';
import { percentile, readJudged, score } from '../../src/core/evaluate.ts';
import { Store } from '../../src/core/store/store.ts';
import { quantize } from '../../src/core/vectors.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

const at = (path: string, startLine = 1, endLine = 10) => ({ path, startLine, endLine });

describe('scores of judged queries', () => {
  it('count a target once, at the first result that covers it', () => {
    const results = [at('a.ts'), at('lib/b.ts'), at('c.ts'), at('lib/b.ts', 11, 20)];
    assert.equal(score(results, ['a.ts']).ndcg10, 1);
    assert.equal(score(results, ['b.ts']).ndcg10, 1 / Math.log2(3));
    assert.deepEqual(score(results, ['b.ts', 'nowhere.ts']).recall, { 1: 0, 5: 0.5, 10: 0.5 });
    assert.equal(score(results, ['c.ts', 'b.ts']).mrr, 1 / 2);
    assert.equal(score(results, ['nowhere.ts']).ndcg10, 0);
    assert.equal(score([], []).ndcg10, 0);
  });

  it('want a result that overlaps the lines of the target', () => {
    const results = [at('a.ts', 1, 10), at('a.ts', 11, 20)];
    assert.equal(score(results, [{ path: 'a.ts', start_line: 12, end_line: 13 }]).mrr, 1 / 2);
    assert.equal(score(results, [{ path: 'a.ts', start_line: 10, end_line: 11 }]).mrr, 1);
    assert.equal(score(results, [{ path: 'a.ts', start_line: 21, end_line: 30 }]).mrr, 0);
  });

  it('lie between 0 and 1, and 1 is a perfect order', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3}$/), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(names, names, (found, wanted) => {
        const { ndcg10, mrr, recall } = score(
          found.map((path) => at(path)),
          wanted,
        );
        for (const value of [ndcg10, mrr, recall[1], recall[5], recall[10]]) assert.ok(value >= 0 && value <= 1);
        assert.ok(recall[1] <= recall[5] && recall[5] <= recall[10]);
        const perfect = score(
          wanted.map((path) => at(path)),
          wanted,
        );
        assert.ok(Math.abs(perfect.ndcg10 - 1) < 1e-9);
      }),
    );
  });

  it('take a percentile as the value that so many do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    assert.deepEqual([percentile(hundred, 0.5), percentile(hundred, 0.95), percentile([], 0.5)], [50, 95, 0]);
  });
});

describe('assessment of an index', function () {
  this.timeout(60_000);
  const engines: Engine[] = [];
  let folder: string;
  let engine: Engine;

  async function open(): Promise<Engine> {
    const opened = await Engine.open({ folder, home: join(folder, '../home'), model: bundledModel() });
    engines.push(opened);
    opened.changed();
    await opened.settled();
    return opened;
  }

  before(async () => {
    folder = join(tempFolder(), 'project');
    const twin = 'export function wait(ms) {\n  return new Promise((done) => setTimeout(done, ms));\n}\n';
    writeFiles(folder, {
      'time/sleep.js': twin,
      'time/pause.js': twin,
      'time/clock.js': 'export function nowInSeconds() {\n  return Math.floor(Date.now() / 1000);\n}\n',
      'shop/cart.py': 'class Cart:\n    def total(self):\n        return sum(line.price for line in self.lines)\n',
      'shop/notes.md': '# 通知\n\n通知が多いときは、設定画面を開いてください。𠮷𩸽\n',
      'picture.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2]),
    });
    engine = await open();
  });
  after(async () => {
    for (const opened of engines) await opened.close();
    removeTempFolders();
  });

  it('finds a fresh index complete, sound and without drift', async () => {
    const { health } = await engine.assess();
    const { coverage, vectors, neighbours, vocabulary, drift } = health;
    assert.equal(coverage.embedded, coverage.chunks);
    assert.deepEqual(coverage.skipped, { binary: 1 });
    assert.equal(vectors.zero, 0);
    assert.ok(vectors.norm.least > 127 && vectors.norm.most < 127 * Math.sqrt(384));
    assert.ok(vectors.rounding.most < 0.02, String(vectors.rounding.most));
    assert.equal(vectors.distinct, coverage.chunks - 1, 'the twins share a vector');
    assert.equal(neighbours.equal, 1 / coverage.chunks);
    assert.deepEqual([drift.changedFiles, drift.cutOtherwise], [0, 0]);
    assert.ok(drift.cosine!.mean > 0.98 && drift.cosine!.least > 0.95, JSON.stringify(drift.cosine));
    assert.ok(vocabulary!.unknown > 0 && vocabulary!.unknown < 0.5 && vocabulary!.piecesPerWord >= 1);
    assert.equal(vocabulary!.cut, 0);
    const report = assessmentAsMarkdown(await engine.assess());
    assert.match(report, /Nothing is wrong with the index|unknown to the model/);
    assert.match(report, /\| left out \| 1 binary \|/);
  });

  it('scores judged queries, in all and by category, and shows what was lost', async () => {
    const file = join(folder, '../judged.jsonl');
    const lines = [
      { id: 'a', query: 'seconds since the epoch', category: 'how', relevant: ['time/clock.js'] },
      { id: 'b', query: 'Cart', category: 'symbol', relevant: [{ path: 'shop/cart.py', start_line: 1, end_line: 1 }] },
      { query: 'wait a while', category: 'how', relevant: ['time/sleep.js'], secondary: ['time/pause.js'] },
      { query: 'unicorn | stables', category: 'how', relevant: ['stable.js'] },
    ];
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    const assessment = await engine.assess(await readJudged(file));
    const { evaluation } = assessment;
    assert.equal(evaluation!.tier, 'full');
    assert.deepEqual(
      evaluation!.answers.map(({ id, ndcg10 }) => [id, ndcg10]),
      [
        ['a', 1],
        ['b', 1],
        ['3', 1],
        ['4', 0],
      ],
    );
    assert.equal(evaluation!.ndcg10, 0.75);
    assert.equal(evaluation!.byCategory['symbol']!.mrr, 1);
    assert.match(assessmentAsMarkdown(assessment), /\| unicorn \\\| stables \| 0\.00 \| \S/);
  });

  it('says with the line what is wrong with a file of queries', async () => {
    const file = join(folder, '../bad.jsonl');
    writeFileSync(file, '{"query": "a", "relevant": ["b"]}\n{"query": "a"}\n');
    await assert.rejects(readJudged(file), /bad\.jsonl, line 2: expected a JSON object/);
    writeFileSync(file, '\n');
    await assert.rejects(readJudged(file), /no judged queries in .*bad\.jsonl/);
    await assert.rejects(readJudged(join(folder, 'none.jsonl')), /none\.jsonl cannot be read/);
  });

  it('tells that files have changed since', async () => {
    const guide = join(folder, 'time/clock.js');
    const before = readFileSync(guide, 'utf8');
    writeFileSync(guide, before.replace('Seconds', 'Minutes'));
    const { health } = await engine.assess();
    assert.equal(health.drift.changedFiles, 1);
    assert.match(assessmentAsMarkdown(await engine.assess()), /1 of 5 files looked at have changed/);
    writeFileSync(guide, before);
  });

  it('tells that vectors no longer fit their text', async () => {
    const options = { folder, home: join(folder, '../drifted'), model: bundledModel() };
    const first = await Engine.open({ ...options, embed: false });
    first.changed();
    await first.settled();
    const { indexPath } = first.status();
    await first.close();
    const store = await Store.open(indexPath, {
      dimensions: 384,
      warn: (said) => assert.equal(said, ''),
    });
    const vectors = store.segments.flatMap((segment) =>
      Array.from({ length: segment.chunks }, (_, chunk) => ({
        hash: segment.hash(chunk),
        place: { path: 'somewhere.js', startLine: 1, endLine: 1 },
        vector: quantize(Float32Array.from({ length: 384 }, (_, i) => Math.sin(i + chunk))),
      })),
    );
    await store.putVectors(vectors);
    await store.close();
    const drifted = await Engine.open(options);
    engines.push(drifted);
    const assessment = await drifted.assess();
    assert.ok(assessment.health.drift.cosine!.mean < 0.5);
    assert.match(assessmentAsMarkdown(assessment), /Vectors have drifted.*rebuild/);
  });
});
