import type { Syntax } from './syntax.ts';

/** What a definition is, as far as it decides what may lie inside it. */
export type DefinitionKind = 'function' | 'type' | 'namespace' | 'value';

/** Where a rule applies: everywhere, outside of functions and types, or directly inside a type. */
export type Place = 'anywhere' | 'top' | 'member';

/** How a line that defines something looks. */
export interface Rule {
  readonly kind: DefinitionKind;
  readonly place: Place;
  /**
   * Matched against the line without its indentation. The name is in the group `name` or `quoted`, or in `path` with
   * its qualifiers (`Axios.prototype.request`); `of` is what it belongs to. Without any, the closing line holds it.
   */
  readonly pattern: RegExp;
  /** The pattern ends in an opening bracket, and this must match what follows the bracket that closes it. */
  readonly after?: RegExp;
}

/** Functions written as in C: `type name(parameters) {`, with the type, a `{` or a `;` telling them from calls. */
export interface Callables {
  /** What may follow the parameters at the top and in types, and in types only. */
  readonly after: RegExp;
  readonly afterMember: RegExp;
  /** Functions outside of types exist. */
  readonly top: boolean;
  /** A line that begins so defines something anywhere: in the body of an anonymous class, within a function. */
  readonly anywhere?: RegExp;
}

export interface Language {
  readonly syntax: Syntax;
  readonly rules: readonly Rule[];
  readonly callables?: Callables;
  /** A line that closes a definition at its own indentation: `end`, `done`. */
  readonly closer?: RegExp;
  /** A line that goes on with a definition at its own indentation: `rescue`, `where`. */
  readonly continuation?: RegExp;
  /** A definition goes on until a line that ends so: `;` in SQL. */
  readonly terminator?: RegExp;
  /** Further lines that begin with the same name belong to the definition: the equations of Haskell. */
  readonly clauses?: true;
  /** A line of nothing but words above a function is its return type. */
  readonly typeAbove?: true;
}

/**
 * What a name may hold beyond ASCII, as a part of a character class: anything but white space. A character that
 * is both would leave open whether it belongs to a name or to the `\\s` behind it, and each such place doubles the ways.
 */
const BEYOND_ASCII =
  '\\u0080-\\u009f\\u00a1-\\u167f\\u1681-\\u1fff\\u200b-\\u2027\\u202a-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\ufefe\\uff00-\\uffff';
const IDENTIFIER = `[A-Za-z_$${BEYOND_ASCII}][\\w$${BEYOND_ASCII}]*`;

/** Before a name that is sought for: it begins here, so that it is tried once and not from each of its letters. */
export const notWithinName = `(?<![\\w$${BEYOND_ASCII}])`;

/** A rule in a shorthand: `NAME` for the defined name, `PATH` for a qualified one, `ID` for any identifier. */
export function rule(kind: DefinitionKind, source: string, place: Place = 'anywhere', after?: RegExp): Rule {
  const pattern = new RegExp(
    `^(?:${source})`
      .replace('NAME', '(?<name>ID)')
      .replace('PATH', '(?<path>ID(?:(?:\\.|::|:|#|\\\\)ID)*)')
      .replace('OWNER', '(?<of>ID)')
      .replaceAll('ID', IDENTIFIER),
  );
  return { kind, place, pattern, ...(after === undefined ? {} : { after }) };
}

/** Any number of the given words, each followed by white space. */
export function anyOf(words: string): string {
  return `(?:(?:${words.replaceAll(' ', '|')})\\s+)*`;
}

/** Words that stand before brackets and a block without being defined by them. */
export const NOT_NAMES = new Set(
  (
    'if for while switch catch return else do with function new typeof await throw case sizeof using lock foreach ' +
    'synchronized elif elseif when unless until alignas decltype fixed checked unchecked'
  ).split(' '),
);
