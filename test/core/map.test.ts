import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import fc from 'fast-check';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine } from '../../src/core/engine.ts';
import { makeMap } from '../../src/core/overview/map.ts';
import { parted, separator, type Snapshot } from '../../src/core/overview/snapshot.ts';
import type { VectorMap } from '../../src/core/types.ts';
import { snapshotOf } from './snapshots.ts';
import { removeTempFolders, tempFolder } from './temp.ts';

const source = resolve(import.meta.dirname, '../../src');

const away = (a: Float32Array, i: number, b: Float32Array, j: number): number =>
  Math.hypot(a[i * 2]! - b[j * 2]!, a[i * 2 + 1]! - b[j * 2 + 1]!);

/** Unit vectors of the files, in the order of the map. */
function fileVectors({ paths: joined, chunkStart, vectors, dimensions }: Snapshot, map: VectorMap): number[][] {
  const paths = parted(joined, chunkStart.length - 1);
  return map.paths.split('\0').map((path) => {
    const file = paths.indexOf(path);
    const mean = new Array<number>(dimensions).fill(0);
    for (let c = chunkStart[file]!; c < chunkStart[file + 1]!; c++) {
      const vector = vectors.subarray(c * dimensions, (c + 1) * dimensions);
      const norm = Math.hypot(...vector);
      vector.forEach((x, d) => (mean[d]! += x / norm));
    }
    const norm = Math.hypot(...mean);
    return mean.map((x) => x / norm);
  });
}

/** The share of neighbours in the plane that are so in fact: J. Venna and S. Kaski, "Neighborhood preservation", 2001. */
function trustworthiness(count: number, far: Distance, near: Distance, k: number): number {
  let penalty = 0;
  for (let i = 0; i < count; i++) {
    const others = [...Array(count).keys()].filter((j) => j !== i);
    const rank = new Map(others.toSorted((a, b) => far(i, a) - far(i, b)).map((j, r) => [j, r + 1]));
    for (const j of others.toSorted((a, b) => near(i, a) - near(i, b)).slice(0, k)) {
      penalty += Math.max(0, rank.get(j)! - k);
    }
  }
  return 1 - (2 / (count * k * (2 * count - 3 * k - 1))) * penalty;
}
type Distance = (i: number, j: number) => number;

/** The same files in another order. */
function reversed(snapshot: Snapshot): Snapshot {
  const { chunkStart, dimensions } = snapshot;
  const paths = parted(snapshot.paths, chunkStart.length - 1);
  const symbols = parted(snapshot.symbols, snapshot.startLine.length);
  const files = [...paths.keys()].reverse();
  const chunks = files.flatMap((f) =>
    Array.from({ length: chunkStart[f + 1]! - chunkStart[f]! }, (_, i) => chunkStart[f]! + i),
  );
  const starts = [0];
  for (const f of files) starts.push(starts.at(-1)! + chunkStart[f + 1]! - chunkStart[f]!);
  return {
    ...snapshot,
    paths: files.map((f) => paths[f]!).join(separator),
    chunkStart: Uint32Array.from(starts),
    startLine: Uint32Array.from(chunks, (c) => snapshot.startLine[c]!),
    endLine: Uint32Array.from(chunks, (c) => snapshot.endLine[c]!),
    kind: Uint8Array.from(chunks, (c) => snapshot.kind[c]!),
    symbols: chunks.map((c) => symbols[c]!).join(separator),
    vectors: Int8Array.from(
      chunks.flatMap((c) => [...snapshot.vectors.subarray(c * dimensions, (c + 1) * dimensions)]),
    ),
  };
}

describe('the map', () => {
  let snapshot: Snapshot;
  let map: VectorMap;

  before(async () => {
    snapshot = await snapshotOf(source);
    map = makeMap(snapshot);
  });
  after(() => removeTempFolders());

  it('keeps near what is near: files of real code', () => {
    const vectors = fileVectors(snapshot, map);
    const unlike: Distance = (i, j) => -vectors[i]!.reduce((sum, x, d) => sum + x * vectors[j]![d]!, 0);
    const inPlane: Distance = (i, j) => away(map.files, i, map.files, j);
    const trust = trustworthiness(vectors.length, unlike, inPlane, 8);
    assert.ok(trust > 0.85, `trustworthiness ${trust.toFixed(3)}`);
  });

  it('puts chunks near their file', () => {
    const files = map.chunkStart.length - 1;
    let nearest = 0;
    for (let file = 0; file < files; file++) {
      for (let chunk = map.chunkStart[file]!; chunk < map.chunkStart[file + 1]!; chunk++) {
        const own = away(map.chunks, chunk, map.files, file);
        const nearer = [...Array(files).keys()].filter((f) => away(map.chunks, chunk, map.files, f) < own).length;
        if (nearer < files * 0.1) nearest++;
      }
    }
    assert.ok(nearest > map.startLine.length * 0.95, `${nearest} of ${map.startLine.length}`);
  });

  it('is the same for the same files, in whatever order they come', () => {
    assert.deepEqual(makeMap(reversed(snapshot)), map);
  });

  it('has a place for everything, however few or odd the vectors', () => {
    const vector = fc.oneof(
      fc.constant(new Int8Array(16)),
      fc.constant(new Int8Array(16).fill(3)),
      fc.int8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(vector, { minLength: 1, maxLength: 4 }), { maxLength: 30 }), (files) => {
        const chunks = files.flat();
        const starts = files.reduce((all, file) => [...all, all.at(-1)! + file.length], [0]);
        const made = makeMap({
          dimensions: 16,
          paths: files.map((_, i) => `file ${i}`).join(separator),
          chunkStart: Uint32Array.from(starts),
          startLine: new Uint32Array(chunks.length),
          endLine: new Uint32Array(chunks.length),
          kind: new Uint8Array(chunks.length),
          terms: new Uint32Array(chunks.length),
          symbols: chunks.map(() => '').join(separator),
          hashes: new Uint8Array(chunks.length * 16),
          vectors: Int8Array.from(chunks.flatMap((one) => [...one])),
          missing: 0,
        });
        assert.equal(made.files.length, files.length * 2);
        assert.equal(made.chunks.length, chunks.length * 2);
        for (const x of [...made.files, ...made.chunks]) assert.ok(Number.isFinite(x));
      }),
      { numRuns: 60 },
    );
  });

  it('is made while queries are answered, and can be broken off', async () => {
    const engine = await Engine.open({ folder: source, model: bundledModel(), home: tempFolder(), embed: false });
    try {
      engine.changed();
      await engine.settled();
      const delay = monitorEventLoopDelay({ resolution: 5 });
      const making = engine.map();
      delay.enable();
      const { results } = await engine.search({ query: 'instant vectors', top: 3 });
      assert.equal(results.length, 3);
      const { paths, startLine, missing } = await making;
      delay.disable();
      assert.ok(paths.split('\0').includes('core/overview/map.ts'));
      assert.equal(startLine.length + missing, engine.status().chunks);
      assert.ok(delay.max < 250e6, `${delay.max / 1e6} ms without a turn`);
      const broken = new AbortController();
      const given = engine.map(broken.signal);
      broken.abort();
      await assert.rejects(given, { name: 'AbortError' });
    } finally {
      await engine.close();
    }
  });
});
