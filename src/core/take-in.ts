/** The first half of an update: what changed in the folder goes into the catalog, and is found from then on. */
import type { InstantEmbedder } from './instant.ts';
import { prepareBatch, type Batch, type PreparedBatch } from './prepare-batch.ts';
import { PreparePool } from './prepare-pool.ts';
import type { FileEntry } from './store/catalog.ts';
import type { Store } from './store/store.ts';
import type { FoundFile, Skipped } from './types.ts';
import { statPaths, walkFolder, type StatBatch, type WalkBatch, type WalkOptions } from './walk.ts';

/** Paths to look at again, relative to the folder; `all` for the whole folder. */
export type Changes = ReadonlySet<string> | 'all';

export interface TakeInInput {
  readonly store: Store;
  readonly folder: string;
  readonly changes: Changes;
  /** With a signal that stops the work between two batches. */
  readonly walk: WalkOptions & { readonly maxFileSize: number; readonly signal: AbortSignal };
  /** What the rules left out at the last look at the whole folder; brought up to date. */
  readonly leftOut: Map<string, Skipped>;
  /** Files beyond the first few are prepared on this many threads; at least 1. */
  readonly threads: number;
  /** The folder of the model, for the threads' instant vectors; absent where none are wanted. */
  readonly model: string | undefined;
  readonly instant: () => Promise<InstantEmbedder | undefined>;
  /** Called now and then, with how many of the files seen are not read yet. */
  readonly onProgress: (pendingFiles: number) => void;
  /** Whether a path counts as it stands in an editor, not on disk. */
  readonly isDraft: (path: string) => boolean;
}

/** Bytes of files that make a batch: few at first, so that something is found soon, then a share of all before it. */
const batchBytes = { least: 256 * 1024, most: 4 * 1024 * 1024, share: 1 / 4 };
/** Files that make a batch, however small they are. */
const batchFiles = 512;
/** Batches prepared or on their way for each thread, so that none waits while another is committed. */
const batchesPerThread = 2;

/**
 * walk -> size and time against the catalog -> read, chunk, sketch -> commit.
 * @returns how many of the chunks taken in have a vector already
 */
export async function takeIn(input: TakeInInput): Promise<number> {
  const { store, folder, changes, walk, leftOut, onProgress } = input;
  const seen = new Set<string>();
  const gone = new Set<string>();
  const found: FoundFile[] = [];
  const underWay: { readonly files: number; readonly prepared: Promise<PreparedBatch> }[] = [];
  let [bytes, allBytes, pending, reused] = [0, 0, 0, 0];
  let pool: PreparePool | undefined;

  const nextBatch = (): Batch => {
    const files = found.splice(0);
    [bytes, allBytes] = [0, allBytes + bytes];
    return { folder, files, maxFileSize: walk.maxFileSize, firstSequence: store.reserveSequence(files.length) };
  };
  const commitNext = async (): Promise<void> => {
    const next = underWay.shift();
    if (!next) return;
    reused += await commit(store, await next.prepared);
    pending -= next.files;
    onProgress(pending);
  };

  if (changes === 'all') leftOut.clear();
  try {
    const batches = changes === 'all' ? walkFolder(folder, walk) : statPaths(folder, [...changes], walk);
    for await (const batch of batches) {
      for (const path of missingIn(batch)) gone.add(path);
      for (const skipped of batch.skipped) {
        leftOut.set(skipped.path, skipped);
        gone.add(skipped.path);
      }
      for (const file of batch.files) {
        leftOut.delete(file.path);
        seen.add(file.path);
        if (input.isDraft(file.path) || isUnchanged(store, file, changes)) continue;
        found.push(file);
        pending++;
        bytes += file.size;
        const enough = Math.min(batchBytes.most, Math.max(batchBytes.least, allBytes * batchBytes.share));
        if (bytes < enough && found.length < batchFiles) continue;
        pool ??= new PreparePool(input.threads, input.model === undefined ? {} : { model: input.model });
        while (underWay.length >= pool.size * batchesPerThread) await commitNext();
        const made = nextBatch();
        const prepared = pool.prepare(made);
        prepared.catch(() => undefined); // it is awaited in its turn
        underWay.push({ files: made.files.length, prepared });
      }
      onProgress(pending);
    }
    const last = nextBatch();
    if (last.files.length > 0) {
      const prepared = pool?.prepare(last) ?? Promise.resolve(prepareBatch(last, await input.instant()));
      underWay.push({ files: last.files.length, prepared });
    }
    while (underWay.length > 0) {
      walk.signal.throwIfAborted();
      await commitNext();
    }
  } finally {
    await pool?.close();
  }
  const deleted = vanished(store, changes, seen, gone).filter((path) => !input.isDraft(path));
  await store.putFiles(deleted.map(deletionOf));
  return reused;
}

async function commit(store: Store, { segment, hashes, vectors }: PreparedBatch): Promise<number> {
  const reused = await store.putSegment(segment);
  if (vectors) store.putInstant(hashes, vectors);
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
  // What is included in a folder that is left out has just been seen.
  const below = [...store.paths()].filter(
    (path) => !seen.has(path) && folders.some((folder) => path.startsWith(folder)),
  );
  return [...new Set([...files, ...below])];
}

function missingIn(batch: WalkBatch | StatBatch): readonly string[] {
  return 'missing' in batch ? batch.missing : [];
}

function deletionOf(path: string): FileEntry {
  return { path, size: 0, mtimeMs: 0, hash: '', state: 'deleted', chunks: [] };
}
