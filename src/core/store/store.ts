/** The index of one folder: catalog segments and vector segments on disk, their views and the vector matrix in memory. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Serial } from '../serial.ts';
import { NearbyError, type Skipped } from '../types.ts';
import { hashBytes, normOf, VectorMatrix } from '../vectors.ts';
import { CatalogBuilder } from './catalog-builder.ts';
import { mergeCatalogs } from './catalog-merge.ts';
import { catalogMagic, CatalogSegment, type FileEntry } from './catalog.ts';
import { readInto, sizeOf, writeAtomically } from './files.ts';
import { countEntries, LiveEntries, type FileRef } from './live.ts';
import { WriterLock } from './lock.ts';
import { emptyManifest, readManifest, writeManifest, type Manifest } from './manifest.ts';
import { largest, pickMerge } from './merge.ts';
import { vectorsOfOthers } from './other-indexes.ts';
import { packColumns } from './sections.ts';
import {
  mergeVectors,
  vectorReader,
  vectorsName,
  writeVectors,
  type NewVector,
  type VectorSegment,
} from './vector-segments.ts';

export type { FileRef } from './live.ts';
export { fullSegment } from './merge.ts';
export type { NewVector } from './vector-segments.ts';

/** The default of `StoreOptions.spareVectors`. */
const usualSpareVectors = 4096;

/** Ids of drafts, which are in no manifest, begin here. */
const firstDraftId = 2 ** 31;

export interface StoreOptions {
  /** Vectors that no chunk has any more and that are kept in any case. */
  readonly spareVectors?: number;
  readonly dimensions: number;
  /** Catalogs made by another version are dropped, to be made anew; vectors, which go by the text alone, stay. */
  readonly catalogVersion: string;
  /** Receives a sentence about what was found damaged and is made good. */
  readonly warn: (message: string) => void;
  /** Milliseconds after which a merge lets others have their turn; 5 when absent. */
  readonly mergeMs?: number;
}

const usualMergeMs = 5;

/** A merge of catalogs that is under way. */
interface Merging {
  readonly old: ReadonlySet<CatalogSegment>;
  readonly work: ReturnType<typeof mergeCatalogs>;
}

export class Store {
  readonly folder: string;
  readonly matrix: VectorMatrix;
  /** Instant vectors of chunks that the model has not come to yet. In memory alone: they are made faster than read. */
  readonly instant: VectorMatrix;
  readonly #live: LiveEntries;
  readonly #options: StoreOptions;
  #lock: WriterLock | undefined;
  #manifest: Manifest = emptyManifest;
  #catalogs: CatalogSegment[] = [];
  #vectors: VectorSegment[] = [];
  /** Segments of one entry each that are kept in memory alone, by its path. */
  readonly #drafts = new Map<string, CatalogSegment>();
  /** `#catalogs` and `#drafts`, to be replaced with either of them. */
  #segments: readonly CatalogSegment[] = [];
  #nextDraftId = firstDraftId;
  /** The number of the next entry; ahead of the manifest's by what is reserved. */
  #sequence = 0;
  #merging: Merging | undefined;
  readonly #changes = new Serial();

