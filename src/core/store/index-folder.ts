/** The index of one folder as it lies on disk: who may write it, its last commit, and the files that this names. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, inWords } from '../read.ts';
import { say } from '../say.ts';
import { NearbyError } from '../types.ts';
import { removeFolder, writeNew } from './files.ts';
import { lockName, WriterLock } from './lock.ts';
import {
  claimManifest,
  commitManifest,
  damagedSuffix,
  generationOf,
  idOf,
  listIndex,
  manifestName,
  segmentsOf,
  type IndexListing,
  type Manifest,
} from './manifest.ts';

/** What a commit changes. */
export type Change = Partial<Pick<Manifest, 'catalogs' | 'vectors'>>;

export class IndexFolder {
  readonly path: string;
  readonly #warn: (message: string) => void;
  #lock: WriterLock | undefined;
  /** As last committed or read. */
  #manifest: Manifest = newManifest();
  /** The names of all files before the manifest was read. */
  #names: ReadonlySet<string> = new Set();
  /** The names of files that were found damaged or missing since. */
  #lost: string[] = [];
  /** The highest number of a commit that there is, or that was tried. */
  #generation = 0;
  #nextId = 1;
  #unwritable: string | undefined;
  /** Sentences are said once, however often the same is found. */
  readonly #said = new Set<string>();

  /** @param warn receives a sentence about what was found damaged and is made good; each once */
  constructor(path: string, warn: (message: string) => void) {
    this.path = path;
    this.#warn = warn;
  }

  get writer(): boolean {
    return this.#lock !== undefined;
  }

