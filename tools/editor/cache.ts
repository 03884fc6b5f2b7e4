/** Folders under .vscode-test that are made once and kept: whole or not there at all. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const cacheFolder = join(root, '.vscode-test');

/** Written last. A folder without it was left by something that did not finish. */
const marker = '.complete';

/**
 * The folder `name` of the cache, filled by `fill` if it is not there yet. It is filled beside its place and renamed when
 * whole, so that an interrupted run leaves nothing that looks finished and runs at the same time do not meet.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder, name);
  if (existsSync(join(folder, marker))) return folder;
  await mkdir(cacheFolder, { recursive: true });
  await removeAbandoned(name);
  const draft = await mkdtemp(join(cacheFolder, `${name}.${process.pid}.`));
  try {
    await fill(draft);
    await writeFile(join(draft, marker), '');
    await takePlace(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

async function takePlace(draft: string, folder: string): Promise<void> {
  try {
    await rename(draft, folder);
  } catch (error) {
    if (existsSync(join(folder, marker))) return; // another run was first, with the same content
    if (!existsSync(folder)) throw error;
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  }
}

/** Removes the drafts of processes that are gone. */
async function removeAbandoned(name: string): Promise<void> {
  for (const entry of await readdir(cacheFolder)) {
    if (!entry.startsWith(`${name}.`)) continue;
    const pid = Number(entry.slice(name.length + 1).split('.')[0]);
    if (pid && !isAlive(pid)) await rm(join(cacheFolder, entry), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
