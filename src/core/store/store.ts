/** The index of one folder: catalog segments and vector segments on disk, their views and the vector matrix in memory. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Serial } from '../serial.ts';
import type { Skipped } from '../types.ts';
import { hashBytes, normOf, VectorMatrix } from '../vectors.ts';
import { CatalogBuilder } from './catalog-builder.ts';
import { mergeCatalogs } from './catalog-merge.ts';
import { catalogMagic, CatalogSegment, type FileEntry } from './catalog.ts';
import { readInto, removeFolder, sizeOf } from './files.ts';
import { IndexFolder, type Change } from './index-folder.ts';
import { countEntries, LiveEntries, type FileRef } from './live.ts';
import { catalogName, vectorsName } from './manifest.ts';
import { largest, pickMerge } from './merge.ts';
import { vectorsOfOthers } from './other-indexes.ts';
import { packColumns } from './sections.ts';
import { mergeVectors, vectorReader, writeVectors, type NewVector, type VectorSegment } from './vector-segments.ts';

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
  /** Receives a sentence about what was found damaged and is made good; each once. */
  readonly warn: (message: string) => void;
  /** Receives a sentence about what runs otherwise than it should; `warn` when absent. */
  readonly log?: (message: string) => void;
  /** Milliseconds after which a merge lets others have their turn; 5 when absent. */
  readonly mergeMs?: number;
}

const usualMergeMs = 5;

/** A merge of catalogs that is under way. */
interface Merging {
  readonly old: ReadonlySet<CatalogSegment>;
  readonly work: ReturnType<typeof mergeCatalogs>;
}

/** How often a process that does not write reads again because the writer has gone on meanwhile. */
const readTries = 10;

