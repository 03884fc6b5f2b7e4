import assert from 'node:assert/strict';
import type { Evaluation } from '../../src/core/evaluate.ts';
import { removeTempFolders } from '../core/temp.ts';
import { evaluateGuard } from './guard.ts';
import { evaluateJapanese } from './japanese.ts';

/** A little under what was measured when they were set; `npm run quality` says what it is now. */
const floors = { full: 0.85, instant: 0.8, keywords: 0.78, symbols: 0.97, japanese: 0.82 };

describe('search quality', function () {
  this.timeout(300_000);

  const lost = ({ answers }: Evaluation): string =>
    answers
      .map(({ query, ndcg10, found }) => (ndcg10 < 1 ? `\n${ndcg10.toFixed(2)} ${query}: ${found[0] ?? ''}` : ''))
      .join('');

  after(removeTempFolders);

  it('does not fall below its floor, by meaning and keywords', async () => {
    const evaluation = await evaluateGuard('full');
    assert.equal(evaluation.tier, 'full');
    assert.ok(evaluation.ndcg10 >= floors.full, `NDCG@10 ${evaluation.ndcg10.toFixed(3)}${lost(evaluation)}`);
    const symbols = evaluation.byCategory['symbol']!;
    assert.ok(symbols.ndcg10 >= floors.symbols, `symbols: NDCG@10 ${symbols.ndcg10.toFixed(3)}${lost(evaluation)}`);
  });

  it('does not fall below its floor by keywords alone', async () => {
    const evaluation = await evaluateGuard('keywords');
    assert.equal(evaluation.tier, 'instant');
    assert.ok(evaluation.ndcg10 >= floors.keywords, `NDCG@10 ${evaluation.ndcg10.toFixed(3)}${lost(evaluation)}`);
  });

  it('does not fall below its floor in Japanese, which the model cannot read', async () => {
    const evaluation = await evaluateJapanese();
    assert.ok(evaluation.ndcg10 >= floors.japanese, `NDCG@10 ${evaluation.ndcg10.toFixed(3)}${lost(evaluation)}`);
  });

  it('does not fall below its floor by instant vectors and keywords', async () => {
    const evaluation = await evaluateGuard('instant');
    assert.equal(evaluation.tier, 'instant');
    assert.ok(evaluation.ndcg10 >= floors.instant, `NDCG@10 ${evaluation.ndcg10.toFixed(3)}${lost(evaluation)}`);
  });
});
