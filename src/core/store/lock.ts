/**
 * One writer per index: a lock file with a heartbeat. It is stale when its heart has not beaten for ten seconds, or at
 * once when its process is gone from this machine.
 */
import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const heartbeatMs = 2000;
const staleMs = 10_000;

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

export class WriterLock {
  readonly #path: string;
  readonly #token: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
    this.#timer = setInterval(() => void this.#beat(), heartbeatMs);
    this.#timer.unref();
  }

  /** The lock of the index in `folder`, or undefined while another process holds it. */
  static async tryAcquire(folder: string): Promise<WriterLock | undefined> {
    const path = join(folder, 'writer.lock');
    for (let attempt = 0; attempt < 3; attempt++) {
      const owner: Owner = { pid: process.pid, host: hostname(), token: randomUUID() };
      try {
        const handle = await open(path, 'wx', 0o600);
        await handle.writeFile(JSON.stringify(owner));
        await handle.close();
        return new WriterLock(path, owner.token);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      if (!(await removeIfStale(path))) return undefined;
    }
    return undefined;
  }

  /** Whether this process still owns the index; false after a sleep so long that another one took over. */
  async holds(): Promise<boolean> {
    return (await readOwner(this.#path))?.token === this.#token;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    if (await this.holds()) await rm(this.#path, { force: true });
  }

  async #beat(): Promise<void> {
    if (!(await this.holds())) {
      clearInterval(this.#timer);
      return;
    }
    const now = new Date();
    // The lock may be taken between the look and the beat; the next `holds` tells.
    await utimes(this.#path, now, now).catch(() => clearInterval(this.#timer));
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner;
  } catch {
    return undefined; // gone, or half written by a process that died then: its age decides
  }
}

/** Removes a stale lock; false when its owner lives. Two that try at once cannot both remove a third one's new lock. */
async function removeIfStale(path: string): Promise<boolean> {
  const owner = await readOwner(path);
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Infinity,
  );
  const dead = owner?.host === hostname() && !isAlive(owner.pid);
  if (!dead && age < staleMs) return false;
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
  const moved = await readOwner(aside);
  const wasAnothers = moved !== undefined && moved.token !== owner?.token;
  if (wasAnothers) await link(aside, path).catch(() => undefined); // its owner came in between: put it back
  await rm(aside, { force: true });
  return !wasAnothers;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
