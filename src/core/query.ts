/** What a query asks for: its terms, the names that it may mean, and the phrases that must occur. */
import { splitIdentifier, stem, stopWords, tellingWords, tokenize } from './tokens.ts';

export interface ParsedQuery {
  /** As typed, without the quotation marks. */
  readonly text: string;
  /** Distinct terms to look up; without stop words unless there is nothing else. */
  readonly terms: readonly string[];
  /** The stems of the words, without stop words: what is compared with names and paths. */
  readonly stems: ReadonlySet<string>;
  /** Lower-case identifiers that the query holds or that two of its words make up (`merge config`: mergeconfig). */
  readonly compounds: readonly string[];
  /** Lower-case names that a definition would have if the query meant it, most literal first. */
  readonly names: readonly string[];
  /** Quoted text, lower case: a result must hold each of them. */
  readonly phrases: readonly string[];
  /** Whether the query is a single identifier (`mergeConfig`, `Axios.prototype.request`) rather than words. */
  readonly isSymbol: boolean;
}

/** Marks a term as the name of a definition, so that it cannot be mistaken for a word of the text. */
export const definitionTerm = (name: string): string => `\u0001${name.toLowerCase()}`;
/** Marks a term as a stem out of the name of a definition. */
export const definitionStem = (stem: string): string => `\u0002${stem}`;
/** Whether a term is marked, and so no part of the text. */
export const isMarked = (term: string): boolean => term < '\u0003';

export function parseQuery(query: string): ParsedQuery {
  const phrases = [...query.matchAll(/"([^"]+)"/g)].map(([, phrase = '']) => phrase.trim().toLowerCase());
  const text = query.replaceAll('"', ' ').replace(/\s+/g, ' ').trim();
  const words = text.match(/[\p{L}\p{M}\p{N}_$]+/gu) ?? [];
  const kept = tellingWords(words);
  const terms = [...new Set(tokenize(kept.join(' ')))];
  const stems = new Set(
    kept
      .flatMap(splitIdentifier)
      .filter((part) => !stopWords.has(part))
      .map(stem),
  );
  const isSymbol = /^[\p{L}_$@#.][^\s]*$/u.test(text) && words.length > 0;
  const lower = kept.map((word) => word.toLowerCase());
  const joined = pairs(lower).flatMap(([a, b]) => [a + b, `${a}_${b}`]);
  const compounds = kept.filter((word) => splitIdentifier(word).length > 1).map((word) => word.toLowerCase());
  const names = [...lower, ...joined, ...(lower.length > 2 ? [lower.join(''), lower.join('_')] : [])];
  return {
    text,
    terms,
    stems,
    compounds: [...new Set([...compounds, ...joined])],
    names: [...new Set(names)],
    phrases: phrases.filter(Boolean),
    isSymbol,
  };
}

/** How much of the text's letters is in these Unicode scripts, 0 to 1; 1 for a text without letters. */
export function readableShare(text: string, scripts: readonly string[]): number {
  const letters = text.match(/\p{L}/gu) ?? [];
  const known = new RegExp(`[${scripts.map((script) => `\\p{Script=${script}}`).join('')}]`, 'u');
  return letters.length === 0 ? 1 : letters.filter((letter) => known.test(letter)).length / letters.length;
}

function pairs(words: readonly string[]): [string, string][] {
  return words.slice(1).map((word, i) => [words[i] ?? '', word]);
}
