import assert from 'node:assert/strict';
import { chunkFile } from '../../src/core/chunk/chunk.ts';

const filler =
  'The mill stands by the river, and its wheel turns from spring until the first frost of the year.\n'.repeat(4);

/** One line a chunk: the path of headings. */
function sections(path: string, text: string): string[] {
  return chunkFile(path, text).map(({ breadcrumb, symbol, kind }) => {
    assert.equal(kind, 'docs');
    return [...breadcrumb, symbol].join(' > ');
  });
}

describe('chunks of documents', () => {
  it('follow the headings of Markdown', () => {
    const text = `---
title: "The Mill"
tags: [a]
---

${filler}
# Grinding \`grain\` #

${filler}
## The [wheel](wheel.md) {#wheel}

${filler}
\`\`\`sh
# no heading
\`\`\`

<!--
# nor this
-->

    # nor this

Water
-----

${filler}
# Selling *flour*

${filler}`;
    assert.deepEqual(sections('mill.md', text), [
      'The Mill',
      'The Mill > Grinding grain',
      'The Mill > Grinding grain > The wheel',
      'The Mill > Grinding grain > Water',
      'The Mill > Selling flour',
    ]);
  });

  it('begin with their heading', () => {
    const chunks = chunkFile('a.md', `# One\n\n${filler}\n## Two\n\n${filler}`);
    assert.deepEqual(
      chunks.map(({ text }) => text.split('\n', 1)[0]),
      ['# One', '## Two'],
    );
  });

  it('join tiny sections and keep the first heading', () => {
    const text = '# Tools\n\nTwo.\n\n## Saw\n\nCuts.\n\n## Plane\n\nSmooths.\n';
    assert.deepEqual(sections('a.md', text), ['Tools']);
  });

  it('split a long section at its paragraphs and keep fences whole', () => {
    const fence = `\`\`\`js\n${'grind(grain);\n\n'.repeat(20)}\`\`\`\n`;
    const chunks = chunkFile('a.md', `# Long\n\n${`${filler}\n${fence}\n`.repeat(4)}`);
    assert.ok(chunks.length > 2);
    for (const { text, symbol } of chunks) {
      assert.equal(symbol, 'Long');
      assert.equal(text.split('```').length % 2, 1);
    }
  });

  it('take the order of adornments for the levels of reStructuredText', () => {
    const text = `.. _mill:

========
The Mill
========

${filler}
Grinding
--------

${filler}
.. code-block:: python

   Not a title
   -----------

The wheel
^^^^^^^^^

${filler}
Selling
-------

${filler}`;
    assert.deepEqual(sections('mill.rst', text), [
      'The Mill',
      'The Mill > Grinding',
      'The Mill > Grinding > The wheel',
      'The Mill > Selling',
    ]);
  });

  it('follow the headings of AsciiDoc, Org, TeX, HTML and man pages', () => {
    const expected = ['Mill', 'Mill > Wheel'];
    assert.deepEqual(sections('a.adoc', `= Mill\n\n${filler}\n----\n== no\n----\n\n== Wheel\n\n${filler}`), expected);
    assert.deepEqual(sections('a.org', `* Mill\n${filler}\n** TODO Wheel :tag:\n${filler}`), expected);
    assert.deepEqual(sections('a.tex', `\\section{Mill}\n${filler}\n\\subsection*{Wheel}\n${filler}`), expected);
    assert.deepEqual(
      sections('a.html', `<h1 class="x">Mill</h1>\n${filler}\n<h2><a>Wheel</a></h2>\n${filler}`),
      expected,
    );
    assert.deepEqual(sections('a.1', `.SH Mill\n${filler}\n.SS Wheel\n${filler}`), expected);
  });
});
