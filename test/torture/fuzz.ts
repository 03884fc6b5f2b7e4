/** Generated input for all that reads what others have written, and for what people type. */
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc, { type IAsyncProperty, type IRawProperty } from 'fast-check';
import { parseQuery } from '../../src/core/query.ts';
import { readTextSync } from '../../src/core/read.ts';
import { spoken } from '../../src/core/say.ts';
import { CatalogBuilder } from '../../src/core/store/catalog-builder.ts';
import { catalogMagic, CatalogSegment } from '../../src/core/store/catalog.ts';
import { segmentCodec, unpackVectors } from '../../src/core/store/codec.ts';
import { packColumns, unpackColumns } from '../../src/core/store/sections.ts';
import { stem, tokenize } from '../../src/core/tokens.ts';
import { NearbyError } from '../../src/core/types.ts';
import { walkFolder } from '../../src/core/walk.ts';
import { checkChunks, paths, sources } from '../core/chunk-property.ts';
import type { Row, Trial } from './trial.ts';

/** No input of this size may take longer. Milliseconds, on a busy machine. */
const longestMs = 2000;
const namesInFolder = 20;
const rulesInFile = 10;

export async function fuzz({ seed, rounds, scratch, say }: Trial): Promise<readonly Row[]> {
  const tree = join(scratch, 'tree');
  const file = join(scratch, 'file.txt');
  const rows: Row[] = [];
  /** @param each inputs in one run of the property */
  const run = async <T>(name: string, property: IRawProperty<T>, each = 1): Promise<void> => {
    const numRuns = Math.ceil(rounds / each);
    const details = await fc.check(property as IAsyncProperty<T>, { numRuns, seed, endOnFailure: true });
    if (details.failed) say(`${name}: ${fc.defaultReportMessage(details) ?? ''}`.slice(0, 3000));
    rows.push({ name, value: details.numRuns * each, bar: 'none fails', met: !details.failed });
    say(`${name}: ${details.numRuns * each}`);
  };
  await run('texts cut into chunks', fc.property(paths, sources, timed(checkChunks)));
  await run(
    'files read',
    fc.property(
      fileContents,
      timed((bytes) => checkRead(file, bytes)),
    ),
  );
  await run(
    'names walked',
    fc.asyncProperty(trees, (some) => checkWalk(tree, some)),
    namesInFolder,
  );
  await run(
    'ignore rules followed',
    fc.asyncProperty(ruleSets, (rules) => checkRules(tree, rules)),
    rulesInFile,
  );
  await run('segments packed and read back', fc.property(entries, timed(checkSegment)));
  await run('damaged segments refused', fc.property(entries, damages, timed(checkDamage)));
  await run('queries understood', fc.property(queries, timed(checkQuery)));
  return rows;
}

function timed<T extends unknown[]>(check: (...input: T) => void): (...input: T) => void {
  return (...input) => {
    const began = performance.now();
    check(...input);
    const ms = performance.now() - began;
    if (ms > longestMs) throw new Error(`It took ${ms.toFixed(0)} ms.`);
  };
}

const magics = [
  '%PDF-',
  'PK\u0003\u0004',
  '\u007fELF',
  '\u00ef\u00bb\u00bf',
  '\u00ff\u00fe',
  '\u00fe\u00ff',
  '\0',
  'a\0b\0',
];
const fileContents = fc
  .tuple(
    fc.constantFrom('', '', ...magics),
    fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 200 }).map((text) => new Uint8Array(Buffer.from(text))),
      fc.string({ maxLength: 200 }).map((text) => new Uint8Array(Buffer.from(text, 'utf16le'))),
    ),
  )
  .map(([magic, bytes]) => Buffer.concat([Buffer.from(magic, 'latin1'), bytes]));

/** It is text, or there is a sentence why not. */
function checkRead(path: string, bytes: Buffer): void {
  writeFileSync(path, bytes);
  const read = readTextSync(path, 300);
  if ('skip' in read) assert.match(spoken(read.reason), /^[A-Z0-9].*\.$/s);
  else assert.ok(read.text.length <= bytes.length && !read.text.includes('\0') && /^[0-9a-f]{32}$/.test(read.hash));
}

