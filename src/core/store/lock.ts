/**
 * One writer per index: a lock file with a heartbeat. It is stale when its heart has not beaten for ten seconds, or at
 * once when its process is gone from this machine. An owner that was held up so long that another took over finds out at
 * its next commit, whose generation is taken.
 */
import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../read.ts';

export const lockName = 'writer.lock';

const heartbeatMs = 2000;
const staleMs = 10_000;

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/** The tokens of the locks that this process holds. */
const held = new Set<string>();

export class WriterLock {
  /** Whether it was another one's before, who may live and not know of it. */
  readonly wasStale: boolean;
  readonly #path: string;
  readonly #token: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string, token: string, wasStale: boolean) {
    this.#path = path;
    this.#token = token;
    held.add(token);
    this.wasStale = wasStale;
    this.#timer = setInterval(() => void this.#beat(), heartbeatMs);
    this.#timer.unref();
  }

  /**
   * The lock of the index in `folder`, or undefined while another process holds it.
   * @throws what the file system says where nothing can be written
   */
  static async tryAcquire(folder: string): Promise<WriterLock | undefined> {
    const path = join(folder, lockName);
    let wasStale = false;
    for (let attempt = 0; attempt < 3; attempt++) {
      const token = await create(path);
      if (token !== undefined) return new WriterLock(path, token, wasStale);
      if (!(await removeIfStale(path))) return undefined;
      wasStale = true;
    }
    return undefined;
  }

  /** Whether this process still owns the index; false after a sleep so long that another one took over. */
  async holds(): Promise<boolean> {
    return (await readOwner(this.#path))?.token === this.#token;
  }

  /** Another process owns the index now. */
  lose(): void {
    held.delete(this.#token);
    clearInterval(this.#timer);
  }

  async release(): Promise<void> {
    this.lose();
    if (await this.holds()) await rm(this.#path, { force: true });
  }

  async #beat(): Promise<void> {
    try {
      const now = new Date();
      // It may be taken between the look and the beat; the next `holds` tells.
      if (await this.holds()) await utimes(this.#path, now, now);
      else this.lose();
    } catch {
      // A beat left out does no harm: the next one comes in time, or the lock is stale as it should be.
    }
  }
}

/** The token of the new lock; undefined when there is one already. */
async function create(path: string): Promise<string | undefined> {
  const owner: Owner = { pid: process.pid, host: hostname(), token: randomUUID() };
  let handle;
  try {
    handle = await open(path, 'wx', 0o600);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
  try {
    await handle.writeFile(JSON.stringify(owner));
    return owner.token;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return undefined; // half written by a process that died then: its age decides
  }
}

/** Removes a stale lock; false when its owner lives. Two that try at once cannot both remove a third one's new lock. */
async function removeIfStale(path: string): Promise<boolean> {
  const owner = await readOwner(path);
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Infinity,
  );
  const dead = owner?.host === hostname() && !isHeldHere(owner) && (owner.pid === process.pid || !isAlive(owner.pid));
  if (!dead && age < staleMs) return false;
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw error;
  }
  const moved = await readOwner(aside);
  const wasAnothers = moved !== undefined && moved.token !== owner?.token;
  if (wasAnothers) await link(aside, path).catch(() => undefined); // its owner came in between: put it back
  await rm(aside, { force: true });
  return !wasAnothers;
}

/** Not so where this process could not remove its lock, or has the number of one that died. */
const isHeldHere = ({ token }: Owner): boolean => held.has(token);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
