/** The index of one folder: catalog segments and vector segments on disk, their views and the vector matrix in memory. */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalIndex } from 'vectra';
import { NearbyError, type Skipped } from '../types.ts';
import { hashBytes, VectorMatrix, type QuantizedVector } from '../vectors.ts';
import { CatalogBuilder, CatalogSegment, type FileEntry } from './catalog.ts';
import { segmentCodec, unpackVectors, type Place } from './codec.ts';
import { atomicStorage, writeAtomically } from './files.ts';
import { WriterLock } from './lock.ts';
import { emptyManifest, readManifest, writeManifest, type Manifest } from './manifest.ts';

/** Chunks and files, or vectors, from which on a segment is no longer merged; so merged ones stay below twice this. */
export const fullSegment = 2048;
/** Segments of about one size that are merged into one; each level is this many times larger than the one below. */
const mergeFactor = 8;

/** A file's newest entry: where it lies. */
export interface FileRef {
  readonly segment: CatalogSegment;
  readonly file: number;
}

export interface NewVector {
  /** 16 bytes */
  readonly hash: Uint8Array;
  readonly vector: QuantizedVector;
  readonly place: Place;
}

interface VectorSegment {
  readonly id: number;
  readonly bytes: number;
  readonly rows: number;
}

export interface StoreOptions {
  readonly dimensions: number;
  /** Catalogs made by another version are dropped, to be made anew; vectors, which go by the text alone, stay. */
  readonly catalogVersion: string;
  /** Receives a sentence about what was found damaged and is made good. */
  readonly warn: (message: string) => void;
}

