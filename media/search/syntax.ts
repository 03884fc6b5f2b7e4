/**
 * Colours for the few lines of a snippet: comments, strings, numbers and keywords, told by simple rules for families of
 * languages. A highlighter with grammars would be many times the size of this page, cannot begin in the middle of a file,
 * and has no way to the colours of the user's theme either.
 */

export type Token = 'comment' | 'string' | 'number' | 'keyword';

/** [start, end) in UTF-16 units, in order; what is between has no colour. */
export type Span = readonly [from: number, to: number, token: Token];

interface Family {
  /** What begins a comment that ends with its line. */
  readonly line: string;
  readonly block?: readonly [open: string, close: string];
  readonly quotes: string;
}

const c: Family = { line: '//', block: ['/*', '*/'], quotes: `"'\`` };
const rust: Family = { ...c, quotes: '"' };
const hash: Family = { line: '#', quotes: `"'` };
const dashes: Family = { line: '--', quotes: `"'` };
const semicolon: Family = { line: ';', quotes: '"' };
const markup: Family = { line: '\u0000', block: ['<!--', '-->'], quotes: '"' };
const style: Family = { line: '\u0000', block: ['/*', '*/'], quotes: `"'` };

const families = new Map<string, Family>();
for (const [family, endings] of [
  [
    c,
    'ts tsx js jsx mjs cjs mts cts java kt kts scala groovy c h cc cpp cxx hpp hh cs go swift dart php m mm json jsonc',
  ],
  [rust, 'rs zig v sv proto'],
  [hash, 'py pyi rb sh bash zsh fish pl pm r jl ex exs yaml yml toml tf cmake mk nix cr ps1'],
  [dashes, 'sql lua hs elm ada vhd'],
  [semicolon, 'lisp el clj cljs scm rkt ini asm s'],
  [markup, 'html htm xml svg vue svelte xaml'],
  [style, 'css scss less'],
] as const) {
  for (const ending of endings.split(' ')) families.set(ending, family);
}

/** Words that mean the same kind of thing in most languages that have them. */
const keywords = new Set(
  (
    'abstract and as async await begin bool boolean break case catch class const continue def default defer del do ' +
    'elif else elsif end enum except export extends extern false final finally fn for foreach from func function go ' +
    'goto if impl implements import in include instanceof int interface is lambda let local loop match mod module ' +
    'mut namespace new nil none None nonlocal not null object of or override package pass private protected pub ' +
    'public raise readonly ref return self Self static string struct super switch template then this throw throws ' +
    'trait true True False try type typedef typeof union unless unsafe until use using val var virtual void when ' +
    'where while with yield select insert update delete into values set join on group order by having SELECT FROM ' +
    'WHERE INSERT UPDATE DELETE INTO VALUES SET JOIN ON GROUP ORDER BY AND OR NOT NULL CREATE TABLE'
  ).split(' '),
);

/** The coloured spans of each line; `ending` is that of the file's name, and none are coloured when it is not known. */
export function coloured(lines: readonly string[], ending: string): Span[][] {
  const family = families.get(ending);
  if (!family) return lines.map(() => []);
  let inBlock = beginsInBlock(lines[0] ?? '', family);
  return lines.map((text) => {
    const spans: Span[] = [];
    inBlock = colourLine(text, family, inBlock, spans);
    return spans;
  });
}

/** A snippet may begin inside a comment: ` * like this`, or with an end that has no beginning. */
function beginsInBlock(text: string, { block }: Family): boolean {
  if (!block) return false;
  const close = text.indexOf(block[1]);
  return (
    (block[0] === '/*' && /^\s*\*(\s|\/|$)/.test(text)) || (close >= 0 && !text.slice(0, close).includes(block[0]))
  );
}

const word = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const number = /0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Adds the spans of a line; returns whether the next one begins inside a comment. */
function colourLine(text: string, { line, block, quotes }: Family, inBlock: boolean, spans: Span[]): boolean {
  let at = 0;
  if (inBlock && block) {
    const close = text.indexOf(block[1]);
    at = close < 0 ? text.length : close + block[1].length;
    if (at > 0) spans.push([0, at, 'comment']);
    if (close < 0) return true;
  }
  while (at < text.length) {
    const from = at;
    if (text.startsWith(line, at)) {
      spans.push([at, text.length, 'comment']);
      return false;
    }
    if (block && text.startsWith(block[0], at)) {
      const close = text.indexOf(block[1], at + block[0].length);
      at = close < 0 ? text.length : close + block[1].length;
      spans.push([from, at, 'comment']);
      if (close < 0) return true;
    } else if (quotes.includes(text[at] ?? '')) {
      at = endOfString(text, at);
      spans.push([from, at, 'string']);
    } else if ((at = endOf(word, text, from)) > from) {
      if (keywords.has(text.slice(from, at))) spans.push([from, at, 'keyword']);
    } else if ((at = endOf(number, text, from)) > from) {
      spans.push([from, at, 'number']);
    } else at = from + 1;
  }
  return false;
}

/** Behind the closing quotation mark; an apostrophe that closes nothing is one character. */
function endOfString(text: string, from: number): number {
  const quote = text[from] ?? '';
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
  }
  return quote === "'" ? from + 1 : text.length;
}

function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
