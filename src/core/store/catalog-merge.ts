/**
 * Writes several catalog segments anew as one. It is a generator that pauses after each column and each term, so that what
 * is more urgent gets its turn: for a segment of 16,000 chunks all of it takes about half a second.
 */
import { hashBytes } from '../vectors.ts';
import type { CatalogSegment } from './catalog.ts';
import { concatColumns, concatStrings, type Column, type Columns } from './sections.ts';
import { TermWriter, type TermEntry, type TermTable } from './terms.ts';

const fileColumns = ['sequence', 'size', 'mtimeMs', 'state'];
const fileStrings = ['path', 'fileHash', 'skip'];
const chunkColumns = ['startLine', 'endLine', 'chunkKind', 'chunkLength'];
const chunkStrings = ['symbol', 'breadcrumb'];

/**
 * @param keep which file entries are taken over, with their chunks; the rest is left out
 * @returns the columns of the merged segment; undefined when nothing is kept
 */
export function* mergeCatalogs(
  segments: readonly CatalogSegment[],
  keep: (segment: CatalogSegment, file: number) => boolean,
): Generator<undefined, Columns | undefined> {
  const kept = segments.map((segment) => ({ segment, runs: keptRuns(segment, keep) }));
  const files = kept.flatMap(({ segment: { columns }, runs }) => runs.map((run) => ({ columns, ...run })));
  if (files.length === 0) return undefined;
  const chunks = kept.flatMap(({ segment, runs }) => {
    const { columns } = segment;
    return runs.map((run) => ({ columns, ...chunksOf(segment, run) }));
  });
  let columns: Columns = { chunkStart: chunkStarts(kept) };
  for (const [slices, plain, strings] of [
    [files, fileColumns, fileStrings],
    [chunks, chunkColumns, chunkStrings],
  ] as const) {
    for (const name of plain) {
      columns = { ...columns, [name]: concatColumns(name, slices) };
      yield;
    }
    for (const name of strings) {
      columns = { ...columns, ...concatStrings(name, slices) };
      yield;
    }
  }
  const hashes = concatColumns('hashes', chunks, hashBytes);
  let first = 0;
  const sources = kept.map(({ segment, runs }) => {
    const moved = new Int32Array(segment.chunks).fill(-1);
    for (const run of runs) {
      const { from, to } = chunksOf(segment, run);
      for (let chunk = from; chunk < to; chunk++) moved[chunk] = first++;
    }
    return { terms: segment.terms, moved };
  });
  return { ...columns, hashes, ...(yield* mergeTerms(sources)) };
}

/** From the first to before the last: files, or chunks. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/** The files that are kept, those that follow one another together. */
function keptRuns(segment: CatalogSegment, keep: (segment: CatalogSegment, file: number) => boolean): Run[] {
  const runs: Run[] = [];
  for (let file = 0; file < segment.files; file++) {
    if (!keep(segment, file)) continue;
    const last = runs.at(-1);
    if (last?.to === file) runs[runs.length - 1] = { from: last.from, to: file + 1 };
    else runs.push({ from: file, to: file + 1 });
  }
  return runs;
}

function chunksOf({ chunkStart }: CatalogSegment, files: Run): Run {
  return { from: chunkStart[files.from] ?? 0, to: chunkStart[files.to] ?? 0 };
}

/** Where the chunks of each file begin, and at the end their number. */
function chunkStarts(kept: readonly { readonly segment: CatalogSegment; readonly runs: readonly Run[] }[]): Column {
  const starts = [0];
  for (const { segment, runs } of kept) {
    for (const { from, to } of runs) {
      for (let file = from; file < to; file++) {
        const chunks = chunksOf(segment, { from: file, to: file + 1 });
        starts.push((starts.at(-1) ?? 0) + chunks.to - chunks.from);
      }
    }
  }
  return Uint32Array.from(starts);
}

/** A dictionary to merge, and for each chunk of its segment the one that it becomes, or -1. */
interface Source {
  readonly terms: TermTable;
  readonly moved: Int32Array;
}

/** All tables are in the order of the hashes, so that they are walked side by side. */
function* mergeTerms(sources: readonly Source[]): Generator<undefined, Columns> {
  const writer = new TermWriter();
  const cursors = sources.map(({ terms, moved }) => ({ terms, moved, walk: terms[Symbol.iterator]() }));
  const next = cursors.map(({ walk }) => entryOf(walk.next()));
  for (;;) {
    const hash = next.reduce((least, entry) => Math.min(least, entry?.hash ?? Infinity), Infinity);
    if (hash === Infinity) return writer.columns();
    /** More than one term only where two have the same hash. */
    const postings = new Map<string, number[]>();
    cursors.forEach(({ terms, moved, walk }, i) => {
      for (let entry = next[i]; entry?.hash === hash; entry = next[i] = entryOf(walk.next())) {
        const list = postings.get(entry.term) ?? [];
        terms.each(entry.at, (chunk, count) => {
          const to = moved[chunk] ?? -1;
          if (to >= 0) list.push(to, count);
        });
        postings.set(entry.term, list);
      }
    });
    for (const [term, list] of postings) if (list.length > 0) writer.add(term, hash, list);
    yield;
  }
}

const entryOf = (step: IteratorResult<TermEntry>): TermEntry | undefined => (step.done ? undefined : step.value);
