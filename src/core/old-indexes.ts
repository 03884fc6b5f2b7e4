/**
 * Indexes that nobody uses for now. Those of folders that are gone are kept as a cache of vectors, for when they come back
 * or turn up elsewhere, up to a size; beyond it, those written least lately go first. Those of other versions and models are
 * kept for when somebody goes back to one, the latest few of each folder.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { feedbackPath, indexHome } from './home.ts';
import { removeUnused } from './index-places.ts';
import { errorCode } from './read.ts';
import { removedSuffix, removeFolder } from './store/files.ts';

/** Bytes that the indexes of gone folders may take together. */
const mostBytes = 512 * 2 ** 20;
/** Indexes of a folder that are kept besides the one in use. */
const mostFormer = 2;

/** In the folder of a folder's indexes: the absolute path of the folder itself. */
const originFile = 'folder.txt';

interface OldIndex {
  /** HOME/FOLDER/MODEL/LAYOUT */
  readonly path: string;
  readonly bytes: number;
  readonly writtenMs: number;
}

/** Writes down whose indexes these are. The folder of its indexes must be there. */
export async function noteOrigin(home: string, folder: string): Promise<void> {
  await writeFile(join(indexHome(home, folder), originFile), folder, { mode: 0o600 });
}

/**
 * Removes what is too much. An index that some process has open stays, and so does what was learned from use: it is small,
 * and cannot be made again.
 * @param used the index in use, whose folder's other indexes are looked at too
 * @param most bytes that the indexes of gone folders may take together
 * @returns the indexes that were removed
 */
export async function evictOld(home: string, used: string, most = mostBytes): Promise<string[]> {
  await removeRemains(home);
  const former = (await indexesIn(dirname(dirname(used)))).filter(({ path }) => path !== used);
  const tooMany = latestFirst(former).slice(mostFormer);
  const gone: OldIndex[] = [];
  for (const { path } of await goneFolders(home)) gone.push(...(await indexesIn(path)));
  const removed: string[] = [];
  for (const { path } of tooMany) if (await removeUnused(path)) removed.push(path);
  let kept = 0;
  for (const { path, bytes } of latestFirst(gone)) {
    if (kept + bytes > most && (await removeUnused(path))) removed.push(path);
    else kept += bytes;
  }
  return removed;
}

/**
 * Removes all that is kept for folders that are gone, but for what was learned from use and an index that some process has
 * open.
 * @returns the indexes that were removed
 */
export async function removeGone(home: string): Promise<string[]> {
  const removed: string[] = [];
  for (const { path, folder } of await goneFolders(home)) {
    const indexes = await indexesIn(path);
    const before = removed.length;
    for (const index of indexes) if (await removeUnused(index.path)) removed.push(index.path);
    const isEmpty = removed.length - before === indexes.length;
    if (isEmpty && !existsSync(feedbackPath(home, folder))) await removeFolder(path);
  }
  return removed;
}

const latestFirst = (indexes: readonly OldIndex[]): OldIndex[] =>
  [...indexes].sort((a, b) => b.writtenMs - a.writtenMs);

/** @param folderHome HOME/FOLDER */
async function indexesIn(folderHome: string): Promise<OldIndex[]> {
  const found: OldIndex[] = [];
  for (const model of await foldersIn(folderHome)) {
    for (const path of await foldersIn(model)) {
      const files = await readdir(path);
      const stats = await Promise.all(files.map((file) => stat(join(path, file)).catch(() => undefined))); // removed since
      found.push({
        path,
        bytes: stats.reduce((sum, file) => sum + (file?.size ?? 0), 0),
        writtenMs: stats.reduce((latest, file) => Math.max(latest, file?.mtimeMs ?? 0), 0),
      });
    }
  }
  return found;
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}

/** What a removal that was broken off has left. */
async function removeRemains(home: string): Promise<void> {
  for (const path of await foldersIn(home)) {
    const models = path.includes(removedSuffix) ? [] : await foldersIn(path);
    const indexes = await Promise.all(models.map((model) => foldersIn(model)));
    for (const each of [path, ...indexes.flat()]) if (each.includes(removedSuffix)) await removeFolder(each);
  }
}

/** HOME/FOLDER of each folder that is gone, and the folder that it was. */
async function goneFolders(home: string): Promise<{ path: string; folder: string }[]> {
  const gone: { path: string; folder: string }[] = [];
  for (const name of await readdir(home)) {
    const path = join(home, name);
    const folder = await readFile(join(path, originFile), 'utf8').catch(() => undefined); // nothing of ours
    if (folder === undefined || indexHome(home, folder) !== path) continue; // damaged: whose it is, is not known
    if (await isGone(folder)) gone.push({ path, folder });
  }
  return gone;
}

async function isGone(folder: string): Promise<boolean> {
  try {
    await stat(folder);
    return false;
  } catch (error) {
    return errorCode(error) === 'ENOENT';
  }
}
