import assert from 'node:assert/strict';
import picomatch from 'picomatch';
import { coloured } from '../../../media/search/syntax.ts';
import { escapeGlob, globsIn } from '../../../src/vscode/globs.ts';
import { asMarkdown } from '../../../src/vscode/markdown.ts';
import { splitPrefixes } from '../../../src/vscode/prefixes.ts';

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
