import { at, byteAt, type Lines } from './lines.ts';
import type { Delimiter, Syntax } from './syntax.ts';

/** What a line begins in the middle of. */
export const IN_CODE = 0;
export const IN_COMMENT = 1;
export const IN_STRING = 2;

/** The lexical facts of a file, one entry a line (0-based). */
export interface Scan {
  /** Brackets open where the line starts; one entry more than there are lines. */
  readonly depths: Int32Array;
  /** IN_CODE, IN_COMMENT or IN_STRING where the line starts. */
  readonly states: Uint8Array;
  /** 1 when the first thing on the line is a comment. */
  readonly comments: Uint8Array;
}

const NEWLINE = 10;
const HASH = 35;
const BACKSLASH = 92;
const BACKTICK = 96;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const DOLLAR = 36;
const SLASH = 47;
const QUOTE = 39;

/** After one of these a '/' begins a regular expression in JavaScript, not a division. */
const BEFORE_REGEXP = new Set('(,=:[!&|?{};+-*%~^<>\n');

const HEREDOC = /<<<?[-~]?(["'`]?)([A-Za-z_]\w{0,60})\1/y;
const CONDITIONAL = /#\s*(if|else|elif|endif)/y;

/** Goes once over the text and tells comments and strings from code, and how deep in brackets each line starts. */
export function scanLines(lines: Lines, syntax: Syntax): Scan {
  const scanner = new Scanner(lines, syntax);
  scanner.run();
  return scanner;
}

class Scanner implements Scan {
  readonly depths: Int32Array;
  readonly states: Uint8Array;
  readonly comments: Uint8Array;
  private readonly lines: Lines;
  private readonly text: string;
  private readonly syntax: Syntax;
  private position = 0;
  private line = 0;
  private depth = 0;
  /** Bracket depths at which a `${` of a template literal was opened, innermost last. */
  private readonly templates: number[] = [];
  /** Bracket depths at the `#if`s that are open. */
  private readonly conditionals: number[] = [];
  /** Up to where it is known that a delimiter does not close, so that no text is searched twice for it. */
  private readonly unclosedUntil = new Map<string, number>();
  private heredoc: RegExp | undefined;

  constructor(lines: Lines, syntax: Syntax) {
    this.lines = lines;
    this.text = lines.text;
    this.syntax = syntax;
    this.depths = new Int32Array(lines.count + 1);
    this.states = new Uint8Array(lines.count);
    this.comments = new Uint8Array(lines.count);
  }

  run(): void {
    const { text } = this;
    const { actions } = this.syntax;
    const length = text.length;
    this.startLine();
    while (this.position < length) {
      const code = text.charCodeAt(this.position);
      const action = code < 128 ? byteAt(actions, code) : 0;
      if (action === 0) this.position++;
      else if (code === NEWLINE) this.newline(IN_CODE);
      else if (!this.delimited(code)) this.plain(code);
    }
    this.depths[this.lines.count] = this.depth;
  }

  private newline(state: number): void {
    this.position++;
    this.line++;
    this.depths[this.line] = this.depth;
    this.states[this.line] = state;
    if (state === IN_CODE) this.startLine();
  }

  private startLine(): void {
    if (this.heredoc !== undefined) this.skipHeredoc();
    const first = at(this.lines.firsts, this.line);
    if (this.syntax.preprocessor && first >= 0 && this.text.charCodeAt(first) === HASH) this.conditional(first);
  }

  /** The branches of `#if ... #else ...` each open the same brackets, so each starts from the depth of the `#if`. */
  private conditional(first: number): void {
    CONDITIONAL.lastIndex = first;
    const word = CONDITIONAL.exec(this.text)?.[1];
    if (word === 'if') this.conditionals.push(this.depth);
    else if (word === 'endif') this.conditionals.pop();
    else if (word !== undefined) this.depth = this.conditionals.at(-1) ?? this.depth;
  }

  private plain(code: number): void {
    if (code === BACKSLASH && this.text.charCodeAt(this.position + 1) !== NEWLINE) this.position++;
    this.position++;
    const action = byteAt(this.syntax.actions, code);
    if (action === 2) {
      this.depth++;
    } else if (action === 3) {
      this.depth--;
      if (code === CLOSE_BRACE && this.templates.at(-1) === this.depth) {
        this.templates.pop();
        this.template();
      }
    }
  }

  /** Skips a comment or string that begins here; false when none does. */
  private delimited(code: number): boolean {
    const { syntax, text } = this;
    if (code === BACKTICK && syntax.templates) {
      this.position++;
      this.template();
      return true;
    }
    for (const delimiter of syntax.delimiters.get(code) ?? []) {
      if (!text.startsWith(delimiter.open, this.position) || !this.mayOpen(delimiter)) continue;
      const end = this.closing(delimiter);
      if (end < 0) continue;
      if (delimiter.is === 'comment' && this.position === at(this.lines.firsts, this.line))
        this.comments[this.line] = 1;
      this.skipTo(end, delimiter.is === 'comment' ? IN_COMMENT : IN_STRING);
      return true;
    }
    if (code === QUOTE && syntax.characters) return this.character();
    if (code === SLASH && syntax.templates) return this.regexp();
    if (syntax.heredocs && this.heredoc === undefined && text.startsWith('<<', this.position))
      return this.heredocStart();
    return false;
  }

  private mayOpen(delimiter: Delimiter): boolean {
    if (delimiter.atLineStart === true) return this.position === at(this.lines.starts, this.line);
    if (delimiter.afterSpace !== true || this.position === 0) return true;
    const before = this.text.charCodeAt(this.position - 1);
    return before <= 32 || before === 59;
  }

  /** Where the text goes on after the delimiter's end, or -1 when it does not close. */
  private closing(delimiter: Delimiter): number {
    const from = this.position + delimiter.open.length;
    const lineEnd = at(this.lines.starts, this.line + 1) - 1;
    if (delimiter.close === '\n') return lineEnd;
    const until = delimiter.multiline ? this.text.length : lineEnd;
    if ((this.unclosedUntil.get(delimiter.open) ?? 0) >= until) return -1;
    const end = findClose(this.text, delimiter, from, until);
    if (end < 0) this.unclosedUntil.set(delimiter.open, until);
    return end;
  }

  private skipTo(end: number, state: number): void {
    for (;;) {
      const newline = at(this.lines.starts, this.line + 1) - 1;
      if (newline >= end) break;
      this.position = newline;
      this.newline(state);
    }
    this.position = end;
  }

  /** From inside a template literal to its end or to the next `${`. */
  private template(): void {
    const { text } = this;
    while (this.position < text.length) {
      const code = text.charCodeAt(this.position);
      if (code === NEWLINE) {
        this.newline(IN_STRING);
      } else if (code === BACKSLASH && text.charCodeAt(this.position + 1) !== NEWLINE) {
        this.position += 2;
      } else if (code === BACKTICK) {
        this.position++;
        return;
      } else if (code === DOLLAR && text.charCodeAt(this.position + 1) === OPEN_BRACE) {
        this.templates.push(this.depth);
        this.depth++;
        this.position += 2;
        return;
      } else {
        this.position++;
      }
    }
  }

  /** A character literal: `'x'` or `'\n'`, but no lifetime, type variable or prime. */
  private character(): boolean {
    const { text, position } = this;
    if (text.charCodeAt(position + 1) === BACKSLASH) {
      const escape = /^[^'\n]{1,10}'/.exec(text.slice(position + 2, position + 14))?.[0];
      if (escape === undefined) return false;
      this.position += 2 + escape.length;
      return true;
    }
    if (text.charCodeAt(position + 2) !== QUOTE || text.charCodeAt(position + 1) === NEWLINE) return false;
    this.position += 3;
    return true;
  }

  private regexp(): boolean {
    const { text } = this;
    let before = this.position - 1;
    while (before >= 0 && (text.charCodeAt(before) === 32 || text.charCodeAt(before) === 9)) before--;
    const previous = before < 0 ? '\n' : text.charAt(before);
    if (
      !BEFORE_REGEXP.has(previous) &&
      !/(?:return|typeof|case)$/.test(text.slice(Math.max(0, before - 6), before + 1))
    ) {
      return false;
    }
    const lineEnd = at(this.lines.starts, this.line + 1) - 1;
    if ((this.unclosedUntil.get('/') ?? 0) >= lineEnd) return false;
    let inClass = false;
    for (let index = this.position + 1; index < lineEnd; index++) {
      const character = text[index];
      if (character === '\\') index++;
      else if (character === '[') inClass = true;
      else if (character === ']') inClass = false;
      else if (character === '/' && !inClass) {
        this.position = index + 1;
        return true;
      }
    }
    this.unclosedUntil.set('/', lineEnd);
    return false;
  }

  private heredocStart(): boolean {
    HEREDOC.lastIndex = this.position;
    const match = HEREDOC.exec(this.text);
    if (match === null || (this.unclosedUntil.get('<<') ?? 0) > 0) return false;
    const close = new RegExp(`^[ \\t]*${match[2] ?? ''}\\b`, 'my');
    // Without a closing word `<<` was a shift, or the heredoc is beyond understanding.
    const search = new RegExp(`\\n[ \\t]*${match[2] ?? ''}\\b`, 'g');
    search.lastIndex = this.position;
    if (!search.test(this.text)) {
      this.unclosedUntil.set('<<', this.text.length);
      return false;
    }
    this.heredoc = close;
    this.position += match[0].length;
    return true;
  }

  /** Called at the start of the first line of the heredoc's body; stops behind its closing word. */
  private skipHeredoc(): void {
    const close = this.heredoc ?? /$/y;
    this.heredoc = undefined;
    while (this.position < this.text.length) {
      const start = at(this.lines.starts, this.line);
      const end = at(this.lines.starts, this.line + 1) - 1;
      this.states[this.line] = IN_STRING;
      close.lastIndex = start;
      const closes = close.exec(this.text);
      if (closes !== null) {
        this.position = start + closes[0].length;
        return;
      }
      this.position = end;
      if (end < this.text.length) this.newline(IN_STRING);
    }
  }
}

/** Where `delimiter`, opened before `from`, has closed, or -1 when it does not before `until`. */
function findClose(text: string, delimiter: Delimiter, from: number, until: number): number {
  const { open, close } = delimiter;
  if (delimiter.multiline && delimiter.escapes !== true && delimiter.nests !== true) {
    const end = text.indexOf(close, from);
    return end < 0 ? -1 : end + close.length;
  }
  const closeStart = close.charCodeAt(0);
  const openStart = open.charCodeAt(0);
  let levels = 1;
  for (let index = from; index < until; index++) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH && delimiter.escapes === true) {
      index++;
    } else if (code === closeStart && text.startsWith(close, index)) {
      index += close.length - 1;
      if (--levels === 0) return index + 1;
    } else if (delimiter.nests === true && code === openStart && text.startsWith(open, index)) {
      levels++;
      index += open.length - 1;
    }
  }
  return -1;
}
