/** Which segments are worth merging. */

/** Chunks and files, or vectors, that are worth a segment of their own. */
export const fullSegment = 2048;
/** Segments of about one size that are merged into one; each level is this many times larger than the one below. */
const mergeFactor = 8;
/**
 * The size from which on a segment is no longer merged; so merged ones stay below twice this. A search looks up each term in
 * each catalog, so those are merged once more; what vectors lie in is all the same to it.
 */
export const largest = { catalog: mergeFactor * fullSegment, vectors: fullSegment };

export interface Sized<T> {
  readonly segment: T;
  readonly size: number;
  /** Of `size`, how many are no longer wanted. */
  readonly dead: number;
}

/** The segments to merge next: `mergeFactor` of one level, or one that is mostly dead; none when all is well. */
export function pickMerge<T>(segments: readonly Sized<T>[], full: number): readonly Sized<T>[] {
  const levels = new Map<number, Sized<T>[]>();
  for (const sized of segments) {
    if (sized.dead * 2 > sized.size) return [sized];
    if (sized.size >= full) continue;
    const level = Math.floor(Math.log(Math.max(sized.size, 1)) / Math.log(mergeFactor));
    const peers = levels.get(level) ?? [];
    peers.push(sized);
    const total = peers.reduce((sum, { size }) => sum + size, 0);
    if (peers.length >= mergeFactor || total >= full) return peers;
    levels.set(level, peers);
  }
  return [];
}
