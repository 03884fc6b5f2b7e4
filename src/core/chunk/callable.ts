import { at, isBlank, isSpace, linePrefix, type Lines } from './lines.ts';
import { NOT_NAMES, type Callables } from './language.ts';

/** Parameters are followed no further than this. */
const MAX_PARAMETER_LINES = 20;
const MAX_PARAMETER_SIZE = 1500;

/** How much of what follows the parameters a pattern sees. */
const MAX_AFTER = 200;

/** What stands before a name in a definition: types and modifiers, but no operator of an expression. */
const HEAD = /^[\w\s.:<>,*&?@[\]~|$\u0080-\uffff]*[\w>*&\]?\u0080-\uffff]$/;
const QUALIFIED_NAME = /(?<![~\w$\u0080-\uffff])[~\w$\u0080-\uffff]+$/;
const OPERATOR = /(?:^|[\s*&:])(operator\s*(?:[^\s\w(]+|\(\)|[\w:]+(?:\s*[*&])?))$/;

/**
 * The name that a line like `static int name(int a) {` defines, with its qualifiers, or undefined when the line
 * defines nothing. `owner` is the type that the line lies directly in.
 */
export function callableName(
  lines: Lines,
  line: number,
  callables: Callables,
  owner: string | undefined,
  typeAbove: boolean,
): string | undefined {
  const prefix = linePrefix(lines, line);
  let from = 0;
  // The first brackets may be those of an attribute macro: `FMT_API(x) void name(...)`.
  for (let attempt = 0; attempt < 3; attempt++) {
    const open = prefix.indexOf('(', from);
    if (open < 1) return undefined;
    const bracket = prefix.startsWith('()', open) && prefix.slice(0, open).endsWith('operator') ? open + 2 : open;
    const named = nameBefore(prefix.slice(from, bracket).trimEnd());
    const rest = textAfterBrackets(lines, at(lines.firsts, line) + bracket);
    if (rest === undefined) return undefined;
    if (named !== undefined && isDefinition(named, from > 0, owner, typeAbove)) {
      if ((owner === undefined ? callables.after : callables.afterMember).test(rest)) return named.path;
    }
    if (!/^\s*[\w*&]/.test(rest)) return undefined;
    from = prefix.length - rest.length;
    if (from <= open || !prefix.endsWith(rest)) return undefined;
  }
  return undefined;
}

interface Named {
  readonly head: string;
  readonly path: string;
}

function nameBefore(before: string): Named | undefined {
  const operator = OPERATOR.exec(before)?.[1];
  if (operator !== undefined) {
    const head = before.slice(0, before.length - operator.length);
    return { head: head.replace(/(?<![\w:])[\w:]*::$/, '').trim(), path: operator.replace(/\s+/g, ' ') };
  }
  let end = before.length;
  if (before.endsWith('>')) {
    end = before.lastIndexOf('<');
    for (let inner = end; inner > 0 && before.slice(0, inner).includes('<'); inner = end) {
      if (balanced(before.slice(inner))) break;
      end = before.lastIndexOf('<', inner - 1);
    }
    if (end < 1) return undefined;
  }
  const name = QUALIFIED_NAME.exec(before.slice(Math.max(0, end - 120), end))?.[0];
  if (name === undefined || /^\d/.test(name) || NOT_NAMES.has(name)) return undefined;
  let start = end - name.length;
  let qualifiers = '';
  for (;;) {
    const qualifier = /(?<![\w$\u0080-\uffff])([\w$\u0080-\uffff]+)(?:<[^<>]*>)?(::|\.)$/.exec(
      before.slice(Math.max(0, start - 120), start),
    );
    if (qualifier === null) break;
    start -= qualifier[0].length;
    qualifiers = `${qualifier[1] ?? ''}${qualifier[2] ?? ''}${qualifiers}`;
  }
  return { head: before.slice(0, start).trim(), path: qualifiers + name };
}

function balanced(text: string): boolean {
  return text.split('<').length === text.split('>').length;
}

function isDefinition(named: Named, afterMacro: boolean, owner: string | undefined, typeAbove: boolean): boolean {
  const { head, path } = named;
  const firstWord = /^[\w$]*/.exec(head)?.[0] ?? '';
  if (NOT_STARTS.has(firstWord) || firstWord === 'typedef') return false;
  if (head === '') {
    if (afterMacro || typeAbove || path.includes('::')) return true;
    return owner !== undefined && (path === owner || path === `~${owner}` || path.startsWith(`${owner}.`));
  }
  return HEAD.test(head);
}

/** First words of statements, which may look like the type before a name: `return f(x)`. */
const NOT_STARTS = new Set(
  'return else new throw delete await case goto using import package yield co_return co_await assert echo if while for switch do'.split(
    ' ',
  ),
);

/**
 * What follows the bracket that closes the one at `open` in the text: the rest of its line, and the next line as well
 * when the rest tells nothing. Undefined when the brackets do not close soon.
 */
export function textAfterBrackets(lines: Lines, open: number): string | undefined {
  const { text } = lines;
  const end = Math.min(text.length, open + MAX_PARAMETER_SIZE);
  let depth = 0;
  let newlines = 0;
  for (let index = open; index < end; index++) {
    const character = text[index];
    if (character === '\n') {
      if (++newlines > MAX_PARAMETER_LINES) return undefined;
    } else if (character === '(' || character === '[' || character === '{') {
      depth++;
    } else if (character === ')' || character === ']' || character === '}') {
      if (--depth === 0) return restOfLine(text, index + 1);
    } else if (character === '"' || character === "'") {
      const close = closingQuote(text, index, character);
      if (close > 0) index = close;
    }
  }
  return undefined;
}

function closingQuote(text: string, open: number, quote: string): number {
  for (let index = open + 1; index < text.length && index < open + 100; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === quote) return index;
    else if (text[index] === '\n') return -1;
  }
  return -1;
}

const COMMENTS = /\/\*[^*]*\*\/|\/\/.*/g;

function restOfLine(text: string, from: number): string {
  const newline = text.indexOf('\n', from);
  const end = newline < 0 ? text.length : newline;
  const rest = text.slice(from, Math.min(end, from + MAX_AFTER)).replace(COMMENTS, '');
  if (/[{;=]/.test(rest) || newline < 0) return rest;
  let next = newline + 1;
  while (next < text.length && isSpace(text.charCodeAt(next))) next++;
  return `${rest} ${text.slice(next, next + MAX_AFTER).split('\n', 1)[0] ?? ''}`;
}

/** Whether the line above holds nothing but words, as does the return type of a function in many C sources. */
export function isTypeAbove(lines: Lines, line: number): boolean {
  if (line === 0 || isBlank(lines, line - 1) || at(lines.indents, line - 1) !== at(lines.indents, line)) return false;
  const above = linePrefix(lines, line - 1);
  return /^[A-Za-z_][\w\s*&:<>,]*$/.test(above) && !/^(?:else|do|return|public|private|protected)\b|:$/.test(above);
}