  private constructor(folder: string, options: StoreOptions) {
    this.folder = folder;
    this.#options = options;
    this.matrix = new VectorMatrix(options.dimensions, options.warn);
    this.instant = new VectorMatrix(options.dimensions, options.warn);
    this.#live = new LiveEntries(this.matrix, this.instant);
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

  /** Live numbers: what can be found now. */
  get counts(): LiveEntries['counts'] {
    return this.#live.counts;
  }

  /** The segments to search, oldest first. The array is replaced at each commit, never changed. */
  get segments(): readonly CatalogSegment[] {
    return this.#segments;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return [...this.#catalogs, ...this.#vectors].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The newest entry of a path; undefined when it was deleted or never seen. */
  find(path: string): FileRef | undefined {
    return this.#live.find(path);
  }

  /** The paths of all entries that are not deletions. */
  paths(): Generator<string> {
    return this.#live.paths();
  }

  /** Files with chunks that have no vector yet, the ones changed last at the end. */
  unembedded(): string[] {
    const files: { path: string; mtimeMs: number }[] = [];
    for (const segment of this.#catalogs) {
      if (segment.unembeddedChunks === 0) continue;
      segment.unembedded.forEach((chunks, file) => {
        if (chunks > 0) files.push({ path: segment.paths.get(file), mtimeMs: segment.mtimeMs[file] ?? 0 });
      });
    }
    return files.sort((a, b) => a.mtimeMs - b.mtimeMs).map(({ path }) => path);
  }

  /** Whether any chunk of a file has neither a vector nor an instant one. */
  lacksVectors(path: string): boolean {
    const ref = this.find(path);
    if (!ref) return false;
    const { chunkStart, vectorRow } = ref.segment;
    return vectorRow.subarray(chunkStart[ref.file], chunkStart[ref.file + 1]).includes(-1);
  }

  /** Files that were read and left out, with the reason. */
  skipped(): Generator<Skipped> {
    return this.#live.skipped();
  }

  /** Becomes the writer if nobody is, reads what the last one left, and forgets all drafts; false while another process is. */
  async takeOver(): Promise<boolean> {
    if (this.#lock) return true;
    this.#lock = await WriterLock.tryAcquire(this.folder);
    if (!this.#lock) return false;
    await this.#load();
    await this.#removeLeftovers();
    return true;
  }

  /** Reads what another process has committed since, and forgets all drafts; false when there was nothing new. */
  async refresh(): Promise<boolean> {
    if (this.#lock) return false;
    const manifest = await readManifest(this.folder);
    if (!manifest || manifest.generation === this.#manifest.generation) return false;
    await this.#load();
    return true;
  }

  /** Numbers for this many entries of a segment that is made elsewhere, the first of them. */
  reserveSequence(entries: number): number {
    const first = this.#sequence;
    this.#sequence += entries;
    return first;
  }

  /** Commits the entries: they count from now on, whatever was known of their paths before. */
  async putFiles(entries: readonly FileEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const first = this.reserveSequence(entries.length);
    const builder = new CatalogBuilder();
    entries.forEach((entry, i) => builder.add(entry, first + i));
    await this.putSegment(builder.pack());
  }

  /**
   * Commits the entries of a packed catalog segment that was made with reserved numbers.
   * @returns how many of its chunks have a vector already
   */
  putSegment(packed: Uint8Array): Promise<number> {
    return this.#changes.run(async () => {
      const { nextId: id } = this.#manifest;
      const segment = await this.#writeCatalog(id, packed);
      await this.#commit({ nextId: id + 1, catalogs: [...this.#manifest.catalogs, id] });
      this.#live.add(segment);
      this.#setCatalogs([...this.#catalogs, segment]);
      this.#dropOutdated();
      return segment.vectorRow.reduce((known, row) => known + (row >= 0 ? 1 : 0), 0);
    });
  }

  /** Commits vectors: the chunks with these hashes are found by meaning from now on. */
  putVectors(vectors: readonly NewVector[]): Promise<void> {
    return this.#changes.run(async () => {
      const fresh = new Map<string, NewVector>();
      for (const item of vectors) {
        if (this.matrix.rowOf(item.hash) < 0) fresh.set(Buffer.from(item.hash).toString('hex'), item);
      }
      if (fresh.size === 0) return;
      const { nextId: id } = this.#manifest;
      const { hashes, vectors: values, ...segment } = await writeVectors(this.folder, id, [...fresh.values()]);
      await this.#commit({ nextId: id + 1, vectors: [...this.#manifest.vectors, id] });
      this.#vectors = [...this.#vectors, segment];
      this.matrix.add(hashes, values);
      this.#live.embedded(hashes);
      if (this.counts.embedded === this.counts.chunks) this.instant.clear();
    });
  }

  /**
   * Until they have vectors of the model's, the chunks with these hashes are found by instant ones.
   * @param hashes n x 16 bytes
   * @param vectors n x dimensions, row-major
   */
  putInstant(hashes: Uint8Array, vectors: Int8Array): void {
    if (this.counts.embedded === this.counts.chunks) return;
    this.instant.add(hashes, vectors);
    this.#live.instant(hashes);
  }

  /**
   * Takes over the vectors that chunks wait for from the indexes of other folders, by the same model.
   * @returns how many
   */
  async adoptVectors(): Promise<number> {
    let adopted = 0;
    for await (const { hashes, vectors } of vectorsOfOthers(this.folder)) {
      const wanted: NewVector[] = [];
      for (let i = 0; i * hashBytes < hashes.length; i++) {
        const place = this.#live.waitingPlace(hashes, i * hashBytes);
        if (!place) continue;
        const values = vectors.slice(i * this.matrix.dimensions, (i + 1) * this.matrix.dimensions);
        const hash = hashes.slice(i * hashBytes, (i + 1) * hashBytes);
        wanted.push({ hash, place, vector: { values, norm: normOf(values) } });
      }
      await this.putVectors(wanted);
      adopted += wanted.length;
      if (this.counts.embedded === this.counts.chunks) break;
    }
    return adopted;
  }

  /** An entry that counts in place of what is known of its path, and is forgotten when the store is closed. */
  putDraft(entry: FileEntry): void {
    const builder = new CatalogBuilder();
    builder.add(entry, this.reserveSequence(1));
    const segment = new CatalogSegment(this.#nextDraftId++, builder.pack(), 'of a draft');
    const former = this.#drafts.get(entry.path);
    this.#live.add(segment);
    if (former) this.#live.replace([former], undefined);
    this.#drafts.set(entry.path, segment);
    this.#setCatalogs(this.#catalogs);
  }

  /** Forgets a draft of which no file is known. */
  dropDraft(path: string): void {
    const segment = this.#drafts.get(path);
    if (!segment) return;
    this.#live.replace([segment], undefined);
    this.#drafts.delete(path);
    this.#setCatalogs(this.#catalogs);
  }

  isDraft(path: string): boolean {
    return this.#drafts.has(path);
  }

  /**
   * Vectors of drafts, which are kept in memory alone.
   * @param hashes n x 16 bytes
   * @param vectors n x dimensions, row-major
   */
  putDraftVectors(hashes: Uint8Array, vectors: Int8Array): void {
    this.matrix.add(hashes, vectors);
    this.#live.embedded(hashes);
  }

  /**
   * Merges small or mostly dead segments, or goes on with that for some milliseconds; false when there was nothing to merge.
   * Other changes may come between: they stay.
   */
  merge(): Promise<boolean> {
    return this.#changes.run(
      async () => (await this.#mergeCatalogs()) || (await this.#mergeVectors()) || (await this.#evictVectors()),
    );
  }

  async close(): Promise<void> {
    await this.#changes.run(async () => {
      for (const vectors of [this.matrix, this.instant]) vectors.close();
      await this.#lock?.release();
      this.#lock = undefined;
    });
  }

  /** Removes every byte of the index. */
  async clear(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #setCatalogs(catalogs: CatalogSegment[]): void {
    this.#catalogs = catalogs;
    this.#segments = this.#drafts.size > 0 ? [...catalogs, ...this.#drafts.values()] : catalogs;
  }

  /** Drafts of files that have been taken in since count no more. */
  #dropOutdated(): void {
    for (const [path, segment] of this.#drafts) {
      if (this.#live.find(path)?.segment !== segment) this.dropDraft(path);
    }
  }

  async #mergeCatalogs(): Promise<boolean> {
    const merging = this.#merging ?? this.#beginMerge();
    if (!merging) return false;
    this.#merging = undefined; // what throws is not gone on with
    const { old, work } = merging;
    const until = performance.now() + (this.#options.mergeMs ?? usualMergeMs);
    let step = work.next();
    while (!step.done && performance.now() < until) step = work.next();
    if (!step.done) {
      this.#merging = merging;
      await setImmediate(); // a query that waits gets its turn
      return true;
    }
    const { nextId: id } = this.#manifest;
    const merged = step.value && (await this.#writeCatalog(id, packColumns(catalogMagic, step.value)));
    // In the place of the oldest: of chunks with equal scores the ones before a merge are those after it.
    const [oldest] = old;
    const catalogs = this.#catalogs.flatMap((segment) => {
      return segment === oldest ? (merged ?? []) : old.has(segment) ? [] : segment;
    });
    await this.#commit({ nextId: id + 1, catalogs: catalogs.map((segment) => segment.id) });
    this.#live.replace(old, merged);
    this.#setCatalogs(catalogs);
    for (const segment of old) await rm(this.#catalogPath(segment.id), { force: true });
    return true;
  }

  #beginMerge(): Merging | undefined {
    const sized = this.#catalogs.map((segment) => {
      return { segment, size: segment.chunks + segment.files, dead: segment.deadChunks };
    });
    const old = new Set(pickMerge(sized, largest.catalog).map(({ segment }) => segment));
    if (old.size === 0) return undefined;
    const entries = countEntries(old);
    return { old, work: mergeCatalogs([...old], (segment, file) => this.#live.isNeeded(segment, file, entries)) };
  }

  async #mergeVectors(): Promise<boolean> {
    const group = pickMerge(
      this.#vectors.map((segment) => ({ segment, size: segment.rows, dead: 0 })),
      largest.vectors,
    );
    if (group.length === 0) return false;
    const old = new Set(group.map(({ segment }) => segment));
    const { nextId: id } = this.#manifest;
    const merged = await mergeVectors(this.folder, id, old);
    const vectors = [...this.#vectors.filter((segment) => !old.has(segment)), merged];
    await this.#commit({ nextId: id + 1, vectors: vectors.map((segment) => segment.id) });
    this.#vectors = vectors;
    for (const segment of old) await rm(join(this.folder, vectorsName(segment.id)), { force: true });
    return true;
  }

  /**
   * Vectors that no chunk has any more serve text that comes back: a branch, an undone edit. There may be as many of them
   * as there are chunks; beyond that all go. In memory they stay until the index is opened again.
   */
  async #evictVectors(): Promise<boolean> {
    const rows = this.#vectors.reduce((sum, segment) => sum + segment.rows, 0);
    if (rows <= 2 * this.counts.chunks + (this.#options.spareVectors ?? usualSpareVectors)) return false;
    const wanted = this.#live.hashes();
    let { nextId } = this.#manifest;
    const kept: VectorSegment[] = [];
    for (const segment of this.#vectors) {
      const left = await mergeVectors(this.folder, nextId++, [segment], (hash) => wanted.find(hash) >= 0);
      if (left.rows > 0) kept.push(left);
    }
    const old = this.#vectors;
    await this.#commit({ nextId, vectors: kept.map((segment) => segment.id) });
    this.#vectors = kept;
    for (const segment of old) await rm(join(this.folder, vectorsName(segment.id)), { force: true });
    return true;
  }

  /** Reads the manifest and all that it names. What is damaged is set aside and said. */
  async #load(): Promise<void> {
    this.#merging = undefined;
    try {
      this.#manifest = (await readManifest(this.folder)) ?? emptyManifest;
    } catch (error) {
      if (!(error instanceof NearbyError) || !this.#lock) throw error;
      this.#options.warn(error.message);
      await this.#setAside('manifest.json');
      this.#manifest = emptyManifest;
    }
    this.#sequence = this.#manifest.sequence;
    const { catalogVersion } = this.#options;
    const hadDrafts = this.#drafts.size > 0;
    this.#drafts.clear();
    if (this.#lock && this.#manifest.catalogVersion !== catalogVersion) {
      this.#setCatalogs([]);
      await this.#commit({ catalogs: [], catalogVersion });
    }
    // What another version has written can be read once it has gone, and this one writes.
    const readable = this.#manifest.catalogVersion === catalogVersion ? this.#manifest.catalogs : [];
    const known = new Map(this.#catalogs.map((segment) => [segment.id, segment]));
    const catalogs = await this.#loadEach(
      readable,
      (id) => this.#catalogPath(id),
      async (id) => known.get(id) ?? (await this.#loadCatalog(id)),
    );
    const loaded = new Map(this.#vectors.map((segment) => [segment.id, segment]));
    const read = vectorReader(this.folder);
    if (loaded.size === 0) this.matrix.reserve(await this.#mostRows());
    const vectors = await this.#loadEach(
      this.#manifest.vectors,
      (id) => join(this.folder, vectorsName(id)),
      async (id) => {
        const before = loaded.get(id);
        if (before) return before;
        const { hashes, vectors: values, ...segment } = await read(id);
        this.matrix.add(hashes, values);
        this.#live.embedded(hashes);
        return segment;
      },
    );
    this.#setCatalogs(catalogs);
    this.#vectors = vectors;
    if (catalogs.length < readable.length || vectors.length < this.#manifest.vectors.length) {
      await this.#commit({ catalogs: catalogs.map(({ id }) => id), vectors: vectors.map(({ id }) => id) });
    }
    const fresh = catalogs.filter(({ id }) => !known.has(id));
    if (!hadDrafts && fresh.length < catalogs.length && catalogs.length === known.size + fresh.length) {
      for (const segment of fresh) this.#live.add(segment);
    } else {
      this.#live.reset(catalogs);
    }
  }

  /** At least as many vectors as the segments of the manifest hold. */
  async #mostRows(): Promise<number> {
    const paths = this.#manifest.vectors.map((id) => join(this.folder, vectorsName(id)));
    const sizes = await Promise.all(paths.map((path) => sizeOf(path)));
    return Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / (this.matrix.dimensions + hashBytes));
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

  async #commit(change: Partial<Manifest>): Promise<void> {
    if (!(await this.#lock?.holds())) {
      this.#lock = undefined;
      throw new NearbyError(
        'not-writer',
        `Another process is writing the index in ${this.folder}; its changes will show here as well.`,
      );
    }
    const generation = this.#manifest.generation + 1;
    const manifest = { ...this.#manifest, ...change, sequence: this.#sequence, generation };
    await writeManifest(this.folder, manifest);
    this.#manifest = manifest;
  }

  async #writeCatalog(id: number, packed: Uint8Array): Promise<CatalogSegment> {
    await writeAtomically(this.#catalogPath(id), packed);
    return new CatalogSegment(id, packed, this.#catalogPath(id));
  }

  async #loadCatalog(id: number): Promise<CatalogSegment> {
    const path = this.#catalogPath(id);
    return new CatalogSegment(id, await readInto(path, (size) => new ArrayBuffer(size)), path);
  }

  #catalogPath(id: number): string {
    return join(this.folder, `${id}.cat`);
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
}
