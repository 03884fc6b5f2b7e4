// AssemblyScript, compiled by tools/build-kernel.mjs into scan.wasm.ts.
// Dot products of one int8 query with `rows` rows of an int8 matrix (row-major, `dimensions` a multiple of 16).
export function scan(query: usize, matrix: usize, rows: i32, dimensions: i32, scores: usize): void {
  for (let row = 0; row < rows; row++) {
    let sum = i32x4.splat(0);
    for (let i: usize = 0; i < <usize>dimensions; i += 16) {
      const a = v128.load(query + i);
      const b = v128.load(matrix + i);
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(a), i16x8.extend_low_i8x16_s(b)));
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(a), i16x8.extend_high_i8x16_s(b)));
    }
    store<i32>(
      scores,
      i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3),
    );
    matrix += dimensions;
    scores += 4;
  }
}