export class Store {
  readonly folder: string;
  readonly matrix: VectorMatrix;
  /** Live numbers: what can be found now. */
  readonly counts = { files: 0, chunks: 0, embedded: 0, skipped: 0, terms: 0 };
  readonly #options: StoreOptions;
  #lock: WriterLock | undefined;
  #manifest: Manifest = emptyManifest;
  #catalogs: CatalogSegment[] = [];
  #vectors: VectorSegment[] = [];
  #byPath = new Map<string, FileRef>();
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, options: StoreOptions) {
    this.folder = folder;
    this.#options = options;
    this.matrix = new VectorMatrix(options.dimensions);
  }

  /** Opens the index in `folder`, or begins one there; as its writer when no other process is. */
  static async open(folder: string, options: StoreOptions): Promise<Store> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const store = new Store(folder, options);
    await store.takeOver();
    if (!store.writer) await store.#load();
    return store;
  }

  get writer(): boolean {
    return this.#lock !== undefined;
  }

  /** The segments to search, oldest first. The array is replaced at each commit, never changed. */
  get segments(): readonly CatalogSegment[] {
    return this.#catalogs;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return [...this.#catalogs, ...this.#vectors].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The newest entry of a path; undefined when it was deleted or never seen. */
  find(path: string): FileRef | undefined {
    const ref = this.#byPath.get(path);
    return ref && ref.segment.state(ref.file) !== 'deleted' ? ref : undefined;
  }

  /** The paths of all entries that are not deletions. */
  *paths(): Generator<string> {
    for (const [path, { segment, file }] of this.#byPath) if (segment.state(file) !== 'deleted') yield path;
  }

  /** Files with chunks that have no vector yet, the ones changed last at the end. */
  unembedded(): string[] {
    const files: { path: string; mtimeMs: number }[] = [];
    for (const segment of this.#catalogs) {
      for (let file = 0; file < segment.files; file++) {
        if (!segment.live[file]) continue;
        const rows = segment.vectorRow.subarray(segment.chunkStart[file], segment.chunkStart[file + 1]);
        if (rows.includes(-1)) files.push({ path: segment.paths.get(file), mtimeMs: segment.mtimeMs[file] ?? 0 });
      }
    }
    return files.sort((a, b) => a.mtimeMs - b.mtimeMs).map(({ path }) => path);
  }

  /** Files that were read and left out, with the reason. */
  *skipped(): Generator<Skipped> {
    for (const [path, { segment, file }] of this.#byPath) {
      const skip = segment.skip(file);
      if (skip) yield { path, ...skip };
    }
  }

  /** Becomes the writer if nobody is, and reads what the last one left; false while another process is. */
  async takeOver(): Promise<boolean> {
    if (this.#lock) return true;
    this.#lock = await WriterLock.tryAcquire(this.folder);
    if (!this.#lock) return false;
    await this.#load();
    await this.#removeLeftovers();
    return true;
  }

  /** Reads what another process has committed since; false when there was nothing new. */
  async refresh(): Promise<boolean> {
    if (this.#lock) return false;
    const manifest = await readManifest(this.folder);
    if (!manifest || manifest.generation === this.#manifest.generation) return false;
    await this.#load();
    return true;
  }

  /** Commits the entries: they count from now on, whatever was known of their paths before. */
  putFiles(entries: readonly FileEntry[]): Promise<void> {
    return this.#exclusive(async () => {
      if (entries.length === 0) return;
      const builder = new CatalogBuilder();
      entries.forEach((entry, i) => builder.add(entry, this.#manifest.sequence + i));
      const { nextId: id, sequence } = this.#manifest;
      const segment = await this.#writeCatalog(id, builder);
      await this.#commit({
        nextId: id + 1,
        sequence: sequence + entries.length,
        catalogs: [...this.#manifest.catalogs, id],
      });
      this.#catalogs = [...this.#catalogs, segment];
      this.#resolveVectors(segment);
      this.#addEntries(segment);
    });
  }

  /** Commits vectors: the chunks with these hashes are found by meaning from now on. */
  putVectors(vectors: readonly NewVector[]): Promise<void> {
    return this.#exclusive(async () => {
      const fresh = new Map<string, NewVector>();
      for (const item of vectors) {
        if (this.matrix.rowOf(item.hash) < 0) fresh.set(Buffer.from(item.hash).toString('hex'), item);
      }
      if (fresh.size === 0) return;
      const { nextId: id } = this.#manifest;
      const index = this.#vectraIndex(id);
      await index.createIndex({ version: 1, deleteIfExists: false });
      await index.batchInsertItems(
        [...fresh].map(([hash, { vector, place }]) => ({
          id: hash,
          vector: vector.values as unknown as number[],
          metadata: { ...place },
        })),
      );
      await this.#commit({ nextId: id + 1, vectors: [...this.#manifest.vectors, id] });
      this.#vectors = [...this.#vectors, await this.#loadVectors(id)];
      for (const segment of this.#catalogs) this.#resolveVectors(segment);
    });
  }

  /** Merges small or mostly dead segments; false when there was nothing to merge. */
  merge(): Promise<boolean> {
    return this.#exclusive(async () => (await this.#mergeCatalogs()) || (await this.#mergeVectors()));
  }

  async close(): Promise<void> {
    await this.#exclusive(async () => {
      await this.#lock?.release();
      this.#lock = undefined;
    });
  }

  /** Removes every byte of the index. */
  async clear(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #mergeCatalogs(): Promise<boolean> {
    const liveChunks = (segment: CatalogSegment): number => {
      let live = 0;
      for (let c = 0; c < segment.chunks; c++) live += segment.live[segment.fileOfChunk[c] ?? 0] ?? 0;
      return live;
    };
    const sized = this.#catalogs.map((segment) => ({
      segment,
      size: segment.chunks + segment.files,
      dead: segment.chunks - liveChunks(segment),
    }));
    const group = pickMerge(sized);
    if (group.length === 0) return false;
    const merged = new Set(group.map(({ segment }) => segment));
    const rest = this.#catalogs.filter((segment) => !merged.has(segment));
    const builder = new CatalogBuilder();
    for (const segment of this.#catalogs) {
      if (!merged.has(segment)) continue;
      builder.addSegment(segment, (file) => {
        const path = segment.paths.get(file);
        const newest = this.#byPath.get(path);
        if (newest?.segment !== segment || newest.file !== file) return false;
        // A deletion is needed only while an older entry of its path could come back.
        return segment.state(file) !== 'deleted' || rest.some((other) => other.knows(path));
      });
    }
    if (builder.isEmpty) {
      await this.#commit({ catalogs: rest.map((other) => other.id) });
      this.#catalogs = rest;
    } else {
      const { nextId: id } = this.#manifest;
      const segment = await this.#writeCatalog(id, builder);
      await this.#commit({ nextId: id + 1, catalogs: [...rest.map((other) => other.id), id] });
      this.#catalogs = [...rest, segment];
      this.#resolveVectors(segment);
    }
    this.#recount();
    for (const old of merged) await rm(this.#catalogPath(old.id), { force: true });
    return true;
  }

  async #mergeVectors(): Promise<boolean> {
    const group = pickMerge(this.#vectors.map((segment) => ({ segment, size: segment.rows, dead: 0 })));
    if (group.length === 0) return false;
    const merged = new Set(group.map(({ segment }) => segment.id));
    const { nextId: id } = this.#manifest;
    const index = this.#vectraIndex(id);
    await index.createIndex({ version: 1 });
    const items = new Map<string, Awaited<ReturnType<typeof index.listItems>>[number]>();
    for (const old of merged) for (const item of await this.#vectraIndex(old).listItems()) items.set(item.id, item);
    await index.batchInsertItems([...items.values()]);
    const rest = this.#vectors.filter((segment) => !merged.has(segment.id));
    await this.#commit({ nextId: id + 1, vectors: [...rest.map((segment) => segment.id), id] });
    this.#vectors = [...rest, await this.#loadVectors(id)];
    for (const old of merged) await rm(this.#vectorsPath(old), { force: true });
    return true;
  }

  /** Reads the manifest and all that it names. What is damaged is set aside and said. */
  async #load(): Promise<void> {
    try {
      this.#manifest = (await readManifest(this.folder)) ?? emptyManifest;
    } catch (error) {
      if (!(error instanceof NearbyError) || !this.#lock) throw error;
      this.#options.warn(error.message);
      await this.#setAside('manifest.json');
      this.#manifest = emptyManifest;
    }
    const { catalogVersion } = this.#options;
    if (this.#lock && this.#manifest.catalogVersion !== catalogVersion) {
      this.#catalogs = [];
      await this.#commit({ catalogs: [], catalogVersion });
    }
    const known = new Map(this.#catalogs.map((segment) => [segment.id, segment]));
    const catalogs = await this.#loadEach(
      this.#manifest.catalogs,
      (id) => this.#catalogPath(id),
      async (id) => {
        return known.get(id) ?? (await this.#loadCatalog(id));
      },
    );
    const loaded = new Map(this.#vectors.map((segment) => [segment.id, segment]));
    const vectors = await this.#loadEach(
      this.#manifest.vectors,
      (id) => this.#vectorsPath(id),
      async (id) => {
        return loaded.get(id) ?? (await this.#loadVectors(id));
      },
    );
    this.#catalogs = catalogs;
    this.#vectors = vectors;
    if (catalogs.length < this.#manifest.catalogs.length || vectors.length < this.#manifest.vectors.length) {
      await this.#commit({ catalogs: catalogs.map(({ id }) => id), vectors: vectors.map(({ id }) => id) });
    }
    for (const segment of catalogs) this.#resolveVectors(segment);
    this.#recount();
  }

  async #loadEach<T>(
    ids: readonly number[],
    path: (id: number) => string,
    load: (id: number) => Promise<T>,
  ): Promise<T[]> {
    const loaded: T[] = [];
    for (const id of ids) {
      try {
        loaded.push(await load(id));
      } catch (error) {
        const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
        if (!missing && !(error instanceof NearbyError)) throw error;
        this.#options.warn(
          error instanceof NearbyError
            ? error.message
            : `The index file ${path(id)} is missing; what it held is indexed again.`,
        );
        if (this.#lock && !missing) await rename(path(id), `${path(id)}.damaged`);
      }
    }
    return loaded;
  }

  /** Which entry of each path counts, and how much there is to be found. */
  #recount(): void {
    this.#byPath = new Map();
    Object.assign(this.counts, { files: 0, chunks: 0, embedded: 0, skipped: 0, terms: 0 });
    for (const segment of this.#catalogs) segment.live.fill(0);
    for (const segment of this.#catalogs) this.#addEntries(segment);
  }

  #addEntries(segment: CatalogSegment): void {
    for (let file = 0; file < segment.files; file++) {
      const path = segment.paths.get(file);
      const before = this.#byPath.get(path);
      if (before && (before.segment.sequence[before.file] ?? 0) > (segment.sequence[file] ?? 0)) continue;
      if (before) this.#count(before, 0);
      this.#byPath.set(path, { segment, file });
      this.#count({ segment, file }, 1);
    }
  }

  /** Adds an entry to the live numbers (1) or takes it off (0). */
  #count({ segment, file }: FileRef, live: 0 | 1): void {
    const state = segment.state(file);
    if (state === 'deleted' || segment.live[file] === live) return;
    segment.live[file] = live;
    const sign = live ? 1 : -1;
    if (state === 'skipped') {
      this.counts.skipped += sign;
      return;
    }
    this.counts.files += sign;
    for (let c = segment.chunkStart[file] ?? 0; c < (segment.chunkStart[file + 1] ?? 0); c++) {
      this.counts.chunks += sign;
      this.counts.terms += sign * (segment.chunkLength[c] ?? 0);
      if ((segment.vectorRow[c] ?? -1) >= 0) this.counts.embedded += sign;
    }
  }

  #resolveVectors(segment: CatalogSegment): void {
    const rows = segment.vectorRow;
    for (let c = 0; c < rows.length; c++) {
      if (rows[c] !== -1) continue;
      const row = this.matrix.rowOf(segment.hashes, c * hashBytes);
      if (row < 0) continue;
      rows[c] = row;
      if (segment.live[segment.fileOfChunk[c] ?? 0]) this.counts.embedded++;
    }
  }

  async #commit(change: Partial<Manifest>): Promise<void> {
    if (!(await this.#lock?.holds())) {
      this.#lock = undefined;
      throw new NearbyError(
        'not-writer',
        `Another process is writing the index in ${this.folder}; its changes will show here as well.`,
      );
    }
    const manifest = { ...this.#manifest, ...change, generation: this.#manifest.generation + 1 };
    await writeManifest(this.folder, manifest);
    this.#manifest = manifest;
  }

  async #writeCatalog(id: number, builder: CatalogBuilder): Promise<CatalogSegment> {
    const packed = builder.pack();
    await writeAtomically(this.#catalogPath(id), packed);
    return new CatalogSegment(id, packed, this.#catalogPath(id));
  }

  async #loadCatalog(id: number): Promise<CatalogSegment> {
    const path = this.#catalogPath(id);
    return new CatalogSegment(id, await readFile(path), path);
  }

  async #loadVectors(id: number): Promise<VectorSegment> {
    const path = this.#vectorsPath(id);
    const packed = await readFile(path);
    const { hashes, vectors } = unpackVectors(packed, path);
    this.matrix.add(hashes, vectors);
    return { id, bytes: packed.length, rows: hashes.length / hashBytes };
  }

  #vectraIndex(id: number): LocalIndex {
    return new LocalIndex(this.folder, vectorsName(id), atomicStorage, segmentCodec);
  }

  #catalogPath(id: number): string {
    return join(this.folder, `${id}.cat`);
  }

  #vectorsPath(id: number): string {
    return join(this.folder, vectorsName(id));
  }

  async #setAside(name: string): Promise<void> {
    await rename(join(this.folder, name), join(this.folder, `${name}.damaged`));
  }

  /** What a writer that died had begun or not yet removed. */
  async #removeLeftovers(): Promise<void> {
    const named = new Set([
      ...this.#manifest.catalogs.map((id) => `${id}.cat`),
      ...this.#manifest.vectors.map(vectorsName),
    ]);
    for (const name of await readdir(this.folder)) {
      if (/^\d+\.(cat|vec)$|^\..*\.tmp$/.test(name) && !named.has(name)) await rm(join(this.folder, name));
    }
  }

  /** One change at a time, in the order asked for. */
  #exclusive<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(change);
    this.#queue = result.catch(() => undefined); // the caller gets the error; the next change goes ahead
    return result;
  }
}

const vectorsName = (id: number): string => `${id}.vec`;

interface Sized<T> {
  readonly segment: T;
  readonly size: number;
  /** Of `size`, how many are no longer wanted. */
  readonly dead: number;
}

/** The segments to merge next: `mergeFactor` of one level, or one that is mostly dead; none when all is well. */
function pickMerge<T>(segments: readonly Sized<T>[]): readonly Sized<T>[] {
  const levels = new Map<number, Sized<T>[]>();
  for (const sized of segments) {
    if (sized.dead * 2 > sized.size) return [sized];
    if (sized.size >= fullSegment) continue;
    const level = Math.floor(Math.log(Math.max(sized.size, 1)) / Math.log(mergeFactor));
    const peers = levels.get(level) ?? [];
    peers.push(sized);
    const total = peers.reduce((sum, { size }) => sum + size, 0);
    if (peers.length >= mergeFactor || total >= fullSegment) return peers;
    levels.set(level, peers);
  }
  return [];
}
