import type { Markup } from './detect.ts';
import { at, isBlank, lineText, linePrefix, LINE_PREFIX, type Lines } from './lines.ts';

/** A heading of a document. Lines are 0-based. */
export interface Heading {
  /** The first of its lines: the overline, where it has one. */
  readonly line: number;
  /** The last of its lines: the underline, where it has one. */
  readonly lastLine: number;
  /** 1 for the outermost. */
  readonly level: number;
  /** Without inline markup. */
  readonly title: string;
}

/** What the lines of a document are, as far as cutting it needs to know. */
export interface Structure {
  /** The title from the front matter or the document's head, or ''. */
  readonly title: string;
  readonly headings: readonly Heading[];
  /** 1 for the lines inside a block that is better kept whole, without its first: fences, listings, front matter. */
  readonly inBlock: Uint8Array;
}

interface Builder {
  title: string;
  readonly headings: Heading[];
  readonly inBlock: Uint8Array;
}

export function structureOf(lines: Lines, markup: Markup): Structure {
  const builder: Builder = { title: '', headings: [], inBlock: new Uint8Array(lines.count) };
  const start = skipFrontMatter(lines, builder);
  if (markup === 'markdown') markdown(lines, start, builder);
  else if (markup === 'restructuredtext') restructuredText(lines, start, builder);
  else lineMarkup(lines, start, builder, LINE_MARKUPS[markup]);
  return builder;
}

const MAX_TITLE = 200;

