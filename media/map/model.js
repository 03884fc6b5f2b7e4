// @ts-check
/** The map as the page keeps it: strings parted, and what lies near a place. */

/**
 * @import { VectorMap } from '../../src/core/types.ts'
 * @typedef {object} Point A file, or a chunk of one.
 * @property {number} file
 * @property {number} chunk -1 for the file as a whole.
 */

const separator = '\0';

export class Model {
  /** @param {VectorMap} map */
  constructor(map) {
    this.map = map;
    this.paths = map.paths.split(separator);
    this.symbols = map.symbols.split(separator);
    this.fileOfChunk = new Uint32Array(map.startLine.length);
    for (let f = 0; f < this.paths.length; f++) this.fileOfChunk.fill(f, map.chunkStart[f], map.chunkStart[f + 1]);
    /** @type {Map<string, number>} */
    this.fileAt = new Map(this.paths.map((path, file) => [path, file]));
  }

  /** Whether the first chunk of a file is prose. @param {number} file */
  isDocs(file) {
    return this.map.kinds[this.map.chunkStart[file] ?? 0] === 1;
  }

  /** @param {number} file */
  chunksOf(file) {
    return (this.map.chunkStart[file + 1] ?? 0) - (this.map.chunkStart[file] ?? 0);
  }

  /** @param {Point} point @returns {[number, number]} */
  placeOf({ file, chunk }) {
    const [points, i] = chunk < 0 ? [this.map.files, file] : [this.map.chunks, chunk];
    return [points[i * 2] ?? 0, points[i * 2 + 1] ?? 0];
  }

  /**
   * The points nearest to a place of the plane, nearest first.
   * @param {number} x @param {number} y @param {number} most how many
   * @param {boolean} chunks whether chunks are meant rather than files
   * @param {(file: number) => boolean} shown
   * @returns {Point[]}
   */
  nearest(x, y, most, chunks, shown) {
    const points = chunks ? this.map.chunks : this.map.files;
    /** @type {{ away: number, i: number }[]} */
    const best = [];
    for (let i = 0; i * 2 < points.length; i++) {
      const away = ((points[i * 2] ?? 0) - x) ** 2 + ((points[i * 2 + 1] ?? 0) - y) ** 2;
      if (best.length === most && away >= (best[most - 1]?.away ?? 0)) continue;
      if (!shown(chunks ? (this.fileOfChunk[i] ?? 0) : i)) continue;
      const at = best.findIndex((other) => away < other.away);
      best.splice(at < 0 ? best.length : at, 0, { away, i });
      best.length = Math.min(best.length, most);
    }
    return best.map(({ i }) => (chunks ? { file: this.fileOfChunk[i] ?? 0, chunk: i } : { file: i, chunk: -1 }));
  }

  /** The chunk that begins at a line; undefined when the map has none there. @param {string} path @param {number} startLine @returns {Point | undefined} */
  find(path, startLine) {
    const file = this.fileAt.get(path);
    if (file === undefined) return undefined;
    for (let chunk = this.map.chunkStart[file] ?? 0; chunk < (this.map.chunkStart[file + 1] ?? 0); chunk++) {
      if (this.map.startLine[chunk] === startLine) return { file, chunk };
    }
    return { file, chunk: -1 };
  }
}
