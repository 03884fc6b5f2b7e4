/** What the overview works on, made of real files with instant vectors: those need no model and come in a moment. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { chunkFile } from '../../src/core/chunk/chunk.ts';
import { InstantEmbedder } from '../../src/core/instant.ts';
import { separator, type Snapshot } from '../../src/core/overview/snapshot.ts';
import { chunkHash, embeddedText } from '../../src/core/prepare.ts';
import { tokenize } from '../../src/core/tokens.ts';
import { hashBytes, quantize } from '../../src/core/vectors.ts';

/** Of all TypeScript and JavaScript files under `folder`. */
export async function snapshotOf(folder: string): Promise<Snapshot> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|js)$/.test(path))
    .map((path) => [
      relative(folder, join(folder, path)).split(sep).join('/'),
      readFileSync(join(folder, path), 'utf8'),
    ]);
  return snapshotOfTexts(Object.fromEntries(files) as Record<string, string>);
}

export async function snapshotOfTexts(files: Readonly<Record<string, string>>): Promise<Snapshot> {
  const instant = await InstantEmbedder.load(bundledModel());
  const chunks = Object.entries(files).map(([path, text]) => ({ path, chunks: chunkFile(path, text) }));
  const all = chunks.flatMap(({ path, chunks }) => chunks.map((chunk) => ({ path, chunk })));
  const chunkStart = [0];
  for (const { chunks: of } of chunks) chunkStart.push((chunkStart.at(-1) ?? 0) + of.length);
  const vectors = new Int8Array(all.length * instant.dimensions);
  const hashes = new Uint8Array(all.length * hashBytes);
  all.forEach(({ path, chunk }, i) => {
    vectors.set(quantize(instant.embed(embeddedText(path, chunk))).values, i * instant.dimensions);
    hashes.set(chunkHash(chunk), i * hashBytes);
  });
  return {
    dimensions: instant.dimensions,
    paths: chunks.map(({ path }) => path).join(separator),
    chunkStart: Uint32Array.from(chunkStart),
    startLine: Uint32Array.from(all, ({ chunk }) => chunk.startLine),
    endLine: Uint32Array.from(all, ({ chunk }) => chunk.endLine),
    kind: Uint8Array.from(all, ({ chunk }) => (chunk.kind === 'docs' ? 1 : 0)),
    terms: Uint32Array.from(all, ({ chunk }) => tokenize(chunk.text).length),
    symbols: all.map(({ chunk }) => chunk.symbol).join(separator),
    hashes,
    vectors,
    missing: 0,
  };
}
