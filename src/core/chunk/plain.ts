import { SMALL_CODE, statementCost } from './code.ts';
import { isBlank, type Lines } from './lines.ts';
import { emptyOutline, type Outline } from './pack.ts';

/** What starting a chunk of prose within a paragraph costs. */
const TORN_PARAGRAPH_COST = 0.8;
const PARAGRAPH_COST = 0.1;

/** Where data may be cut: best at lines of little indentation (outer keys) and after blank lines. */
export function outlineData(lines: Lines): Outline {
  const outline = emptyOutline(lines, SMALL_CODE);
  for (let line = 0; line < lines.count; line++) {
    outline.breakCosts[line] = statementCost(lines, line, 0);
  }
  return outline;
}

/** Where prose may be cut: between paragraphs. */
export function outlineProse(lines: Lines): Outline {
  const outline = emptyOutline(lines, SMALL_CODE);
  for (let line = 1; line < lines.count; line++) {
    outline.breakCosts[line] = isBlank(lines, line - 1) ? PARAGRAPH_COST : TORN_PARAGRAPH_COST;
  }
  return outline;
}
