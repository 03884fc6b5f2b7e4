/** The chunks that are to get vectors next, read anew from their files. */
import { join } from 'node:path';
import { chunkFile } from './chunk/chunk.ts';
import { chunkHash, embeddedText } from './prepare.ts';
import { readText } from './read.ts';
import type { InstantEmbedder } from './instant.ts';
import type { NewVector, Store } from './store/store.ts';
import { quantizeAll } from './vectors.ts';

/** A chunk without a vector, and what the model reads of it. */
export type PendingChunk = Omit<NewVector, 'vector'> & { readonly text: string };

/** The same, wherever it stands. */
export type ReadChunk = Pick<PendingChunk, 'hash' | 'text'>;

export interface NextChunksInput {
  readonly store: Store;
  readonly folder: string;
  /** Bytes. */
  readonly maxFileSize: number;
  /** Files to go on with, the next one last; those looked at are taken off. */
  readonly paths: string[];
  /** The file with which this many chunks are reached is the last one looked at. */
  readonly atLeast: number;
  readonly isWanted: (hash: Uint8Array) => boolean;
  /** Called for a file that has changed since it was taken in: its chunks are not what the catalog says. */
  readonly onChanged: (path: string) => void;
}

/** Distinct chunks; none when no file is left. */
export async function nextChunks(input: NextChunksInput): Promise<PendingChunk[]> {
  const { store, folder, maxFileSize, paths, atLeast, isWanted, onChanged } = input;
  const wanted = new Map<string, PendingChunk>();
  while (wanted.size < atLeast) {
    const path = paths.pop();
    if (path === undefined) break;
    const read = await readText(join(folder, path), maxFileSize);
    const entry = store.find(path);
    if ('skip' in read || entry?.segment.fileHash(entry.file) !== read.hash) {
      onChanged(path);
      continue;
    }
    for (const chunk of chunkFile(path, read.text)) {
      const hash = chunkHash(chunk);
      if (!isWanted(hash)) continue;
      const place = { path, startLine: chunk.startLine, endLine: chunk.endLine };
      wanted.set(Buffer.from(hash).toString('hex'), { hash, place, text: embeddedText(path, chunk) });
    }
  }
  return [...wanted.values()];
}

/** Gives the chunks instant vectors. */
export function sketch(store: Store, items: readonly ReadChunk[], instant: InstantEmbedder): void {
  const vectors = quantizeAll(items.map(({ text }) => instant.embed(text)));
  store.putInstant(Buffer.concat(items.map(({ hash }) => hash)), vectors);
}
