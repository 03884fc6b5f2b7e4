/** Writing that survives a crash: to a new file, synced, and renamed over the name of the former; also as vectra's file storage. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readFile, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FileStorage } from 'vectra';
import { errorCode } from '../read.ts';

/** In the name of a folder that is being removed; what is left of one was broken off. */
export const removedSuffix = '.removed-';

/** Bytes written since the process began, for the figures. */
export const written = { bytes: 0 };

/** Replaces the file or leaves it as it was; readable by its owner alone. */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await writeThrough(await open(temporary, 'w', 0o600), content);
    await rename(temporary, path);
  } catch (error) {
    await removeQuietly(temporary); // on a full disk, it stands in the way of what is smaller
    throw error;
  }
  count(content);
}

/**
 * Writes a file that must not be there yet, synced; readable by its owner alone. Its name is durable once the folder has
 * been synced.
 * @throws EEXIST, or what the file system says
 */
export async function writeNew(path: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await writeThrough(handle, content);
  } catch (error) {
    await removeQuietly(path);
    throw error;
  }
  count(content);
}

/** Closes too. */
async function writeThrough(handle: FileHandle, content: Uint8Array | string): Promise<void> {
  try {
    await handle.writeFile(content);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Where an error is on its way that says more than that something could not be tidied up. */
async function removeQuietly(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

function count(content: Uint8Array | string): void {
  written.bytes += typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

/**
 * A whole file, to memory that is asked for once.
 * @param memoryOf gives room for so many bytes
 */
export async function readInto(path: string, memoryOf: (size: number) => ArrayBuffer): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(memoryOf(size), 0, size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/** Bytes; 0 when there is no such file. */
export const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** Removes a folder and all in it; from one moment to the next nobody finds it any more under its name. */
export async function removeFolder(path: string): Promise<void> {
  const aside = `${path}${removedSuffix}${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    return rm(path, { recursive: true, force: true }); // Windows does not rename a folder in which a file is open
  }
  await rm(aside, { recursive: true, force: true });
}

/** Makes the renames within a folder durable; a no-op where folders cannot be synced (Windows). */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** vectra's storage interface over the functions above. */
export const atomicStorage: FileStorage = {
  createFile: writeAtomically,
  upsertFile: writeAtomically,
  readFile: (path) => readFile(path),
  async createFolder(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  },
  deleteFile: (path) => rm(path, { force: true }),
  deleteFolder: (folder) => rm(folder, { recursive: true, force: true }),
  async getDetails(path) {
    return { name: basename(path), path, isFolder: (await stat(path)).isDirectory() };
  },
  async listFiles(folder, filter = 'all') {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => filter === 'all' || entry.isDirectory() === (filter === 'folders'))
      .map((entry) => ({ name: entry.name, path: join(folder, entry.name), isFolder: entry.isDirectory() }));
  },
  pathExists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
};
