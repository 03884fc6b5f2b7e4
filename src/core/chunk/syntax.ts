/** How one kind of comment or string begins and ends. */
export interface Delimiter {
  readonly open: string;
  /** '\n' for what ends with the line. */
  readonly close: string;
  readonly is: 'comment' | 'string';
  readonly multiline: boolean;
  /** A backslash takes the next character with it. */
  readonly escapes?: true;
  readonly nests?: true;
  /** Opens only where white space or ';' precedes: `$#` and `${x#y}` are no comments in a shell. */
  readonly afterSpace?: true;
  /** Opens only in the first column. */
  readonly atLineStart?: true;
}

/** The lexical grammar of a language, as far as telling comments and strings from code needs it. */
export interface Syntax {
  /** By the character code that `open` starts with; the longest `open` first. */
  readonly delimiters: ReadonlyMap<number, readonly Delimiter[]>;
  /** By character code below 128: 0 nothing, 1 may delimit, 2 opens a bracket, 3 closes one. */
  readonly actions: Uint8Array;
  /** JavaScript's template literals and regular expression literals. */
  readonly templates: boolean;
  /** `'x'` is a character, while a lone `'` is a lifetime or a prime. */
  readonly characters: boolean;
  readonly heredocs: boolean;
  /** `#if`, `#else` and `#endif` as in C. */
  readonly preprocessor: boolean;
}

interface Options {
  readonly brackets?: string;
  readonly templates?: true;
  readonly characters?: true;
  readonly heredocs?: true;
  readonly preprocessor?: true;
}

function syntax(delimiters: readonly Delimiter[], options: Options = {}): Syntax {
  const actions = new Uint8Array(128);
  const byCode = new Map<number, Delimiter[]>();
  for (const delimiter of delimiters) {
    const code = delimiter.open.charCodeAt(0);
    byCode.set(
      code,
      [...(byCode.get(code) ?? []), delimiter].sort((a, b) => b.open.length - a.open.length),
    );
    actions[code] = 1;
  }
  actions['\n'.charCodeAt(0)] = 1;
  actions['\\'.charCodeAt(0)] = 1;
  if (options.characters) actions["'".charCodeAt(0)] = 1;
  if (options.heredocs) actions['<'.charCodeAt(0)] = 1;
  if (options.templates) {
    actions['`'.charCodeAt(0)] = 1;
    actions['/'.charCodeAt(0)] = 1;
  }
  for (const bracket of options.brackets ?? '(){}[]') {
    actions[bracket.charCodeAt(0)] = '({['.includes(bracket) ? 2 : 3;
  }
  return {
    delimiters: byCode,
    actions,
    templates: options.templates ?? false,
    characters: options.characters ?? false,
    heredocs: options.heredocs ?? false,
    preprocessor: options.preprocessor ?? false,
  };
}

const lineComment = (open: string): Delimiter => ({ open, close: '\n', is: 'comment', multiline: false });
const blockComment = (open: string, close: string): Delimiter => ({ open, close, is: 'comment', multiline: true });
const nestedComment = (open: string, close: string): Delimiter => ({ ...blockComment(open, close), nests: true });
const columnComment = (open: string, close: string): Delimiter => ({ ...blockComment(open, close), atLineStart: true });
const quoted = (quote: string): Delimiter => ({
  open: quote,
  close: quote,
  is: 'string',
  multiline: false,
  escapes: true,
});
const rawString = (open: string, close = open): Delimiter => ({ open, close, is: 'string', multiline: true });
const longString = (quotes: string): Delimiter => ({ ...rawString(quotes), escapes: true });

const SLASHES = lineComment('//');
const HASH = lineComment('#');
const SHELL_HASH: Delimiter = { ...HASH, afterSpace: true };
const STARS = blockComment('/*', '*/');
const NESTED_STARS = nestedComment('/*', '*/');
const DOUBLE = quoted('"');
const SINGLE = quoted("'");

