import assert from 'node:assert/strict';
import picomatch from 'picomatch';
import { coloured } from '../../../media/search/syntax.ts';
import { visible } from '../../../src/core/visible.ts';
import { sentenceOf } from '../../../src/vscode/errors.ts';
import { escapeGlob, globsIn } from '../../../src/vscode/globs.ts';
import { asMarkdown } from '../../../src/vscode/markdown.ts';
import { plain } from '../../../src/vscode/plain.ts';
import { splitPrefixes } from '../../../src/vscode/prefixes.ts';
import { tellingLines } from '../../../src/vscode/snippet.ts';

describe('what is typed', () => {
  it('may narrow itself by prefixes', () => {
    const all = { kind: 'all', include: '', exclude: '' };
    assert.deepEqual(splitPrefixes('plain words'), { ...all, query: 'plain words' });
    assert.deepEqual(splitPrefixes('code: retry'), { ...all, kind: 'code', query: 'retry' });
    assert.deepEqual(splitPrefixes('DOCS:retry'), { ...all, kind: 'docs', query: 'retry' });
    assert.deepEqual(splitPrefixes('in:src/http code: retry in:"my docs"'), {
      ...all,
      kind: 'code',
      include: 'src/http, my docs',
      query: 'retry',
    });
    assert.deepEqual(splitPrefixes('what is built-in: here'), { ...all, query: 'what is built-in: here' });
    assert.deepEqual(splitPrefixes('docs:'), { ...all, kind: 'docs', query: '' });
  });

  it('is globs, where a path may stand for itself', () => {
    assert.deepEqual(globsIn('*.md, ./src/'), ['**/*.md', '**/src', '**/src/**']);
    for (const path of ['src/[id]/a,b (copy)', 'a{1}!']) {
      const matches = picomatch(globsIn(`${escapeGlob(path)}/`), { dot: true });
      assert.ok(matches(`${path}/index.ts`), path);
      assert.ok(!matches('src/i/index.ts'));
    }
  });
});

describe('a result as Markdown', () => {
  it('is a link to its lines and its text, in a fence that the text does not close', () => {
    const hit = { path: 'docs/a [b].md', startLine: 3, endLine: 9, symbol: 'Use', breadcrumb: ['Guide'] };
    const text = asMarkdown({ ...hit, snippet: 'Run:\n```sh\nnpm ci\n```\n' });
    assert.equal(
      text,
      '[docs/a \\[b\\].md:3-9](<docs/a%20%5Bb%5D.md#L3-L9>) · Guide › Use\n\n````md\nRun:\n```sh\nnpm ci\n```\n````\n',
    );
  });
});

describe('what files are named and hold', () => {
  it('is shown in the order it has, with nothing hidden', () => {
    assert.equal(visible('photo_\u202egpj.exe'), 'photo_\\u202egpj.exe');
    assert.equal(visible('a\nb\r\u001b[2J\u0085\u2028\u2067\ufeff'), 'a\\nb\\r\\u001b[2J\\u0085\\u2028\\u2067\\ufeff');
    for (const text of ['\ta', 'été 日本語 עברית\u200f', '👩‍👩‍👧', 'क्‍ष']) assert.equal(visible(text), text);
    const odd = { a: 'x\u202e\u001b\u2028"\\' };
    assert.deepEqual(JSON.parse(visible(JSON.stringify(odd))), odd);
  });

  it('is no icon and no link in labels and notifications', () => {
    assert.equal(plain('$(error) a.ts'), '$\u200b(error) a.ts');
    assert.equal(plain('[Open](command:workbench.action.quit)'), '[Open]\u200b(command:workbench.action.quit)');
    assert.equal(sentenceOf(new Error('[a](command:b)\n\u202ec')), '[a]\u200b(command:b)\n\\u202ec');
    assert.equal(plain('price($1) [a] (b)'), 'price($1) [a] (b)');
  });

  it('is marked in a snippet where the words then stand', () => {
    const hit = {
      snippet: 'a \u202e wait \u001b[0m',
      terms: ['wait'],
      startLine: 7,
      kind: 'code',
      symbol: '',
    } as const;
    const [line] = tellingLines(hit, 1);
    assert.equal(line?.text, 'a \\u202e wait \\u001b[0m');
    assert.deepEqual(
      line.marks.map(([from, to]) => line.text.slice(from, to)),
      ['wait'],
    );
  });

  it('is no markup in what is copied', () => {
    const hit = { path: 'a:b/#1_[x](y).md', startLine: 1, endLine: 1, symbol: '<img src=x>', breadcrumb: ['*a*'] };
    const [first] = asMarkdown({ ...hit, snippet: 'text' }).split('\n');
    assert.equal(first, '[a:b/#1\\_\\[x\\](y).md:1](<a%3Ab/%231_%5Bx%5D(y).md#L1>) · \\*a\\* › \\<img src=x\\>');
  });
});

describe('the colours of a snippet', () => {
  const pieces = (lines: string[], ending: string): string[][] =>
    coloured(lines, ending).map((spans, i) =>
      spans.map(([from, to, token]) => `${token} ${lines[i]!.slice(from, to)}`),
    );

  it('tell comments, strings, numbers and keywords', () => {
    assert.deepEqual(pieces(["return 'it\\'s' + x1 * 0x1F; // done"], 'ts'), [
      ['keyword return', "string 'it\\'s'", 'number 0x1F', 'comment // done'],
    ]);
    assert.deepEqual(pieces(['x = "a # b"  # note'], 'py'), [['string "a # b"', 'comment # note']]);
  });

  it('follow comments over lines, and begin within one', () => {
    assert.deepEqual(pieces([' * of a kind', ' */', 'let a;'], 'ts'), [
      ['comment  * of a kind'],
      ['comment  */'],
      ['keyword let'],
    ]);
    assert.deepEqual(pieces(['a /* b', 'c */ 1'], 'c'), [['comment /* b'], ['comment c */', 'number 1']]);
  });

  it('take no apostrophe for a string, and leave what they do not know', () => {
    assert.deepEqual(pieces(["fn f<'a>(x: &'a str)"], 'rs'), [['keyword fn']]);
    assert.deepEqual(pieces(["it's 5"], 'txt'), [[]]);
  });
});
