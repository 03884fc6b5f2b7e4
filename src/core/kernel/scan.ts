// AssemblyScript, compiled by tools/build-kernel.mjs into scan.wasm.ts.

/** Sums of the lanes of each of four vectors. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

/** What 16 bytes of a row add to its dot product with the query. */
function dot(low: v128, high: v128, row: usize): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(low, v128.load_ext<i8>(row)), i32x4.dot_i16x8_s(high, v128.load_ext<i8>(row, 8)));
}

/** Two cosines, in the lower lanes, of two dot products in the lower lanes. */
function cosines(dots: v128, inverseNorms: v128, norm: v128): v128 {
  const products = f64x2.mul(f64x2.convert_low_i32x4_s(dots), f64x2.promote_low_f32x4(inverseNorms));
  return f32x4.demote_f64x2_zero(f64x2.div(products, norm));
}

/**
 * Bytes ahead, two groups of rows. A group is read in no order that the processor would foresee, so each step also asks
 * for the next cache line of a later one: a scan of more than the caches hold takes a sixth less.
 */
const ahead = 3072;

/**
 * Cosines of one query with `rows` rows (a multiple of 4) of an int8 matrix, row-major.
 * @param query i16, `dimensions` of them: a multiple of 16
 * @param norm the Euclidean length of the query, above 0
 * @param matrix i8, followed by at least `ahead` bytes of memory
 * @param inverseNorms f32, 1 / the Euclidean length of each row, 0 for a row of zeros
 * @param out f32, a cosine for each row
 */
export function scan(
  query: usize,
  norm: f64,
  matrix: usize,
  inverseNorms: usize,
  rows: i32,
  dimensions: usize,
  out: usize,
): void {
  const norms = f64x2.splat(norm);
  for (let row = 0; row < rows; row += 4) {
    const b = matrix + dimensions;
    const c = b + dimensions;
    const d = c + dimensions;
    let sumA = i32x4.splat(0);
    let sumB = i32x4.splat(0);
    let sumC = i32x4.splat(0);
    let sumD = i32x4.splat(0);
    for (let i: usize = 0; i < dimensions; i += 16) {
      v128.load(matrix + i * 4, ahead);
      const low = v128.load(query + i * 2);
      const high = v128.load(query + i * 2, 16);
      sumA = i32x4.add(sumA, dot(low, high, matrix + i));
      sumB = i32x4.add(sumB, dot(low, high, b + i));
      sumC = i32x4.add(sumC, dot(low, high, c + i));
      sumD = i32x4.add(sumD, dot(low, high, d + i));
    }
    const dots = sums(sumA, sumB, sumC, sumD);
    const inverse = v128.load(inverseNorms);
    const first = cosines(dots, inverse, norms);
    const last = cosines(v128.shuffle<i64>(dots, dots, 1, 0), v128.shuffle<i64>(inverse, inverse, 1, 0), norms);
    v128.store(out, v128.shuffle<i64>(first, last, 0, 2));
    matrix = d + dimensions;
    inverseNorms += 16;
    out += 16;
  }
}

/** The dot product of each row with itself, as i32; `dimensions` is a multiple of 8. */
export function squares(matrix: usize, rows: i32, dimensions: usize, out: usize): void {
  for (let row = 0; row < rows; row++) {
    let sum = i32x4.splat(0);
    for (let i: usize = 0; i < dimensions; i += 8) {
      const a = v128.load_ext<i8>(matrix + i);
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(a, a));
    }
    store<i32>(
      out,
      i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3),
    );
    matrix += dimensions;
    out += 4;
  }
}
