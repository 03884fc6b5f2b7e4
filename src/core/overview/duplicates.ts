/**
 * Chunks that are nearly the same: near by their vectors, which is quickly found out, and equal in most of their lines,
 * which is then looked up in the files.
 */
import { HashTable } from '../hash-table.ts';
import { isVendored } from '../rank/features.ts';
import type { DuplicateCluster, Duplicates } from '../types.ts';
import { hashBytes } from '../vectors.ts';
import { ChunkLines, sameLines, type Lines } from './chunk-lines.ts';
import { nearPairs } from './near-pairs.ts';
import { parted, type Snapshot } from './snapshot.ts';

/** Cosine from which on lines are compared: chunks with most lines in common are nearer, with few exceptions. */
const leastCosine = 0.88;
/** Share of equal lines from which on two chunks are copies of one another. */
const leastSame = 0.6;
/** Terms of the shortest chunk that is looked at. */
const leastTerms = 20;
const mostClusters = 500;
/** Files that are the same everywhere because they must be. */
const isLicence = /(^|\/)(licen[cs]e|copying|notice|patents)[^/]*$/i;

const noLines = new Uint32Array();

/** A chunk and where it stands. */
interface Place {
  readonly file: number;
  readonly chunk: number;
  readonly lines: Lines;
}

/** Copies in the order of their files and lines; `first` is one of them, which the others are measured against. */
interface Cluster {
  readonly first: Place;
  readonly copies: readonly Copy[];
}

interface Copy extends Place {
  /** Of the lines that it and the first have. */
  readonly same: number;
}

/** @param folder absolute @param maxFileSize bytes */
export function findDuplicates(snapshot: Snapshot, folder: string, maxFileSize: number): Duplicates {
  const { groups, near } = alike(snapshot, placesIn(snapshot, folder, maxFileSize));
  const clusters = clustersOf(groups, near).flatMap((cluster) => withoutNeighbours(cluster) ?? []);
  const paths = parted(snapshot.paths, snapshot.chunkStart.length - 1);
  const symbols = parted(snapshot.symbols, snapshot.startLine.length);
  const shown = joined(clusters).map((run) => toShow({ ...snapshot, paths, symbols }, run));
  shown.sort((a, b) => b.lines * b.copies.length - a.lines * a.copies.length);
  return { clusters: shown.slice(0, mostClusters), missing: snapshot.missing };
}

/** The chunks worth comparing, by file. */
function placesIn(snapshot: Snapshot, folder: string, maxFileSize: number): Place[] {
  const { chunkStart, terms } = snapshot;
  const paths = parted(snapshot.paths, chunkStart.length - 1);
  const reader = new ChunkLines(folder, maxFileSize, snapshot);
  const places: Place[] = [];
  const order = [...paths.keys()].sort((a, b) => ((paths[a] ?? '') < (paths[b] ?? '') ? -1 : 1));
  for (const file of order) {
    const path = paths[file] ?? '';
    if (isVendored(path, '') || isLicence.test(path)) continue;
    for (let chunk = chunkStart[file] ?? 0; chunk < (chunkStart[file + 1] ?? 0); chunk++) {
      const lines = (terms[chunk] ?? 0) < leastTerms ? undefined : reader.of(file, chunk);
      if (lines) places.push({ file, chunk, lines });
    }
  }
  return places;
}

interface Alike {
  /** Places with one hash, and so with one vector and text. */
  readonly groups: readonly (readonly Place[])[];
  /** For each group, those that are nearly the same, with the share of equal lines. */
  readonly near: readonly ReadonlyMap<number, number>[];
}

function alike({ hashes, vectors, dimensions }: Snapshot, places: readonly Place[]): Alike {
  const numbers = new HashTable();
  const groups: Place[][] = [];
  for (const place of places) {
    const at = place.chunk * hashBytes;
    if (numbers.add(hashes, at)) groups.push([place]);
    else groups[numbers.find(hashes, at)]?.push(place);
  }
  const own = new Int8Array(groups.length * dimensions);
  groups.forEach(([place], i) => {
    const chunk = place?.chunk ?? 0;
    own.set(vectors.subarray(chunk * dimensions, (chunk + 1) * dimensions), i * dimensions);
  });
  const near = groups.map(() => new Map<number, number>());
  for (const [a, b] of nearPairs(own, dimensions, leastCosine)) {
    const same = sameLines(groups[a]?.[0]?.lines ?? noLines, groups[b]?.[0]?.lines ?? noLines);
    if (same < leastSame) continue;
    near[a]?.set(b, same);
    near[b]?.set(a, same);
  }
  return { groups, near };
}

