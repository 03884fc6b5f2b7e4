/**
 * The memory of a vector matrix, and the scan of it; both may be shared with one other thread. It holds what is scanned for,
 * then blocks of rows; behind the vectors of a block lie their inverse norms and, once it has been scanned, cosines.
 */
import { scanKernel, sharedScanKernel } from './kernel/scan.wasm.ts';

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

/** Rows that lie together; the kernel scores one block in a call. */
export const blockRows = 8192;
/** The kernel scores rows in groups of this many; those behind the last row are scored for nothing. */
const rowGroup = 4;
const pageBytes = 65_536;
const mostPages = 65_536;

/** What lies where in the numbers (i32) at the beginning of the memory: blocks that nobody has taken, blocks not done, rows. */
const [untaken, unfinished, scanned] = [0, 1, 2];
/** In bytes: the norm of the query (f64), the query (i16). */
const normAt = 16;
const queryAt = 32;
const cacheLine = 64;

/** What the thread needs to take part in scans. */
export interface SharedMatrix {
  readonly memory: WebAssembly.Memory;
  readonly dimensions: number;
}

export class MatrixMemory {
  readonly dimensions: number;
  readonly #blocksAt: number;
  readonly #blockBytes: number;
  #memory: WebAssembly.Memory;
  #kernel: Kernel;
  #isShared: boolean;
  /** Views of the beginning of the memory. */
  #numbers: Int32Array;
  #norm: Float64Array;

  /** @param memory one that another thread has made; a new one when absent */
  constructor(dimensions: number, memory?: WebAssembly.Memory) {
    this.dimensions = dimensions;
    this.#blocksAt = Math.ceil((queryAt + dimensions * 2) / cacheLine) * cacheLine;
    this.#blockBytes = blockRows * (dimensions + 8);
    this.#isShared = true;
    this.#memory = memory ?? this.#allocate(1);
    this.#kernel = this.#instantiate();
    [this.#numbers, this.#norm] = this.#view();
  }

  /** Undefined where this system gives no memory that threads could share. */
  get shared(): SharedMatrix | undefined {
    return this.#isShared ? { memory: this.#memory, dimensions: this.dimensions } : undefined;
  }

  /** Good until the memory grows. */
  get buffer(): ArrayBufferLike {
    return this.#memory.buffer;
  }

  vectorAt(row: number): number {
    return this.#blockAt(row) + (row % blockRows) * this.dimensions;
  }

  inverseNormAt(row: number): number {
    return this.#blockAt(row) + blockRows * this.dimensions + (row % blockRows) * 4;
  }

  #cosineAt(row: number): number {
    return this.inverseNormAt(row) + blockRows * 4;
  }