export class Store {
  readonly matrix: VectorMatrix;
  /** Instant vectors of chunks that the model has not come to yet. In memory alone: they are made faster than read. */
  readonly instant: VectorMatrix;
  readonly #live: LiveEntries;
  readonly #options: StoreOptions;
  readonly #folder: IndexFolder;
  #catalogs: CatalogSegment[] = [];
  #vectors: VectorSegment[] = [];
  /** Hashes (hexadecimal) whose vectors are in memory still, and on disk no more. */
  readonly #evicted = new Set<string>();
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
    this.#folder = new IndexFolder(folder, options.warn);
    this.#options = options;
    const log = options.log ?? options.warn;
    this.matrix = new VectorMatrix(options.dimensions, log);
    this.instant = new VectorMatrix(options.dimensions, log);
    this.#live = new LiveEntries(this.matrix, this.instant);
  }

  /** Opens the index in `folder`, or begins one there; as its writer when no other process is. */
  static async open(folder: string, options: StoreOptions): Promise<Store> {
    const store = new Store(folder, options);
    if (!(await store.takeOver())) await store.#load();
    return store;
  }

  get folder(): string {
    return this.#folder.path;
  }

  get writer(): boolean {
    return this.#folder.writer;
  }

  /** Why nobody can write this index, in a sentence; undefined as far as somebody can. */
  get unwritable(): string | undefined {
    return this.#folder.unwritable;
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

  /**
   * Becomes the writer if nobody is, reads what the last one left, and forgets all drafts; false while another process
   * is, or while nothing can be written.
   */
  async takeOver(): Promise<boolean> {
    if (this.writer) return true;
    if (!(await this.#folder.tryToWrite())) return false;
    // What the last writer has let go of is in memory still: it would count as embedded, and be on disk no more.
    if (this.matrix.rows > 0) this.matrix.clear();
    this.#evicted.clear();
    this.#vectors = [];
    try {
      await this.#load();
      return true;
    } catch (error) {
      await this.#folder.stopWriting();
      throw error;
    }
  }

  /** Reads what another process has committed since, and forgets all drafts; false when there was nothing new. */
  async refresh(): Promise<boolean> {
    if (this.writer || !(await this.#folder.isOutdated())) return false;
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
  async putSegment(packed: Uint8Array): Promise<number> {
    const segment = await this.#changes.run(async () => {
      const segment = await this.#writeCatalog(packed);
      await this.#commit({ catalogs: [...this.#folder.manifest.catalogs, segment.id] });
      this.#live.add(segment);
      this.#setCatalogs([...this.#catalogs, segment]);
      this.#dropOutdated();
      return segment;
    });
    await this.putVectors(this.#evictedOf(segment));
    return segment.vectorRow.reduce((known, row) => known + (row >= 0 ? 1 : 0), 0);
  }

  /** Vectors of a segment's chunks that are in memory alone. */
  #evictedOf(segment: CatalogSegment): NewVector[] {
    const vectors: NewVector[] = [];
    for (let chunk = 0; chunk < segment.chunks && this.#evicted.size > 0; chunk++) {
      const hash = segment.hash(chunk).slice();
      const row = segment.vectorRow[chunk] ?? -1;
      if (row < 0 || !this.#evicted.has(Buffer.from(hash).toString('hex'))) continue;
      const { values, norm } = this.matrix.vector(row);
      const [startLine, endLine] = [segment.startLine[chunk] ?? 0, segment.endLine[chunk] ?? 0];
      const place = { path: segment.paths.get(segment.fileOfChunk[chunk] ?? 0), startLine, endLine };
      vectors.push({ hash, vector: { values: values.slice(), norm }, place });
    }
    return vectors;
  }

  /** Commits vectors: the chunks with these hashes are found by meaning from now on. */
  putVectors(vectors: readonly NewVector[]): Promise<void> {
    return this.#changes.run(async () => {
      const fresh = new Map<string, NewVector>();
      for (const item of vectors) {
        const key = Buffer.from(item.hash).toString('hex');
        if (this.matrix.rowOf(item.hash) < 0 || this.#evicted.has(key)) fresh.set(key, item);
      }
      if (fresh.size === 0) return;
      const id = this.#folder.takeId();
      const { hashes, vectors: values, ...segment } = await writeVectors(this.#folder, id, [...fresh.values()]);
      await this.#commit({ vectors: [...this.#folder.manifest.vectors, id] });
      for (const key of fresh.keys()) this.#evicted.delete(key);
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
      await this.#folder.stopWriting();
    });
  }

  /** Closes, and gives the index another place. What lies there is removed. @throws NearbyError `not-writer` */
  moveTo(path: string): Promise<void> {
    return this.#changes.run(() => this.#folder.moveTo(path));
  }

  /** Removes every byte of the index. */
  async clear(): Promise<void> {
    await this.close();
    await removeFolder(this.folder);
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
    const merged = step.value && (await this.#writeCatalog(packColumns(catalogMagic, step.value)));
    // In the place of the oldest: of chunks with equal scores the ones before a merge are those after it.
    const [oldest] = old;
    const catalogs = this.#catalogs.flatMap((segment) => {
      return segment === oldest ? (merged ?? []) : old.has(segment) ? [] : segment;
    });
    await this.#commit({ catalogs: catalogs.map((segment) => segment.id) });
    this.#live.replace(old, merged);
    this.#setCatalogs(catalogs);
    await this.#folder.discard([...old].map(({ id }) => catalogName(id)));
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
    const merged = await mergeVectors(this.#folder, this.#folder.takeId(), old);
    const vectors = [...this.#vectors.filter((segment) => !old.has(segment)), merged];
    await this.#commit({ vectors: vectors.map((segment) => segment.id) });
    this.#vectors = vectors;
    await this.#folder.discard(group.map(({ segment }) => vectorsName(segment.id)));
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
    const left: VectorSegment[] = [];
    const evicted: string[] = [];
    const keep = (hash: Uint8Array): boolean => {
      const isWanted = wanted.find(hash) >= 0;
      if (!isWanted) evicted.push(Buffer.from(hash).toString('hex'));
      return isWanted;
    };
    for (const segment of this.#vectors) {
      left.push(await mergeVectors(this.#folder, this.#folder.takeId(), [segment], keep));
    }
    const [old, kept] = [this.#vectors, left.filter((segment) => segment.rows > 0)];
    await this.#commit({ vectors: kept.map((segment) => segment.id) });
    for (const key of evicted) this.#evicted.add(key);
    this.#vectors = kept;
    await this.#folder.discard([...old, ...left].filter((one) => !kept.includes(one)).map(({ id }) => vectorsName(id)));
    return true;
  }

  /** Reads the last commit and all that it names. What is damaged is said and, as the writer, made good. */
  async #load(): Promise<void> {
    this.#merging = undefined;
    const hadDrafts = this.#drafts.size > 0;
    this.#drafts.clear();
    const before = this.#catalogs;
    for (let attempt = 1; ; attempt++) {
      await this.#readCommit();
      if (this.writer || !this.#folder.hasLost || attempt === readTries) break;
      if (!(await this.#folder.isOutdated())) break;
    }
    const catalogs = this.#catalogs;
    if (this.writer) {
      await this.#folder.mend({ catalogs: catalogs.map(({ id }) => id), vectors: this.#vectors.map(({ id }) => id) });
    }
    const known = new Set(before);
    const fresh = catalogs.filter((segment) => !known.has(segment));
    if (!hadDrafts && fresh.length < catalogs.length && catalogs.length === known.size + fresh.length) {
      for (const segment of fresh) this.#live.add(segment);
    } else {
      this.#live.reset(catalogs);
    }
  }

  /** Reads the segments of the last commit that are not read yet. */
  async #readCommit(): Promise<void> {
    const isSameIndex = await this.#folder.read();
    const { manifest } = this.#folder;
    this.#sequence = manifest.sequence;
    const known = new Map(isSameIndex ? this.#catalogs.map((segment) => [segment.id, segment]) : []);
    const loaded = new Map(isSameIndex ? this.#vectors.map((segment) => [segment.id, segment]) : []);
    const catalogs = await this.#folder.readEach(
      manifest.catalogs,
      catalogName,
      async (id) => known.get(id) ?? (await this.#loadCatalog(id)),
    );
    if (loaded.size === 0) this.matrix.reserve(await this.#mostRows());
    const read = vectorReader(this.folder);
    this.#vectors = await this.#folder.readEach(manifest.vectors, vectorsName, async (id) => {
      const before = loaded.get(id);
      if (before) return before;
      const { hashes, vectors: values, ...segment } = await read(id);
      this.matrix.add(hashes, values);
      this.#live.embedded(hashes);
      return segment;
    });
    this.#setCatalogs(catalogs);
  }

  /** At least as many vectors as the segments of the manifest hold. */
  async #mostRows(): Promise<number> {
    const paths = this.#folder.manifest.vectors.map((id) => join(this.folder, vectorsName(id)));
    const sizes = await Promise.all(paths.map((path) => sizeOf(path)));
    return Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / (this.matrix.dimensions + hashBytes));
  }

  #commit(change: Change): Promise<void> {
    return this.#folder.commit(change, this.#sequence);
  }

  async #writeCatalog(packed: Uint8Array): Promise<CatalogSegment> {
    const id = this.#folder.takeId();
    await this.#folder.write(catalogName(id), packed);
    return new CatalogSegment(id, packed, this.#catalogPath(id));
  }

  async #loadCatalog(id: number): Promise<CatalogSegment> {
    const path = this.#catalogPath(id);
    return new CatalogSegment(id, await readInto(path, (size) => new ArrayBuffer(size)), path);
  }

  #catalogPath(id: number): string {
    return join(this.folder, catalogName(id));
  }
}
