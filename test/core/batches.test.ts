import assert from 'node:assert/strict';
import fc from 'fast-check';
import { batchesOf } from '../../src/core/batches.ts';

describe('batches', () => {
  it('hold each text once, the shortest first, and no more than the budget with their padding', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 300 })), fc.integer({ min: 1, max: 600 }), (lengths, budget) => {
        const batches = batchesOf(lengths, budget);
        const order = batches.flat();
        assert.deepEqual(
          order.toSorted((a, b) => a - b),
          lengths.map((_, i) => i),
        );
        assert.deepEqual(
          order.map((i) => lengths[i]),
          lengths.toSorted((a, b) => a - b),
        );
        for (const batch of batches) {
          const padded = batch.length * Math.max(...batch.map((i) => lengths[i]!));
          assert.ok(batch.length === 1 || padded <= budget, `${padded} tokens in a batch, of ${budget}`);
        }
      }),
    );
  });

  it('are as full as the budget allows', () => {
    assert.deepEqual(batchesOf([256, 10, 256, 256, 12, 11], 512), [[1, 5, 4], [0, 2], [3]]);
  });
});
