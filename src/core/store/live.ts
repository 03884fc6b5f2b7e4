/**
 * Which entries of the catalogs count, and what of them has a vector. Kept in step with each commit by what the commit
 * changes, so that an edit costs the same in an index of any size.
 */
import { spoken } from '../say.ts';
import type { Skipped } from '../types.ts';
import { instantRow } from '../meaning.ts';
import { HashTable } from '../hash-table.ts';
import { hashBytes, type VectorMatrix } from '../vectors.ts';
import type { CatalogSegment } from './catalog.ts';
import type { Place } from './codec.ts';
import { WaitingChunks } from './waiting.ts';

/** A file's newest entry: where it lies. */
export interface FileRef {
  readonly segment: CatalogSegment;
  readonly file: number;
}

interface Newest {
  segment: CatalogSegment;
  file: number;
  /** How many entries of this path the catalogs hold, this one included. */
  entries: number;
}

export class LiveEntries {
  /** What can be found now. */
  readonly counts = { files: 0, chunks: 0, embedded: 0, sketched: 0, skipped: 0, terms: 0 };
  readonly #matrix: VectorMatrix;
  readonly #instant: VectorMatrix;
  readonly #byPath = new Map<string, Newest>();
  readonly #waiting = new WaitingChunks();

  constructor(matrix: VectorMatrix, instant: VectorMatrix) {
    this.#matrix = matrix;
    this.#instant = instant;
  }

  /** The newest entry of a path; undefined when it was deleted or never seen. */
  find(path: string): FileRef | undefined {
    const newest = this.#byPath.get(path);
    if (!newest || newest.segment.state(newest.file) === 'deleted') return undefined;
    return { segment: newest.segment, file: newest.file };
  }