const oddCharacters = [
  '\n',
  '\r',
  '\t',
  '"',
  "'",
  '`',
  '$',
  ' ',
  '\\',
  '*',
  '?',
  '[',
  '!',
  '#',
  '\u202e',
  '\u200f',
  '\u0007',
  '\u001b[31m',
  'é',
  'e\u0301',
  'Å',
  'ß',
  '日',
  '😀',
  '..',
  '.',
  '-',
  '~',
  '%2e',
  ':',
  '|',
  'a',
  'A',
  'b',
];
const name = fc
  .array(fc.constantFrom(...oddCharacters), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(''))
  .filter((one) => one !== '.' && one !== '..' && !one.startsWith('.git'));
const treePath = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const trees = fc.array(fc.tuple(treePath, fc.constantFrom('file', 'file', 'file', 'link')), {
  minLength: namesInFolder,
  maxLength: namesInFolder,
});

/** Each file is found once, under its name; what a link leads to is not. */
async function checkWalk(folder: string, tree: readonly (readonly [path: string, kind: string])[]): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [path, kind] of tree) {
    const absolute = join(folder, path);
    try {
      mkdirSync(dirname(absolute), { recursive: true });
      if (kind === 'link') symlinkSync(dirname(folder), absolute);
      else writeFileSync(absolute, 'text', { flag: 'wx' });
    } catch {
      // a file stands where a folder should be, or the other way round
    }
  }
  const found: string[] = [];
  const skipped: string[] = [];
  for await (const batch of walkFolder(folder)) {
    for (const { path } of batch.files) found.push(path);
    for (const { path } of batch.skipped) skipped.push(path);
  }
  for (const path of found) assert.ok(lstatSync(join(folder, path)).isFile(), path);
  assert.equal(new Set(found).size, found.length);
  const isBelowSkipped = (path: string): boolean => skipped.some((one) => path === one || path.startsWith(one));
  for (const path of filesBelow(folder)) {
    assert.ok(found.includes(path) || isBelowSkipped(path), `${JSON.stringify(path)} is not found`);
  }
}

/** Relative paths. Node.js's own recursive listing follows links. */
function filesBelow(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below + entry.name;
    return entry.isDirectory() ? filesBelow(folder, `${path}/`) : entry.isFile() ? [path] : [];
  });
}

const rule = fc
  .array(
    fc.constantFrom(
      '*',
      '**',
      '?',
      '[a-z]',
      '[',
      ']',
      '!',
      '#',
      '\\',
      '/',
      ' ',
      'a',
      'b',
      'A',
      '.',
      '日',
      '{a,b}',
      '+',
      '(',
      ')',
      '|',
      '^',
      '$',
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));
const ruleSets = fc.tuple(
  fc.array(rule, { minLength: rulesInFile, maxLength: rulesInFile }),
  fc.array(fc.constantFrom('a', 'b', 'A', 'ab', 'a.b', 'a/b', 'b/a/a', '日', '[', 'a b', '+', '{a,b}'), {
    maxLength: 8,
  }),
);

/** Whatever the rules say, each file is found or left out with a reason, and never both. */
async function checkRules(
  folder: string,
  [rules, files]: readonly [readonly string[], readonly string[]],
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.gitignore'), rules.join('\n'));
  for (const path of new Set(files)) {
    try {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), 'text');
    } catch {
      // a file stands where a folder should be, or the other way round
    }
  }
  const found = new Set<string>();
  const skipped: string[] = [];
  for await (const batch of walkFolder(folder)) {
    for (const { path } of batch.files) found.add(path);
    for (const { path, reason } of batch.skipped) {
      assert.match(reason, /\.$/);
      skipped.push(path);
    }
  }
  for (const path of filesBelow(folder)) {
    const leftOut = skipped.some((one) => path === one || (one.endsWith('/') && path.startsWith(one)));
    assert.ok(found.has(path) !== leftOut, `${path}: found ${String(found.has(path))}, left out ${String(leftOut)}`);
  }
}

