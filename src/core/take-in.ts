/** The first half of an update: what changed in the folder goes into the catalog, and is found by keywords from then on. */
import { prepareFile } from './prepare.ts';
import type { FileEntry } from './store/catalog.ts';
import { fullSegment, type Store } from './store/store.ts';
import type { FoundFile, Skipped } from './types.ts';
import { statPaths, walkFolder, type StatBatch, type WalkBatch, type WalkOptions } from './walk.ts';

/** Paths to look at again, relative to the folder; `all` for the whole folder. */
export type Changes = ReadonlySet<string> | 'all';

export interface TakeInInput {
  readonly store: Store;
  readonly folder: string;
  readonly changes: Changes;
  /** With a signal that stops the work between two files. */
  readonly walk: WalkOptions & { readonly maxFileSize: number; readonly signal: AbortSignal };
  /** What the rules left out at the last look at the whole folder; brought up to date. */
  readonly leftOut: Map<string, Skipped>;
  /** Called now and then, with how many of the files seen are not read yet. */
  readonly onProgress: (pendingFiles: number) => void;
}

/**
 * walk -> size and time against the catalog -> read -> chunk -> commit.
 * @returns how many of the chunks taken in have a vector already
 */
export async function takeIn({ store, folder, changes, walk, leftOut, onProgress }: TakeInInput): Promise<number> {
  const seen = new Set<string>();
  const gone = new Set<string>();
  let entries: FileEntry[] = [];
  let size = 0;
  let reused = 0;
  if (changes === 'all') leftOut.clear();
  const batches = changes === 'all' ? walkFolder(folder, walk) : statPaths(folder, [...changes], walk);
  for await (const batch of batches) {
    for (const path of missingIn(batch)) gone.add(path);
    for (const skipped of batch.skipped) {
      leftOut.set(skipped.path, skipped);
      gone.add(skipped.path);
    }
    for (const { path } of batch.files) {
      leftOut.delete(path);
      seen.add(path);
    }
    const toRead = batch.files.filter((found) => !isUnchanged(store, found, changes));
    for (const [i, found] of toRead.entries()) {
      walk.signal.throwIfAborted();
      const entry = await prepareFile(folder, found, walk.maxFileSize);
      reused += entry.chunks.filter(({ hash }) => store.matrix.rowOf(hash) >= 0).length;
      entries.push(entry);
      size += entry.chunks.length + 1;
      if (size >= fullSegment) {
        await store.putFiles(entries);
        [entries, size] = [[], 0];
      }
      onProgress(toRead.length - i - 1);
    }
  }
  for (const path of vanished(store, changes, seen, gone)) entries.push(deletionOf(path));
  await store.putFiles(entries);
  return reused;
}

/** By size and time; a path that was named as changed is always read. */
function isUnchanged(store: Store, { path, size, mtimeMs }: FoundFile, changes: Changes): boolean {
  const ref = store.find(path);
  if (!ref || (changes !== 'all' && changes.has(path))) return false;
  return ref.segment.size[ref.file] === size && ref.segment.mtimeMs[ref.file] === mtimeMs;
}

/** Paths of the catalog that are to be found no more. One that is gone and no file there stands for a folder. */
function vanished(
  store: Store,
  changes: Changes,
  seen: ReadonlySet<string>,
  gone: ReadonlySet<string>,
): readonly string[] {
  if (changes === 'all') return [...store.paths()].filter((path) => !seen.has(path));
  const files = [...gone].filter((path) => store.find(path));
  const folders = [...gone].filter((path) => !store.find(path)).map((path) => path.replace(/\/?$/, '/'));
  if (folders.length === 0) return files;
  const below = [...store.paths()].filter((path) => folders.some((folder) => path.startsWith(folder)));
  return [...new Set([...files, ...below])];
}

function missingIn(batch: WalkBatch | StatBatch): readonly string[] {
  return 'missing' in batch ? batch.missing : [];
}

function deletionOf(path: string): FileEntry {
  return { path, size: 0, mtimeMs: 0, hash: '', state: 'deleted', chunks: [] };
}