  /** The paths of all entries that are not deletions. */
  *paths(): Generator<string> {
    for (const [path, { segment, file }] of this.#byPath) if (segment.state(file) !== 'deleted') yield path;
  }

  /** Files that were read and left out, with the reason. */
  *skipped(): Generator<Skipped> {
    for (const [path, { segment, file }] of this.#byPath) {
      const skip = segment.skip(file);
      if (skip) yield { path, code: skip.code, reason: spoken(skip.reason) };
    }
  }

  /** Counts all of these segments and nothing else. */
  reset(segments: readonly CatalogSegment[]): void {
    this.#byPath.clear();
    this.#waiting.clear();
    Object.assign(this.counts, { files: 0, chunks: 0, embedded: 0, sketched: 0, skipped: 0, terms: 0 });
    for (const segment of segments) {
      segment.live.fill(0);
      segment.unembedded.fill(0);
      segment.unembeddedChunks = 0;
      segment.deadChunks = segment.chunks;
      this.add(segment);
    }
  }

  /** Counts a segment too. Of two entries for a path the one with the higher sequence number is the newest. */
  add(segment: CatalogSegment): void {
    this.#resolve(segment);
    for (let file = 0; file < segment.files; file++) {
      const path = segment.paths.get(file);
      const newest = this.#byPath.get(path);
      if (!newest) {
        this.#byPath.set(path, { segment, file, entries: 1 });
        this.#bringIn(segment, file);
        continue;
      }
      newest.entries++;
      if ((newest.segment.sequence[newest.file] ?? 0) > (segment.sequence[file] ?? 0)) continue;
      this.#takeOut(newest.segment, newest.file);
      [newest.segment, newest.file] = [segment, file];
      this.#bringIn(segment, file);
    }
  }

  /** Whether an entry has to be kept when these segments are merged into one. */
  isNeeded(segment: CatalogSegment, file: number, merged: EntryCounts): boolean {
    const path = segment.paths.get(file);
    const newest = this.#byPath.get(path);
    if (newest?.segment !== segment || newest.file !== file) return false;
    // A deletion is needed only while an older entry of its path could come back.
    return segment.state(file) !== 'deleted' || newest.entries > (merged.get(path) ?? 0);
  }

  /**
   * Counts `merged` in place of `old`. It holds what was needed of those when the merge began: what was committed since is
   * newer.
   */
  replace(old: Iterable<CatalogSegment>, merged: CatalogSegment | undefined): void {
    for (const segment of old) {
      for (let file = 0; file < segment.files; file++) {
        const path = segment.paths.get(file);
        const newest = this.#byPath.get(path);
        if (!newest) continue;
        if (newest.segment === segment && newest.file === file) this.#takeOut(segment, file);
        if (--newest.entries === 0) this.#byPath.delete(path);
      }
    }
    if (merged) this.add(merged);
  }

  /** Tells that these hashes (n x 16 bytes) have vectors now. */
  embedded(hashes: Uint8Array): void {
    for (let at = 0; at < hashes.length && this.#waiting.size > 0; at += hashBytes) {
      const row = this.#matrix.rowOf(hashes, at);
      this.#waiting.take(hashes, at, (segment, chunk) => {
        const file = segment.fileOfChunk[chunk] ?? 0;
        if (isSketched(segment, chunk)) this.counts.sketched--;
        segment.vectorRow[chunk] = row;
        segment.unembedded[file] = (segment.unembedded[file] ?? 0) - 1;
        segment.unembeddedChunks--;
        this.counts.embedded++;
      });
    }
  }

  /** Tells that these hashes (n x 16 bytes) have instant vectors now, for as long as they have no others. */
  instant(hashes: Uint8Array): void {
    for (let at = 0; at < hashes.length; at += hashBytes) {
      const row = instantRow(this.#instant.rowOf(hashes, at));
      this.#waiting.each(hashes, at, (segment, chunk) => {
        if (!isSketched(segment, chunk)) this.counts.sketched++;
        segment.vectorRow[chunk] = row;
      });
    }
  }

  /** Of the chunks that count. */
  hashes(): HashTable {
    const hashes = new HashTable();
    for (const { segment, file } of this.#byPath.values()) {
      if (segment.live[file] === 0) continue;
      for (let c = segment.chunkStart[file] ?? 0; c < (segment.chunkStart[file + 1] ?? 0); c++) {
        hashes.add(segment.hashes, c * hashBytes);
      }
    }
    return hashes;
  }

  /** Where a chunk that waits for the vector of this hash, 16 bytes at `offset`, stands; undefined when none does. */
  waitingPlace(hashes: Uint8Array, offset: number): Place | undefined {
    let place: Place | undefined;
    this.#waiting.each(hashes, offset, (segment, chunk) => {
      place ??= {
        path: segment.paths.get(segment.fileOfChunk[chunk] ?? 0),
        startLine: segment.startLine[chunk] ?? 0,
        endLine: segment.endLine[chunk] ?? 0,
      };
    });
    return place;
  }

  /** Chunks that follow one another were mostly embedded one after the other. */
  #resolve(segment: CatalogSegment): void {
    const rows = segment.vectorRow;
    let row = -1;
    for (let c = 0; c < rows.length; c++) {
      if ((rows[c] ?? -1) >= 0) continue;
      row = this.#matrix.rowOf(segment.hashes, c * hashBytes, row + 1);
      const instant = row >= 0 || this.#instant.rows === 0 ? -1 : this.#instant.rowOf(segment.hashes, c * hashBytes);
      rows[c] = instant >= 0 ? instantRow(instant) : row;
    }
  }

  /** From now on the entry counts. */
  #bringIn(segment: CatalogSegment, file: number): void {
    if (segment.state(file) === 'deleted') return;
    segment.live[file] = 1;
    this.#count(segment, file, 1);
    for (let c = segment.chunkStart[file] ?? 0; c < (segment.chunkStart[file + 1] ?? 0); c++) {
      if ((segment.vectorRow[c] ?? -1) >= 0) {
        this.counts.embedded++;
      } else {
        this.#waiting.add(segment, c);
        if (isSketched(segment, c)) this.counts.sketched++;
        segment.unembedded[file] = (segment.unembedded[file] ?? 0) + 1;
        segment.unembeddedChunks++;
      }
    }
  }

  /** From now on the entry counts no more. */
  #takeOut(segment: CatalogSegment, file: number): void {
    if (segment.live[file] === 0) return;
    segment.live[file] = 0;
    this.#count(segment, file, -1);
    for (let c = segment.chunkStart[file] ?? 0; c < (segment.chunkStart[file + 1] ?? 0); c++) {
      if ((segment.vectorRow[c] ?? -1) >= 0) {
        this.counts.embedded--;
      } else {
        this.#waiting.remove(segment, c);
        if (isSketched(segment, c)) this.counts.sketched--;
      }
    }
    segment.unembeddedChunks -= segment.unembedded[file] ?? 0;
    segment.unembedded[file] = 0;
  }

  #count(segment: CatalogSegment, file: number, sign: 1 | -1): void {
    if (segment.state(file) === 'skipped') this.counts.skipped += sign;
    else this.counts.files += sign;
    const chunks = (segment.chunkStart[file + 1] ?? 0) - (segment.chunkStart[file] ?? 0);
    this.counts.chunks += sign * chunks;
    this.counts.terms += sign * (segment.fileLength[file] ?? 0);
    segment.deadChunks -= sign * chunks;
  }
}

/** Whether a chunk without a vector has an instant one. */
function isSketched(segment: CatalogSegment, chunk: number): boolean {
  return (segment.vectorRow[chunk] ?? -1) < -1;
}

/** How many entries of each path some segments hold. */
export type EntryCounts = ReadonlyMap<string, number>;

export function countEntries(segments: Iterable<CatalogSegment>): EntryCounts {
  const counts = new Map<string, number>();
  for (const { files, paths } of segments) {
    for (let file = 0; file < files; file++) counts.set(paths.get(file), (counts.get(paths.get(file)) ?? 0) + 1);
  }
  return counts;
}
