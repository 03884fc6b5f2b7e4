/** How near each chunk is to a query in meaning: by the model's vector of it or, until there is one, by its instant vector. */
import { quantize, type VectorMatrix } from './vectors.ts';

/**
 * A model's query vector comes out that much nearer to instant vectors than to the model's own: the slope of a line fitted
 * through the origin, docs/instant.md.
 */
const instantScale = 0.9;

/** What `vectorRow` of a catalog segment says of a row in the matrix of instant vectors; and the row, of what it says. */
export const instantRow = (row: number): number => -2 - row;

/**
 * The cosines of one query; good until the matrices are scanned again. The scan may go on elsewhere until one is asked for.
 */
export class Cosines {
  readonly #scans: { readonly model: () => Float32Array; readonly instant: () => Float32Array };
  #scanned: { readonly model: Float32Array; readonly instant: Float32Array } | undefined;

  /** @param query of any length but zero */
  constructor(query: Float32Array, model: VectorMatrix, instant: VectorMatrix) {
    const quantized = quantize(query);
    this.#scans = { model: model.startScan(quantized), instant: instant.startScan(quantized) };
  }

  get #cosines(): { readonly model: Float32Array; readonly instant: Float32Array } {
    return (this.#scanned ??= { model: this.#scans.model(), instant: this.#scans.instant() });
  }

  /** @param row as in `vectorRow`; NaN for a chunk without a vector. */
  at(row: number): number {
    const { model, instant } = this.#cosines;
    if (row >= 0) return model[row] ?? NaN;
    return row === -1 ? NaN : instantScale * (instant[instantRow(row)] ?? NaN);
  }

  /**
   * Calls `visit` for each index of `rows` whose cosine is above `floor`; it gives the floor from then on. Since a million
   * rows are looked at for one query, four are passed over at a time.
   */
  eachAbove(floor: number, rows: Int32Array, visit: (index: number, cosine: number) => number): void {
    const { model } = this.#cosines;
    const isAbove = (row: number): boolean => (model[row] ?? NaN) > floor;
    for (let i = 0; i < rows.length;) {
      const [a, b, c, d] = [rows[i] ?? -1, rows[i + 1] ?? -1, rows[i + 2] ?? -1, rows[i + 3] ?? -1];
      const end = Math.min(i + 4, rows.length);
      if ((a | b | c | d) >= 0 && !(isAbove(a) || isAbove(b) || isAbove(c) || isAbove(d))) i = end;
      for (; i < end; i++) {
        const cosine = this.at(rows[i] ?? -1);
        if (cosine > floor) floor = visit(i, cosine);
      }
    }
  }
}