  /** Why nobody can write here, in a sentence; undefined as far as somebody can. */
  get unwritable(): string | undefined {
    return this.#unwritable;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** Whether a file that the manifest names was found damaged or missing when it was read. */
  get hasLost(): boolean {
    return this.#lost.length > 0;
  }

  /** Becomes the writer if nobody is; false while another process is, or while nothing can be written here. */
  async tryToWrite(): Promise<boolean> {
    try {
      await mkdir(this.path, { recursive: true, mode: 0o700 });
      this.#lock = await WriterLock.tryAcquire(this.path);
      this.#unwritable = undefined;
    } catch (error) {
      this.#unwritable = this.#cannotBeWritten(error);
      this.#say(this.#unwritable);
    }
    return this.writer;
  }

  async stopWriting(): Promise<void> {
    const lock = this.#lock;
    this.#lock = undefined;
    await lock?.release();
  }

  /** As the writer: gives the index another place, and does not write any more. What lies there is removed. */
  async moveTo(path: string): Promise<void> {
    if (!(await this.#lock?.holds())) throw this.#notWriter();
    await removeFolder(path);
    await rename(this.path, path); // with the lock in it, so that no other process writes meanwhile
    this.#lock?.lose();
    this.#lock = undefined;
    await rm(join(path, lockName), { force: true });
  }

  /** Whether another process has committed something since the manifest was read. */
  async isOutdated(): Promise<boolean> {
    const { manifest } = await listIndex(this.path);
    return manifest !== undefined && !isSameCommit(manifest, this.#manifest);
  }

  /**
   * Reads the last commit.
   * @returns whether it is one of the index that was read before: ids of segments mean the same
   */
  async read(): Promise<boolean> {
    const { manifest, damaged, names } = await this.#list();
    const former = this.#manifest.index;
    this.#manifest = manifest ?? newManifest();
    this.#names = names;
    this.#lost = [];
    this.#generation = [...names].reduce((most, name) => Math.max(most, generationOf(name)), 0);
    this.#nextId = [...names].reduce((next, name) => Math.max(next, idOf(name) + 1), this.#manifest.nextId);
    if (!manifest && damaged.some((name) => generationOf(name) > 1)) {
      this.#say(say('The index in {0} has a damaged {1}; it is built anew.', this.path, damaged.join(', ')));
    }
    return this.#manifest.index === former;
  }

  async #list(): Promise<IndexListing> {
    for (;;) {
      const listing = await listIndex(this.path);
      if (!this.writer) return listing;
      const claimed = await Promise.all(listing.damaged.map((name) => claimManifest(this.path, name)));
      if (!claimed.includes(true)) return listing;
    }
  }

  /**
   * Reads the segments with these ids one after the other. The ones that are damaged or missing are left out and said.
   * @throws NearbyError `unreadable` where that may change
   */
  async readEach<T>(
    ids: readonly number[],
    nameOf: (id: number) => string,
    read: (id: number) => Promise<T>,
  ): Promise<T[]> {
    const segments: T[] = [];
    for (const id of ids) {
      try {
        segments.push(await read(id).catch((error: unknown) => onceMore(error, () => read(id))));
      } catch (error) {
        this.#say(this.#lossOf(nameOf(id), error));
        this.#lost.push(nameOf(id));
      }
    }
    return segments;
  }

  /** The sentence for a segment that will not come back. @throws NearbyError `unreadable` for one that may */
  #lossOf(name: string, error: unknown): string {
    if (error instanceof NearbyError) return error.message;
    const path = join(this.path, name);
    if (errorCode(error) === 'ENOENT') {
      return say('The index file {0} is missing; what it held is indexed again.', path);
    }
    const why = inWords(error);
    if (errorCode(error) === 'EIO') {
      return say('The index file {0} cannot be read: {1}; what it held is indexed again.', path, why);
    }
    const sentence = say(
      'The index file {0} cannot be read: {1}. Check the permissions of its folder, then reload the window.',
      path,
      why,
    );
    throw new NearbyError('unreadable', sentence, { cause: error });
  }

  /**
   * Once all is read, as the writer: commits without what was lost, which is set aside, and removes what a crash or a
   * failed write has left. A former writer that does not know it is none any more can commit nothing after this. A new
   * index begins with a commit of nothing.
   * @param sound what was not lost
   */
  async mend(sound: Required<Change>): Promise<void> {
    if (this.#lost.length > 0 || this.#lock?.wasStale || this.#manifest.generation === 0) {
      try {
        await this.commit(sound);
      } catch (error) {
        if (!this.#lock) throw error;
        this.#manifest = { ...this.#manifest, ...sound }; // the next commit says so
        this.#say(this.#cannotBeWritten(error));
        return;
      }
    }
    for (const name of this.#lost) {
      const path = join(this.path, name);
      await rename(path, path + damagedSuffix).catch(() => undefined); // missing, or left to the next writer
    }
    const needed = new Set([...segmentsOf(this.#manifest), manifestName(this.#manifest.generation), ...this.#lost]);
    await this.discard([...this.#names].filter((name) => isOurs(name) && !needed.has(name)));
  }

  /** The id of the next segment. */
  takeId(): number {
    return this.#nextId++;
  }

  /** @throws NearbyError `not-writer`, or what the file system says */
  async write(name: string, content: Uint8Array): Promise<void> {
    await this.#asWriter(() => writeNew(join(this.path, name), content));
  }

  /** @throws NearbyError `not-writer`, or what the file system says: the index is as it was then */
  async commit(change: Change, sequence = this.#manifest.sequence): Promise<void> {
    const former = this.#manifest;
    const manifest = { ...former, ...change, sequence, nextId: this.#nextId, generation: ++this.#generation };
    await this.#asWriter(() => commitManifest(this.path, manifest, former.generation));
    this.#manifest = manifest;
  }

  /** Removes files that no commit names any more; what cannot be removed is left to the next writer. */
  async discard(names: readonly string[]): Promise<void> {
    for (const name of names) await rm(join(this.path, name), { force: true }).catch(() => undefined);
  }

  /** @throws NearbyError `not-writer` when the lock is another's by now, or a file is there already that is about to be written */
  async #asWriter(work: () => Promise<void>): Promise<void> {
    if (await this.#lock?.holds()) {
      try {
        await work();
        return;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
    }
    throw this.#notWriter();
  }

  #notWriter(): NearbyError {
    this.#lock?.lose();
    this.#lock = undefined;
    const message = say('Another process is writing the index in {0}; its changes will show here as well.', this.path);
    return new NearbyError('not-writer', message);
  }

  #cannotBeWritten(error: unknown): string {
    return say(
      'The index in {0} cannot be written: {1}. It is searched as it stands. Check the permissions of the folder and the space on its disk.',
      this.path,
      inWords(error),
    );
  }

  #say(sentence: string): void {
    if (this.#said.has(sentence)) return;
    this.#said.add(sentence);
    this.#warn(sentence);
  }
}

/** An error of the disk itself may be gone the next time. */
function onceMore<T>(error: unknown, read: () => Promise<T>): Promise<T> {
  if (errorCode(error) === 'EIO') return read();
  throw error;
}

function isOurs(name: string): boolean {
  return idOf(name) > 0 || generationOf(name) > 0 || name.endsWith(damagedSuffix);
}

function newManifest(): Manifest {
  return { index: randomUUID(), generation: 0, nextId: 1, sequence: 1, catalogs: [], vectors: [] };
}

function isSameCommit(a: Manifest, b: Manifest): boolean {
  return a.generation === b.generation && a.index === b.index;
}
