import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareText } from '../../src/core/prepare.ts';
import { parseQuery } from '../../src/core/query.ts';
import { readTextSync } from '../../src/core/read.ts';
import { tokenize } from '../../src/core/tokens.ts';
import { walkFolder } from '../../src/core/walk.ts';
import { splitPrefixes } from '../../src/vscode/prefixes.ts';
import { tellingLines } from '../../src/vscode/snippet.ts';
import { coloured } from '../../media/search/syntax.ts';

/** A file of each way to be cut. */
const files = (
  'a.ts a.go a.rs a.java a.cs a.kt a.scala a.cpp a.swift a.php a.dart a.zig a.sh a.pl a.proto a.tf a.css a.sol a.d a.py ' +
  'a.rb a.ex a.lua a.hs a.clj a.r a.sql a.jl a.ml a.nim a.vim a.erl a.mk a.md a.rst a.adoc a.org a.tex a.html a.man ' +
  'a.txt a.json a.ipynb a'
).split(' ');

/** What a careless pattern or parser tries in ever more ways when there is much of it. */
const bait = [
  ...[
    ' ',
    '\t',
    '\u00a0',
    '\n',
    '\r',
    '`',
    '~',
    '[',
    '(',
    '{',
    '#',
    '=',
    '*',
    '"',
    "'",
    '-',
    '<',
    ':',
    '/',
    '\\',
    'a',
    'A',
  ],
  ...[
    '/*',
    '{-',
    '<!--',
    '<div>',
    '"""\n',
    '```\n',
    'a ',
    '@a\u00a0',
    'a=',
    'a::',
    'a<',
    '[a](',
    'impl for ',
    'const a : ',
  ],
  ...['typedef a ', 'static final a ', '# a\n', 'a\n=\n', 'f(){\n', 'class A {\n', 'def a\n'],
];

/** Much more than any of it takes, and much less than work that grows with the square of a text. */
const msPerKilobyte = 40;

describe('text that is made to keep us busy', function () {
  this.timeout(240_000);

  /** Fails when `work` takes longer on it than its size allows. */
  function timed(what: string, unit: string, size: number, work: (text: string) => unknown): void {
    const text = unit.repeat(size / unit.length);
    const started = performance.now();
    work(text);
    const ms = performance.now() - started;
    assert.ok(ms < 200 + (size / 1024) * msPerKilobyte, `${what}, ${JSON.stringify(unit)}: ${ms.toFixed(0)} ms`);
  }

  const prepare = (path: string) => (text: string) =>
    prepareText({ path, size: text.length, mtimeMs: 0 }, { text, hash: '' });

  it('is cut and its terms are told at once, in every language, in long lines and short', () => {
    for (const path of files) {
      for (const unit of bait) {
        timed(path, unit, 8_192, prepare(path));
        timed(path, `${unit.repeat(280 / unit.length)}\n`, 8_192, prepare(path));
      }
    }
  });

  it('is read, cut and shown at once where it is large', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nearby-bait-')));
    try {
      for (const unit of bait) {
        for (const path of ['a.ts', 'a.py', 'a.md', 'a.ipynb']) timed(path, unit, 128 * 1024, prepare(path));
        timed('terms', unit, 256 * 1024, tokenize);
        timed('file', unit, 256 * 1024, (text) => {
          writeFileSync(join(folder, 'a.txt'), text);
          readTextSync(join(folder, 'a.txt'), 1024 * 1024);
        });
        timed('query', unit, 64 * 1024, (text) => parseQuery(splitPrefixes(text).query));
        timed('snippet', unit, 16_384, (text) => {
          const hit = { snippet: text, terms: ['a', 'const'], startLine: 1, kind: 'code', symbol: '' } as const;
          const lines = tellingLines(hit, 3).map((line) => line.text);
          for (const ending of ['ts', 'py', 'sql', 'html']) coloured(lines, ending);
        });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is followed at once as an ignore file of a megabyte', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nearby-bait-')));
    try {
      mkdirSync(join(folder, 'a/a/a'), { recursive: true });
      writeFileSync(join(folder, 'a/a/a', `${'a'.repeat(200)}c`), 'text');
      for (const unit of [' ', '\\', '#', '**/', '*a', '?', '[a-', '!', '*a\n', '**/*a*b\n', '[!a]*[!b]\n', '!*/\n']) {
        writeFileSync(join(folder, '.ignore'), unit.repeat((1024 * 1024) / unit.length));
        const started = performance.now();
        let met = 0;
        for await (const batch of walkFolder(folder)) met += batch.files.length + batch.skipped.length;
        const ms = performance.now() - started;
        assert.ok(met > 0 && ms < 10_000, `${JSON.stringify(unit)}: ${ms.toFixed(0)} ms`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
