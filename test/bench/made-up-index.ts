/** The index of a made-up corpus, made by the store's own writes; only the vectors do not come from the model. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { readModelInfo } from '../../src/core/embed.ts';
import { indexPath } from '../../src/core/home.ts';
import { prepareFile } from '../../src/core/prepare.ts';
import type { FileEntry } from '../../src/core/store/catalog.ts';
import { fullSegment, type NewVector, type Store } from '../../src/core/store/store.ts';
import { quantize } from '../../src/core/vectors.ts';
import { MadeUpVectors, madeUpPath, madeUpText } from './made-up.ts';
import { openStoreOf } from './open-store.ts';

export const maxFileSize = 2 ** 20;

export interface MadeUpIndex {
  /** Where the files are. */
  readonly folder: string;
  /** Where indexes are kept. */
  readonly home: string;
  /** The folder of the index. */
  readonly path: string;
  readonly files: number;
  readonly chunks: number;
  /** Characters of all files. */
  readonly textSize: number;
}

/** Opens an index as the engine does. */
export async function openStore(path: string): Promise<Store> {
  return openStoreOf(path, (await readModelInfo(bundledModel())).dimensions);
}

/**
 * The index with so many chunks. It is made once and kept in `scratch`, so what one section changes of it the next one
 * finds; one that was not finished is made anew.
 */
export async function madeUpIndex(chunks: number, scratch: string, say: (line: string) => void): Promise<MadeUpIndex> {
  const root = join(scratch, `made-up-${chunks}`);
  const finished = join(root, 'index.json');
  if (existsSync(finished)) return JSON.parse(readFileSync(finished, 'utf8')) as MadeUpIndex;
  rmSync(root, { recursive: true, force: true });
  const index = await makeIndex(chunks, root, say);
  writeFileSync(finished, JSON.stringify(index));
  return index;
}

/** Writes files until they come to `chunks`, and their index: as it is once nothing is left to embed or to merge. */
async function makeIndex(chunks: number, root: string, say: (line: string) => void): Promise<MadeUpIndex> {
  const [folder, home] = [join(root, 'files'), join(root, 'home')];
  const info = await readModelInfo(bundledModel());
  const path = indexPath(home, folder, info);
  const store = await openStore(path);
  const vectors = new MadeUpVectors(info.dimensions);
  let [count, files, textSize] = [0, 0, 0];
  const entries: FileEntry[] = [];
  const fresh: NewVector[] = [];
  const put = async (): Promise<void> => {
    await store.putFiles(entries.splice(0));
    await store.putVectors(fresh.splice(0));
    if (count % 100_000 < fullSegment) say(`made up ${count} of ${chunks} chunks`);
  };
  for (; count < chunks; files++) {
    const text = madeUpText(files);
    textSize += text.length;
    const { entry } = prepareFile(folder, writeOne(folder, madeUpPath(files), text), maxFileSize);
    entries.push(entry);
    for (const { hash, startLine, endLine } of entry.chunks) {
      const place = { path: entry.path, startLine, endLine };
      fresh.push({ hash, place, vector: quantize(vectors.get(count++)) });
    }
    if (fresh.length >= fullSegment) await put();
  }
  await put();
  while (await store.merge());
  await store.close();
  return { folder, home, path, files, chunks: count, textSize };
}

function writeOne(folder: string, path: string, text: string): { path: string; size: number; mtimeMs: number } {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const { size, mtimeMs } = statSync(file);
  return { path, size, mtimeMs };
}
