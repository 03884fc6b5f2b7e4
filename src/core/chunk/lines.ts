/** The text of a file as numbered lines, with offsets rather than one string a line. */
export interface Lines {
  /** The text with every line end turned into '\n'. */
  readonly text: string;
  readonly count: number;
  /** Where each line starts in `text`; one entry more than there are lines, as if the text ended in '\n'. */
  readonly starts: Int32Array;
  /** Columns of white space before each line's first character, a tab reaching to the next multiple of TAB_WIDTH. */
  readonly indents: Int32Array;
  /** Where each line's first character that is not white space lies in `text`, or -1 when the line is blank. */
  readonly firsts: Int32Array;
}

const TAB_WIDTH = 4;

/** Patterns see no more of a line than this, so that an over-long line costs nothing. */
export const LINE_PREFIX = 300;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const TAB = 9;
const SPACE = 32;

/** Lines as VS Code counts them: '\r\n', '\n' and a lone '\r' end a line, and nothing else does. */
export function splitLines(source: string): Lines {
  const text = source.includes('\r') ? source.replace(/\r\n?/g, '\n') : source;
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  const starts = new Int32Array(count + 1);
  const indents = new Int32Array(count);
  const firsts = new Int32Array(count);
  let start = 0;
  for (let line = 0; line < count; line++) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    starts[line] = start;
    let indent = 0;
    let first = start;
    for (; first < end; first++) {
      const code = text.charCodeAt(first);
      if (code === SPACE) indent++;
      else if (code === TAB) indent += TAB_WIDTH - (indent % TAB_WIDTH);
      else if (!isSpace(code)) break;
    }
    indents[line] = indent;
    firsts[line] = first < end ? first : -1;
    start = end + 1;
  }
  starts[count] = start;
  return { text, count, starts, indents, firsts };
}

/** White space as String.prototype.trim knows it. */
export function isSpace(code: number): boolean {
  if (code < 128) return code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN && code !== NEWLINE);
  return (
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** An entry that the caller knows to be there. One function a type of array, or the engine cannot specialise them. */
export function at(numbers: Int32Array, index: number): number {
  return numbers[index] ?? 0;
}

export function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/** Line `line` (0-based) without its line end. */
export function lineText(lines: Lines, line: number): string {
  return lines.text.slice(at(lines.starts, line), at(lines.starts, line + 1) - 1);
}

/** Line `line` (0-based) without leading white space, cut to LINE_PREFIX characters; '' when blank. */
export function linePrefix(lines: Lines, line: number): string {
  const first = at(lines.firsts, line);
  if (first < 0) return '';
  return lines.text.slice(first, Math.min(at(lines.starts, line + 1) - 1, first + LINE_PREFIX));
}

export function isBlank(lines: Lines, line: number): boolean {
  return at(lines.firsts, line) < 0;
}

/** Lines `from` to `to` (0-based, inclusive) joined by '\n'. */
export function textBetween(lines: Lines, from: number, to: number): string {
  return lines.text.slice(at(lines.starts, from), at(lines.starts, to + 1) - 1);
}

/** How far back from the wanted end a piece may stop to end at white space or punctuation. */
const BREAK_WINDOW = 200;

/** Cuts an over-long line into pieces of at most `size` characters whose concatenation is the line. */
export function cutLine(line: string, size: number): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (line.length - from > size) {
    const to = breakBefore(line, from + size, from + size - BREAK_WINDOW);
    pieces.push(line.slice(from, to));
    from = to;
  }
  pieces.push(line.slice(from));
  return pieces;
}

/** The best place to cut at or before `end` and after `floor`: white space, else punctuation, else `end` itself. */
function breakBefore(line: string, end: number, floor: number): number {
  let punctuation = 0;
  for (let index = end; index > floor; index--) {
    const code = line.charCodeAt(index - 1);
    if (isSpace(code)) return index;
    if (punctuation === 0 && isPunctuation(code)) punctuation = index;
  }
  if (punctuation > 0) return punctuation;
  const splitsPair = isLowSurrogate(line.charCodeAt(end)) && isHighSurrogate(line.charCodeAt(end - 1));
  return splitsPair ? end - 1 : end;
}

function isPunctuation(code: number): boolean {
  if (code >= 128) return code >= 0x3001 && code <= 0x3002;
  return (code > 32 && code < 48) || (code > 57 && code < 65) || (code > 90 && code < 97) || (code > 122 && code < 127);
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}
