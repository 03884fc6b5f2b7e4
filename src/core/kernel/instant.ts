// AssemblyScript, compiled by tools/build-kernel.mjs into instant.wasm.ts.

/** Four integers as floats times `factor`. */
function scaled(four: v128, factor: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(four), factor);
}

/**
 * The weighted sum of some rows of an int8 matrix, row-major.
 * @param ids u32, `count` of them: the rows
 * @param factors f32, what each of these rows is multiplied by
 * @param rank columns: a multiple of 16
 * @param out f32, `rank` of them
 */
export function sum(ids: usize, factors: usize, count: i32, rows: usize, rank: usize, out: usize): void {
  for (let column: usize = 0; column < rank; column += 16) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let i: usize = 0; i < <usize>count; i++) {
      const factor = v128.load_splat<f32>(factors + i * 4);
      const sixteen = v128.load(rows + <usize>load<u32>(ids + i * 4) * rank + column);
      const low = i16x8.extend_low_i8x16_s(sixteen);
      const high = i16x8.extend_high_i8x16_s(sixteen);
      a = f32x4.add(a, scaled(i32x4.extend_low_i16x8_s(low), factor));
      b = f32x4.add(b, scaled(i32x4.extend_high_i16x8_s(low), factor));
      c = f32x4.add(c, scaled(i32x4.extend_low_i16x8_s(high), factor));
      d = f32x4.add(d, scaled(i32x4.extend_high_i16x8_s(high), factor));
    }
    v128.store(out + column * 4, a);
    v128.store(out + column * 4, b, 16);
    v128.store(out + column * 4, c, 32);
    v128.store(out + column * 4, d, 48);
  }
}

/**
 * The product of a vector and a matrix, row-major, scaled to length 1; zero where the product is zero.
 * @param vector f32, `rank` of them
 * @param matrix f32, rank x dimensions
 * @param dimensions a multiple of 16
 * @param out f32, `dimensions` of them
 */
export function project(vector: usize, rank: usize, matrix: usize, dimensions: usize, out: usize): void {
  let squares = f32x4.splat(0);
  for (let column: usize = 0; column < dimensions; column += 16) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let at = matrix + column * 4;
    for (let i: usize = 0; i < rank; i++) {
      const x = v128.load_splat<f32>(vector + i * 4);
      a = f32x4.add(a, f32x4.mul(x, v128.load(at)));
      b = f32x4.add(b, f32x4.mul(x, v128.load(at, 16)));
      c = f32x4.add(c, f32x4.mul(x, v128.load(at, 32)));
      d = f32x4.add(d, f32x4.mul(x, v128.load(at, 48)));
      at += dimensions * 4;
    }
    squares = f32x4.add(squares, f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)));
    squares = f32x4.add(squares, f32x4.add(f32x4.mul(c, c), f32x4.mul(d, d)));
    v128.store(out + column * 4, a);
    v128.store(out + column * 4, b, 16);
    v128.store(out + column * 4, c, 32);
    v128.store(out + column * 4, d, 48);
  }
  const square =
    f32x4.extract_lane(squares, 0) +
    f32x4.extract_lane(squares, 1) +
    f32x4.extract_lane(squares, 2) +
    f32x4.extract_lane(squares, 3);
  const factor = f32x4.splat(square > 0 ? 1 / sqrt<f32>(square) : 0);
  for (let column: usize = 0; column < dimensions; column += 4) {
    v128.store(out + column * 4, f32x4.mul(v128.load(out + column * 4), factor));
  }
}
