import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { LocalIndex } from 'vectra';
import { scoreKeywords } from '../../src/core/keywords.ts';
import type { FileEntry } from '../../src/core/store/catalog.ts';
import { segmentCodec } from '../../src/core/store/codec.ts';
import { atomicStorage } from '../../src/core/store/files.ts';
import { Store } from '../../src/core/store/store.ts';
import { removeTempFolders, tempFolder } from './temp.ts';
import { dimensions, hashOf, vectorOf } from './words.ts';

const warnings: string[] = [];
const open = (folder: string): Promise<Store> =>
  Store.open(folder, { dimensions, warn: (message) => warnings.push(message) });

/** A file with one chunk for each word. */
function file(path: string, ...words: string[]): FileEntry {
  const chunks = words.map((word, i) => ({
    startLine: i + 1,
    endLine: i + 1,
    kind: 'code' as const,
    symbol: word,
    breadcrumb: [path],
    hash: hashOf(word),
    terms: new Map([[word, 2]]),
  }));
  return { path, size: words.length, mtimeMs: 1.5, hash: words.join(), state: 'indexed', chunks };
}
const deleted = (path: string): FileEntry => ({ ...file(path), state: 'deleted', hash: '' });
const vectorsFor = (path: string, ...words: string[]) =>
  words.map((word) => ({ hash: hashOf(word), vector: vectorOf(word), place: { path, startLine: 1, endLine: 1 } }));

/** What can be found: for each live path, its symbols. */
function contents(store: Store): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const path of store.paths()) {
    const { segment, file: index } = store.find(path)!;
    found[path] = [];
    for (let c = segment.chunkStart[index]!; c < segment.chunkStart[index + 1]!; c++) {
      found[path].push(segment.symbols.get(c));
    }
  }
  return found;
}

/** The paths of live files that postings find for a word. */
function found(store: Store, word: string): string[] {
  const paths = new Set<string>();
  for (const segment of store.segments) {
    const at = segment.terms.find(word);
    if (at < 0) continue;
    segment.eachPosting(at, (chunk) => {
      const index = segment.fileOfChunk[chunk]!;
      assert.equal(segment.symbols.get(chunk), word);
      if (segment.live[index]) paths.add(segment.paths.get(index));
    });
  }
  return [...paths].sort();
}

const holding = (model: ReadonlyMap<string, readonly string[]>, word: string): string[] =>
  [...model].flatMap(([path, words]) => (words.includes(word) ? [path] : [])).sort();

function fail(warning: string): never {
  throw new Error(warning);
}

