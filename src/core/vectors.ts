/** All vectors of an index in one int8 matrix in WebAssembly memory, found by chunk hash and scanned exactly. */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { hashBytes, HashTable } from './hash-table.ts';
import { blockRows, MatrixMemory } from './matrix-memory.ts';

export { hashBytes };

/** Beside this script, bundled or not. */
const threadScript = join(import.meta.dirname, `scan-thread${extname(import.meta.filename)}`);

/** From how many rows on a search has a thread beside it: a scan takes some two milliseconds there, the thread up to 18 MB. */
const threadedRows = 65_536;

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
  readonly #tell: (message: string) => void;
  #memory: MatrixMemory;
  #rowOf = new HashTable();
  /** Of the latest scan, with room to grow, and the number of its rows. */
  #cosines = new Float32Array(0);
  #scannedRows = 0;
  #isScanning = false;
  /** Null where there can be none. */
  #thread: Worker | null | undefined;

  /**
   * @param dimensions a multiple of 16
   * @param tell receives a sentence about why there is no thread, where there should be one
   */
  constructor(dimensions: number, tell: (message: string) => void = () => undefined) {
    this.dimensions = dimensions;
    this.#tell = tell;
    this.#memory = new MatrixMemory(dimensions);
  }

  /** Removes all rows and lets go of their memory, and of the thread. */
  clear(): void {
    this.#endThread();
    this.#memory = new MatrixMemory(this.dimensions);
    this.#rowOf = new HashTable();
    this.#cosines = new Float32Array(0);
    this.#scannedRows = 0;
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
    const { buffer } = this.#memory;
    const inverse = new Float32Array(buffer, this.#memory.inverseNormAt(row), 1)[0] ?? 0;
    const norm = inverse > 0 ? 1 / inverse : 0;
    return { values: new Int8Array(buffer, this.#memory.vectorAt(row), this.dimensions), norm };
  }

  /**
   * Adds rows whose hashes are not there yet; the others are left as they are.
   * @param hashes n x 16 bytes
   * @param vectors n x dimensions, row-major
   */
  add(hashes: Uint8Array, vectors: Int8Array): void {
    const count = hashes.length / hashBytes;
    this.reserve(this.rows + count);
    const memory = this.#memory;
    const matrix = new Int8Array(memory.buffer);
    const first = this.rows;
    /** Where the run of new vectors that is to be copied next begins. */
    let run = 0;
    const copyUntil = (end: number): void => {
      for (let row = this.rows - (end - run); run < end;) {
        const length = Math.min(end - run, blockRows - (row % blockRows));
        matrix.set(vectors.subarray(run * this.dimensions, (run + length) * this.dimensions), memory.vectorAt(row));
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
    memory.measure(first, this.rows);
  }

  /** Makes room for this many rows in all. */
  reserve(rows: number): void {
    this.#finish();
    this.#memory.reserve(rows);
    if (!this.#memory.shared) this.#endThread();
    this.#rowOf.reserve(rows);
  }

  /**
   * The cosine of `query` with each row, in the order of the rows: an array that is only good until the next scan, since
   * one of a million rows takes as long to allocate as a tenth of the scan.
   */
  scan(query: QuantizedVector): Float32Array {
    this.#begin(query);
    return this.#finish();
  }

  /**
   * Begins a scan that goes on while the caller does something else; on a thread, where there are many rows.
   * @returns what gives the cosines, as `scan` does: it scans what the thread has not come to
   */
  startScan(query: QuantizedVector): () => Float32Array {
    this.#begin(query);
    if (this.rows >= threadedRows) {
      if (this.#thread === undefined) this.#thread = this.#startThread();
      this.#memory.wake();
    }
    return () => this.#finish();
  }

  /** Ends the thread, if there is one. */
  close(): void {
    this.#endThread();
  }

  #startThread(): Worker | null {
    const { shared } = this.#memory;
    const fail = (why: string): void => this.#tell(`Vectors are scanned on one thread, which takes longer: ${why}`);
    if (!shared) {
      fail('there is no memory that two could share.');
      return null;
    }
    const thread = new Worker(threadScript, { workerData: shared });
    thread.unref();
    thread.on('error', (error) => fail(`the second has ended. ${String(error)}`));
    return thread;
  }

  #endThread(): void {
    this.#finish();
    this.#memory.settle();
    void this.#thread?.terminate();
    this.#thread = undefined;
  }

  #begin(query: QuantizedVector): void {
    this.#finish();
    const { rows } = this;
    this.#scannedRows = rows;
    if (this.#cosines.length < rows) this.#cosines = new Float32Array(rows * 2);
    if (query.norm === 0) this.#cosines.fill(0, 0, rows);
    else this.#memory.begin(query.values, query.norm, rows);
    this.#isScanning = query.norm > 0;
  }

  /** The cosines of the latest scan, which is brought to its end. */
  #finish(): Float32Array {
    const cosines = this.#cosines.subarray(0, this.#scannedRows);
    if (this.#isScanning) this.#memory.finish(cosines);
    this.#isScanning = false;
    return cosines;
  }
}
