/** All vectors of an index in one int8 matrix in WebAssembly memory, found by chunk hash and scanned exactly. */
import { hashBytes, HashTable } from './hash-table.ts';
import { scanKernel } from './kernel/scan.wasm.ts';

export { hashBytes };

interface Kernel {
  scan(
    query: number,
    norm: number,
    matrix: number,
    inverseNorms: number,
    rows: number,
    dimensions: number,
    out: number,
  ): void;
  squares(matrix: number, rows: number, dimensions: number, out: number): void;
}

/** Rows that lie together, followed by their inverse norms; the kernel scores one block in a call. */
const blockRows = 8192;
/** The kernel scores rows in groups of this many; those behind the last row are scored for nothing. */
const rowGroup = 4;
const pageBytes = 65_536;

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

/** Vectors of one length, each rounded with a scale of its own. @returns n x dimensions, row-major */
export function quantizeAll(vectors: readonly Float32Array[]): Int8Array<ArrayBuffer> {
  const dimensions = vectors[0]?.length ?? 0;
  const values = new Int8Array(vectors.length * dimensions);
  vectors.forEach((vector, i) => values.set(quantize(vector).values, i * dimensions));
  return values;
}

export function normOf(values: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}

export class VectorMatrix {
  readonly dimensions: number;
  /** The query as i16, the cosines of one block, then the blocks. */
  #memory: WebAssembly.Memory;
  #kernel: Kernel;
  readonly #outAt: number;
  readonly #blocksAt: number;
  readonly #blockBytes: number;
  #rowOf = new HashTable();
  /** What `scan` returns, with room to grow. */
  #cosines = new Float32Array(0);

  /** @param dimensions a multiple of 16. */
  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#outAt = dimensions * 2;
    this.#blocksAt = this.#outAt + blockRows * 4;
    this.#blockBytes = blockRows * (dimensions + 4);
    [this.#memory, this.#kernel] = this.#allocate();
  }

  #allocate(): [WebAssembly.Memory, Kernel] {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(this.#blocksAt / pageBytes), maximum: 65_536 });
    const module = new WebAssembly.Module(Buffer.from(scanKernel, 'base64'));
    return [memory, new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel];
  }

  /** Removes all rows and lets go of their memory. */
  clear(): void {
    [this.#memory, this.#kernel] = this.#allocate();
    this.#rowOf = new HashTable();
    this.#cosines = new Float32Array(0);
  }

  get rows(): number {
    return this.#rowOf.size;
  }

  /** The row of a chunk hash (16 bytes at `offset`), or -1. @param guess the row that it may well be in */
  rowOf(hashes: Uint8Array, offset = 0, guess = -1): number {
    return this.#rowOf.find(hashes, offset, guess);
  }

  /** The vector in a row: a view that is only good until the next `add`. */
  vector(row: number): QuantizedVector {
    const buffer = this.#memory.buffer;
    const inverse = new Float32Array(buffer, this.#normAt(row), 1)[0] ?? 0;
    const norm = inverse > 0 ? 1 / inverse : 0;
    return { values: new Int8Array(buffer, this.#vectorAt(row), this.dimensions), norm };
  }

  /**
   * Adds rows whose hashes are not there yet; the others are left as they are.
   * @param hashes n x 16 bytes
   * @param vectors n x dimensions, row-major
   */
  add(hashes: Uint8Array, vectors: Int8Array): void {
    const count = hashes.length / hashBytes;
    this.reserve(this.rows + count);
    const matrix = new Int8Array(this.#memory.buffer);
    const first = this.rows;
    /** Where the run of new vectors that is to be copied next begins. */
    let run = 0;
    const copyUntil = (end: number): void => {
      for (let row = this.rows - (end - run); run < end;) {
        const length = Math.min(end - run, blockRows - (row % blockRows));
        matrix.set(vectors.subarray(run * this.dimensions, (run + length) * this.dimensions), this.#vectorAt(row));
        run += length;
        row += length;
      }
    };
    for (let i = 0; i < count; i++) {
      if (this.#rowOf.add(hashes, i * hashBytes)) continue;
      copyUntil(i);
      run = i + 1;
    }
    copyUntil(count);
    this.#measure(first);
  }

  /**
   * The cosine of `query` with each row, in the order of the rows: an array that is only good until the next scan, since
   * one of a million rows takes as long to allocate as a tenth of the scan.
   */
  scan(query: QuantizedVector): Float32Array {
    const { rows } = this;
    if (this.#cosines.length < rows) this.#cosines = new Float32Array(rows * 2);
    const cosines = this.#cosines.subarray(0, rows);
    if (query.norm === 0) return cosines.fill(0);
    const buffer = this.#memory.buffer;
    new Int16Array(buffer, 0, this.dimensions).set(query.values);
    for (let first = 0; first < rows; first += blockRows) {
      const inBlock = Math.min(blockRows, rows - first);
      const whole = Math.ceil(inBlock / rowGroup) * rowGroup;
      const [vectors, norms] = [this.#vectorAt(first), this.#normAt(first)];
      this.#kernel.scan(0, query.norm, vectors, norms, whole, this.dimensions, this.#outAt);
      cosines.set(new Float32Array(buffer, this.#outAt, inBlock), first);
    }
    return cosines;
  }

  #vectorAt(row: number): number {
    return this.#blockAt(row) + (row % blockRows) * this.dimensions;
  }

  #normAt(row: number): number {
    return this.#blockAt(row) + blockRows * this.dimensions + (row % blockRows) * 4;
  }

  #blockAt(row: number): number {
    return this.#blocksAt + Math.floor(row / blockRows) * this.#blockBytes;
  }

  /** Sets the inverse norms of the rows from `first` on. */
  #measure(first: number): void {
    for (let from = first; from < this.rows;) {
      const count = Math.min(this.rows - from, blockRows - (from % blockRows));
      this.#kernel.squares(this.#vectorAt(from), count, this.dimensions, this.#outAt);
      const squares = new Int32Array(this.#memory.buffer, this.#outAt, count);
      const norms = new Float32Array(this.#memory.buffer, this.#normAt(from), count);
      for (let i = 0; i < count; i++) norms[i] = squares[i] ? 1 / Math.sqrt(squares[i] ?? 0) : 0;
      from += count;
    }
  }

  /**
   * Makes room for this many rows in all. What is not written to yet is not held in memory; but each time that memory
   * grows, all garbage is collected.
   */
  reserve(rows: number): void {
    const bytes = this.#blocksAt + Math.ceil(rows / blockRows) * this.#blockBytes;
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
    this.#rowOf.reserve(rows);
  }
}
