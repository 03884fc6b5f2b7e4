/** All vectors of an index in one int8 matrix in WebAssembly memory, found by chunk hash and scanned exactly. */
import { scanKernel } from './kernel/scan.wasm.ts';

/** Bytes of a chunk hash. */
export const hashBytes = 16;

/** Rows that the kernel scores in one call; their scores lie in a small buffer between the query and the matrix. */
const blockRows = 8192;
const pageBytes = 65_536;

interface Kernel {
  scan(query: number, matrix: number, rows: number, dimensions: number, scores: number): void;
}

/** An int8 vector and what makes it comparable: cosine(a, b) = a·b / (|a| |b|), so the scale itself does not matter. */
export interface QuantizedVector {
  /** Each component between -127 and 127; the largest magnitude of the vector is 127. */
  readonly values: Int8Array;
  /** Euclidean length of `values`. */
  readonly norm: number;
}

/** Rounds a vector of floats to int8 with a scale of its own. The zero vector stays zero, with norm 0. */
export function quantize(vector: Float32Array): QuantizedVector {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i] ?? 0));
  const scale = largest > 0 ? 127 / largest : 0;
  const values = new Int8Array(vector.length);
  for (let i = 0; i < vector.length; i++) values[i] = Math.round((vector[i] ?? 0) * scale);
  return { values, norm: normOf(values) };
}

export function normOf(values: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}

export class VectorMatrix {
  readonly dimensions: number;
  readonly #memory = new WebAssembly.Memory({ initial: 2, maximum: 65_536 });
  readonly #kernel: Kernel;
  readonly #scoresAt: number;
  readonly #matrixAt: number;
  #rows = 0;
  #hashes = Buffer.alloc(1024 * hashBytes);
  #inverseNorms = new Float32Array(1024);
  /** Open addressing over the hashes: row + 1, or 0 where free. */
  #table = new Int32Array(4096);

  /** @param dimensions a multiple of 16. */
  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#scoresAt = Math.ceil(dimensions / 16) * 16;
    this.#matrixAt = this.#scoresAt + blockRows * 4;
    const module = new WebAssembly.Module(Buffer.from(scanKernel, 'base64'));
    this.#kernel = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as unknown as Kernel;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Bytes of memory held. */
  get bytes(): number {
    return (
      this.#memory.buffer.byteLength + this.#hashes.length + this.#inverseNorms.byteLength + this.#table.byteLength
    );
  }

  /** The row of a chunk hash (16 bytes at `offset`), or -1. */
  rowOf(hashes: Uint8Array, offset = 0): number {
    return (this.#table[this.#slot(hashes, offset)] ?? 0) - 1;
  }

  /** The vector in a row: a view that is only good until the next `add`. */
  vector(row: number): QuantizedVector {
    const at = this.#matrixAt + row * this.dimensions;
    const inverse = this.#inverseNorms[row] ?? 0;
    return { values: new Int8Array(this.#memory.buffer, at, this.dimensions), norm: inverse > 0 ? 1 / inverse : 0 };
  }

  /** The hash of a row, 16 bytes. */
  hash(row: number): Buffer {
    return this.#hashes.subarray(row * hashBytes, (row + 1) * hashBytes);
  }

  /**
   * Adds rows whose hashes are not there yet; the others are left as they are.
   * @param hashes n x 16 bytes
   * @param vectors n x dimensions, row-major
   */
  add(hashes: Uint8Array, vectors: Int8Array): void {
    const count = hashes.length / hashBytes;
    this.#reserve(this.#rows + count);
    const matrix = new Int8Array(this.#memory.buffer);
    for (let i = 0; i < count; i++) {
      const slot = this.#slot(hashes, i * hashBytes);
      if (this.#table[slot] !== 0) continue;
      const row = this.#rows++;
      this.#table[slot] = row + 1;
      this.#hashes.set(hashes.subarray(i * hashBytes, (i + 1) * hashBytes), row * hashBytes);
      const vector = vectors.subarray(i * this.dimensions, (i + 1) * this.dimensions);
      matrix.set(vector, this.#matrixAt + row * this.dimensions);
      const norm = normOf(vector);
      this.#inverseNorms[row] = norm > 0 ? 1 / norm : 0;
    }
  }

  /** The cosine of `query` with each row, in the order of the rows. */
  scan(query: QuantizedVector): Float32Array {
    const cosines = new Float32Array(this.#rows);
    if (query.norm === 0) return cosines;
    new Int8Array(this.#memory.buffer).set(query.values, 0);
    const scores = new Int32Array(this.#memory.buffer, this.#scoresAt, blockRows);
    for (let first = 0; first < this.#rows; first += blockRows) {
      const rows = Math.min(blockRows, this.#rows - first);
      this.#kernel.scan(0, this.#matrixAt + first * this.dimensions, rows, this.dimensions, this.#scoresAt);
      for (let i = 0; i < rows; i++) {
        cosines[first + i] = ((scores[i] ?? 0) * (this.#inverseNorms[first + i] ?? 0)) / query.norm;
      }
    }
    return cosines;
  }

  #slot(hashes: Uint8Array, offset: number): number {
    const mask = this.#table.length - 1;
    const start = Buffer.from(hashes.buffer, hashes.byteOffset + offset, hashBytes);
    let slot = start.readUInt32LE(0) & mask;
    for (;;) {
      const row = (this.#table[slot] ?? 0) - 1;
      if (row < 0 || start.compare(this.#hashes, row * hashBytes, (row + 1) * hashBytes) === 0) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #reserve(rows: number): void {
    const bytes = this.#matrixAt + rows * this.dimensions;
    const have = this.#memory.buffer.byteLength;
    if (bytes > have)
      this.#memory.grow(Math.ceil((Math.max(bytes, Math.min(have * 1.25, have + 2 ** 26)) - have) / pageBytes));
    if (rows > this.#inverseNorms.length) {
      const capacity = Math.max(rows, Math.ceil(this.#inverseNorms.length * 1.5));
      const norms = new Float32Array(capacity);
      norms.set(this.#inverseNorms);
      this.#inverseNorms = norms;
      const hashes = Buffer.alloc(capacity * hashBytes);
      this.#hashes.copy(hashes);
      this.#hashes = hashes;
    }
    if (rows * 2 > this.#table.length) this.#rehash(2 ** Math.ceil(Math.log2(rows * 3)));
  }

  #rehash(size: number): void {
    this.#table = new Int32Array(size);
    for (let row = 0; row < this.#rows; row++) this.#table[this.#slot(this.#hashes, row * hashBytes)] = row + 1;
  }
}
