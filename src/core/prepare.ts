/** One file on its way into the index: read, cut into chunks, each with its hash, its terms and the text to embed. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { chunkerVersion, chunkFile } from './chunk/chunk.ts';
import { definitionsIn, type Definition } from './chunk/definitions.ts';
import { definitionStem, definitionTerm } from './query.ts';
import { readTextSync, type ReadFile } from './read.ts';
import { saying } from './say.ts';
import type { ChunkEntry, FileEntry } from './store/catalog.ts';
import { splitIdentifier, stem, tokenize } from './tokens.ts';
import type { Chunk, FoundFile } from './types.ts';
import { hashBytes } from './vectors.ts';

/** The second number goes up when the terms of a file or the format of a catalog segment change. */
export const catalogVersion = `${chunkerVersion}.2`;

export interface PreparedFile {
  readonly entry: FileEntry;
  /** What the model reads of each chunk. */
  readonly texts: readonly string[];
}

/** The file's entry for the catalog, whatever became of it: indexed, or skipped with the reason. */
export function prepareFile(folder: string, found: FoundFile, maxFileSize: number): PreparedFile {
  const known = { path: found.path, size: found.size, mtimeMs: found.mtimeMs };
  const read = readTextSync(join(folder, found.path), maxFileSize);
  if ('skip' in read) return leftOut(known, '', { code: read.skip, reason: read.reason });
  return prepareText(known, read);
}

/** The same for a text that is at hand. */
export function prepareText(known: FoundFile, read: Pick<ReadFile, 'text' | 'hash'>): PreparedFile {
  const chunks = chunkFile(known.path, read.text);
  if (chunks.length === 0) {
    return leftOut(known, read.hash, { code: 'empty', reason: saying('It holds nothing but blanks.') });
  }
  const pathTerms = tokenize(known.path);
  const definitions = definitionsIn(known.path, read.text);
  const entries = chunks.map((chunk) => chunkEntry(chunk, pathTerms, definitions));
  return {
    entry: { ...known, hash: read.hash, state: 'indexed', chunks: entries },
    texts: chunks.map((chunk) => embeddedText(known.path, chunk)),
  };
}

function leftOut(known: FoundFile, hash: string, skip: NonNullable<FileEntry['skip']>): PreparedFile {
  return { entry: { ...known, hash, state: 'skipped', skip, chunks: [] }, texts: [] };
}

/** Names a chunk's vector: the text and what it lies in, but not the path, so that a rename embeds nothing. */
export function chunkHash({ symbol, breadcrumb, text }: Chunk): Uint8Array {
  const digest = createHash('sha256')
    .update([...breadcrumb, symbol, text].join('\0'))
    .digest();
  return new Uint8Array(digest.buffer, digest.byteOffset, hashBytes);
}

/** What the model reads of a chunk. */
export function embeddedText(path: string, { breadcrumb, symbol, text }: Chunk): string {
  const heading = [...breadcrumb, symbol].filter((part) => part && !text.includes(part)).join(' > ');
  return heading ? `${path}\n${heading}\n${text}` : `${path}\n${text}`;
}

function chunkEntry(chunk: Chunk, pathTerms: readonly string[], definitions: readonly Definition[]): ChunkEntry {
  const { startLine, endLine, kind, symbol, breadcrumb } = chunk;
  const terms = new Map<string, number>();
  const count = (term: string): void => void terms.set(term, (terms.get(term) ?? 0) + 1);
  pathTerms.forEach(count);
  tokenize(breadcrumb.join(' ')).forEach(count);
  tokenize(chunk.text).forEach(count);
  for (const { name, line } of definitions) {
    if (line < startLine || line > endLine) continue;
    terms.set(definitionTerm(name), 1);
    for (const part of splitIdentifier(name)) count(definitionStem(stem(part)));
  }
  return { startLine, endLine, kind, symbol, breadcrumb, hash: chunkHash(chunk), terms };
}
