/**
 * Other indexes by the same model, of other folders or by other versions, as a cache of vectors: a second clone, a
 * worktree, a copied file or a new version embeds nothing again. What is read here may be written, merged or removed by another process at the same time.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../read.ts';
import { NearbyError } from '../types.ts';
import type { VectorColumns } from './codec.ts';
import { listIndex } from './manifest.ts';
import { vectorReader } from './vector-segments.ts';

/**
 * The vectors of each segment, of the index written last first; good until the next ones are asked for.
 * @param own the folder of the index that asks: HOME/FOLDER/MODEL/LAYOUT, as all of them
 */
export async function* vectorsOfOthers(own: string): AsyncGenerator<VectorColumns> {
  for (const index of await otherIndexes(own)) {
    const read = vectorReader(index);
    for (const id of (await unlessGone(listIndex(index)))?.manifest?.vectors ?? []) {
      const columns = await unlessGone(read(id));
      if (columns) yield columns;
    }
  }
}

async function otherIndexes(own: string): Promise<string[]> {
  const model = dirname(own);
  const home = dirname(dirname(model));
  const models = (await readdir(home)).map((folder) => join(home, folder, basename(model)));
  const found = await Promise.all(
    models.map(async (each) => (await unlessGone(readdir(each)))?.map((name) => join(each, name)) ?? []),
  );
  // A commit adds a name to its folder, which tells when that was.
  const dated = await Promise.all(
    found
      .flat()
      .filter((index) => index !== own)
      .map(async (index) => ({ index, mtimeMs: (await unlessGone(stat(index)))?.mtimeMs ?? 0 })),
  );
  return dated.sort((a, b) => b.mtimeMs - a.mtimeMs).map(({ index }) => index);
}

/** Undefined for what is not there any more, or is damaged: whoever it belongs to says so. */
async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NearbyError || errorCode(error) === 'ENOENT') return undefined;
    if (errorCode(error) === 'ENOTDIR') return undefined; // a stray file in the user's cache
    throw error;
  }
}
