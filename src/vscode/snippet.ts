/** The few lines of a result that tell most, with the words that matched. */
import { visible } from '../core/visible.ts';
import type { Hit } from './folders.ts';

/** A line to show. Marks are [start, end) in UTF-16 units of `text`, in order. */
export interface Line {
  /** 1-based, in the file. */
  readonly line: number;
  readonly text: string;
  readonly marks: readonly (readonly [number, number])[];
}

/** Longer lines are cut, around their first match. */
const longestLine = 240;
/** Kept in front of the first match when a line is cut. */
const lead = 40;

/**
 * Up to `count` neighbouring lines: from the one on that, with those after it, has the most different words of the
 * query; the first lines when no word occurs. Blank lines and the chunk's own heading are passed over; common indentation is taken off.
 */
export function tellingLines(
  hit: Pick<Hit, 'snippet' | 'terms' | 'startLine' | 'kind' | 'symbol'>,
  count: number,
): Line[] {
  const pattern = patternOf(hit.terms);
  const lines = hit.snippet
    .split(/\r?\n/)
    .map((text, i) => ({ text, line: hit.startLine + i }))
    .filter(({ text }) => text.trim() && !(hit.kind === 'docs' && headingOf(text) === hit.symbol));
  let best = Math.max(
    0,
    lines.findIndex(({ text }) => isReadable(text)),
  );
  let most = 0;
  for (let start = best; start < lines.length; start++) {
    if (marksIn(lines[start]?.text ?? '', pattern).length === 0) continue;
    const words = new Set<string>();
    for (const { text } of lines.slice(start, start + count)) {
      for (const [from, to] of marksIn(text, pattern)) words.add(text.slice(from, to).toLowerCase());
    }
    if (words.size > most) [best, most] = [start, words.size];
  }
  const chosen = lines.slice(best, best + count);
  while (chosen.length > 1 && !isReadable(chosen.at(-1)?.text ?? '')) chosen.pop();
  const indent = Math.min(...chosen.map(({ text }) => text.search(/\S/)));
  return chosen.map(({ text, line }) => cut(line, text.slice(indent).trimEnd(), pattern));
}

function headingOf(text: string): string {
  return text.replace(/^#+\s*/, '').trim();
}

function cut(line: number, text: string, pattern: RegExp | undefined): Line {
  let shown = visible(text.replace(/\t/g, '  '));
  if (shown.length > longestLine) {
    const first = marksIn(shown, pattern)[0]?.[0] ?? 0;
    const from = first > longestLine - lead ? first - lead : 0;
    shown = `${from > 0 ? '…' : ''}${shown.slice(from, from + longestLine)}…`;
  }
  return { line, text: shown, marks: marksIn(shown, pattern) };
}

/** Longest first, so that `requests` is marked whole where `request` is a word of the query too. */
function patternOf(terms: readonly string[]): RegExp | undefined {
  const words = terms.filter((term) => term.trim()).sort((a, b) => b.length - a.length);
  if (words.length === 0) return undefined;
  return new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'), 'gi');
}

function marksIn(text: string, pattern: RegExp | undefined): [number, number][] {
  if (!pattern) return [];
  return Array.from(text.matchAll(pattern))
    .filter(({ index }) => startsWord(text, index))
    .map(({ index, 0: word }) => [index, index + word.length]);
}

/** `await` has no "wait" in it, but `withRetries` has "retries"; scripts without spaces have words anywhere. */
function startsWord(text: string, at: number): boolean {
  const before = text.slice(0, at).at(-1) ?? '';
  return !/\p{Script=Latin}/u.test(before) || (/^\p{Lu}/u.test(text.slice(at)) && /\p{Ll}/u.test(before));
}

/** Whether a line has a letter or digit of any script. */
function isReadable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
