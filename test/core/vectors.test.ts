import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hashBytes, quantize, VectorMatrix } from '../../src/core/vectors.ts';

const dimensions = 384;

function randomVector(random: () => number): Float32Array {
  return Float32Array.from({ length: dimensions }, () => random() * 2 - 1);
}

/** Park and Miller's minimal standard generator, so that a failure can be repeated. */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

function hashOf(n: number): Uint8Array {
  const hash = new Uint8Array(hashBytes);
  new DataView(hash.buffer).setUint32(0, n, true);
  return hash;
}

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return dot / Math.sqrt(aa * bb);
};

describe('vectors', () => {
  it('scans exactly: every score is the cosine of the int8 vectors, over several blocks', () => {
    const random = generator(7);
    const matrix = new VectorMatrix(dimensions);
    const rows = 20_000;
    const vectors = Array.from({ length: rows }, () => quantize(randomVector(random)).values);
    for (let i = 0; i < rows; i += 100) {
      const some = vectors.slice(i, i + 100);
      matrix.add(
        Buffer.concat(some.map((_, j) => hashOf(i + j))),
        Int8Array.from(some.flatMap((values) => [...values])),
      );
    }
    const query = quantize(randomVector(random));
    const scores = matrix.scan(query);
    assert.equal(scores.length, rows);
    for (let i = 0; i < rows; i += 97) {
      assert.ok(Math.abs(scores[i]! - cosine(query.values, vectors[i]!)) < 1e-5, `row ${i}`);
    }
  });

  it('loses next to nothing by int8', () => {
    const random = generator(11);
    for (let i = 0; i < 200; i++) {
      const [a, b] = [randomVector(random), randomVector(random)];
      assert.ok(Math.abs(cosine(quantize(a).values, quantize(b).values) - cosine(a, b)) < 0.01);
    }
  });

  it('finds each vector by its hash and keeps the first of two with one hash', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1e9), { minLength: 1, maxLength: 3000 }), (numbers) => {
        const matrix = new VectorMatrix(16);
        for (const n of numbers) matrix.add(hashOf(n), new Int8Array(16).fill(n % 100));
        matrix.add(hashOf(numbers[0]!), new Int8Array(16).fill(-1));
        assert.equal(matrix.rows, numbers.length);
        numbers.forEach((n, row) => {
          for (const guess of [-1, row, row + 1]) assert.equal(matrix.rowOf(hashOf(n), 0, guess), row);
          assert.equal(matrix.vector(row).values[0], n % 100);
        });
        assert.equal(matrix.rowOf(hashOf(2e9), 0, 0), -1);
      }),
      { numRuns: 30 },
    );
  });

  it('gives 0, not NaN, for the zero vector', () => {
    const matrix = new VectorMatrix(dimensions);
    matrix.add(hashOf(1), new Int8Array(dimensions));
    assert.deepEqual([...matrix.scan(quantize(new Float32Array(dimensions).fill(1)))], [0]);
    assert.deepEqual([...matrix.scan(quantize(new Float32Array(dimensions)))], [0]);
  });
});
