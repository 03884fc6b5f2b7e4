import type { Chunk, Kind } from '../types.ts';
import { labelCode, NO_LABEL, outlineCode, type Label } from './code.ts';
import { formatOf, type Format } from './detect.ts';
import { labelDocument, outlineDocument } from './docs.ts';
import { at, cutLine, lineText, splitLines, textBetween, type Lines } from './lines.ts';
import { cellsOf, chunkCells, isNotebook } from './notebook.ts';
import { MAX_SIZE, packLines, TARGET_SIZE, type Span } from './pack.ts';
import { outlineData, outlineProse } from './plain.ts';

/** Part of the key of every vector: to be raised whenever the same text may give other chunks. */
export const chunkerVersion: number = 3;

/**
 * Cuts a file into chunks in the order of their lines. Every non-blank line lies in at least one of them. A chunk's text
 * is its lines joined by '\n' or, where one line is over-long, a piece of that line. At most MAX_SIZE characters each.
 * Of a notebook, only the cells' sources are.
 */
export function chunkFile(path: string, text: string): Chunk[] {
  const cells = isNotebook(path) ? cellsOf(text) : undefined;
  return cells ? chunkCells(cells, chunkText) : chunkText(path, text);
}

function chunkText(path: string, text: string): Chunk[] {
  const lines = splitLines(text);
  const format = formatOf(path, lines.text);
  const { spans, labels } = cut(lines, format);
  const kind: Kind = format.form === 'code' || format.form === 'data' ? 'code' : 'docs';
  return spans.flatMap((span, index) => chunksOf(lines, span, kind, labels[index] ?? NO_LABEL));
}

interface Cut {
  readonly spans: readonly Span[];
  /** One a span; none when nothing in the file has a name. */
  readonly labels: readonly Label[];
}

function cut(lines: Lines, format: Format): Cut {
  switch (format.form) {
    case 'code': {
      const { outline, definitions } = outlineCode(lines, format.language);
      const spans = packLines(lines, outline);
      return { spans, labels: labelCode(spans, definitions) };
    }
    case 'document': {
      const document = outlineDocument(lines, format.markup);
      const spans = packLines(lines, document.outline);
      return { spans, labels: labelDocument(spans, document) };
    }
    case 'prose':
      return { spans: packLines(lines, outlineProse(lines)), labels: [] };
    case 'data':
      return { spans: packLines(lines, outlineData(lines)), labels: [] };
  }
}

/** The chunk of a span, or the pieces of it when it is one over-long line. */
function chunksOf(lines: Lines, { from, to }: Span, kind: Kind, { symbol, breadcrumb }: Label): Chunk[] {
  const place = { startLine: from + 1, endLine: to + 1, kind, symbol, breadcrumb };
  if (at(lines.starts, to + 1) - 1 - at(lines.starts, from) <= MAX_SIZE) {
    return [{ ...place, text: textBetween(lines, from, to) }];
  }
  return cutLine(lineText(lines, from), TARGET_SIZE)
    .filter((piece) => piece.trim() !== '')
    .map((text) => ({ ...place, text }));
}
