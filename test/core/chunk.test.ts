import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunkerVersion, chunkFile } from '../../src/core/chunk/chunk.ts';
import { TARGET_SIZE } from '../../src/core/chunk/pack.ts';
import { checkChunks, paths, sources } from './chunk-property.ts';

describe('chunkFile', () => {
  it('has a version for the key of the vectors', () => {
    assert.ok(Number.isInteger(chunkerVersion) && chunkerVersion > 0);
  });

  it('covers every non-blank line, in order, within bounds, for any text', () => {
    fc.assert(fc.property(paths, sources, checkChunks), { numRuns: 400 });
    fc.assert(fc.property(paths, fc.string({ unit: 'binary', maxLength: 300 }), checkChunks), { numRuns: 200 });
  });

  it('covers texts with long lines', () => {
    const long = fc
      .array(fc.tuple(fc.constantFrom('word ', '𝒳', 'x', ';', 'foo(bar)'), fc.integer({ min: 1, max: 2500 })), {
        maxLength: 4,
      })
      .map((parts) => parts.map(([text, count]) => text.repeat(count)).join('\n'));
    fc.assert(fc.property(paths, long, checkChunks), { numRuns: 60 });
  });

  it('gives the same chunks for the same text', () => {
    fc.assert(
      fc.property(paths, sources, (path, source) => {
        assert.deepEqual(chunkFile(path, source), chunkFile(path, source));
      }),
      { numRuns: 50 },
    );
  });

  it('gives no chunk for a text with nothing in it', () => {
    for (const text of ['', '\n', ' \r\n\t\n', '\ufeff']) assert.deepEqual(chunkFile('a.ts', text), []);
  });

  it('counts lines as VS Code does, whatever ends them', () => {
    const unix = 'first = 1\n\n\nsecond = 2\n';
    for (const end of ['\r\n', '\r']) {
      assert.deepEqual(chunkFile('a.py', unix.replaceAll('\n', end)), chunkFile('a.py', unix));
    }
    const separator = chunkFile('a.txt', 'one\u2028two\nthree');
    assert.equal(separator.at(-1)?.endLine, 2);
  });

  it('cuts an over-long line into bounded pieces at white space, never within a character', () => {
    const words = 'lorem ipsum '.repeat(100_000);
    const chunks = chunkFile('a.json', words);
    assert.ok(chunks.length > 1000);
    assert.equal(chunks.map((chunk) => chunk.text).join(''), words);
    assert.ok(chunks.every(({ text, startLine, endLine }) => startLine === 1 && endLine === 1 && text.endsWith(' ')));
    for (const offset of ['', 'x']) {
      for (const { text } of chunkFile('a.txt', offset + '𝒳'.repeat(5000))) {
        assert.ok(!/\p{Surrogate}/u.test(text) && text.length <= TARGET_SIZE);
      }
    }
  });

  it('takes less than a second for a line of a megabyte, whatever it is made of', () => {
    for (const bait of ['a', 'a ', '(', '"', "'\\", '`${', '/*', 'A B ', '<', '[a](', '<!--', '= ', 'const x: ', '*']) {
      const line = bait.repeat(1_000_000 / bait.length);
      for (const path of ['a.ts', 'a.cpp', 'a.hs', 'a.md', 'a.rs', 'a']) {
        const start = performance.now();
        const chunks = chunkFile(path, line);
        assert.ok(performance.now() - start < 1000, `${path}: ${bait}`);
        assert.ok(chunks.length >= 100);
      }
    }
  });

  it('stays linear where definitions nest without end', () => {
    const start = performance.now();
    chunkFile('a.ts', 'class A {\n'.repeat(30_000));
    chunkFile('a.py', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}def f():`).join('\n'));
    assert.ok(performance.now() - start < 2000);
  });

  it('tells kinds from the extension first, then from the text', () => {
    const kindOf = (path: string, text: string): string | undefined => chunkFile(path, text)[0]?.kind;
    assert.equal(kindOf('src/a.ts', 'let a = 1;'), 'code');
    assert.equal(kindOf('data/a.csv', 'name,age\nAda,36'), 'code');
    assert.equal(kindOf('settings.yaml', 'name: Ada'), 'code');
    assert.equal(kindOf('README', 'How to build this: run make; then test.'), 'docs');
    assert.equal(kindOf('LICENSE', 'Permission is granted to anyone.'), 'docs');
    assert.equal(kindOf('notes', 'We met on Monday and spoke of the harvest. It was late.'), 'docs');
    assert.equal(kindOf('tool', '#!/usr/bin/env python3\ndef main():\n    pass\n'), 'code');
    assert.equal(kindOf('unknown.xyz', 'int main() { return f(a[0]); }\n'), 'code');
    assert.equal(kindOf('guide.md', '# Guide'), 'docs');
    assert.equal(kindOf('page.html', '<h1>Guide</h1>'), 'docs');
  });

  it('packs data by its outermost keys', () => {
    const sections = Array.from(
      { length: 12 },
      (_, index) => `service${index}:\n${'  replicas: 3\n  image: registry/app\n'.repeat(8)}`,
    );
    const chunks = chunkFile('deploy.yaml', sections.join(''));
    assert.ok(chunks.length > 2);
    for (const { text } of chunks) assert.match(text, /^service/);
  });

  it('keeps paragraphs of prose whole', () => {
    const paragraph = 'The river rose in the night,\nand by morning the bridge was gone.\n'.repeat(5);
    for (const { text } of chunkFile('story.txt', `${paragraph}\n`.repeat(9))) assert.match(text, /^The river/);
  });
});
