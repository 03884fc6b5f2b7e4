/** What a result shows of its file, as it stands on disk now, or in an editor with changes that are not saved. */
import { join } from 'node:path';
import { cellAt, cellsOf, isNotebook } from './chunk/notebook.ts';
import type { ParsedQuery } from './query.ts';
import type { ChunkHit } from './rank/candidates.ts';
import type { Ranked } from './rank/rank.ts';
import { readText } from './read.ts';
import { isHiragana, splitIdentifier, stem, tellingWords, unspacedRuns } from './tokens.ts';
import type { SearchResult } from './types.ts';

/** Characters; more of a chunk (a piece of a very long line) is cut to a window around the first match. */
const maxSnippet = 2000;

/** Fills in the text of results; reads each file at most once for one answer. */
export class Presenter {
  readonly #folder: string;
  readonly #maxFileSize: number;
  readonly #draft: (path: string) => string | undefined;
  readonly #texts = new Map<string, Promise<string>>();
  readonly #lines = new Map<string, readonly string[]>();

  /** @param draft the text of a path that counts as it stands in an editor */
  constructor(folder: string, maxFileSize: number, draft: (path: string) => string | undefined = () => undefined) {
    this.#folder = folder;
    this.#maxFileSize = maxFileSize;
    this.#draft = draft;
  }

  /** @param query what it was found by; absent when it was found by vectors alone */
  async result({ candidate, score }: Ranked<ChunkHit>, query?: ParsedQuery): Promise<Omit<SearchResult, 'reasons'>> {
    const { segment, chunk, path, kind } = candidate;
    const [startLine, endLine] = [segment.startLine[chunk] ?? 0, segment.endLine[chunk] ?? 0];
    const text = await this.#read(path);
    const cell = isNotebook(path) ? cellAt(cellsOf(text) ?? [], startLine, endLine) : undefined;
    const shown =
      cell?.text ??
      this.#linesOf(path, text)
        .slice(startLine - 1, endLine)
        .join('\n');
    const snippet = windowOf(shown, query);
    return {
      path,
      startLine,
      endLine,
      kind,
      symbol: segment.symbols.get(chunk),
      breadcrumb: segment.breadcrumb(chunk),
      score,
      snippet,
      terms: query ? matchedWords(snippet, query) : [],
      ...(cell && { cell: cell.index }),
    };
  }

  /** The text of a file; none when it cannot be read any more. */
  #read(path: string): Promise<string> {
    let text = this.#texts.get(path);
    if (!text) {
      text = this.#readText(path);
      this.#texts.set(path, text);
    }
    return text;
  }

  async #readText(path: string): Promise<string> {
    const draft = this.#draft(path);
    if (draft !== undefined) return draft;
    const read = await readText(join(this.#folder, path), this.#maxFileSize);
    return 'text' in read ? read.text : '';
  }

  #linesOf(path: string, text: string): readonly string[] {
    let lines = this.#lines.get(path);
    if (!lines) {
      lines = text.split(/\r\n|\r|\n/);
      this.#lines.set(path, lines);
    }
    return lines;
  }
}

function windowOf(text: string, query: ParsedQuery | undefined): string {
  if (text.length <= maxSnippet) return text;
  const lower = text.toLowerCase();
  const at = (query?.text.toLowerCase().split(' ') ?? []).map((word) => lower.indexOf(word)).find((i) => i >= 0) ?? 0;
  const start = Math.max(0, Math.min(at - maxSnippet / 4, text.length - maxSnippet));
  return text.slice(start, start + maxSnippet);
}

/**
 * The distinct words and parts of words of the snippet, lower case, that the query's terms stand for. A part that every
 * text has, such as the "for" of `refundFor`, tells nothing; it counts when there is nothing else.
 */
function matchedWords(snippet: string, query: ParsedQuery): string[] {
  const wanted = new Set(tellingWords(query.terms));
  const words = new Set<string>();
  for (const word of new Set(snippet.match(/[\p{L}\p{M}\p{N}]+/gu))) {
    for (const form of [word.toLowerCase(), ...splitIdentifier(word)]) {
      if (wanted.has(stem(form)) || wanted.has(form)) words.add(form);
    }
  }
  return [...words, ...matchedRuns(snippet, query.text)];
}

/** The longest pieces of the query in scripts without spaces that the snippet holds; not those of hiragana alone. */
function matchedRuns(snippet: string, text: string): string[] {
  const found = new Set<string>();
  for (const run of unspacedRuns(text)) {
    const characters = Array.from(run);
    for (let from = 0; from < characters.length;) {
      let to = from + 1;
      while (to < characters.length && snippet.includes(characters.slice(from, to + 1).join(''))) to++;
      if (to - from > 1) found.add(characters.slice(from, to).join(''));
      from = to;
    }
  }
  return [...found].filter((piece) => !isHiragana(piece));
}