/** YAML between `---` or TOML between `+++` at the top of the file. Returns the line behind it. */
function skipFrontMatter(lines: Lines, builder: Builder): number {
  const fence = fullLine(lines, 0).trimEnd();
  if (fence !== '---' && fence !== '+++') return 0;
  let title = '';
  for (let line = 1; line < lines.count; line++) {
    const text = fullLine(lines, line).trimEnd();
    if (text === fence || (fence === '---' && text === '...')) {
      builder.title = title;
      builder.inBlock.fill(1, 1, line + 1);
      return line + 1;
    }
    const value = /^title\s*[:=](.*)$/.exec(text)?.[1]?.trimStart();
    if (value !== undefined) title = value.replace(/^(["'])(.*)\1$/, '$2').slice(0, MAX_TITLE);
  }
  return 0;
}

/** The line with its indentation, cut to LINE_PREFIX characters. */
function fullLine(lines: Lines, line: number): string {
  const start = at(lines.starts, line);
  return lines.text.slice(start, Math.min(at(lines.starts, line + 1) - 1, start + LINE_PREFIX));
}

const ATX = /^(#{1,6})(?:[ \t](.*))?$/;
const FENCE = /^(`{3,}|~{3,})/;
/** Lines that a `---` below does not turn into a heading. */
const NO_PARAGRAPH = /^(?:#{1,6}\s|[-*+>|]|\d+[.)]\s|<|```|~~~|=+\s*$|import\s|export\s)/;

function markdown(lines: Lines, start: number, { headings, inBlock }: Builder): void {
  let fence = '';
  let inComment = false;
  for (let line = start; line < lines.count; line++) {
    if (isBlank(lines, line)) {
      if (fence !== '' || inComment) inBlock[line] = 1;
      continue;
    }
    const prefix = linePrefix(lines, line).trimEnd();
    if (fence !== '') {
      inBlock[line] = 1;
      if (prefix.startsWith(fence) && /^(`+|~+)\s*$/.test(prefix)) fence = '';
      continue;
    }
    if (inComment) {
      inBlock[line] = 1;
      inComment = !lineText(lines, line).includes('-->');
      continue;
    }
    const opening = FENCE.exec(prefix)?.[1];
    if (opening !== undefined && !(opening.startsWith('`') && prefix.slice(opening.length).includes('`'))) {
      fence = opening;
      continue;
    }
    if (prefix.startsWith('<!--') && !lineText(lines, line).includes('-->')) {
      inComment = true;
      continue;
    }
    if (at(lines.indents, line) > 3) continue;
    const atx = ATX.exec(prefix);
    if (atx !== null) {
      headings.push({ line, lastLine: line, level: atx[1]?.length ?? 1, title: plainTitle(atx[2] ?? '') });
    } else if (/^(?:=+|-{2,})$/.test(prefix) && isSetextText(lines, line - 1, start)) {
      const title = plainTitle(linePrefix(lines, line - 1));
      headings.push({ line: line - 1, lastLine: line, level: prefix.startsWith('=') ? 1 : 2, title });
      inBlock[line] = 1;
    }
  }
}

/** Whether a line is a paragraph of its own, which an underline makes a heading. */
function isSetextText(lines: Lines, line: number, start: number): boolean {
  if (line < start || isBlank(lines, line) || at(lines.indents, line) > 3) return false;
  if (NO_PARAGRAPH.test(linePrefix(lines, line))) return false;
  return line === start || isBlank(lines, line - 1) || NO_PARAGRAPH.test(linePrefix(lines, line - 1));
}

const ADORNMENT = /^([!-/:-@[-`{-~])\1+\s*$/;

/** Titles are underlined, and may be overlined, with any punctuation; the order of first use gives the levels. */
function restructuredText(lines: Lines, start: number, { headings, inBlock }: Builder): void {
  const adornments: string[] = [];
  for (let line = start + 1; line < lines.count; line++) {
    if (at(lines.indents, line) > 0) {
      if (!isBlank(lines, line - 1) || at(lines.indents, line - 1) > 0) inBlock[line] = 1;
      continue;
    }
    const prefix = linePrefix(lines, line);
    const mark = ADORNMENT.exec(prefix)?.[1];
    if (mark === undefined || isBlank(lines, line - 1)) continue;
    const title = fullLine(lines, line - 1).trim();
    if (ADORNMENT.test(title) || prefix.trimEnd().length < Math.min(title.length, 4)) continue;
    const overlined = line > start + 1 && ADORNMENT.exec(fullLine(lines, line - 2))?.[1] === mark;
    const alone = overlined || line === start + 1 || isBlank(lines, line - 2);
    if (!alone || (at(lines.indents, line - 1) > 0 && !overlined)) continue;
    const adornment = overlined ? mark + mark : mark;
    if (!adornments.includes(adornment)) adornments.push(adornment);
    const first = overlined ? line - 2 : line - 1;
    headings.push({
      line: first,
      lastLine: line,
      level: adornments.indexOf(adornment) + 1,
      title: plainTitle(title),
    });
    inBlock.fill(1, first + 1, line + 1);
  }
}

/** A markup whose headings are lines of their own. */
interface LineMarkup {
  /** The level from the groups `level` or `word`, the title from `title`. */
  readonly heading: RegExp;
  readonly words?: readonly string[];
  /** A line that gives the document's title. */
  readonly documentTitle?: RegExp;
  /** A line that opens a block in which nothing is a heading; the line that closes it is given by `close`. */
  readonly open?: RegExp;
  readonly close?: (opening: string) => string;
}

const LINE_MARKUPS: Readonly<Record<Exclude<Markup, 'markdown' | 'restructuredtext'>, LineMarkup>> = {
  asciidoc: {
    heading: /^(?<level>={1,6}|#{1,6})[ \t]+(?<title>\S.*)$/,
    open: /^(?:-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|\/{4,}|\|={3,}|```.*)$/,
    close: (opening) => (opening.startsWith('```') ? '```' : opening),
  },
  org: {
    heading: /^(?<level>\*+)[ \t]+(?:(?:TODO|DONE)\s+)?(?<title>\S.*?)(?:(?<!\s)\s+:[\w@:]+:)?$/,
    documentTitle: /^#\+title:(.*)$/i,
    open: /^#\+begin_\w+/i,
    close: (opening) => opening.replace(/begin/i, (word) => (word === 'BEGIN' ? 'END' : 'end')),
  },
  tex: {
    heading:
      /^\\(?<word>part|chapter|section|subsection|subsubsection|paragraph)\*?(?:\[[^\]]*\])?\{(?<title>.*?)(?:\}|(?<!\s))\s*(?:\\label|%|$)/,
    words: ['part', 'chapter', 'section', 'subsection', 'subsubsection', 'paragraph'],
    documentTitle: /^\\title\{([^}]*)\}/,
    open: /^\\begin\{(?:verbatim|lstlisting|minted)\}/,
    close: (opening) => opening.replace('begin', 'end'),
  },
  html: {
    heading: /^(?:<(?:header|div|section|a)\b[^>]*>\s*)*<[hH](?<level>[1-6])\b[^>]*>(?<title>.*?)(?:<\/[hH][1-6]>.*)?$/,
    documentTitle: /^<title>([^<]*)<\/title>/i,
    open: /^<(?:script|style)\b(?!.*<\/)/i,
    close: (opening) => opening.replace('<', '</'),
  },
  roff: { heading: /^\.(?<word>S[HS])\s(?:\s*")?(?<title>[^"]*)"?$/, words: ['SH', 'SS'] },
};

function lineMarkup(lines: Lines, start: number, builder: Builder, markup: LineMarkup): void {
  let close = '';
  for (let line = start; line < lines.count; line++) {
    const prefix = linePrefix(lines, line).trimEnd();
    if (close !== '') {
      builder.inBlock[line] = 1;
      if (prefix.startsWith(close)) close = '';
      continue;
    }
    const opening = markup.open?.exec(prefix)?.[0];
    if (opening !== undefined) {
      close = markup.close?.(opening) ?? '';
      continue;
    }
    const documentTitle = markup.documentTitle?.exec(prefix)?.[1];
    if (documentTitle !== undefined && builder.title === '') builder.title = plainTitle(documentTitle);
    const groups = markup.heading.exec(prefix)?.groups;
    if (groups === undefined) continue;
    const word = groups['word'];
    const mark = groups['level'] ?? '';
    const level =
      word !== undefined ? (markup.words?.indexOf(word) ?? 0) + 1 : /^\d$/.test(mark) ? Number(mark) : mark.length;
    builder.headings.push({ line, lastLine: line, level, title: plainTitle(groups['title'] ?? '') });
  }
}

/** A title without inline markup: links keep their text, code and emphasis their words. */
function plainTitle(title: string): string {
  return title
    .trim()
    .slice(0, MAX_TITLE)
    .replace(/\{#[^}]*\}\s*$/, '')
    .replace(/(^|\s)#+\s*$/, '')
    .replace(/!?\[([^[\]]*)\](?:\([^()]*\)|\[[^[\]]*\])/g, '$1')
    .replace(/:[a-z][\w:.+-]*:`([^`<]*)(?:<[^`>]*>)?`/g, '$1')
    .replace(/<\/?[A-Za-z][^<>]*>/g, '')
    .replace(/(\*\*|__|``|`)(?=\S)(.*?)\1_{0,2}/g, '$2')
    .replace(/(^|[\s(])[*_]([^\s*_][^*_]*)[*_](?=$|[\s).,:;!?])/g, '$1$2')
    .replace(/\\(?:texttt|emph|textbf|textit|code)\{([^{}]*)\}/g, '$1')
    .trim();
}
