/** Which texts go through the model together. */

/**
 * Texts of like length, the shortest first, as many as fit a budget: all of a batch are padded to its longest, so that it
 * costs count x longest. A text longer than the budget goes alone.
 * @param lengths tokens of each text
 * @param budget tokens of a batch, padding included
 * @returns indexes of texts, each in one batch
 */
export function batchesOf(lengths: readonly number[], budget: number): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const i of order) {
    if (batch.length > 0 && (batch.length + 1) * (lengths[i] ?? 0) > budget) {
      batches.push(batch);
      batch = [];
    }
    batch.push(i);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
