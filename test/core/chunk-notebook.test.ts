import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunkFile } from '../../src/core/chunk/chunk.ts';
import { definitionsIn } from '../../src/core/chunk/definitions.ts';
import { cellAt, cellsOf } from '../../src/core/chunk/notebook.ts';

/** As Jupyter writes it: a list of lines for each cell. */
function notebook(cells: readonly (readonly ['code' | 'markdown', string])[], extension = '.py'): string {
  return JSON.stringify(
    {
      cells: cells.map(([cell_type, source]) => ({
        cell_type,
        metadata: {},
        ...(cell_type === 'code' && { outputs: [{ data: { 'image/png': 'iVBORw0KGgo' } }] }),
        source: source.split(/(?<=\n)/),
      })),
      metadata: { language_info: { name: 'python', file_extension: extension } },
      nbformat: 4,
    },
    null,
    1,
  );
}
const tides = notebook([
  ['markdown', '# Tides\n\nHow high the water stands in the harbour.\n'],
  ['code', 'import numpy as np\n\ndef spring_tide(moon):\n    return np.cos(moon) * 2\n'],
  ['code', ''],
  ['code', 'plot(spring_tide(3))'],
]);

describe('notebooks', () => {
  it('give the source of each cell and nothing of what it put out', () => {
    const chunks = chunkFile('a/tides.ipynb', tides);
    const text = chunks.map((chunk) => chunk.text).join('\n');
    assert.match(text, /How high the water stands/);
    assert.match(text, /def spring_tide\(moon\):\n {4}return/);
    assert.doesNotMatch(text, /iVBOR|nbformat|cell_type/);
    assert.deepEqual(
      chunks.map(({ kind, symbol }) => [kind, symbol]),
      [
        ['docs', 'Tides'],
        ['code', 'spring_tide'],
        ['code', ''],
      ],
    );
  });

  it('know the lines of the file, and the cell that stands there', () => {
    const lines = tides.split('\n');
    const chunk = chunkFile('tides.ipynb', tides).find(({ symbol }) => symbol === 'spring_tide')!;
    assert.match(lines[chunk.startLine - 1]!, /import numpy/);
    assert.match(lines[chunk.endLine - 1]!, /np\.cos/);
    const cell = cellAt(cellsOf(tides)!, chunk.startLine, chunk.endLine);
    assert.deepEqual([cell?.index, cell?.text], [1, chunk.text]);
    const [definition] = definitionsIn('tides.ipynb', tides);
    assert.equal(definition?.name, 'spring_tide');
    assert.match(lines[definition.line - 1]!, /def spring_tide/);
  });

  it('may hold a cell as one string, on one line', () => {
    const text = '{"cells": [{"cell_type": "code", "source": "def ebb():\\n    pass"}], "metadata": {}}';
    const [chunk] = chunkFile('x.ipynb', text);
    assert.deepEqual([chunk?.text, chunk?.startLine, chunk?.endLine], ['def ebb():\n    pass', 1, 1]);
    assert.equal(cellAt(cellsOf(text)!, 1, 1)?.text, 'def ebb():\n    pass');
  });

  it('are read as data when they are none', () => {
    for (const text of ['', '{"cells": 3}', '[1, 2', 'no json at all']) assert.equal(cellsOf(text), undefined);
    assert.equal(chunkFile('x.ipynb', '{"answer": 42}')[0]?.text, '{"answer": 42}');
  });

  it('lose no line of a cell, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (sources) => {
        const text = notebook(
          sources.map((source) => ['code', source] as const),
          '.txt',
        );
        const found = chunkFile('x.ipynb', text).map((chunk) => chunk.text);
        for (const line of sources.flatMap((source) => source.split(/\r\n|\r|\n/))) {
          if (line.trim() !== '')
            assert.ok(
              found.some((chunk) => chunk.includes(line)),
              JSON.stringify(line),
            );
        }
      }),
    );
  });
});
