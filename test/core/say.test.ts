import assert from 'node:assert/strict';
import { say, saying, speak, spoken } from '../../src/core/say.ts';
import { CatalogBuilder } from '../../src/core/store/catalog-builder.ts';
import { CatalogSegment } from '../../src/core/store/catalog.ts';

describe('what the engine says', () => {
  afterEach(() => speak({}));

  it('is English, or the language that its process was given, where that has a text for it', () => {
    const sayBoth = (): string[] => [say('matches: {0}', '$&, {1}'), say('{1} of {0}', 3, 2)];
    assert.deepEqual(sayBoth(), ['matches: $&, {1}', '2 of 3']);
    speak({ 'matches: {0}': '一致: {0}' });
    assert.deepEqual(sayBoth(), ['一致: $&, {1}', '2 of 3']);
  });

  it('is kept in the index without its language: who reads it may speak another than who wrote it', () => {
    const reason = saying('It could not be read: {0}.', 'input/output error');
    speak({ [reason.template]: 'In the language of the writer' });
    const builder = new CatalogBuilder();
    const known = { path: 'a.ts', size: 1, mtimeMs: 1, hash: '', chunks: [] };
    builder.add({ ...known, state: 'skipped', skip: { code: 'unreadable', reason } }, 1);
    const skip = new CatalogSegment(1, builder.pack(), 'made for a test').skip(0);
    speak({ [reason.template]: '読み取れませんでした: {0}。' });
    assert.equal(skip && spoken(skip.reason), '読み取れませんでした: input/output error。');
  });
});
