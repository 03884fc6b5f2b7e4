/**
 * Terms for the keyword index. A word gives its stem; an identifier gives itself, whole, and each of its parts;
 * scripts written without spaces give single characters and overlapping pairs.
 */

/** Letters, digits and underscores in a row; what scripts without spaces add is cut out of it afterwards. */
const wordPattern = /[\p{L}\p{M}\p{N}_$]+/gu;

/** Scripts written without spaces between words, or (Hangul) with endings glued on. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々〆]+/gu;
const anyUnspaced =
  /[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ud7af\uf900-\ufaff\u{1b000}-\u{1b16f}\u{20000}-\u{3134f}]/u;

/** Whether a text is of hiragana alone: most often endings and particles. */
export const isHiragana = (text: string): boolean => /^[\p{Script=Hiragana}ー]+$/u.test(text);
const anyHiragana = /\p{Script=Hiragana}/u;

/** `parseHTTPResponse2` -> parse, HTTP, Response, 2. */
const partPattern = /(?:\p{Lu}(?!\p{Ll}))+|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{Lt}\p{M}]+|\p{N}+/gu;

/** Longer words (base64, hashes) say nothing and would fill the dictionary. */
const maxWordLength = 64;

const cacheLimit = 200_000;
const cache = new Map<string, readonly string[]>();

/** The terms of a text, in order, with repetitions. */
export function tokenize(text: string): string[] {
  const terms: string[] = [];
  for (const word of text.match(wordPattern) ?? []) {
    for (const term of termsOfWord(word)) terms.push(term);
  }
  return terms;
}

/** The terms of a single word; the same array is handed out again for the same word. */
function termsOfWord(word: string): readonly string[] {
  let terms = cache.get(word);
  if (terms) return terms;
  if (cache.size >= cacheLimit) cache.clear();
  terms = anyUnspaced.test(word) ? termsOfMixedWord(word) : termsOfIdentifier(word);
  cache.set(word, terms);
  return terms;
}

function termsOfIdentifier(word: string): readonly string[] {
  if (word.length > maxWordLength) return [];
  const parts = splitIdentifier(word);
  const terms = parts.map(stem);
  if (parts.length > 1) terms.push(word.toLowerCase());
  return terms;
}

function termsOfMixedWord(word: string): readonly string[] {
  const terms: string[] = [];
  let end = 0;
  for (const match of word.matchAll(unspaced)) {
    if (match.index > end) terms.push(...termsOfIdentifier(word.slice(end, match.index)));
    end = match.index + match[0].length;
    const characters = Array.from(match[0]);
    terms.push(...characters);
    for (let i = 0; i + 1 < characters.length; i++) terms.push((characters[i] ?? '') + (characters[i + 1] ?? ''));
  }
  if (end < word.length) terms.push(...termsOfIdentifier(word.slice(end)));
  return terms;
}

/** The runs of a text in scripts without spaces. */
export function unspacedRuns(text: string): string[] {
  return anyUnspaced.test(text) ? (text.match(unspaced) ?? []) : [];
}

/**
 * How much a term counts in a query beside a whole word. A word in a script without spaces gives several terms, so each is
 * worth a part of one, and hiragana the least. Measured on test/quality/japanese.
 */
export function termWeight(term: string): number {
  if (!anyUnspaced.test(term)) return 1;
  const single = Array.from(term).length === 1;
  if (isHiragana(term)) return single ? 0.125 : 0.25;
  if (single) return 0.25;
  return anyHiragana.test(term) ? 0.35 : 0.5;
}

/** The parts of an identifier in lower case: `getHTTPStatus_code2` -> get, http, status, code, 2. */
export function splitIdentifier(word: string): string[] {
  return (word.match(partPattern) ?? []).map((part) => part.toLowerCase());
}

/**
 * A light English stem: plural, -ed, -ing, -er/-or, -ion, -ly, -ment. It only needs to give the words of a family the
 * same form, on both sides; it follows steps 1 and some of 4 of M. F. Porter, "An algorithm for suffix stripping" (1980).
 */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  let s = word;
  if (s.endsWith('ies') && s.length > 4) s = s.slice(0, -3) + 'y';
  else if (/(ss|x|ch|sh|z)es$/.test(s)) s = s.slice(0, -2);
  else if (s.endsWith('s') && !/(ss|us|is)$/.test(s)) s = s.slice(0, -1);

  const before = s;
  for (const suffix of [
    'ization',
    'ation',
    'ating',
    'ated',
    'ator',
    'ate',
    'ing',
    'ed',
    'ment',
    'ion',
    'er',
    'or',
    'ly',
  ]) {
    if (!s.endsWith(suffix)) continue;
    const root = s.slice(0, -suffix.length);
    if (root.length >= 3 && /[aeiouy]/.test(root)) s = suffix === 'ization' ? root + 'iz' : root;
    break;
  }
  if (s !== before && /([bdfgmnpt])\1$/.test(s)) s = s.slice(0, -1);
  if (s.length > 3 && s.endsWith('e')) s = s.slice(0, -1);
  if (s.length > 3 && s.endsWith('y')) s = s.slice(0, -1) + 'i';
  return s;
}

/** Words that carry no meaning in a question. They are kept in the index and left out of queries with other words. */
export const stopWords: ReadonlySet<string> = new Set(
  (
    'a an and are as at be been being but by can could did do does for from had has have how i if in into is it its ' +
    'me my of on or our should so than that the their them then there these they this those to us was we were what ' +
    'when where which while who why will with would you your'
  ).split(' '),
);

/** Those that are no stop words, in any case of letters; all of them when there are no others. */
export function tellingWords(words: readonly string[]): readonly string[] {
  const telling = words.filter((word) => !stopWords.has(word.toLowerCase()));
  return telling.length > 0 ? telling : words;
}
