import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { MatrixMemory } from '../../src/core/matrix-memory.ts';
import { Store } from '../../src/core/store/store.ts';
import { hashBytes, quantize, VectorMatrix } from '../../src/core/vectors.ts';
import { removeTempFolders, tempFolder } from './temp.ts';

const dimensions = 16;
/** More than a matrix has without a thread. */
const many = 70_000;
const source = resolve(import.meta.dirname, '../../src/core');

const query = quantize(Float32Array.from({ length: dimensions }, (_, i) => i - 3));

/** Rows with these numbers, all different. */
function rowsFrom(first: number, count: number): [hashes: Uint8Array, vectors: Int8Array] {
  const names = new Uint32Array((count * hashBytes) / 4);
  const vectors = new Int8Array(count * dimensions);
  for (let i = 0; i < count; i++) {
    names[(i * hashBytes) / 4] = first + i;
    for (let d = 0; d < dimensions; d++) vectors[i * dimensions + d] = Math.imul(first + i, 0x9e3779b1 + d) >>> 25;
  }
  return [new Uint8Array(names.buffer), vectors];
}

/** The threads that `work` starts. */
async function threadsOf(work: () => unknown): Promise<Worker[]> {
  const started: Worker[] = [];
  const note = (thread: Worker): void => void started.push(thread);
  process.on('worker', note);
  await work();
  await setTimeout(0); // the process is told of a thread at its next turn
  process.off('worker', note);
  return started;
}

