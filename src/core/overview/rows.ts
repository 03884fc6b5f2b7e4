/** Vectors of floats in one array, row by row, and an exact search among them. */
import { hashBytes, quantize, VectorMatrix } from '../vectors.ts';

export interface Rows {
  /** Rows x dimensions, row-major. */
  readonly values: Float32Array;
  readonly dimensions: number;
}

export const rowCount = ({ values, dimensions }: Rows): number => values.length / dimensions;

export const rowOf = ({ values, dimensions }: Rows, row: number): Float32Array =>
  values.subarray(row * dimensions, (row + 1) * dimensions);

/** The same rows in the kernel's form, each under the number it has. */
export function matrixOf(rows: Rows): VectorMatrix {
  const count = rowCount(rows);
  const vectors = new Int8Array(rows.values.length);
  for (let i = 0; i < count; i++) vectors.set(quantize(rowOf(rows, i)).values, i * rows.dimensions);
  return numbered(vectors, rows.dimensions);
}

/** A matrix of these vectors (n x dimensions, row-major), each under the number it has. */
export function numbered(vectors: Int8Array, dimensions: number): VectorMatrix {
  const count = vectors.length / dimensions;
  const names = new Uint32Array((count * hashBytes) / 4);
  for (let i = 0; i < count; i++) names[(i * hashBytes) / 4] = i;
  const matrix = new VectorMatrix(dimensions);
  matrix.add(new Uint8Array(names.buffer), vectors);
  return matrix;
}

/** For each of some rows, the k rows of a matrix nearest to it, by cosine, nearest first; -1 where there are no more. */
export interface Neighbours {
  readonly k: number;
  /** Rows x k. */
  readonly of: Int32Array;
}

/** @param itself the row of the matrix that row `i` is, and that is not its own neighbour; -1 for none */
export function nearest(rows: Rows, matrix: VectorMatrix, k: number, itself: (i: number) => number): Neighbours {
  const count = rowCount(rows);
  const of = new Int32Array(count * k).fill(-1);
  const cosines = new Float32Array(k);
  for (let i = 0; i < count; i++) {
    cosines.fill(-Infinity);
    const scanned = matrix.scan(quantize(rowOf(rows, i)));
    const self = itself(i);
    let floor = -Infinity;
    for (let row = 0; row < scanned.length; row++) {
      const cosine = scanned[row] ?? 0;
      if (cosine <= floor || row === self) continue;
      let at = k - 1;
      for (; at > 0 && cosine > (cosines[at - 1] ?? 0); at--) {
        cosines[at] = cosines[at - 1] ?? 0;
        of[i * k + at] = of[i * k + at - 1] ?? -1;
      }
      cosines[at] = cosine;
      of[i * k + at] = row;
      floor = cosines[k - 1] ?? 0;
    }
  }
  return { k, of };
}