/**
 * Stars rather than chains, so that each copy is like the first: the group with the most copies around it, and of those
 * the one with the most of its own, comes first and takes what no other has.
 */
function clustersOf(groups: Alike['groups'], near: Alike['near']): Cluster[] {
  const size = (group: number): number => groups[group]?.length ?? 0;
  const around = groups.map((_, group) =>
    [...(near[group]?.keys() ?? [])].reduce((sum, n) => sum + size(n), size(group)),
  );
  const order = [...groups.keys()].sort((a, b) => (around[b] ?? 0) - (around[a] ?? 0) || size(b) - size(a) || a - b);
  const taken = new Set<number>();
  const clusters: Cluster[] = [];
  for (const group of order) {
    const first = groups[group]?.[0];
    if (!first || taken.has(group) || (around[group] ?? 0) < 2) continue;
    const members = [[group, 1] as const, ...(near[group] ?? [])].filter(([member]) => !taken.has(member));
    for (const [member] of members) taken.add(member);
    const copies = members.flatMap(([member, same]) => (groups[member] ?? []).map((place) => ({ ...place, same })));
    clusters.push({ first, copies });
  }
  return clusters;
}

/** Without copies right beside another one in the same file; undefined when a single one is left. */
function withoutNeighbours({ first, copies }: Cluster): Cluster | undefined {
  const kept: Copy[] = [];
  for (const copy of copies.toSorted((a, b) => a.chunk - b.chunk)) {
    const last = kept.at(-1);
    if (last?.file !== copy.file || copy.chunk > last.chunk + 1) kept.push(copy);
  }
  return kept.length > 1 ? { first, copies: kept } : undefined;
}

/** Clusters that go on where another ends, in each of its copies, are one: a file that was copied is found as a whole. */
function joined(clusters: readonly Cluster[]): Cluster[][] {
  const keyOf = (copies: readonly Copy[], step: number): string =>
    copies.map(({ file, chunk }) => `${file}:${chunk + step}`).join();
  const byStart = new Map(clusters.map((cluster) => [keyOf(cluster.copies, 0), cluster]));
  const follows = (cluster: Cluster): Cluster | undefined => {
    const next = byStart.get(keyOf(cluster.copies, 1));
    return next?.copies.every((copy, i) => copy.file === cluster.copies[i]?.file) ? next : undefined;
  };
  const continued = new Set(clusters.map(follows));
  return clusters
    .filter((cluster) => !continued.has(cluster))
    .map((cluster) => {
      const run = [cluster];
      for (let next = follows(cluster); next; next = follows(next)) run.push(next);
      return run;
    });
}

interface Named extends Pick<Snapshot, 'startLine' | 'endLine'> {
  readonly paths: readonly string[];
  readonly symbols: readonly string[];
}

/** The first copy is the one that the others are measured against. */
function toShow({ paths, symbols, startLine, endLine }: Named, run: readonly Cluster[]): DuplicateCluster {
  const [head] = run;
  const all = head?.copies ?? [];
  const lengths = run.map(({ first }) => first.lines.length);
  const lines = lengths.reduce((sum, length) => sum + length, 0);
  const copies = all.map((copy, i) => ({
    path: paths[copy.file] ?? '',
    startLine: startLine[copy.chunk] ?? 0,
    endLine: endLine[run.at(-1)?.copies[i]?.chunk ?? copy.chunk] ?? 0,
    symbol: symbols[copy.chunk] ?? '',
    same: run.reduce((sum, { copies: part }, r) => sum + (part[i]?.same ?? 0) * (lengths[r] ?? 0), 0) / lines,
  }));
  const first = all.findIndex(({ chunk }) => chunk === head?.first.chunk);
  return { lines, copies: [...copies.slice(first, first + 1), ...copies.filter((_, i) => i !== first)] };
}
