import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AutoTokenizer, env, type PreTrainedTokenizer } from '@xenova/transformers';
import fc from 'fast-check';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { WordPiece } from '../../src/core/wordpiece.ts';

describe('wordpiece', () => {
  let library: PreTrainedTokenizer;
  let ours: WordPiece;

  before(async () => {
    const folder = bundledModel();
    env.allowRemoteModels = false;
    env.localModelPath = dirname(folder);
    library = await AutoTokenizer.from_pretrained(basename(folder), { local_files_only: true });
    const { model } = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8')) as {
      model: { vocab: Record<string, number> };
    };
    ours = new WordPiece(model.vocab);
  });

  const same = (text: string): void =>
    assert.deepEqual(ours.encode(text), library.encode(text).slice(1, -1), JSON.stringify(text));

  it('gives the ids of the library', () => {
    for (const text of [
      '',
      ' \t\r\n ',
      'How do I parse an HTTP header?',
      'export async function getUserName(id: string): Promise<User> { return this.#cache.get(id) ?? null; }',
      'snake_case, kebab-case, $dollar, @decorator, #hash, a+b=c~d`e^f|g',
      'Crème brûlée, naïve Ångström, İstanbul, ﬁne, ΌΣΟΣ ΑΣ.Β, ǅ, ẞ',
      '設定ファイルを読む。한국어 문장입니다 ไทย العربية हिन्दी',
      'emoji 👩‍👩‍👧 🇩🇪 👍🏽 and ☃️ — “quotes” … ‹›',
      '𠀀𠀁 豈 丽 𐄀 𝒳𝔂 🂡',
      'a\0b\u0007c\u000bd\u000ce\u007ff\u0085g\u200bh\u00adi\ufeffj\ufffdk\ue000l',
      'no\u00a0break\u2003em\u2028line\u3000wide',
      'half \ud83d and \ude00 halves',
      'e\u0301 \u0344 \u037e \u1fef \u212a \u0130',
      `${'x'.repeat(100)} ${'x'.repeat(101)} ${'é'.repeat(100)} ${'é'.repeat(101)} ${'𝒳'.repeat(60)}`,
      '[CLS] [SEP][MASK] x[PAD]y [UNK] [cls] [[SEP]] [ SEP ]',
      'constructor __proto__ toString hasOwnProperty 1234567890 0x7fff 3.14e-10',
    ]) {
      same(text);
    }
  });

  it('gives them for this repository too', async () => {
    for (const file of ['core/engine.ts', 'core/tokens.ts', '../package-lock.json', '../README.md']) {
      same(await readFile(join(import.meta.dirname, '../../src', file), 'utf8'));
    }
  });

  it('gives them for any text, and again from memory', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc
        .array(
          fc.constantFrom('get', 'User', 'é', '設', ' ', '\n', '_', '[SEP]', 'Σ', '\u0307', '👍', '-', '7', '\u00a0'),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (any) => {
        same(any);
        same(any);
      }),
      { numRuns: 500 },
    );
  });

  it('stops at the limit', () => {
    const text = 'tokenization of [MASK] unbelievably long identifiers';
    const all = ours.encode(text);
    for (let limit = 0; limit <= all.length + 1; limit++)
      assert.deepEqual(ours.encode(text, limit), all.slice(0, limit));
  });
});
