import { findDefinitions, type Definition } from './definitions.ts';
import type { Language } from './language.ts';
import { at, byteAt, isBlank, linePrefix, type Lines } from './lines.ts';
import { emptyOutline, type Outline, type Span } from './pack.ts';
import { IN_CODE, IN_COMMENT, scanLines, type Scan } from './scan.ts';

/** Below this many characters a chunk of code is better joined with a neighbour: close to the target. */
export const SMALL_CODE = 900;

/** What starting a chunk at a definition costs, by how deep it lies. */
const DEFINITION_COST = 0.05;
/** What starting a chunk between a doc comment and its definition costs: more than any chunk of a bad size. */
const TORN_COST = 4;
/** What starting a chunk elsewhere costs at the least, without a blank line above, and for each step of indentation. */
const STATEMENT_COST = 0.25;
const NO_BLANK_COST = 0.35;
const INDENT_COST = 0.06;
const MAX_INDENT_STEPS = 6;
/** What starting a chunk with the end or the middle of something costs. */
const CLOSER_COST = 1.5;
const INSIDE_COMMENT_COST = 0.5;

/** Lines that end or go on with what is above them. */
const CLOSER = /^(?:[)\]}]|(?:end|else|elif|elsif|elseif|catch|rescue|except|finally|ensure|done|fi|esac|then)\b|<\/)/;

/** The names that a chunk is listed under. */
export interface Label {
  readonly symbol: string;
  readonly breadcrumb: readonly string[];
}

export const NO_LABEL: Label = { symbol: '', breadcrumb: [] };

export interface Code {
  readonly outline: Outline;
  readonly definitions: readonly Definition[];
}

/** Where a program may be cut: best at definitions, then at blank lines of little indentation. */
export function outlineCode(lines: Lines, language: Language): Code {
  const scan = scanLines(lines, language.syntax);
  const definitions = findDefinitions(lines, scan, language);
  const outline = emptyOutline(lines, SMALL_CODE);
  nest(outline.nesting, definitions);
  let next = 0;
  let enclosing: Definition[] = [];
  for (let line = 0; line < lines.count; line++) {
    if (isBlank(lines, line)) continue;
    for (let definition = definitions[next]; definition?.startLine === line + 1; definition = definitions[++next]) {
      enclosing.push(definition);
    }
    if (enclosing.some((definition) => definition.endLine < line + 1)) {
      enclosing = enclosing.filter((definition) => definition.endLine >= line + 1);
    }
    outline.breakCosts[line] = breakCost(lines, scan, line, enclosing.at(-1));
  }
  return { outline, definitions };
}

function breakCost(lines: Lines, scan: Scan, line: number, definition: Definition | undefined): number {
  if (definition?.startLine === line + 1) return DEFINITION_COST * Math.min(definition.depth, MAX_INDENT_STEPS);
  if (definition !== undefined && line + 1 <= definition.line) return TORN_COST;
  const base = definition === undefined ? 0 : at(lines.indents, definition.line - 1);
  return statementCost(lines, line, base) + (byteAt(scan.states, line) === IN_CODE ? 0 : insideCost(lines, scan, line));
}

function insideCost(lines: Lines, scan: Scan, line: number): number {
  if (byteAt(scan.states, line) === IN_COMMENT) return INSIDE_COMMENT_COST;
  return line > 0 && isBlank(lines, line - 1) ? 0 : INSIDE_COMMENT_COST / 2;
}

/** What starting a chunk at a line costs by its indentation beyond `base` and its neighbours alone. */
export function statementCost(lines: Lines, line: number, base: number): number {
  const steps = Math.min(MAX_INDENT_STEPS, Math.max(0, at(lines.indents, line) - base) / 2);
  const blankAbove = line === 0 || isBlank(lines, line - 1);
  const closes = CLOSER.test(linePrefix(lines, line));
  return STATEMENT_COST + INDENT_COST * steps + (blankAbove ? 0 : NO_BLANK_COST) + (closes ? CLOSER_COST : 0);
}

/** Counts for each line the definitions that begin before it and go on with it. */
function nest(nesting: Int32Array, definitions: readonly Definition[]): void {
  for (const { startLine, endLine } of definitions) {
    if (startLine < nesting.length) nesting[startLine] = at(nesting, startLine) + 1;
    if (endLine < nesting.length) nesting[endLine] = at(nesting, endLine) - 1;
  }
  for (let line = 1; line < nesting.length; line++) nesting[line] = at(nesting, line) + at(nesting, line - 1);
}

/** A definition and how many lines of a span it takes. */
interface Share {
  readonly definition: Definition;
  readonly lines: number;
}

/** Names each span after the definition that takes most of it. The spans are in order. */
export function labelCode(spans: readonly Span[], definitions: readonly Definition[]): Label[] {
  let next = 0;
  let around: Definition[] = [];
  return spans.map((span) => {
    const first = span.from + 1;
    const last = span.to + 1;
    around = around.filter((definition) => definition.endLine >= first);
    const container = around.findLast((definition) => definition.endLine >= last);
    const outermost: Share[] = [];
    const begun: Share[] = [];
    // Of the definitions that end within the span, the outermost has the lines and the innermost the name.
    const ending = around.find((definition) => definition.endLine < last);
    const innermost = around.at(-1);
    if (ending !== undefined && innermost !== undefined) {
      outermost.push({ definition: innermost, lines: ending.endLine - first + 1 });
    }
    let covered = ending?.endLine ?? 0;
    for (; next < definitions.length; next++) {
      const definition = definitions[next];
      if (definition === undefined || definition.startLine > last) break;
      around.push(definition);
      const share = { definition, lines: Math.min(definition.endLine, last) - definition.startLine + 1 };
      begun.push(share);
      if (definition.startLine <= covered) continue;
      covered = definition.startLine + share.lines - 1;
      outermost.push(share);
    }
    const main = largest(outermost);
    const own = last - first + 1 - outermost.reduce((sum, share) => sum + share.lines, 0);
    if (main !== undefined && (container === undefined || main.lines >= own)) return labelOf(narrow(main, begun, last));
    return container === undefined ? NO_LABEL : labelOf(container);
  });
}

function largest(shares: readonly Share[]): Share | undefined {
  let best: Share | undefined;
  for (const share of shares) if (best === undefined || share.lines > best.lines) best = share;
  return best;
}

/** From a definition that goes on behind the span to the one in it that takes more than half of its lines there. */
function narrow(main: Share, begun: readonly Share[], last: number): Definition {
  let { definition, lines } = main;
  while (definition.endLine > last) {
    const { depth, startLine } = definition;
    const inner = largest(
      begun.filter((share) => share.definition.depth === depth + 1 && share.definition.startLine > startLine),
    );
    if (inner === undefined || inner.lines * 2 <= lines) break;
    ({ definition, lines } = inner);
  }
  return definition;
}

function labelOf({ name, containers }: Definition): Label {
  return { symbol: name, breadcrumb: containers };
}
