/** Jupyter notebooks: each cell is cut as a file of its own, and stands at the lines of the JSON that hold it. */
import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import type { Chunk } from '../types.ts';

/** Where the kernel's language is not told. */
const usualExtension = '.py';

export interface Cell {
  /** From 0, as in the notebook. */
  readonly index: number;
  readonly source: string;
  /** The line of the file, 1-based, that holds each line of the source. */
  readonly lines: readonly number[];
  /** A name by which the source would be a file of its language. */
  readonly name: string;
}

export const isNotebook = (path: string): boolean => path.toLowerCase().endsWith('.ipynb');

/** The cells that hold text; undefined when the text is no notebook. */
export function cellsOf(text: string): Cell[] | undefined {
  const root = treeOf(text);
  const cells = root && findNodeAtLocation(root, ['cells']);
  if (!root || cells?.type !== 'array') return undefined;
  const extension = findNodeAtLocation(root, ['metadata', 'language_info', 'file_extension'])?.value as unknown;
  const code = typeof extension === 'string' ? extension : usualExtension;
  const lineAt = lineCounter(text);
  return (cells.children ?? []).flatMap((cell, index) => {
    const source = findNodeAtLocation(cell, ['source']);
    const parts = stringsOf(source);
    if (parts.length === 0) return [];
    const isCode = findNodeAtLocation(cell, ['cell_type'])?.value === 'code';
    const lines = parts.flatMap(({ text: part, offset }) => {
      const count = part.split('\n').length - (part.endsWith('\n') ? 1 : 0);
      return new Array<number>(Math.max(1, count)).fill(lineAt(offset));
    });
    return [
      { index, source: parts.map((part) => part.text).join(''), lines, name: isCode ? `cell${code}` : 'cell.md' },
    ];
  });
}

/** The tree of a JSON text; none where it is nested deeper than the parser can follow, as no notebook is. */
function treeOf(text: string): Node | undefined {
  try {
    return parseTree(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * The chunks of all cells, each at the lines of the file.
 * @param chunk cuts a file with this name
 */
export function chunkCells(cells: readonly Cell[], chunk: (name: string, text: string) => readonly Chunk[]): Chunk[] {
  return cells.flatMap(({ name, source, lines }) =>
    chunk(name, source).map((piece) => ({
      ...piece,
      startLine: lines[piece.startLine - 1] ?? 1,
      endLine: lines[piece.endLine - 1] ?? lines.at(-1) ?? 1,
    })),
  );
}

/** The cell that stands at these lines of the file, and the part of its source that does; undefined where none is. */
export function cellAt(
  cells: readonly Cell[],
  startLine: number,
  endLine: number,
): { readonly index: number; readonly text: string } | undefined {
  for (const { index, source, lines } of cells) {
    const first = lines.indexOf(startLine);
    const last = lines.lastIndexOf(endLine);
    if (first < 0 || last < first) continue;
    return {
      index,
      text: source
        .split('\n')
        .slice(first, last + 1)
        .join('\n'),
    };
  }
  return undefined;
}

/** A cell's source is a string, or a list of them, a line each. */
function stringsOf(source: Node | undefined): { readonly text: string; readonly offset: number }[] {
  const nodes = source?.type === 'array' ? (source.children ?? []) : source ? [source] : [];
  return nodes.flatMap(({ value, offset }) =>
    typeof value === 'string' && value !== '' ? [{ text: value, offset }] : [],
  );
}

/** Tells the 1-based line of rising offsets. */
function lineCounter(text: string): (offset: number) => number {
  let [line, at] = [1, 0];
  return (offset) => {
    for (let next = text.indexOf('\n', at); next >= 0 && next < offset; next = text.indexOf('\n', at)) {
      line++;
      at = next + 1;
    }
    return line;
  };
}
