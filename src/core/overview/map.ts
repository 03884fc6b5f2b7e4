/**
 * The workspace as a plane: files with like content lie together, chunks lie between their file and the files that they
 * are like.
 */
import type { VectorMap } from '../types.ts';
import { layOut } from './layout.ts';
import { principalPlane } from './principal.ts';
import { matrixOf, nearest, rowCount, rowOf, type Neighbours, type Rows } from './rows.ts';
import { parted, separator, type Snapshot } from './snapshot.ts';

/** Neighbours that a file is drawn to; UMAP's own choice. */
const k = 15;
/** Files laid out by the descent; further ones are placed among them. What takes its time grows by the square. */
const mostLaidOut = 10_000;
/** Cosine by which the pull of an anchor falls to 1 / e. */
const reach = 0.04;

export function makeMap(snapshot: Snapshot): VectorMap {
  const { chunkStart, startLine, endLine, kind, missing } = snapshot;
  const paths = parted(snapshot.paths, chunkStart.length - 1);
  const symbols = parted(snapshot.symbols, startLine.length);
  const order = [...paths.keys()].sort((a, b) => ((paths[a] ?? '') < (paths[b] ?? '') ? -1 : 1));
  const files = fileVectors(snapshot, order);
  const { laidOut, neighbours, plane } = placeFiles(files);
  const start = new Uint32Array(order.length + 1);
  const chunks: number[] = [];
  order.forEach((file, i) => {
    for (let c = chunkStart[file] ?? 0; c < (chunkStart[file + 1] ?? 0); c++) chunks.push(c);
    start[i + 1] = chunks.length;
  });
  const toShow = normaliser(plane);
  return {
    paths: order.map((file) => paths[file]).join(separator),
    files: toShow(plane),
    chunkStart: start,
    chunks: toShow(placeChunks({ snapshot, chunks, start, files, laidOut, neighbours, plane })),
    startLine: Uint32Array.from(chunks, (c) => startLine[c] ?? 0),
    endLine: Uint32Array.from(chunks, (c) => endLine[c] ?? 0),
    kinds: Uint8Array.from(chunks, (c) => kind[c] ?? 0),
    symbols: chunks.map((c) => symbols[c]).join(separator),
    missing,
  };
}

/**
 * Turns points so that what is widest in `plane` lies across, as windows are wider than high, and scales them so that
 * nearly all of it is within -1 and 1 around the middle.
 */
function normaliser(plane: Float32Array): (points: Float32Array) => Float32Array {
  const count = plane.length / 2;
  let [meanX, meanY, xx, xy, yy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < plane.length; i += 2) {
    meanX += (plane[i] ?? 0) / count;
    meanY += (plane[i + 1] ?? 0) / count;
  }
  for (let i = 0; i < plane.length; i += 2) {
    const [x, y] = [(plane[i] ?? 0) - meanX, (plane[i + 1] ?? 0) - meanY];
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  // The angle of the first eigenvector of [xx xy; xy yy].
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = (points: Float32Array): Float32Array => {
    const out = new Float32Array(points.length);
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [(points[i] ?? 0) - meanX, (points[i + 1] ?? 0) - meanY];
      out[i] = x * cos + y * sin;
      out[i + 1] = y * cos - x * sin;
    }
    return out;
  };
  const sizes = turned(plane).map(Math.abs).sort();
  const most = (sizes[Math.floor(sizes.length * 0.99)] ?? 0) || 1;
  return (points) => turned(points).map((x) => x / most);
}

/** The means of the files' chunk vectors, in the given order, to unit length. */
function fileVectors({ vectors, dimensions, chunkStart }: Snapshot, order: readonly number[]): Rows {
  const rows = { values: new Float32Array(order.length * dimensions), dimensions };
  order.forEach((file, i) => {
    const mean = rowOf(rows, i);
    for (let c = chunkStart[file] ?? 0; c < (chunkStart[file + 1] ?? 0); c++) {
      const vector = vectors.subarray(c * dimensions, (c + 1) * dimensions);
      const norm = length(vector);
      for (let d = 0; norm > 0 && d < dimensions; d++) mean[d] = (mean[d] ?? 0) + (vector[d] ?? 0) / norm;
    }
    const norm = length(mean);
    for (let d = 0; norm > 0 && d < dimensions; d++) mean[d] = (mean[d] ?? 0) / norm;
  });
  return rows;
}

