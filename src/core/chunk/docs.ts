import { NO_LABEL, type Label } from './code.ts';
import type { Markup } from './detect.ts';
import { structureOf, type Heading } from './headings.ts';
import { at, byteAt, isBlank, linePrefix, type Lines } from './lines.ts';
import { emptyOutline, type Outline, type Span } from './pack.ts';

/**
 * Below this many characters a section tends to be joined with a neighbour. With JOIN_COST a section of some 200
 * characters is where both cost the same.
 */
const SMALL_SECTION = 350;
/** What it costs to keep a heading in one chunk with the text above it. */
const JOIN_COST = 0.2;

/** What starting a chunk costs at a paragraph, at an item of a list, within a paragraph, and within a block. */
const PARAGRAPH_COST = 0.4;
const ITEM_COST = 0.55;
const LINE_COST = 1;
const BLOCK_BLANK_COST = 1;
const BLOCK_COST = 1.6;
/** What starting a chunk between the lines of a heading, or between a heading and its text, costs. */
const TORN_COST = 4;

const LIST_ITEM = /^(?:[-*+•]|\d+[.)]|#\.)\s/;

/** A section: a heading and all up to the next. */
interface Section {
  readonly heading: Heading;
  readonly label: Label;
}

export interface Document {
  readonly outline: Outline;
  readonly sections: readonly Section[];
  /** For what comes before the first heading. */
  readonly preamble: Label;
}

/** Where a document may be cut: at headings, then between paragraphs. */
export function outlineDocument(lines: Lines, markup: Markup): Document {
  const { title, headings, inBlock } = structureOf(lines, markup);
  const outline = emptyOutline(lines, SMALL_SECTION);
  const sections = labelSections(headings, title);
  let index = 0;
  let heading: Heading | undefined;
  let nesting = 0;
  for (let line = 0; line < lines.count; line++) {
    if (headings[index]?.line === line) {
      heading = headings[index];
      nesting = sections[index]?.label.breadcrumb.length ?? 0;
      index++;
      outline.joinCosts[line] = JOIN_COST;
      outline.nesting[line] = nesting;
      continue;
    }
    outline.nesting[line] = heading === undefined ? 0 : nesting + 1;
    outline.breakCosts[line] = breakCost(lines, line, heading, byteAt(inBlock, line) === 1);
  }
  return { outline, sections, preamble: title === '' ? NO_LABEL : { symbol: title, breadcrumb: [] } };
}

function breakCost(lines: Lines, line: number, heading: Heading | undefined, inBlock: boolean): number {
  const blankAbove = line === 0 || isBlank(lines, line - 1);
  if (heading !== undefined && line <= heading.lastLine) return TORN_COST;
  if (heading !== undefined && startsText(lines, heading, line)) return TORN_COST / 2;
  if (inBlock) return blankAbove ? BLOCK_BLANK_COST : BLOCK_COST;
  const item = LIST_ITEM.test(linePrefix(lines, line));
  if (at(lines.indents, line) > 0) return blankAbove || item ? ITEM_COST + 0.1 : LINE_COST;
  if (item) return ITEM_COST;
  return blankAbove ? PARAGRAPH_COST : LINE_COST;
}

/** Whether a line is the first below its heading. */
function startsText(lines: Lines, heading: Heading, line: number): boolean {
  return line === heading.lastLine + 1 || (line === heading.lastLine + 2 && isBlank(lines, line - 1));
}

function labelSections(headings: readonly Heading[], title: string): Section[] {
  const above: Heading[] = [];
  return headings.map((heading) => {
    while ((above.at(-1)?.level ?? 0) >= heading.level) above.pop();
    const titles = above.map((ancestor) => ancestor.title).filter((text) => text !== '');
    above.push(heading);
    const outermost = title === '' || title === titles[0] || title === heading.title ? [] : [title];
    return { heading, label: { symbol: heading.title, breadcrumb: [...outermost, ...titles] } };
  });
}

/** Names each span after the section it begins in, or after its first one where it begins before all. In order. */
export function labelDocument(spans: readonly Span[], { sections, preamble }: Document): Label[] {
  let index = -1;
  return spans.map(({ from, to }) => {
    while ((sections[index + 1]?.heading.line ?? Infinity) <= from) index++;
    const section = sections[index] ?? sections.slice(0, 1).find(({ heading }) => heading.line <= to);
    return section?.label ?? preamble;
  });
}
