import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { scoreKeywords } from '../../src/core/keywords.ts';
import type { FileEntry } from '../../src/core/store/catalog.ts';
import { catalogName, commitManifest, listIndex, vectorsName } from '../../src/core/store/manifest.ts';
import { Store } from '../../src/core/store/store.ts';
import { packTerms, termKey, TermTable } from '../../src/core/store/terms.ts';
import { quantize } from '../../src/core/vectors.ts';
import { removeTempFolders, tempFolder } from './temp.ts';
import { dimensions, hashOf } from './words.ts';

const paths = ['a', 'b', 'c', 'd', 'e'];
const words = ['one', 'two', 'three', 'four', 'five', 'six'];

/** A file with one chunk for each word. */
function file(path: string, mtimeMs: number, some: readonly string[]): FileEntry {
  const chunks = some.map((word, i) => ({
    startLine: i + 1,
    endLine: i + 1,
    kind: 'code' as const,
    symbol: word,
    breadcrumb: [],
    hash: hashOf(word),
    terms: new Map([[word, i + 1], ['all', 1]]), // prettier-ignore
  }));
  return { path, size: 1, mtimeMs, hash: some.join(), state: 'indexed', chunks };
}

const step = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    files: fc.dictionary(fc.constantFrom(...paths), fc.array(fc.constantFrom(...words), { maxLength: 4 })),
  }),
  fc.record({ do: fc.constant('delete' as const), path: fc.constantFrom(...paths) }),
  fc.record({
    do: fc.constant('vectors' as const),
    words: fc.uniqueArray(fc.constantFrom(...words), { maxLength: 2 }),
  }),
  fc.record({ do: fc.constantFrom('merge' as const, 'merge a piece' as const, 'reopen' as const) }),
);

function fail(warning: string): never {
  throw new Error(warning);
}

describe('store at size', () => {
  after(removeTempFolders);

  it('knows after any edits, merges and restarts which files wait for vectors, and what each word counts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const open = (): Promise<Store> => Store.open(folder, { dimensions, warn: fail, mergeMs: 0 });
        const folder = tempFolder();
        let store = await open();
        const reader = await open();
        const model = new Map<string, { mtimeMs: number; words: readonly string[] }>();
        const known = new Set<string>();
        let now = 0;
        for (const action of steps) {
          if (action.do === 'put') {
            const files = Object.entries(action.files);
            for (const [path, some] of files) model.set(path, { mtimeMs: ++now, words: some });
            await store.putFiles(files.map(([path, some]) => file(path, model.get(path)!.mtimeMs, some)));
          } else if (action.do === 'delete') {
            model.delete(action.path);
            await store.putFiles([{ ...file(action.path, 0, []), state: 'deleted' }]);
          } else if (action.do === 'vectors') {
            action.words.forEach((word) => known.add(word));
            const vector = quantize(new Float32Array(dimensions).fill(1));
            const place = { path: 'a', startLine: 1, endLine: 1 };
            await store.putVectors(action.words.map((word) => ({ hash: hashOf(word), vector, place })));
          } else if (action.do === 'merge') {
            while (await store.merge());
          } else if (action.do === 'merge a piece') {
            for (let piece = 0; piece < 3; piece++) await store.merge();
          } else {
            await store.close();
            store = await open();
          }
          await reader.refresh();
          for (const one of [store, reader]) check(one, model, known);
        }
        await reader.close();
        await store.close();
      }),
      { numRuns: 60 },
    );
  });

  it('finds the postings of every term, and of no other', () => {
    const list = fc.uniqueArray(fc.nat(300), { maxLength: 40 }).map((chunks) => chunks.sort((a, b) => a - b));
    const postings = list.chain((chunks) =>
      fc
        .array(fc.integer({ min: 1, max: 400 }), { minLength: chunks.length, maxLength: chunks.length })
        .map((counts) => chunks.flatMap((chunk, i) => [chunk, counts[i]!])),
    );
    const key = fc.string({ unit: 'grapheme', maxLength: 80 });
    fc.assert(
      fc.property(fc.dictionary(key, postings, { maxKeys: 60 }), key, (made, other) => {
        const terms = new Map(Object.entries(made));
        const table = new TermTable(packTerms(terms));
        const room = { chunks: new Uint32Array(301), counts: new Uint32Array(301) };
        for (const [term, expected] of terms) {
          const at = table.find(termKey(term));
          const length = table.read(at, room);
          assert.equal(table.count(at), length);
          assert.deepEqual(Array.from({ length }, (_, i) => [room.chunks[i]!, room.counts[i]!]).flat(), expected);
          const seen: number[] = [];
          table.each(at, (chunk, count) => seen.push(chunk, count));
          assert.deepEqual(seen, expected);
        }
        assert.equal(table.find(other) >= 0, terms.has(other));
        assert.deepEqual([...table].map(({ term }) => term).sort(), [...terms.keys()].sort());
      }),
    );
  });

  it('names any segments in its manifest', async () => {
    const ids = fc.uniqueArray(fc.nat(200));
    await fc.assert(
      fc.asyncProperty(ids, ids, async (catalogs, vectors) => {
        const folder = tempFolder();
        const manifest = { index: 'one', generation: 7, nextId: 201, sequence: 3, catalogs, vectors };
        for (const name of [...catalogs.map(catalogName), ...vectors.map(vectorsName)]) {
          writeFileSync(join(folder, name), '');
        }
        await commitManifest(folder, manifest, 6);
        assert.deepEqual((await listIndex(folder)).manifest, manifest);
      }),
      { numRuns: 30 },
    );
  });
});

function check(
  store: Store,
  model: ReadonlyMap<string, { readonly mtimeMs: number; readonly words: readonly string[] }>,
  known: ReadonlySet<string>,
): void {
  const files = [...model].filter(([, { words: some }]) => some.some((word) => !known.has(word)));
  files.sort(([, a], [, b]) => a.mtimeMs - b.mtimeMs);
  assert.deepEqual(
    store.unembedded(),
    files.map(([path]) => path),
  );
  const chunks = [...model.values()].flatMap(({ words: some }) => some);
  assert.equal(store.counts.chunks, chunks.length);
  assert.equal(store.counts.embedded, chunks.filter((word) => known.has(word)).length);
  for (const segment of store.segments) {
    const dead = segment.fileOfChunk.filter((f) => segment.live[f] === 0).length;
    assert.equal(segment.deadChunks, dead);
  }
  const { terms, segments } = scoreKeywords(store, ['one', 'six', 'all']);
  terms.forEach(({ term, idf }) => {
    const n = term === 'all' ? chunks.length : chunks.filter((word) => word === term).length;
    assert.ok(Math.abs(idf - Math.log(1 + (chunks.length - n + 0.5) / (n + 0.5))) < 1e-12, term);
  });
  const scored = segments.flatMap(({ chunks: scores }) => [...scores]).filter((score) => score > 0);
  assert.equal(scored.length, chunks.length);
}
