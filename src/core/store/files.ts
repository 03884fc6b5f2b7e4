/** Writing that survives a crash: to a new file, synced, then renamed over the name; also as vectra's file storage. */
import { constants } from 'node:fs';
import { access, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FileStorage } from 'vectra';

/** Bytes written since the process began, for the figures. */
export const written = { bytes: 0 };

/** Replaces the file or leaves it as it was; readable by its owner alone. */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }); // on a full disk, it stands in the way of what is smaller
    throw error;
  }
  written.bytes += typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

/**
 * A whole file in one read, to memory that is asked for once.
 * @param memoryOf gives room for so many bytes
 */
export async function readInto(path: string, memoryOf: (size: number) => ArrayBuffer): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(memoryOf(size), 0, size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
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
