/** Files that the walk has found and that are still to be read: in its order, but those first that a question is about. */
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { readBytes } from './read.ts';
import type { FoundFile } from './types.ts';

/** How long a question waits for the walk, and then for a look into the files. */
const patienceMs = { walk: 500, look: 400 };
/** Bytes of files that are read for a question: some hundredths of a second. */
const mostBytes = 256 * 1024;
/** Larger files wait for their turn. Bytes. */
const largest = 128 * 1024;
/** Files that are looked into side by side, and paths between two turns of other requests. */
const [filesAtOnce, pathsAtOnce] = [16, 2048];
/** What a word in a path counts for, in words of the text. */
const inPath = 4;
/** More of a word in one file tells nothing more. */
const mostCounted = 16;
/** As usual for BM25, where a word counts less the more often it has been seen. */
const saturation = 1.2;

export class Unread {
  readonly #files = new Map<string, FoundFile>();
  #bytes = 0;
  #walk: Promise<void> | undefined;
  /** The latest. */
  #question = '';
  /** Settles when the questions that came so far have been looked into. */
  #looking: Promise<unknown> = Promise.resolve();
  /** Questions that are being looked into. */
  #asked = 0;

  get size(): number {
    return this.#files.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether there may be more to come. */
  get isGrowing(): boolean {
    return this.#walk !== undefined;
  }

  /** Whether a question is being looked into. */
  get isAsked(): boolean {
    return this.#asked > 0;
  }

  /** Begins anew; files are added until the function that is returned is called. */
  grow(): () => void {
    this.#files.clear();
    this.#bytes = 0;
    this.#question = '';
    let ended = (): void => undefined;
    this.#walk = new Promise((resolve) => (ended = resolve));
    return () => {
      this.#walk = undefined;
      ended();
    };
  }

  add(file: FoundFile): void {
    this.#remove(file.path); // it may have been found twice
    this.#files.set(file.path, file);
    this.#bytes += file.size;
  }

  /** Takes out the next files, up to so many bytes, or at least one, and so many files. */
  take(bytes: number, count: number): FoundFile[] {
    const taken: FoundFile[] = [];
    const enough = this.#bytes - bytes;
    for (const file of this.#files.values()) {
      if (taken.length >= count || this.#bytes <= enough) break;
      this.#remove(file.path);
      taken.push(file);
    }
    return taken;
  }

  /** Resolves when no question is being looked into. */
  async answered(): Promise<void> {
    for (let last; last !== this.#looking;) await (last = this.#looking);
  }

  /**
   * Takes out the files that have most of the words, and has them read. The latest question counts: an earlier one that is
   * still being looked into takes nothing. The same words once more wait for what is under way.
   * @param words lower case; parts of words will do
   * @param read what it throws, this throws
   */
  async readFirst(
    words: readonly string[],
    folder: string,
    read: (files: FoundFile[]) => Promise<void>,
  ): Promise<void> {
    const question = words.join(' ');
    if (question === this.#question) return this.answered();
    this.#question = question;
    this.#asked++;
    const looking = (async () => {
      if (this.#walk) await Promise.race([this.#walk, setTimeout(patienceMs.walk, undefined, { ref: false })]);
      const files = await this.#about(words, folder, () => this.#question !== question);
      if (files.length > 0) await read(files);
    })().finally(() => this.#asked--);
    this.#looking = Promise.allSettled([this.#looking, looking]);
    await looking;
  }

  /** Those that have the words, the most telling first, by BM25 of words as they stand in paths and bytes. */
  async #about(words: readonly string[], folder: string, isOutdated: () => boolean): Promise<FoundFile[]> {
    const files = [...this.#files.values()];
    const postings = words.map((word) => ({ word: searchable(word), counts: new Map<FoundFile, number>() }));
    const note = (file: FoundFile, text: string, weight: number, most: number): void => {
      for (const { word, counts } of postings) {
        const count = occurrences(text, word, most) * weight;
        if (count > 0) counts.set(file, (counts.get(file) ?? 0) + count);
      }
    };
    for (const [i, file] of files.entries()) {
      note(file, searchable(file.path), inPath, 1);
      if (i % pathsAtOnce === 0) await setImmediate(); // other requests get their turn
    }
    const named = new Set(best(postings, files.length));
    const inOrder = [...named, ...files.filter((file) => !named.has(file))];
    const until = performance.now() + patienceMs.look;
    for (let i = 0; i < inOrder.length && performance.now() < until && !isOutdated(); i += filesAtOnce) {
      const group = inOrder.slice(i, i + filesAtOnce);
      const contents = await Promise.all(group.map(({ path }) => readBytes(join(folder, path), largest)));
      for (const [at, file] of group.entries()) {
        const content = contents[at];
        // Why one cannot be read is told when its turn comes.
        if (content && !('skip' in content)) note(file, searchable(content), 1, mostCounted);
      }
      await setImmediate();
    }
    return isOutdated() ? [] : this.#takeOut(best(postings, files.length));
  }

  /** Those of them that nothing else has taken meanwhile, up to a bound. */
  #takeOut(files: readonly FoundFile[]): FoundFile[] {
    const taken: FoundFile[] = [];
    let bytes = 0;
    for (const file of files) {
      if (!this.#files.has(file.path)) continue;
      bytes += file.size;
      if (bytes > mostBytes && taken.length > 0) break;
      this.#remove(file.path);
      taken.push(file);
    }
    return taken;
  }

  #remove(path: string): void {
    this.#bytes -= this.#files.get(path)?.size ?? 0;
    this.#files.delete(path);
  }
}

interface Posting {
  readonly word: string;
  /** How often each file that has the word has it. */
  readonly counts: ReadonlyMap<FoundFile, number>;
}

/** The files that have any of the words, best first. @param among of how many files */
function best(postings: readonly Posting[], among: number): FoundFile[] {
  const scores = new Map<FoundFile, number>();
  for (const { counts } of postings) {
    const rarity = Math.log(1 + (among - counts.size + 0.5) / (counts.size + 0.5));
    for (const [file, count] of counts) {
      scores.set(file, (scores.get(file) ?? 0) + (rarity * count) / (count + saturation));
    }
  }
  return [...scores].sort(([, a], [, b]) => b - a).map(([file]) => file);
}

/** The bytes of UTF-8 as characters, ASCII in lower case: found quickly, for words of any script. */
function searchable(text: string | Buffer): string {
  return Buffer.from(text).toString('latin1').toLowerCase();
}

function occurrences(text: string, word: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf(word); at >= 0 && count < most; at = text.indexOf(word, at + word.length)) count++;
  return count;
}