const text = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 10 }));
const chunk = fc.record({
  startLine: fc.nat(2 ** 20),
  endLine: fc.nat(2 ** 20),
  kind: fc.constantFrom('code' as const, 'docs' as const),
  symbol: text,
  breadcrumb: fc.array(
    text.map((crumb) => crumb.replaceAll('\u001f', ' ') || '-'),
    { maxLength: 3 },
  ),
  hash: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  terms: fc
    .array(
      fc.tuple(
        text.filter((term) => term !== ''),
        fc.integer({ min: 1, max: 300 }),
      ),
      { maxLength: 6 },
    )
    .map((some) => new Map(some)),
});
const entries = fc.array(
  fc.record({
    path: text,
    size: fc.nat(),
    mtimeMs: fc.double({ noNaN: true, min: 0, max: 1e13 }),
    hash: text,
    state: fc.constant('indexed' as const),
    chunks: fc.array(chunk, { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);
type Entries = typeof entries extends fc.Arbitrary<infer T> ? T : never;

function packed(some: Entries): Uint8Array {
  const builder = new CatalogBuilder();
  some.forEach((entry, i) => builder.add(entry, i));
  return builder.pack();
}

/** A catalog and a vector segment hold what was put into them. */
function checkSegment(some: Entries): void {
  const segment = new CatalogSegment(1, packed(some), 'it');
  let c = 0;
  some.forEach((entry, file) => {
    assert.equal(segment.paths.get(file), Buffer.from(entry.path).toString());
    assert.equal(segment.mtimeMs[file], entry.mtimeMs);
    for (const one of entry.chunks) {
      assert.equal(segment.startLine[c], one.startLine);
      assert.equal(segment.symbols.get(c), Buffer.from(one.symbol).toString());
      assert.deepEqual([...segment.hash(c)], [...one.hash]);
      assert.deepEqual(segment.breadcrumb(c), one.breadcrumb);
      for (const [term] of one.terms) assert.ok(segment.terms.find(Buffer.from(term).toString()) >= 0, term);
      c++;
    }
  });
  const items = some.flatMap(({ path, chunks }) =>
    chunks.map(({ hash, startLine, endLine }) => ({
      id: Buffer.from(hash).toString('hex'),
      vector: [...hash].map((x) => x - 128),
      norm: 1,
      metadata: { path, startLine, endLine },
    })),
  );
  const bytes = segmentCodec.serializeIndex({ version: 1, metadata_config: {}, items });
  const read = segmentCodec.deserializeIndex(bytes);
  read.items.forEach((item, i) => {
    assert.deepEqual([...item.vector], items[i]?.vector);
    assert.equal(item.metadata['startLine'], items[i]?.metadata.startLine);
  });
}

const damages = fc.record({
  at: fc.nat(),
  bit: fc.nat(7),
  cut: fc.option(fc.nat()),
  random: fc.uint8Array({ maxLength: 64 }),
});
type Damage = typeof damages extends fc.Arbitrary<infer T> ? T : never;

/** What is not as it was written is refused, with a sentence. */
function checkDamage(some: Entries, { at, bit, cut, random }: Damage): void {
  const whole = Buffer.from(packed(some));
  const changed = cut === null ? Buffer.from(whole) : whole.subarray(0, cut % whole.length);
  if (cut === null) changed[at % whole.length]! ^= 1 << bit;
  const isRefusal = (error: unknown): boolean => error instanceof NearbyError && error.code === 'damaged';
  assert.throws(() => new CatalogSegment(1, changed, 'it'), isRefusal);
  assert.throws(() => unpackVectors(random, 'it'), isRefusal);
  assert.throws(() => unpackColumns(catalogMagic, packColumns('OTHER', { random }), 'it'), isRefusal);
}

const queries = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom('"', 'how', ' ', 'fooBar', '日本語を', '_', '$', '.', 'a'.repeat(100), '"".', '\0', '()', '\\'),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);

/** Words of a query are words of the text, and there are no more than were typed. */
function checkQuery(query: string): void {
  const { terms, phrases, names } = parseQuery(query);
  assert.ok(
    terms.length <= 4 * query.length + 1 && phrases.length <= query.length && names.length <= 4 * query.length + 2,
  );
  for (const term of tokenize(query)) assert.ok(term !== '' && stem(term) !== '');
}
