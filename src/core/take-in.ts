/** The first half of an update: what changed in the folder goes into the catalog, and is found from then on. */
import type { InstantEmbedder } from './instant.ts';
import { prepareBatch, type Batch, type PreparedBatch } from './prepare-batch.ts';
import { PreparePool } from './prepare-pool.ts';
import type { FileEntry } from './store/catalog.ts';
import type { Store } from './store/store.ts';
import type { FoundFile, Skipped } from './types.ts';
import type { Unread } from './unread.ts';
import { statPaths, walkFolder, type StatBatch, type WalkBatch, type WalkOptions } from './walk.ts';

/** Paths to look at again, relative to the folder; `all` for the whole folder. */
export type Changes = ReadonlySet<string> | 'all';

export interface TakeInInput {
  readonly store: Store;
  readonly folder: string;
  readonly changes: Changes;
  /** Empty; takes what the walk finds. What is left in it after an error has not been read. */
  readonly unread: Unread;
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
  const { store, folder, changes, walk, leftOut, unread, onProgress } = input;
  const seen = new Set<string>();
  const gone = new Set<string>();
  const underWay: UnderWay[] = [];
  let [allBytes, reused] = [0, 0];
  let pool: PreparePool | undefined;

  const tellProgress = (): void => onProgress(underWay.reduce((all, { files }) => all + files, unread.size));
  const enough = (): number => Math.min(batchBytes.most, Math.max(batchBytes.least, allBytes * batchBytes.share));
  const nextBatch = (): Batch => {
    const before = unread.bytes;
    const files = unread.take(enough(), batchFiles);
    allBytes += before - unread.bytes;
    return batchOf(files, input);
  };
  /** As many batches as the threads take; when no file is to come, the last one too, if need be without a thread. */
  const sendBatches = (): void => {
    while (unread.bytes >= enough() || unread.size >= batchFiles || (!unread.isGrowing && unread.size > 0)) {
      const isSmall = unread.bytes < enough() && unread.size < batchFiles;
      if (!isSmall) pool ??= new PreparePool(input.threads, input.model === undefined ? {} : { model: input.model });
      if (underWay.length >= (pool?.size ?? 1) * batchesPerThread) return;
      const batch = nextBatch();
      const sent: UnderWay = { files: batch.files.length, isPrepared: false, prepared: prepare(batch) };
      const settled = (): void => void (sent.isPrepared = true);
      sent.prepared.then(settled, settled); // what went wrong is thrown when it is committed
      underWay.push(sent);
    }
  };
  const prepare = async (batch: Batch): Promise<PreparedBatch> =>
    pool ? pool.prepare(batch) : prepareBatch(batch, await input.instant());
  const commitNext = async (): Promise<void> => {
    const next = underWay[0];
    if (!next) return;
    reused += await commit(store, await next.prepared);
    underWay.shift();
    tellProgress();
  };

  // What was left out before stays so until the walk is over: files are not to be without a reason meanwhile.
  const unconfirmed = new Set(changes === 'all' ? leftOut.keys() : []);
  const stopGrowing = unread.grow();
  try {
    const batches = changes === 'all' ? walkFolder(folder, walk) : statPaths(folder, [...changes], walk);
    for await (const batch of batches) {
      for (const path of missingIn(batch)) gone.add(path);
      for (const skipped of batch.skipped) {
        leftOut.set(skipped.path, skipped);
        unconfirmed.delete(skipped.path);
        gone.add(skipped.path);
      }
      for (const file of batch.files) {
        leftOut.delete(file.path);
        seen.add(file.path);
        if (!input.isDraft(file.path) && !isUnchanged(store, file, changes)) unread.add(file);
      }
      if (!unread.isAsked) sendBatches();
      while (underWay[0]?.isPrepared) await commitNext();
      tellProgress();
    }
    stopGrowing();
    for (const path of unconfirmed) leftOut.delete(path);
    for (;;) {
      walk.signal.throwIfAborted();
      await unread.answered(); // what is asked for goes first
      sendBatches();
      if (underWay.length === 0) break;
      await commitNext();
    }
  } finally {
    stopGrowing();
    await pool?.close();
  }
  const deleted = vanished(store, changes, seen, gone).filter((path) => !input.isDraft(path));
  await store.putFiles(deleted.map(deletionOf));
  return reused;
}

/** Takes in a few files that the walk has found, at once and without a thread. @returns as `takeIn` does */
export async function takeInNow(
  files: readonly FoundFile[],
  input: BatchInput & Pick<TakeInInput, 'instant'>,
): Promise<number> {
  const batch = batchOf(files, input);
  return commit(input.store, prepareBatch(batch, await input.instant()));
}

type BatchInput = Pick<TakeInInput, 'store' | 'folder'> & { readonly walk: { readonly maxFileSize: number } };

function batchOf(files: readonly FoundFile[], { store, folder, walk }: BatchInput): Batch {
  return { folder, files, maxFileSize: walk.maxFileSize, firstSequence: store.reserveSequence(files.length) };
}

/** A batch that is being prepared. */
interface UnderWay {
  readonly files: number;
  readonly prepared: Promise<PreparedBatch>;
  /** Whether it need not be waited for. */
  isPrepared: boolean;
}

/** Makes prepared files searchable. @returns how many of their chunks have a vector already */
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