  #blockAt(row: number): number {
    return this.#blocksAt + Math.floor(row / blockRows) * this.#blockBytes;
  }

  /**
   * Makes room for this many rows in all. What is not written to yet is not held in memory; but each time that memory
   * grows, all garbage is collected.
   */
  reserve(rows: number): void {
    this.settle();
    const bytes = this.#blocksAt + Math.ceil(rows / blockRows) * this.#blockBytes;
    const missing = Math.ceil((bytes - this.buffer.byteLength) / pageBytes);
    if (missing <= 0) return;
    try {
      this.#memory.grow(missing);
    } catch (error) {
      if (!this.#isShared) throw error;
      this.#unshare(missing);
    }
    [this.#numbers, this.#norm] = this.#view();
  }

  /** Sets the inverse norms of the rows from `first` up to `end`. */
  measure(first: number, end: number): void {
    for (let from = first; from < end;) {
      const count = Math.min(end - from, blockRows - (from % blockRows));
      const at = this.#cosineAt(from);
      this.#kernel.squares(this.vectorAt(from), count, this.dimensions, at);
      const squares = new Int32Array(this.buffer, at, count);
      const norms = new Float32Array(this.buffer, this.inverseNormAt(from), count);
      for (let i = 0; i < count; i++) norms[i] = squares[i] ? 1 / Math.sqrt(squares[i] ?? 0) : 0;
      from += count;
    }
  }

  /**
   * From here on the thread may scan the first `rows` rows for a query; none may be added until `finish`.
   * @param norm the Euclidean length of `query`, above 0
   */
  begin(query: Int8Array, norm: number, rows: number): void {
    this.settle();
    const numbers = this.#numbers;
    const blocks = Math.ceil(rows / blockRows);
    new Int16Array(this.buffer, queryAt, this.dimensions).set(query);
    this.#norm[0] = norm;
    numbers[scanned] = rows;
    Atomics.store(numbers, unfinished, blocks);
    Atomics.store(numbers, untaken, blocks);
  }

  /** Wakes the thread that waits for a scan. */
  wake(): void {
    Atomics.notify(this.#numbers, untaken);
  }

  /**
   * Scans what the thread has not taken. The block that it is at is scanned here, too: on a busy machine the thread may
   * have been interrupted, and writes the same cosines later on.
   * @param cosines room for one for each row
   */
  finish(cosines: Float32Array): void {
    let former = Math.ceil(cosines.length / blockRows);
    /** The lowest block, which is the last, that the thread has taken. */
    let ofThread = -1;
    for (let block; (block = this.#take()) >= 0; former = block) {
      if (block < former - 1) ofThread = block + 1;
      this.#scanBlock(block);
      Atomics.sub(this.#numbers, unfinished, 1);
    }
    if (former > 0) ofThread = 0;
    if (Atomics.load(this.#numbers, unfinished) > 0) this.#scanBlock(ofThread);
    for (let row = 0; row < cosines.length; row += blockRows) {
      const count = Math.min(blockRows, cosines.length - row);
      cosines.set(new Float32Array(this.buffer, this.#cosineAt(row), count), row);
    }
  }

  /** Waits until the thread, after `finish`, has come to the end of its block. */
  settle(): void {
    const numbers = this.#numbers;
    for (let left; (left = Atomics.load(numbers, unfinished)) > 0;) Atomics.wait(numbers, unfinished, left);
  }

  /** What the thread does: it takes part in all scans until it is ended, and uses no processor in between. */
  serve(): never {
    const numbers = this.#numbers;
    for (;;) {
      const left = Atomics.load(numbers, untaken);
      if (left <= 0) Atomics.wait(numbers, untaken, left);
      for (let block; (block = this.#take()) >= 0;) {
        this.#scanBlock(block);
        if (Atomics.sub(numbers, unfinished, 1) === 1) Atomics.notify(numbers, unfinished);
      }
    }
  }

  /**
   * A block to scan, the last ones first; below 0 when there is none. Blocks are counted down: a number above 0 can only
   * be one of a scan that has begun and, since that block is not done, goes on. So a thread that comes late finds nothing
   * to do, and what is scanned for is to be read only then.
   */
  #take(): number {
    return Atomics.sub(this.#numbers, untaken, 1) - 1;
  }

  #scanBlock(block: number): void {
    const first = block * blockRows;
    const rows = Math.ceil(Math.min(blockRows, (this.#numbers[scanned] ?? 0) - first) / rowGroup) * rowGroup;
    const [vectors, norms, cosines] = [this.vectorAt(first), this.inverseNormAt(first), this.#cosineAt(first)];
    this.#kernel.scan(queryAt, this.#norm[0] ?? 0, vectors, norms, rows, this.dimensions, cosines);
  }

  #allocate(initial: number): WebAssembly.Memory {
    try {
      return new WebAssembly.Memory({ initial, maximum: mostPages, shared: this.#isShared });
    } catch (error) {
      if (!this.#isShared) throw error;
      this.#isShared = false;
      return this.#allocate(initial);
    }
  }

  /** A shared memory cannot be moved, so its addresses have to be reserved: where few are to be had, it cannot grow. */
  #unshare(missing: number): void {
    const before = new Uint8Array(this.buffer);
    this.#isShared = false;
    this.#memory = this.#allocate(before.length / pageBytes + missing);
    new Uint8Array(this.buffer).set(before);
    this.#kernel = this.#instantiate();
  }

  #instantiate(): Kernel {
    const module = new WebAssembly.Module(Buffer.from(this.#isShared ? sharedScanKernel : scanKernel, 'base64'));
    return new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as unknown as Kernel;
  }

  #view(): [Int32Array, Float64Array] {
    return [new Int32Array(this.buffer, 0, 3), new Float64Array(this.buffer, normAt, 1)];
  }
}
