import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine } from '../../src/core/engine.ts';
import { findDuplicates } from '../../src/core/overview/duplicates.ts';
import { nearPairs } from '../../src/core/overview/near-pairs.ts';
import { numbered } from '../../src/core/overview/rows.ts';
import type { Duplicates } from '../../src/core/types.ts';
import { quantize } from '../../src/core/vectors.ts';
import { snapshotOf, snapshotOfTexts } from './snapshots.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

const source = resolve(import.meta.dirname, '../../src');
const maxFileSize = 2 ** 20;

const retry = `export async function withRetries(attempt, options) {
  let delay = options.firstDelay;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= options.attempts) throw error;
      await new Promise((done) => setTimeout(done, delay));
      delay *= 2;
    }
  }
}
`;
const prices = `export function priceOf(booking, season) {
  const hours = (booking.end - booking.start) / 3600000;
  const perHour = season === 'summer' ? 42 : 27;
  const discount = hours > 8 ? 0.8 : 1;
  return Math.round(hours * perHour * discount * 100) / 100;
}
`;
const imports = Array.from({ length: 12 }, (_, i) => `import { thing${i} } from './things/thing${i}.js';`).join('\n');
const licence = `/*
 * Copyright (c) 2020 Somebody. All rights reserved.
 * Permission is hereby granted, free of charge, to any person
 * obtaining a copy of this software and associated documentation
 * files (the "Software"), to deal in the Software without
 * restriction, including without limitation the rights to use it.
 */
`;

async function duplicatesIn(files: Readonly<Record<string, string>>): Promise<Duplicates> {
  const folder = tempFolder();
  writeFiles(folder, files);
  return findDuplicates(await snapshotOfTexts(files), folder, maxFileSize);
}

const places = ({ clusters }: Duplicates): string[][] => clusters.map(({ copies }) => copies.map(({ path }) => path));

describe('duplicates', () => {
  after(() => removeTempFolders());

  it('are found with all their copies, and with the share of equal lines', async () => {
    const changed = retry.replace('delay *= 2;', 'delay = Math.min(delay * 2, 10000);');
    const found = await duplicatesIn({
      'a/retry.js': retry,
      'b/again.js': retry,
      'c/client.js': changed,
      'd/prices.js': prices,
    });
    assert.deepEqual(places(found), [['a/retry.js', 'b/again.js', 'c/client.js']]);
    const [first, second, third] = found.clusters[0]!.copies;
    assert.deepEqual([first!.same, second!.same], [1, 1]);
    assert.ok(third!.same > 0.8 && third!.same < 1, String(third!.same));
    assert.deepEqual([first!.startLine, first!.endLine, first!.symbol], [1, 12, 'withRetries']);
  });

  it('are not what is merely alike, imported everywhere, licensed alike, vendored, or short', async () => {
    const files = {
      'prices.js': prices,
      'refunds.js': prices.replaceAll('hours', 'days').replaceAll('Hour', 'Day').replaceAll('booking', 'refund'),
      'one.js': imports,
      'two.js': imports,
      'three.js': licence,
      'four.js': licence,
      'vendor/retry.js': retry,
      'dist/retry.js': retry,
      'x.js': 'export const answer = 42;\n',
      'y.js': 'export const answer = 42;\n',
    };
    assert.deepEqual(places(await duplicatesIn(files)), []);
  });

  it('of a whole file are one, however many chunks it has', async () => {
    const text = readFileSync(resolve(source, 'core/vectors.ts'), 'utf8');
    const { clusters } = await duplicatesIn({ 'a.ts': text, 'b.ts': text, 'c.ts': prices });
    assert.equal(clusters.length, 1);
    const [{ copies, lines }] = clusters as [Duplicates['clusters'][number]];
    assert.deepEqual(
      copies.map(({ path }) => path),
      ['a.ts', 'b.ts'],
    );
    assert.ok(copies[0]!.endLine - copies[0]!.startLine > 120 && lines > 100);
  });

  it('are named by the largest first, and each chunk once at the most', async () => {
    const { clusters } = await duplicatesIn({ 'a.js': retry, 'b.js': retry, 'c.js': prices, 'd.js': prices });
    assert.deepEqual(
      clusters.map(({ copies }) => copies[0]!.symbol),
      ['withRetries', 'priceOf'],
    );
  });

  it('are next to all found among the pairs that a comparison of all with all finds, on real code', async () => {
    const { vectors, dimensions } = await snapshotOf(resolve(source, '..', 'test'));
    const matrix = numbered(vectors, dimensions);
    const found = new Set(nearPairs(vectors, dimensions, 0.8).map(([a, b]) => `${a} ${b}`));
    let [all, missed] = [0, 0];
    for (let a = 0; a < matrix.rows; a++) {
      const { values, norm } = matrix.vector(a);
      const cosines = matrix.scan({ values: values.slice(), norm });
      for (let b = a + 1; b < matrix.rows; b++) {
        if (cosines[b]! < 0.8001) continue;
        all++;
        if (!found.has(`${a} ${b}`)) missed++;
      }
    }
    assert.ok(all > 20, String(all));
    assert.ok(missed <= all * 0.03, `${missed} of ${all}`);
  });

  it('are the same pairs for the same vectors, and each is as near as it must be', () => {
    const vector = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.array(vector, { maxLength: 60 }), (rows) => {
        const vectors = Int8Array.from(rows.flatMap((row) => [...quantize(Float32Array.from(row)).values]));
        const pairs = nearPairs(vectors, 16, 0.9);
        assert.deepEqual(nearPairs(vectors, 16, 0.9), pairs);
        for (const [a, b] of pairs) {
          const matrix = numbered(vectors, 16);
          const { values, norm } = matrix.vector(a);
          assert.ok(a < b && matrix.scan({ values: values.slice(), norm })[b]! > 0.8999);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are found by the engine', async () => {
    const folder = tempFolder();
    writeFiles(folder, { 'a.js': retry, 'b.js': retry, 'c.js': prices });
    const engine = await Engine.open({ folder, model: bundledModel(), home: tempFolder(), embed: false });
    try {
      engine.changed();
      await engine.settled();
      assert.deepEqual(places(await engine.duplicates()), [['a.js', 'b.js']]);
    } finally {
      await engine.close();
    }
  });
});
