/** Tells when the worker holds more memory than its work explains, so that another one can take its place. */

const MB = 1024 ** 2;

export interface MemoryLimits {
  /** Bytes for what is there without an index: the runtime, the model, threads that prepare files, garbage. */
  readonly base: number;
  /** Bytes for each byte of the open indexes: they lie in memory as on disk, and merges and the map copy them. */
  readonly perIndexByte: number;
  /** How often the memory is looked at. */
  readonly lookMs: number;
}

export const usualLimits: MemoryLimits = { base: 1024 * MB, perIndexByte: 3, lookMs: 20_000 };

/** A peak passes between two looks; what is still there at the third one stays. */
const looksInARow = 3;

/** Both in bytes. */
export interface Excess {
  readonly held: number;
  readonly bound: number;
}

/**
 * Calls `tell` at each look while the process has been over its bound for several looks.
 * @param indexBytes the size of all open indexes
 */
export function watchMemory(
  { base, perIndexByte, lookMs }: MemoryLimits,
  indexBytes: () => Promise<number>,
  tell: (excess: Excess) => void,
): void {
  let over = 0;
  const look = async (): Promise<void> => {
    const bound = base + perIndexByte * (await indexBytes());
    const held = process.memoryUsage.rss();
    over = held > bound ? over + 1 : 0;
    if (over >= looksInARow) tell({ held, bound });
  };
  setInterval(() => void look(), lookMs).unref();
}

/** As a person reads it in the log. */
export function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
