import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CatalogBuilder } from '../../src/core/store/catalog-builder.ts';
import { mergeCatalogs } from '../../src/core/store/catalog-merge.ts';
import { CatalogSegment, type ChunkEntry, type FileEntry } from '../../src/core/store/catalog.ts';
import { fullSegment, largest, pickMerge } from '../../src/core/store/merge.ts';
import type { Columns } from '../../src/core/store/sections.ts';
import { termKey, TermTable } from '../../src/core/store/terms.ts';
import { hashBytes } from '../../src/core/vectors.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 6 });
/** Some beyond what a byte, and two, can hold. */
const number = fc.oneof(fc.nat(255), fc.nat(70_000));
const chunk: fc.Arbitrary<ChunkEntry> = fc.record({
  startLine: number,
  endLine: number,
  kind: fc.constantFrom('code', 'docs'),
  symbol: text,
  breadcrumb: fc.array(text.filter(Boolean), { maxLength: 2 }),
  hash: fc.uint8Array({ minLength: hashBytes, maxLength: hashBytes }),
  terms: fc.array(fc.tuple(text.filter(Boolean), fc.integer({ min: 1, max: 300 })), { maxLength: 6 }).map((terms) => new Map(terms)),
}); // prettier-ignore
const saying = fc.record({ template: text.filter(Boolean), values: fc.array(text, { maxLength: 2 }) });
const file: fc.Arbitrary<FileEntry> = fc.record(
  {
    path: text,
    size: fc.nat(),
    mtimeMs: fc.double({ noNaN: true }),
    hash: text,
    state: fc.constantFrom('indexed', 'skipped', 'deleted'),
    skip: fc.record({ code: fc.constantFrom('empty', 'binary'), reason: saying }),
    chunks: fc.array(chunk, { maxLength: 4 }),
  },
  { requiredKeys: ['path', 'size', 'mtimeMs', 'hash', 'state', 'chunks'] },
);
/** Of each file whether it is kept. */
const segments = fc.array(fc.array(fc.tuple(file, fc.boolean()), { maxLength: 5 }), { minLength: 1, maxLength: 4 });

function segmentOf(files: readonly FileEntry[], firstSequence: number): CatalogSegment {
  const builder = new CatalogBuilder();
  files.forEach((one, i) => builder.add(one, firstSequence + i));
  return new CatalogSegment(firstSequence, builder.pack(), 'made for a test');
}

const numbersOf = (columns: Columns): Record<string, number[]> =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, [...column]]));

describe('merging catalogs', () => {
  it('gives the segment that the kept files would have been written to', () => {
    fc.assert(
      fc.property(segments, (made) => {
        const old = made.map((files, s) => segmentOf(files.map(([one]) => one), s * 10)); // prettier-ignore
        const work = mergeCatalogs(old, (segment, f) => made[old.indexOf(segment)]?.[f]?.[1] === true);
        let step = work.next();
        while (!step.done) step = work.next();

        const builder = new CatalogBuilder();
        made.forEach((files, s) => files.forEach(([one, kept], f) => kept && builder.add(one, s * 10 + f)));
        const kept = made.flat().filter(([, kept]) => kept);
        const whole = new CatalogSegment(0, builder.pack(), 'made for a test');
        assert.deepEqual(step.value && numbersOf(step.value), kept.length > 0 ? numbersOf(whole.columns) : undefined);
      }),
    );
  });

  it('tells terms apart that have the same hash', () => {
    const [a, b] = ['costarring', 'liquid'];
    const chunkOf = (...terms: string[]): ChunkEntry => ({
      ...{ startLine: 1, endLine: 1, kind: 'code', symbol: '', breadcrumb: [], hash: new Uint8Array(hashBytes) },
      terms: new Map(terms.map((term) => [term, 1])),
    });
    const fileOf = (path: string, ...chunks: ChunkEntry[]): FileEntry => {
      return { path, size: 1, mtimeMs: 1, hash: '', state: 'indexed', chunks };
    };
    const old = [[fileOf('x', chunkOf(a), chunkOf(b, a))], [fileOf('y', chunkOf(b)), fileOf('z', chunkOf(a))]];
    const work = mergeCatalogs(old.map((files, s) => segmentOf(files, s * 10)), () => true); // prettier-ignore
    let step = work.next();
    while (!step.done) step = work.next();
    const terms = new TermTable(step.value ?? {});
    assert.equal(termKey(a).hash, termKey(b).hash);
    for (const [term, expected] of [
      [a, [0, 1, 3]],
      [b, [1, 2]],
    ] as const) {
      // prettier-ignore
      const chunks: number[] = [];
      terms.each(terms.find(term), (chunk) => chunks.push(chunk));
      assert.deepEqual(chunks, expected);
    }
  });

  it('takes eight of a size at a time, catalogs up to a larger size than vectors', () => {
    const some = (count: number, size: number) => Array.from({ length: count }, (_, segment) => ({ segment, size, dead: 0 })); // prettier-ignore
    assert.equal(pickMerge(some(7, fullSegment), largest.catalog).length, 0);
    assert.equal(pickMerge(some(8, fullSegment), largest.catalog).length, 8);
    assert.equal(pickMerge(some(8, fullSegment), largest.vectors).length, 0);
    assert.equal(pickMerge(some(50, 8 * fullSegment), largest.catalog).length, 0);
    assert.equal(pickMerge([{ segment: 0, size: 9 * fullSegment, dead: 5 * fullSegment }], largest.catalog).length, 1);
  });
});