describe('scan thread', () => {
  after(removeTempFolders);

  it('scans by itself what nobody else does', async () => {
    const memory = new MatrixMemory(dimensions);
    memory.reserve(many);
    const [, vectors] = rowsFrom(1, 8192);
    for (let row = 0; row < many; row += 8192) new Int8Array(memory.buffer).set(vectors, memory.vectorAt(row));
    memory.measure(0, many);
    const thread = new Worker(join(source, 'scan-thread.ts'), { workerData: memory.shared });
    thread.unref();
    const numbers = new Int32Array(memory.buffer, 0, 2);
    for (let round = 0; round < 3; round++) {
      memory.begin(query.values, query.norm, many);
      memory.wake();
      const deadline = Date.now() + 20_000;
      while (Atomics.load(numbers, 1) > 0) {
        assert.ok(Date.now() < deadline, 'the thread has not scanned');
        await setTimeout(1);
      }
      const cosines = new Float32Array(many);
      memory.finish(cosines);
      assert.ok(cosines[0]! !== 0 && cosines.every((cosine, row) => cosine === cosines[row % 8192]));
    }
    await thread.terminate();
  });

  it('gives the cosines of a scan without it, however often the matrix grows and whenever they are asked for', async () => {
    const step = fc.record({
      rows: fc.nat({ max: 20_000 }),
      components: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: dimensions, maxLength: dimensions }),
      /** Milliseconds in which the thread may come to all, some, or none of it. */
      wait: fc.constantFrom(0, 0, 1, 5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const [beside, alone] = [new VectorMatrix(dimensions), new VectorMatrix(dimensions)];
        for (const matrix of [beside, alone]) matrix.add(...rowsFrom(0, many));
        for (const { rows, components, wait } of steps) {
          for (const matrix of [beside, alone]) matrix.add(...rowsFrom(matrix.rows, rows));
          const sought = quantize(Float32Array.from(components));
          const cosines = beside.startScan(sought);
          if (wait > 0) await setTimeout(wait);
          assert.deepEqual(cosines(), alone.scan(sought));
        }
        beside.close();
      }),
      { numRuns: 25 },
    );
  });

  it('gives the cosines of the rows that there were, when rows come between', () => {
    const [matrix, before] = [new VectorMatrix(dimensions), new VectorMatrix(dimensions)];
    for (const one of [matrix, before]) one.add(...rowsFrom(0, many));
    const cosines = matrix.startScan(query);
    matrix.add(...rowsFrom(many, many));
    assert.deepEqual(cosines(), before.scan(query));
    assert.equal(matrix.scan(query).length, 2 * many);
    matrix.close();
  });

  it('is not there for few rows, nor where nothing is searched', async () => {
    const [few, unsearched] = [new VectorMatrix(dimensions), new VectorMatrix(dimensions)];
    few.add(...rowsFrom(0, 1000));
    unsearched.add(...rowsFrom(0, many));
    const threads = await threadsOf(() => [few.startScan(query)(), unsearched.scan(query)]);
    assert.equal(threads.length, 0);
  });

  it('is one for all searches, and ends when the index is closed', async () => {
    const warn = (message: string): never => assert.fail(message);
    const store = await Store.open(join(tempFolder(), 'index'), { dimensions, warn });
    store.putDraftVectors(...rowsFrom(0, many));
    const threads = await threadsOf(() => [store.matrix.startScan(query)(), store.matrix.startScan(query)()]);
    assert.equal(threads.length, 1);
    const ended = once(threads[0]!, 'exit');
    await store.close();
    await ended;
  });

  it('ends with its rows', async () => {
    const matrix = new VectorMatrix(dimensions);
    matrix.add(...rowsFrom(0, many));
    const [thread] = await threadsOf(() => matrix.startScan(query)());
    const ended = once(thread!, 'exit');
    matrix.clear();
    await ended;
    assert.equal(matrix.startScan(query)().length, 0);
  });

  it('does not keep a process from ending', async () => {
    const script = join(tempFolder(), 'search.mjs');
    writeFileSync(
      script,
      `import { VectorMatrix } from '${pathToFileURL(join(source, 'vectors.ts')).href}';
      const matrix = new VectorMatrix(16, console.log);
      const names = Uint32Array.from({ length: 4 * ${many} }, (_, i) => i);
      matrix.add(new Uint8Array(names.buffer), new Int8Array(16 * ${many}).fill(1));
      process.once('worker', (thread) => thread.once('online', () => console.log('online')));
      matrix.startScan({ values: new Int8Array(16).fill(1), norm: 4 })();
      setTimeout(() => console.log('done'), 1000);`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 });
    assert.equal(stdout, 'online\ndone\n');
  });

  describe('where threads cannot share memory', () => {
    const { Memory } = WebAssembly;
    const plain = new VectorMatrix(dimensions);
    plain.add(...rowsFrom(0, many));

    /** Whether a shared memory is refused when it is made, or when it is to grow. */
    let refused: 'made' | 'grown' | undefined;
    before(() => {
      WebAssembly.Memory = class extends Memory {
        readonly #isShared: boolean;
        constructor(descriptor: ConstructorParameters<typeof Memory>[0]) {
          if (descriptor.shared && refused === 'made') throw new RangeError('could not allocate memory');
          super(descriptor);
          this.#isShared = descriptor.shared === true;
        }
        override grow(pages: number): number {
          if (this.#isShared && refused === 'grown') throw new RangeError('Unable to grow');
          return super.grow(pages);
        }
      };
    });
    afterEach(() => (refused = undefined));
    after(() => (WebAssembly.Memory = Memory));

    for (const when of ['made', 'grown'] as const) {
      it(`is absent, which is said once, when none can be ${when}`, async () => {
        refused = when;
        const said: string[] = [];
        const matrix = new VectorMatrix(dimensions, (message) => said.push(message));
        matrix.add(...rowsFrom(0, 1000));
        matrix.add(...rowsFrom(1000, many - 1000));
        const threads = await threadsOf(() => {
          for (let i = 0; i < 2; i++) assert.deepEqual(matrix.startScan(query)(), plain.scan(query));
        });
        assert.equal(threads.length, 0);
        assert.match(
          said.join(),
          /^Vectors are scanned on one thread[^,]*, which takes longer: there is no memory[^,]*$/,
        );
      });
    }

    it('ends when the memory can grow no more, and what it has begun is brought to its end', async () => {
      for (let round = 0; round < 10; round++) {
        const matrix = new VectorMatrix(dimensions);
        matrix.add(...rowsFrom(0, many));
        const [thread] = await threadsOf(() => matrix.startScan(query)());
        const ended = once(thread!, 'exit');
        await once(thread!, 'online');
        const cosines = matrix.startScan(query);
        refused = 'grown';
        matrix.add(...rowsFrom(many, many));
        refused = undefined;
        assert.deepEqual(cosines(), plain.scan(query));
        assert.equal(matrix.scan(query).length, 2 * many);
        await ended;
      }
    });
  });
});