interface PlacedFiles {
  /** The files that were laid out: an even pick when there are too many. */
  readonly laidOut: readonly number[];
  /** Of each file, as numbers in `laidOut`. */
  readonly neighbours: Neighbours;
  /** Files x 2. */
  readonly plane: Float32Array;
}

function placeFiles(files: Rows): PlacedFiles {
  const count = rowCount(files);
  const picked = Math.min(count, mostLaidOut);
  const laidOut = Array.from({ length: picked }, (_, i) => Math.floor((i * count) / picked));
  const numberOf = new Map(laidOut.map((file, i) => [file, i]));
  const rows = { values: new Float32Array(picked * files.dimensions), dimensions: files.dimensions };
  laidOut.forEach((file, i) => rowOf(rows, i).set(rowOf(files, file)));
  const neighbours = nearest(files, matrixOf(rows), k, (file) => numberOf.get(file) ?? -1);
  const among = Int32Array.from(laidOut.flatMap((file) => [...neighbours.of.subarray(file * k, (file + 1) * k)]));
  const points = layOut(principalPlane(rows), { k, of: among });
  const plane = new Float32Array(count * 2);
  for (let file = 0; file < count; file++) {
    const number = numberOf.get(file);
    const place = plane.subarray(file * 2, file * 2 + 2);
    if (number !== undefined) place.set(points.subarray(number * 2, number * 2 + 2));
    else {
      const anchors = anchorsOf(neighbours, file).map((n) => ({ vector: rowOf(rows, n), at: pointOf(points, n) }));
      placeAmong(place, rowOf(files, file), 1, anchors);
    }
  }
  return { laidOut, neighbours, plane };
}

interface ChunksInput extends PlacedFiles {
  readonly snapshot: Snapshot;
  /** Of the snapshot, in the order of the map. */
  readonly chunks: readonly number[];
  /** Where the chunks of each file begin in `chunks`. */
  readonly start: Uint32Array;
  readonly files: Rows;
}

/** Chunks x 2: each among its own file and the neighbours of that. */
function placeChunks({ snapshot, chunks, start, files, laidOut, neighbours, plane }: ChunksInput): Float32Array {
  const { vectors, dimensions } = snapshot;
  const places = new Float32Array(chunks.length * 2);
  for (let file = 0; file < rowCount(files); file++) {
    const near = anchorsOf(neighbours, file).map((n) => laidOut[n] ?? 0);
    const anchors = [file, ...near].map((f) => ({ vector: rowOf(files, f), at: pointOf(plane, f) }));
    for (let i = start[file] ?? 0; i < (start[file + 1] ?? 0); i++) {
      const chunk = chunks[i] ?? 0;
      const vector = vectors.subarray(chunk * dimensions, (chunk + 1) * dimensions);
      placeAmong(places.subarray(i * 2, i * 2 + 2), vector, length(vector), anchors);
    }
  }
  return places;
}

const anchorsOf = ({ k, of }: Neighbours, row: number): number[] =>
  [...of.subarray(row * k, (row + 1) * k)].filter((n) => n >= 0);

const pointOf = (plane: Float32Array, i: number): Float32Array => plane.subarray(i * 2, i * 2 + 2);

interface Anchor {
  /** Of unit length. */
  readonly vector: Float32Array;
  /** x and y. */
  readonly at: Float32Array;
}

/** Sets `place` to the mean of the anchors' places, the nearer to the vector the heavier: exp(cosine / reach). */
function placeAmong(
  place: Float32Array,
  vector: Float32Array | Int8Array,
  norm: number,
  anchors: readonly Anchor[],
): void {
  const cosines = anchors.map((anchor) => {
    let dot = 0;
    for (let d = 0; d < vector.length; d++) dot += (vector[d] ?? 0) * (anchor.vector[d] ?? 0);
    return norm > 0 ? dot / norm : 0;
  });
  const most = Math.max(...cosines);
  let [x, y, sum] = [0, 0, 0];
  anchors.forEach(({ at }, i) => {
    const weight = Math.exp(((cosines[i] ?? 0) - most) / reach);
    x += weight * (at[0] ?? 0);
    y += weight * (at[1] ?? 0);
    sum += weight;
  });
  if (sum > 0) place.set([x / sum, y / sum]);
}

function length(vector: Float32Array | Int8Array): number {
  let sum = 0;
  for (let d = 0; d < vector.length; d++) sum += (vector[d] ?? 0) ** 2;
  return Math.sqrt(sum);
}