export const javascriptSyntax = syntax([SLASHES, STARS, DOUBLE, SINGLE], { templates: true });
export const pythonSyntax = syntax([HASH, longString('"""'), longString("'''"), DOUBLE, SINGLE]);
export const goSyntax = syntax([SLASHES, STARS, DOUBLE, rawString('`')], { characters: true });
export const rustSyntax = syntax([SLASHES, NESTED_STARS, DOUBLE, rawString('r#"', '"#')], { characters: true });
export const cSyntax = syntax([SLASHES, STARS, DOUBLE, rawString('R"(', ')"')], {
  characters: true,
  preprocessor: true,
});
/** Java, C#, Scala, Kotlin, Swift and others with `"""` for long strings. */
export const javaSyntax = syntax([SLASHES, STARS, rawString('"""'), DOUBLE], { characters: true });
export const nestedJavaSyntax = syntax([SLASHES, NESTED_STARS, rawString('"""'), DOUBLE], { characters: true });
export const dartSyntax = syntax([SLASHES, NESTED_STARS, rawString('"""'), rawString("'''"), DOUBLE, SINGLE]);
export const zigSyntax = syntax([SLASHES, lineComment('\\\\'), DOUBLE], { characters: true });
export const phpSyntax = syntax([SLASHES, STARS, SHELL_HASH, DOUBLE, SINGLE], { heredocs: true });
export const rubySyntax = syntax([SHELL_HASH, columnComment('=begin', '\n=end'), DOUBLE, SINGLE], { heredocs: true });
export const perlSyntax = syntax(
  [SHELL_HASH, ...['=pod', '=head', '=over', '=item'].map((open) => columnComment(open, '\n=cut')), DOUBLE, SINGLE],
  { heredocs: true, brackets: '{}' },
);
/** Only braces count: the `)` of a `case` has no partner. */
export const shellSyntax = syntax([SHELL_HASH, DOUBLE, SINGLE], { heredocs: true, brackets: '{}' });
export const hashSyntax = syntax([SHELL_HASH, DOUBLE, SINGLE]);
export const elixirSyntax = syntax([SHELL_HASH, rawString('"""'), rawString("'''"), DOUBLE]);
export const luaSyntax = syntax([
  lineComment('--'),
  ...['', '=', '=='].flatMap((level) => [
    blockComment(`--[${level}[`, `]${level}]`),
    rawString(`[${level}[`, `]${level}]`),
  ]),
  DOUBLE,
  SINGLE,
]);
export const haskellSyntax = syntax([lineComment('-- '), lineComment('---'), nestedComment('{-', '-}'), DOUBLE], {
  characters: true,
});
export const ocamlSyntax = syntax([nestedComment('(*', '*)'), SLASHES, rawString('"""'), DOUBLE], { characters: true });
export const sqlSyntax = syntax([lineComment('--'), STARS, rawString('$$'), DOUBLE, SINGLE]);
/** Brackets do not count: `\(` is a character in Clojure, and `|(|` a symbol in others; indentation says enough. */
export const lispSyntax = syntax([lineComment(';'), nestedComment('#|', '|#'), longString('"')], { brackets: '' });
export const juliaSyntax = syntax([blockComment('#=', '=#'), HASH, longString('"""'), DOUBLE], { characters: true });
export const nimSyntax = syntax([nestedComment('#[', ']#'), HASH, rawString('"""'), DOUBLE], { characters: true });
export const protoSyntax = syntax([SLASHES, STARS, SHELL_HASH, rawString('"""'), DOUBLE]);
export const cssSyntax = syntax([SLASHES, STARS, DOUBLE, SINGLE]);
export const vimSyntax = syntax([{ ...lineComment('"'), afterSpace: true }, SINGLE], { brackets: '' });
export const erlangSyntax = syntax([lineComment('%'), DOUBLE, SINGLE]);