describe('store', () => {
  afterEach(() => (warnings.length = 0));
  after(removeTempFolders);

  it('keeps files, postings and vectors over a restart', async () => {
    const folder = tempFolder();
    const store = await open(folder);
    await store.putFiles([file('a.ts', 'alpha', 'beta'), file('b.ts', 'gamma')]);
    await store.putVectors(vectorsFor('a.ts', 'alpha', 'beta'));
    assert.deepEqual(store.unembedded(), ['b.ts']);
    const counts = { ...store.counts };
    await store.close();

    const again = await open(folder);
    assert.deepEqual(again.counts, counts);
    assert.deepEqual(contents(again), { 'a.ts': ['alpha', 'beta'], 'b.ts': ['gamma'] });
    assert.equal(again.counts.embedded, 2);
    const { segments } = scoreKeywords(again, ['beta']);
    assert.deepEqual(
      [...segments[0]!.chunks].map((score) => score > 0),
      [false, true, false],
    );
    await again.close();
  });

  it('a rename needs no new vector', async () => {
    const store = await open(tempFolder());
    await store.putFiles([file('old.ts', 'alpha')]);
    await store.putVectors(vectorsFor('old.ts', 'alpha'));
    await store.putFiles([deleted('old.ts'), file('new.ts', 'alpha')]);
    assert.deepEqual(store.unembedded(), []);
    assert.deepEqual(contents(store), { 'new.ts': ['alpha'] });
    assert.deepEqual([store.counts.chunks, store.counts.embedded], [1, 1]);
    await store.close();
  });

  it('a segment opens in vectra itself, which ranks as the scan does', async () => {
    const folder = tempFolder();
    const store = await open(folder);
    const words = Array.from({ length: 60 }, (_, i) => `word${i}`);
    await store.putVectors(vectorsFor('a.ts', ...words));
    const name = readdirSync(folder).find((entry) => entry.endsWith('.vec'))!;
    const index = new LocalIndex(folder, name, atomicStorage, segmentCodec);
    assert.equal((await index.getIndexStats()).items, 60);
    const query = vectorOf('word17');
    const [best] = await index.queryItems([...query.values], '', 1);
    assert.equal(best!.item.id, Buffer.from(hashOf('word17')).toString('hex'));
    assert.deepEqual(best!.item.metadata, { path: 'a.ts', startLine: 1, endLine: 1 });
    const cosines = store.matrix.scan(query);
    assert.equal(cosines.indexOf(Math.max(...cosines)), store.matrix.rowOf(hashOf('word17')));
    await store.close();
  });

  it('holds what a plain map would hold, whatever the order of edits, deletions, merges and restarts', async () => {
    const paths = fc.constantFrom('a', 'b', 'c', 'dir/d');
    const words = fc.array(fc.constantFrom('one', 'two', 'three', 'four'), { minLength: 1, maxLength: 3 });
    const step = fc.oneof(
      fc.record({ do: fc.constant('put' as const), path: paths, words }),
      fc.record({ do: fc.constant('delete' as const), path: paths }),
      fc.record({ do: fc.constant('vectors' as const), words }),
      fc.record({ do: fc.constantFrom('merge' as const, 'reopen' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const folder = tempFolder();
        let store = await open(folder);
        const model = new Map<string, string[]>();
        const known = new Set<string>();
        for (const action of steps) {
          if (action.do === 'put') {
            model.set(action.path, action.words);
            await store.putFiles([file(action.path, ...action.words)]);
          } else if (action.do === 'delete') {
            model.delete(action.path);
            await store.putFiles([deleted(action.path)]);
          } else if (action.do === 'vectors') {
            action.words.forEach((word) => known.add(word));
            await store.putVectors(vectorsFor('a', ...action.words));
          } else if (action.do === 'merge') {
            while (await store.merge());
          } else {
            await store.close();
            store = await open(folder);
          }
          assert.deepEqual(contents(store), Object.fromEntries(model));
          const chunks = [...model.values()].flat();
          assert.equal(store.counts.files, model.size);
          assert.equal(store.counts.chunks, chunks.length);
          assert.equal(store.counts.terms, chunks.length * 2);
          assert.equal(store.counts.embedded, chunks.filter((word) => known.has(word)).length);
        }
        await store.close();
      }),
      { numRuns: 40 },
    );
  });

  it('lets vectors go that no chunk has any more, once they are more than the others', async () => {
    const folder = tempFolder();
    const sparing = { dimensions, warn: fail, spareVectors: 10 };
    let store = await Store.open(folder, sparing);
    const words = (version: number): string[] => Array.from({ length: 20 }, (_, i) => `word${version}x${i}`);
    const rowsOnDisk = async (): Promise<number> => {
      await store.close();
      store = await Store.open(folder, sparing);
      return store.matrix.rows;
    };
    for (let version = 0; version < 2; version++) {
      await store.putFiles([file('a.ts', ...words(version))]);
      await store.putVectors(vectorsFor('a.ts', ...words(version)));
      while (await store.merge());
    }
    assert.equal(await rowsOnDisk(), 40, 'the former version is kept: it may come back');
    await store.putFiles([file('a.ts', ...words(2))]);
    await store.putVectors(vectorsFor('a.ts', ...words(2)));
    while (await store.merge());
    assert.equal(await rowsOnDisk(), 20);
    assert.deepEqual([store.counts.embedded, store.counts.chunks], [20, 20]);
    assert.deepEqual(store.matrix.vector(store.matrix.rowOf(hashOf('word2x7'))).values, vectorOf('word2x7').values);
    await store.close();
  });

  it('keeps on disk what it tells as embedded: a text that comes back after its vector was let go of', async () => {
    const folder = tempFolder();
    const sparing = { dimensions, warn: fail, spareVectors: 0 };
    const store = await Store.open(folder, sparing);
    await store.putVectors(vectorsFor('a.ts', 'old', 'older', 'oldest'));
    await store.putFiles([file('a.ts', 'new')]);
    while (await store.merge());
    await store.putFiles([file('a.ts', 'old')]);
    await store.putVectors(vectorsFor('b.ts', 'older'));
    await store.putFiles([file('b.ts', 'older')]);
    assert.equal(store.counts.embedded, 2);
    await store.close();
    const again = await Store.open(folder, sparing);
    assert.deepEqual([again.counts.embedded, again.counts.chunks], [2, 2]);
    assert.deepEqual(again.matrix.vector(again.matrix.rowOf(hashOf('old'))).values, vectorOf('old').values);
    await again.close();
  });

  it('goes on finding what it holds while a merge is under way, and keeps what is committed meanwhile', async () => {
    const folder = tempFolder();
    const piecewise = { dimensions, warn: fail, mergeMs: 0 };
    let store = await Store.open(folder, piecewise);
    const model = new Map<string, string[]>();
    const put = async (path: string, ...words: string[]): Promise<void> => {
      model.set(path, words);
      await store.putFiles([file(path, ...words)]);
    };
    const check = (): void => {
      assert.deepEqual(contents(store), Object.fromEntries(model));
      for (const word of ['both', 'kept', 'late']) assert.deepEqual(found(store, word), holding(model, word), word);
    };
    for (let i = 0; i < 8; i++) await put(`f${i}`, `own${i}`, 'both', i % 2 ? 'kept' : 'lost');
    for (const path of ['f1', 'f2']) {
      model.delete(path);
      await store.putFiles([deleted(path)]);
    }
    let pieces = 0;
    for (; await store.merge(); pieces++) {
      check();
      if (pieces === 3) await put('f3', 'late', 'both');
      if (pieces === 5) await put('f2', 'late');
      if (pieces === 7) {
        model.delete('f4');
        await store.putFiles([deleted('f4')]);
      }
      check();
    }
    assert.ok(pieces > 10, `${pieces} pieces`);
    check();
    await store.close();
    store = await Store.open(folder, piecewise);
    check();
    await store.close();
  });

  it('is as before when it ends amid a merge, or between the write of a merged segment and its commit', async () => {
    const folder = tempFolder();
    const piecewise = { dimensions, warn: fail, mergeMs: 0 };
    const store = await Store.open(folder, piecewise);
    for (let i = 0; i < 8; i++) await store.putFiles([file(`f${i}`, `own${i}`, 'both')]);
    const before = contents(store);
    for (let piece = 0; piece < 5; piece++) assert.equal(await store.merge(), true);
    assert.equal(store.segments.length, 8);
    await store.close();
    writeFileSync(join(folder, '9.cat'), readFileSync(join(folder, '8.cat')));

    const again = await Store.open(folder, piecewise);
    assert.ok(!existsSync(join(folder, '9.cat')));
    assert.deepEqual(contents(again), before);
    while (await again.merge());
    assert.equal(again.segments.length, 1);
    assert.deepEqual(contents(again), before);
    assert.deepEqual(found(again, 'both').length, 8);
    await again.close();
  });

  it('has its chunks in the same order after a merge', async () => {
    const store = await open(tempFolder());
    const order = (): string[] => store.segments.flatMap(({ files, paths }) => Array.from({ length: files }, (_, f) => paths.get(f))); // prettier-ignore
    await store.putFiles([file('large', ...Array.from({ length: 9 }, (_, i) => `word${i}`))]);
    for (let i = 0; i < 9; i++) await store.putFiles([file(`f${i}`, 'both')]);
    const before = order();
    while (await store.merge());
    assert.equal(store.segments.length, 3);
    assert.deepEqual(order(), before);
    await store.close();
  });

  it('merges many small segments into few, and forgets what was replaced', async () => {
    const folder = tempFolder();
    const store = await open(folder);
    for (let i = 0; i < 70; i++) await store.putFiles([file('a.ts', `version${i}`), file(`f${i}.ts`, 'alpha')]);
    while (await store.merge());
    assert.ok(store.segments.length < 16, `${store.segments.length} segments`);
    assert.deepEqual(contents(store)['a.ts'], ['version69']);
    assert.equal(readdirSync(folder).filter((name) => name.endsWith('.cat')).length, store.segments.length);
    await store.close();
  });

  it('writes as much for an edit of a large index as for one of a small index', async () => {
    const bytesOfAnEdit = async (files: number): Promise<number> => {
      const folder = tempFolder();
      const store = await open(folder);
      await store.putFiles(Array.from({ length: files }, (_, i) => file(`f${i}.ts`, `word${i}`)));
      const before = new Set(readdirSync(folder));
      await store.putFiles([file('f0.ts', 'edited')]);
      const added = readdirSync(folder).filter((name) => !before.has(name));
      await store.close();
      return added.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    };
    const [small, large] = [await bytesOfAnEdit(100), await bytesOfAnEdit(1000)];
    assert.ok(Math.abs(large - small) <= 8, `${small} and ${large} bytes`);
  });

  it('sets a damaged segment aside, says which, and keeps the rest', async () => {
    const folder = tempFolder();
    const store = await open(folder);
    await store.putFiles([file('a.ts', 'alpha')]);
    await store.putFiles([file('b.ts', 'beta')]);
    await store.close();
    const second = join(folder, '2.cat');
    const bytes = readFileSync(second);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(second, bytes);

    const again = await open(folder);
    assert.deepEqual(contents(again), { 'a.ts': ['alpha'] });
    assert.match(warnings.join(), /2\.cat is damaged \(wrong checksum\)/);
    assert.ok(existsSync(`${second}.damaged`));
    await again.putFiles([file('b.ts', 'beta')]);
    assert.deepEqual(contents(again), { 'a.ts': ['alpha'], 'b.ts': ['beta'] });
    await again.close();
  });

  it('begins anew beside a damaged manifest, and says so once', async () => {
    const damages = [
      (path: string) => truncateSync(path, 10),
      (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace(/"nextId":\d+/, '"nextId":99')),
    ];
    for (const damage of damages) {
      const folder = tempFolder();
      const store = await open(folder);
      await store.putFiles([file('a.ts', 'alpha')]);
      await store.close();
      damage(join(folder, 'manifest.2.json'));
      const again = await open(folder);
      assert.match(warnings.join(), /^[^;]* has a damaged manifest\.2\.json; it is built anew\.$/);
      assert.deepEqual(contents(again), {});
      await again.putFiles([file('a.ts', 'alpha')]);
      await again.close();
      warnings.length = 0;
      const third = await open(folder);
      assert.deepEqual([contents(third), warnings], [{ 'a.ts': ['alpha'] }, []]);
      await third.close();
    }
  });

  it('passes over a commit that a crash broke off', async () => {
    const folder = tempFolder();
    const store = await open(folder);
    await store.putFiles([file('a.ts', 'alpha')]);
    await store.close();
    writeFileSync(join(folder, 'manifest.3.json'), '{"index":"');
    const whole = JSON.parse(readFileSync(join(folder, 'manifest.2.json'), 'utf8')) as object;
    writeFileSync(join(folder, '2.cat'), 'torn');
    assert.ok('checksum' in whole);
    const again = await open(folder);
    assert.deepEqual([contents(again), warnings], [{ 'a.ts': ['alpha'] }, []]);
    assert.deepEqual(readdirSync(folder).sort(), [
      '1.cat',
      'manifest.2.json',
      'manifest.3.json.damaged',
      'writer.lock',
    ]);
    await again.putFiles([file('b.ts', 'beta')]);
    await again.close();
    const third = await open(folder);
    assert.deepEqual(contents(third), { 'a.ts': ['alpha'], 'b.ts': ['beta'] });
    assert.ok(!existsSync(join(folder, 'manifest.3.json.damaged')));
    await third.close();
  });

  it('commits nothing more once another process has taken over without its knowledge', async () => {
    const folder = tempFolder();
    const stopped = await open(folder); // as if asleep for longer than its heart may stand still
    await stopped.putFiles([file('a.ts', 'alpha')]);
    const lock = join(folder, 'writer.lock');
    const owner = readFileSync(lock, 'utf8');
    const past = new Date(Date.now() - 20_000);
    utimesSync(lock, past, past);
    const other = await open(folder);
    assert.equal(other.writer, true);
    writeFileSync(lock, owner); // the stopped one looked at the lock just before it was taken
    await assert.rejects(stopped.putFiles([file('late.ts', 'late')]), /Another process is writing/);
    assert.equal(stopped.writer, false);
    await other.close();
    await stopped.close();
    const again = await open(folder);
    assert.deepEqual([contents(again), warnings], [{ 'a.ts': ['alpha'] }, []]);
    await again.close();
  });

  it('has one writer; a reader sees its commits, and takes over when it is gone', async () => {
    const folder = tempFolder();
    const writer = await open(folder);
    const reader = await open(folder);
    assert.deepEqual([writer.writer, reader.writer], [true, false]);
    await assert.rejects(reader.putFiles([file('x.ts', 'x')]), /Another process is writing/);
    await writer.putFiles([file('a.ts', 'alpha')]);
    await writer.putVectors(vectorsFor('a.ts', 'alpha'));
    assert.equal(await reader.refresh(), true);
    assert.deepEqual(contents(reader), { 'a.ts': ['alpha'] });
    assert.equal(reader.counts.embedded, 1);
    assert.equal(await reader.takeOver(), false);
    await writer.close();
    assert.equal(await reader.takeOver(), true);
    await reader.putFiles([file('b.ts', 'beta')]);
    await reader.close();
  });

  it('takes over at once from a process that died', async () => {
    const folder = tempFolder();
    const store = await open(folder);
    await store.putFiles([file('a.ts', 'alpha')]);
    await store.close();
    const { hostname } = await import('node:os');
    writeFileSync(join(folder, 'writer.lock'), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), token: 'dead' }));
    const again = await open(folder);
    assert.equal(again.writer, true);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('writer.lock')),
      ['writer.lock'],
    );
    await again.close();
    assert.ok(!existsSync(join(folder, 'writer.lock')));
  });
});
