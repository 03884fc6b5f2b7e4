/** The plane that a cloud of vectors is widest in: its first two principal components. */
import { Random } from './random.ts';
import { rowCount, type Rows } from './rows.ts';

/** Rounds of the iteration; what is not told apart by then differs too little to matter for a start. */
const rounds = 20;

/**
 * Where each row lies in that plane, n x 2, around the mean; by orthogonal iteration (G. Golub and C. Van Loan, "Matrix
 * Computations", 8.2) on the centred rows, without making their covariance. The same for the same rows: signs are chosen
 * so that the largest coordinate is positive.
 */
export function principalPlane(rows: Rows): Float32Array {
  const { values, dimensions } = rows;
  const count = rowCount(rows);
  const mean = new Float32Array(dimensions);
  for (let i = 0; i < values.length; i++) mean[i % dimensions] = (mean[i % dimensions] ?? 0) + (values[i] ?? 0) / count;
  const random = new Random(1);
  const axes = [0, 1].map(() => Float32Array.from({ length: dimensions }, () => random.normal()));
  const [first = new Float32Array(), second = new Float32Array()] = axes;
  const plane = new Float32Array(count * 2);
  for (let round = 0; ; round++) {
    normalise(first);
    const along = dot(first, second);
    for (let d = 0; d < dimensions; d++) second[d] = (second[d] ?? 0) - along * (first[d] ?? 0);
    normalise(second);
    const [offset0, offset1] = [dot(mean, first), dot(mean, second)];
    for (let i = 0; i < count; i++) {
      let [x, y] = [-offset0, -offset1];
      for (let d = 0, at = i * dimensions; d < dimensions; d++, at++) {
        const value = values[at] ?? 0;
        x += value * (first[d] ?? 0);
        y += value * (second[d] ?? 0);
      }
      plane[i * 2] = x;
      plane[i * 2 + 1] = y;
    }
    if (round === rounds) break;
    axes.forEach((axis, a) => {
      axis.fill(0);
      for (let i = 0; i < count; i++) {
        const weight = plane[i * 2 + a] ?? 0;
        for (let d = 0, at = i * dimensions; d < dimensions; d++, at++) {
          axis[d] = (axis[d] ?? 0) + weight * ((values[at] ?? 0) - (mean[d] ?? 0));
        }
      }
    });
  }
  for (const a of [0, 1]) {
    let largest = 0;
    for (let i = a; i < plane.length; i += 2) if (Math.abs(plane[i] ?? 0) > Math.abs(largest)) largest = plane[i] ?? 0;
    if (largest < 0) for (let i = a; i < plane.length; i += 2) plane[i] = -(plane[i] ?? 0);
  }
  return plane;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** To unit length; a vector of zeros stays one, for there is no direction left. */
function normalise(vector: Float32Array): void {
  const norm = Math.sqrt(dot(vector, vector));
  for (let i = 0; norm > 0 && i < vector.length; i++) vector[i] = (vector[i] ?? 0) / norm;
}
