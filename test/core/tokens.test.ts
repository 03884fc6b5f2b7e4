import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitIdentifier, stem, termWeight, tokenize } from '../../src/core/tokens.ts';

describe('tokens', () => {
  it('splits identifiers in every usual style and keeps them whole as well', () => {
    assert.deepEqual(splitIdentifier('parseHTTPResponse2'), ['parse', 'http', 'response', '2']);
    assert.deepEqual(splitIdentifier('MAX_FILE_SIZE'), ['max', 'file', 'size']);
    assert.ok(tokenize('dispatchRequest').includes('dispatchrequest'));
    assert.ok(tokenize('dispatchRequest').includes(stem('request')));
  });

  it('gives the words of a family one stem', () => {
    for (const family of [
      ['dispatch', 'dispatched', 'dispatching', 'dispatches', 'dispatcher'],
      ['configure', 'configured', 'configures', 'configuration'],
      ['parse', 'parser', 'parsing', 'parsed'],
      ['query', 'queries'],
      ['adapter', 'adapters'],
    ]) {
      assert.equal(new Set(family.map(stem)).size, 1, family.map(stem).join(' '));
    }
    assert.notEqual(stem('class'), stem('clan'));
  });

  it('cuts scripts without spaces into characters and pairs, also inside a mixed word', () => {
    const terms = tokenize('設定fileを読む');
    for (const term of ['設定', '設', 'を読', stem('file')]) assert.ok(terms.includes(term), term);
  });

  it('counts a term of a script without spaces as a part of a word, and hiragana the least', () => {
    const weights = ['parser', '設定', '読む', '設', 'です', 'の'].map(termWeight);
    assert.deepEqual(
      weights,
      [...weights].sort((a, b) => b - a),
    );
    assert.equal(weights[0], 1);
  });

  it('finds the parts of any text in the text that holds it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const whole = new Set(tokenize(`${a} ${b}`));
        for (const term of tokenize(a)) assert.ok(whole.has(term));
      }),
    );
  });

  it('drops words too long to be words', () => {
    assert.deepEqual(tokenize('x'.repeat(500)), []);
  });
});
