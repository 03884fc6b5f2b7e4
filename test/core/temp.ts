/** Folders and files for a test, removed after it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const made: string[] = [];
let parent = tmpdir();

/** Has folders made in this one from now on, which whoever made it removes, whatever becomes of this process. */
export function makeTempFoldersIn(folder: string): void {
  parent = folder;
}

/** A new empty folder. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(parent, 'nearby-'));
  made.push(folder);
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** To be called in an `after` hook. */
export function removeTempFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
