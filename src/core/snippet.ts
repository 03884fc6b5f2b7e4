/** What a result shows of its file, as it stands on disk now. */
import { join } from 'node:path';
import type { ParsedQuery } from './query.ts';
import { readText } from './read.ts';
import { stem, tokenize } from './tokens.ts';

/** Characters; more of a chunk (a piece of a very long line) is cut to a window around the first match. */
const maxSnippet = 2000;

/** Reads each file at most once for one answer. */
export class SnippetReader {
  readonly #folder: string;
  readonly #maxFileSize: number;
  readonly #lines = new Map<string, Promise<readonly string[]>>();

  constructor(folder: string, maxFileSize: number) {
    this.#folder = folder;
    this.#maxFileSize = maxFileSize;
  }

  /** The lines, 1-based and inclusive; '' when the file cannot be read any more. */
  async read(path: string, startLine: number, endLine: number, query?: ParsedQuery): Promise<string> {
    let lines = this.#lines.get(path);
    if (!lines) {
      lines = readText(join(this.#folder, path), this.#maxFileSize).then((read) =>
        'text' in read ? read.text.split(/\r\n|\r|\n/) : [],
      );
      this.#lines.set(path, lines);
    }
    return windowOf((await lines).slice(startLine - 1, endLine).join('\n'), query);
  }
}

function windowOf(text: string, query: ParsedQuery | undefined): string {
  if (text.length <= maxSnippet) return text;
  const lower = text.toLowerCase();
  const at = (query?.text.toLowerCase().split(' ') ?? []).map((word) => lower.indexOf(word)).find((i) => i >= 0) ?? 0;
  const start = Math.max(0, Math.min(at - maxSnippet / 4, text.length - maxSnippet));
  return text.slice(start, start + maxSnippet);
}

/** The distinct words of the snippet, lower case, that the query's terms stand for. */
export function matchedWords(snippet: string, query: ParsedQuery): string[] {
  const wanted = new Set(query.terms);
  const words = new Set<string>();
  for (const [word] of snippet.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    const lower = word.toLowerCase();
    if (wanted.has(stem(lower)) || wanted.has(lower)) words.add(lower);
    else
      for (const part of word.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+/gu) ?? []) {
        if (wanted.has(stem(part.toLowerCase()))) words.add(part.toLowerCase());
      }
  }
  for (const term of query.terms) if (isUnspaced(term) && snippet.includes(term)) words.add(term);
  return [...words];
}

/** Whether the term is a pair out of a script without spaces; single characters match too much to be shown. */
const isUnspaced = (term: string): boolean => term.length > 1 && tokenize(term).length > 1 && /\P{ASCII}/u.test(term);
