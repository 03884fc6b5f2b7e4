/** Files whose chunks are words, for a store without a model; and what can be found in one. */
import type { FileEntry } from '../../src/core/store/catalog.ts';
import type { NewVector, Store } from '../../src/core/store/store.ts';
import { hashOf, vectorOf } from '../core/words.ts';

/** The words of each file. */
export type Words = ReadonlyMap<string, readonly string[]>;

/** A file with one chunk for each word; deleted without any. */
export function entryOf(path: string, words: readonly string[]): FileEntry {
  const chunks = words.map((word, i) => ({
    startLine: i + 1,
    endLine: i + 1,
    kind: 'code' as const,
    symbol: word,
    breadcrumb: [path],
    hash: hashOf(word),
    terms: new Map([[word, 1]]),
  }));
  const state = words.length > 0 ? ('indexed' as const) : ('deleted' as const);
  return { path, size: words.length, mtimeMs: 1, hash: words.join(), state, chunks };
}

export function newVectorOf(word: string): NewVector {
  return { hash: hashOf(word), vector: vectorOf(word), place: { path: 'a', startLine: 1, endLine: 1 } };
}

/** What can be found, as text: equal texts, equal contents. */
export function contentsOf(store: Store): string {
  const found = [...store.paths()].flatMap((path) => {
    const ref = store.find(path);
    if (!ref) return [];
    const { segment, file } = ref;
    const words: string[] = [];
    for (let c = segment.chunkStart[file] ?? 0; c < (segment.chunkStart[file + 1] ?? 0); c++) {
      const word = segment.symbols.get(c);
      const isRight = Buffer.from(segment.hash(c)).equals(Buffer.from(hashOf(word)));
      words.push(isRight && segment.startLine[c] === words.length + 1 ? word : `wrong: ${word}`);
    }
    return `${path}: ${words.join(' ')}`;
  });
  return found.sort().join('\n');
}

export function asText(words: Words): string {
  return [...words]
    .flatMap(([path, some]) => (some.length > 0 ? `${path}: ${some.join(' ')}` : []))
    .sort()
    .join('\n');
}

/** Words of the files whose vector is missing or another than it should be. */
export function wrongVectors(store: Store, words: Iterable<string>): string[] {
  return [...words].filter((word) => {
    const row = store.matrix.rowOf(hashOf(word));
    const expected = vectorOf(word).values;
    return (
      row < 0 ||
      !Buffer.from(store.matrix.vector(row).values).equals(
        Buffer.from(expected.buffer, expected.byteOffset, expected.byteLength),
      )
    );
  });
}
