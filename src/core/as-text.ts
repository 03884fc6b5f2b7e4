/** An answer as a language model reads it best: where, why and what, in as many tokens as there are for it. */
import type { SearchResult, Tier } from './types.ts';
import { visible, visibleLines } from './visible.ts';

/** How many lines of each snippet are shown: the first of these numbers that leaves room for all results. */
const snippetLines = [Infinity, 24, 12, 6, 3, 0];
/** Where nobody says how many tokens there are. */
export const defaultMaxTokens = 4000;
/** UTF-8 bytes of a token, about: three letters of code, or one character of Japanese. */
const bytesPerToken = 3;

/** What an answer of this tier was found by, for people. */
export const howAnswered = (tier: Tier): string =>
  tier === 'full'
    ? 'by meaning and keywords'
    : 'by keywords and in part roughly by meaning; the model has not read all yet';

type Result = Pick<
  SearchResult,
  'path' | 'startLine' | 'endLine' | 'symbol' | 'breadcrumb' | 'reasons' | 'snippet' | 'terms'
>;

interface Answer<R extends Result> {
  readonly tier: Tier;
  readonly results: readonly R[];
  /** Whole sentences on the state that the index is in, where it bears on the answer. */
  readonly notes: readonly string[];
}

export interface TokenBudget {
  readonly maxTokens: number;
  /** The tokens of a text; about as many as most models see in it when absent. */
  readonly count?: (text: string) => number | PromiseLike<number>;
}

export interface AnswerText<R extends Result> {
  readonly text: string;
  /** Those that the text shows, with what it shows of their snippets. */
  readonly results: readonly R[];
  /** How many results there was no room for. */
  readonly leftOut: number;
}

/** Snippets are cut first, each to the lines that tell most, and then results, the last first; the text says so. */
export async function answerAsText<R extends Result>(
  { tier, results, notes }: Answer<R>,
  { maxTokens, count = estimateTokens }: TokenBudget,
): Promise<AnswerText<R>> {
  const write = (shown: readonly R[], lines: number): AnswerText<R> => {
    const cut = shown.map((result) => ({ ...result, snippet: tellingPart(result, lines) }));
    const leftOut = results.length - shown.length;
    const isCut = cut.some(({ snippet }, i) => snippet !== shown[i]?.snippet);
    const parts = [
      `${results.length === 1 ? '1 result' : `${results.length} results`}, found ${howAnswered(tier)}.`,
      ...notes.map(visible),
      ...cut.map(resultAsText),
      ...(isCut || leftOut > 0 ? [whatIsCut(maxTokens, isCut, lines, leftOut)] : []),
    ];
    return { text: parts.join('\n\n'), results: cut, leftOut };
  };
  const fits = async ({ text }: AnswerText<R>): Promise<boolean> => (await count(text)) <= maxTokens;
  for (const lines of snippetLines) {
    const answer = write(results, lines);
    if (await fits(answer)) return answer;
  }
  let fitting = write([], 0);
  for (let [few, many] = [0, results.length]; many - few > 1;) {
    const middle = (few + many) >> 1;
    const answer = write(results.slice(0, middle), 0);
    if (await fits(answer)) [few, fitting] = [middle, answer];
    else many = middle;
  }
  return fitting;
}

/** What a result lies in, outermost first, and is; '' where nothing has a name. */
export const nameOf = ({ breadcrumb, symbol }: Pick<Result, 'symbol' | 'breadcrumb'>): string =>
  [...breadcrumb, symbol].filter(Boolean).join(' › ');

const estimateTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / bytesPerToken);

function resultAsText({ path, startLine, endLine, symbol, breadcrumb, reasons, snippet }: Result, i: number): string {
  const name = nameOf({ symbol, breadcrumb });
  const head = `${i + 1}. ${visible(`${path}:${startLine}-${endLine}${name && ` · ${name}`}`)}`;
  const lines = [head, visible(reasons.join('; '))];
  if (snippet === '') return lines.join('\n');
  // Longer than any in the snippet, so that no file can end its own snippet and pass for another result.
  const fence = '`'.repeat(Math.max(3, ...Array.from(snippet.matchAll(/`+/g), ([run]) => run.length + 1)));
  return [...lines, fence, visibleLines(snippet.replaceAll('\r\n', '\n')), fence].join('\n');
}

/** So many neighbouring lines: the first that hold the most different words of the query. */
function tellingPart({ snippet, terms }: Result, count: number): string {
  const lines = snippet.split('\n');
  if (lines.length <= count) return snippet;
  if (count === 0) return '';
  const found = lines.map((line) => {
    const lower = line.toLowerCase();
    return terms.filter((term) => lower.includes(term));
  });
  let best = 0;
  let most = 0;
  for (let start = 0; start <= lines.length - count; start++) {
    const words = new Set(found.slice(start, start + count).flat()).size;
    if (words > most) [best, most] = [start, words];
  }
  const shown = lines.slice(best, best + count);
  return [...(best > 0 ? ['…'] : []), ...shown, ...(best + count < lines.length ? ['…'] : [])].join('\n');
}

function whatIsCut(maxTokens: number, isCut: boolean, lines: number, leftOut: number): string {
  const said = [
    ...(isCut ? [lines > 0 ? `snippets are cut to ${lines} lines` : 'snippets are left out'] : []),
    ...(leftOut > 0
      ? [leftOut === 1 ? 'the last result is left out' : `the last ${leftOut} results are left out`]
      : []),
  ];
  return `To keep within ${maxTokens} tokens, ${said.join(' and ')}.`;
}
