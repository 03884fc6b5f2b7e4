/**
 * BERT's uncased WordPiece tokens, the same ids as the model's own tokenizer gives, some ten times faster: a text of ASCII
 * is read as it stands, and a word seen before costs one look-up.
 */

/** Words whose ids are remembered; forgotten all at once when there are more. */
const cacheSize = 50_000;
/** Longer words are not worth remembering. UTF-16 units. */
const longestCached = 40;
/** From this length on, V8 keeps a substring as a view that holds the whole text in memory. UTF-16 units. */
const viewLength = 13;
/** A word of more characters is [UNK] as a whole. */
const longestWord = 100;
/** Marks a piece that continues a word. */
const continuing = '##';
const unknown = '[UNK]';

const special = /\[(?:PAD|UNK|CLS|SEP|MASK)\]/g;
/** Anything that `normalize` would change, but for the case of ASCII letters, or that is not ASCII. */
const needsNormalizing = /[^\t\n\r\x20-\x7e]/;
const dropped = /(?![\t\n\r])[\0\ufffd\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
/** Ideographs stand alone; those beyond the basic plane do not, as in the library that tokenizes for the model. */
const ideograph = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/g;
const accent = /\p{Mn}/gu;
const space = /\s/;
const punctuation = /[\p{P}\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/u;

const [isUnseen, isWord, isSpace, isMark] = [0, 1, 2, 3];

export class WordPiece {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #unknown: number;
  readonly #cache = new Map<string, readonly number[]>();
  /** What each UTF-16 unit is, found out when it is first met. */
  readonly #classes = new Uint8Array(65_536);

  /** @param vocabulary pieces to ids, as in `model.vocab` of a tokenizer.json */
  constructor(vocabulary: Readonly<Record<string, number>>) {
    this.#ids = new Map(Object.entries(vocabulary));
    this.#unknown = this.#ids.get(unknown) ?? 0;
  }

  /** The ids of a text without [CLS] and [SEP]; at most `limit` of them. */
  encode(text: string, limit = Infinity): number[] {
    const ids: number[] = [];
    let from = 0;
    if (text.includes('[')) {
      for (const match of text.matchAll(special)) {
        this.#encodePlain(text.slice(from, match.index), limit, ids);
        ids.push(this.#ids.get(match[0]) ?? this.#unknown);
        from = match.index + match[0].length;
      }
    }
    this.#encodePlain(from === 0 ? text : text.slice(from), limit, ids);
    if (ids.length > limit) ids.length = limit;
    return ids;
  }

  #encodePlain(plain: string, limit: number, ids: number[]): void {
    const text = needsNormalizing.test(plain) ? normalize(plain) : plain;
    for (let i = 0; i < text.length && ids.length < limit;) {
      const start = i;
      let kind = this.#classAt(text, i);
      if (kind !== isWord) {
        i += isSurrogate(text.charCodeAt(i)) ? 2 : 1;
        if (kind === isMark) this.#push(text.slice(start, i), ids);
        continue;
      }
      do {
        i += isSurrogate(text.charCodeAt(i)) ? 2 : 1;
        kind = i < text.length ? this.#classAt(text, i) : isSpace;
      } while (kind === isWord);
      this.#push(text.slice(start, i), ids);
    }
  }

  #classAt(text: string, at: number): number {
    const unit = text.charCodeAt(at);
    const known = this.#classes[unit] ?? isUnseen;
    if (known !== isUnseen) return known;
    if (isSurrogate(unit)) return classOf(String.fromCodePoint(text.codePointAt(at) ?? unit));
    return (this.#classes[unit] = classOf(text.charAt(at)));
  }

  #push(word: string, ids: number[]): void {
    let pieces = this.#cache.get(word);
    if (!pieces) {
      pieces = this.#pieces(word.toLowerCase());
      if (word.length <= longestCached) {
        if (this.#cache.size >= cacheSize) this.#cache.clear();
        this.#cache.set(word.length < viewLength ? word : copyOf(word), pieces);
      }
    }
    for (const id of pieces) ids.push(id);
  }

  /** The longest piece that the word begins with, then of the rest; [UNK] alone where that leads nowhere. */
  #pieces(word: string): readonly number[] {
    if (word.length > longestWord && Array.from(word).length > longestWord) return [this.#unknown];
    const pieces: number[] = [];
    for (let start = 0; start < word.length;) {
      let end = word.length;
      let id: number | undefined;
      for (; end > start; end--) {
        const piece = word.slice(start, end);
        id = this.#ids.get(start === 0 ? piece : continuing + piece);
        if (id !== undefined) break;
      }
      if (id === undefined) return [this.#unknown];
      pieces.push(id);
      start = end;
    }
    return pieces;
  }
}

/** Controls dropped, blanks made spaces, ideographs set apart, lower case, accents taken off. */
function normalize(text: string): string {
  return text.replace(dropped, '').replace(ideograph, ' $& ').toLowerCase().normalize('NFD').replace(accent, '');
}

function classOf(character: string): number {
  return space.test(character) ? isSpace : punctuation.test(character) ? isMark : isWord;
}

/** Whether a UTF-16 unit opens a pair; single halves were dropped by `normalize`. */
function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** The same text in memory of its own. */
function copyOf(word: string): string {
  return Buffer.from(word, 'utf16le').toString('utf16le');
}
