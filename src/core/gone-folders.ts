/**
 * Indexes of folders that are gone: kept as a cache of vectors for when they come back or turn up elsewhere, up to a size;
 * beyond it, those written least lately go first.
 */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { indexHome } from './home.ts';
import { WriterLock } from './store/lock.ts';

/** Bytes that the indexes of gone folders may take together. */
const mostBytes = 512 * 2 ** 20;

/** In the folder of a folder's indexes: the absolute path of the folder itself. */
const originFile = 'folder.txt';

interface Gone {
  /** The folder of all indexes of a folder. */
  readonly path: string;
  readonly bytes: number;
  readonly writtenMs: number;
}

/** Writes down whose indexes these are. The folder of its indexes must be there. */
export async function noteOrigin(home: string, folder: string): Promise<void> {
  await writeFile(join(indexHome(home, folder), originFile), folder, { mode: 0o600 });
}

/**
 * Removes what is too much. An index that some process has open stays.
 * @param most bytes
 * @returns the folders whose indexes were removed
 */
export async function evictGone(home: string, most = mostBytes): Promise<string[]> {
  const gone = (await findGone(home)).sort((a, b) => b.writtenMs - a.writtenMs);
  const removed: string[] = [];
  let kept = 0;
  for (const { path, bytes } of gone) {
    kept += bytes;
    if (kept <= most) continue;
    if (!(await remove(path))) continue;
    kept -= bytes;
    removed.push(path);
  }
  return removed;
}

async function findGone(home: string): Promise<Gone[]> {
  const found: Gone[] = [];
  for (const name of await readdir(home)) {
    const path = join(home, name);
    const origin = await readFile(join(path, originFile), 'utf8').catch(() => undefined); // nothing of ours
    if (origin === undefined || !(await isMissing(origin))) continue;
    const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter(
      (file) => file.isFile() && file.parentPath !== path, // in an index: what was learned lies above
    );
    const stats = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
    if (stats.length === 0) continue;
    found.push({
      path,
      bytes: stats.reduce((sum, { size }) => sum + size, 0),
      writtenMs: stats.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0),
    });
  }
  return found;
}

async function isMissing(folder: string): Promise<boolean> {
  try {
    await stat(folder);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** What was learned from use stays: it is small, and cannot be made again. */
async function remove(path: string): Promise<boolean> {
  const indexes = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const { name } of indexes) {
    const lock = await WriterLock.tryAcquire(join(path, name));
    if (!lock) return false;
    await lock.release();
    await rm(join(path, name), { recursive: true, force: true });
  }
  return true;
}
