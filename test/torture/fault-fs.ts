/**
 * The file system with a fault in it: one call below a folder fails, or is the last that a process makes before it dies.
 * The functions of `node:fs/promises` are replaced for all of this process.
 */
import { existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname } from 'node:path';
import { constants } from 'node:os';

/** The process dies, or the call fails with this code of the operating system. */
export type Fault = 'crash' | 'ENOSPC' | 'EIO' | 'EMFILE' | 'EACCES' | 'EROFS';

/** A change of a folder that has not been synced: how it is undone. */
interface Entry {
  readonly folder: string;
  readonly undo: () => void;
}

type Call = (...args: never[]) => Promise<unknown>;
type Patched = Record<string, Call>;

const module = fs as unknown as Patched;
const original: Patched = { ...module };
const pathCalls = ['open', 'readFile', 'readdir', 'rename', 'rm', 'mkdir', 'link', 'stat', 'utimes'] as const;
const handleCalls = ['writeFile', 'datasync', 'sync', 'read', 'stat'] as const;

export class FaultFs {
  readonly #root: string;
  readonly #random: () => number;
  readonly #paths = new WeakMap<object, string>();
  /** Files that were written and not synced. */
  readonly #unsynced = new Set<string>();
  #entries: Entry[] = [];
  #calls = 0;
  #at = Infinity;
  #fault: Fault = 'crash';
  #forGood = false;
  #dead = false;
  #struck = '';

  /** @param root absolute: calls with other paths go through */
  constructor(root: string, random: () => number) {
    this.#root = root;
    this.#random = random;
  }

  /** Calls so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Whether the process has died. */
  get isDead(): boolean {
    return this.#dead;
  }

  /** The call that failed, in words. */
  get struck(): string {
    return this.#struck;
  }

  /**
   * Replaces the functions. The other instance, if there is one, is to be uninstalled before.
   * @param at the number of the call that fails, from 1; with `forGood`, all after it that write fail too
   */
  async install(at = Infinity, fault: Fault = 'crash', forGood = false): Promise<void> {
    [this.#at, this.#fault, this.#forGood] = [at, fault, forGood];
    const handle = await fs.open(import.meta.filename);
    const prototype = Object.getPrototypeOf(handle) as Patched;
    await handle.close();
    for (const name of pathCalls) module[name] = (...args) => this.#pathCall(name, args);
    for (const name of handleCalls) {
      const call = (originalHandle[name] ??= prototype[name] as Call);
      // eslint-disable-next-line @typescript-eslint/no-this-alias -- the handle is what it is called on
      const instance = this;
      prototype[name] = function (this: FileHandle, ...args) {
        return instance.#handleCall(this, name, call, args);
      };
    }
    syncBuiltinESMExports();
  }

  async uninstall(): Promise<void> {
    Object.assign(module, original);
    const handle = await fs.open(import.meta.filename);
    Object.assign(Object.getPrototypeOf(handle) as Patched, originalHandle);
    await handle.close();
    syncBuiltinESMExports();
  }

  /** After a crash: of what was not synced, some is lost. */
  loseUnsynced(): void {
    for (const entry of this.#entries.reverse()) if (this.#random() < 0.5) entry.undo();
    for (const path of this.#unsynced) {
      if (existsSync(path)) truncateSync(path, Math.floor(this.#random() * (statSync(path).size + 1)));
    }
    this.#entries = [];
    this.#unsynced.clear();
  }

  async #pathCall(name: (typeof pathCalls)[number], args: never[]): Promise<unknown> {
    const path = String(args[0]);
    if (!path.startsWith(this.#root)) return original[name]?.(...args);
    const writes =
      name !== 'readFile' && name !== 'readdir' && name !== 'stat' && !(name === 'open' && !isWriting(args[1]));
    if (this.#strikes(writes)) throw this.#failure(name, path);
    const before = name === 'rm' && existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined;
    const isNew = name === 'open' && !existsSync(path);
    const result = await original[name]?.(...args);
    if (name === 'open') {
      this.#paths.set(result as object, path);
      if (isNew && isWriting(args[1])) this.#note(path, () => rmSync(path, { force: true }));
    } else if (name === 'rename') {
      const to = String(args[1]);
      this.#note(path, () => {
        if (existsSync(to) && !existsSync(path)) renameSync(to, path);
      });
    } else if (before) {
      this.#note(path, () => writeFileSync(path, before));
    }
    return result;
  }

  async #handleCall(
    handle: FileHandle,
    name: (typeof handleCalls)[number],
    call: Call,
    args: never[],
  ): Promise<unknown> {
    const path = this.#paths.get(handle);
    if (path === undefined) return call.apply(handle, args);
    if (this.#strikes(name === 'writeFile' || name === 'datasync' || name === 'sync')) {
      if (name === 'writeFile') await call.apply(handle, [halfOf(args[0]) as never]);
      throw this.#failure(name, path);
    }
    const result = await call.apply(handle, args);
    if (name === 'writeFile') this.#unsynced.add(path);
    else if (name === 'datasync') this.#unsynced.delete(path);
    else if (name === 'sync') this.#entries = this.#entries.filter(({ folder }) => folder !== path);
    return result;
  }

  #note(path: string, undo: () => void): void {
    this.#entries.push({ folder: dirname(path), undo });
  }

  #strikes(writes: boolean): boolean {
    if (this.#dead) return true;
    this.#calls++;
    return this.#calls === this.#at || (this.#forGood && writes && this.#calls > this.#at);
  }

  #failure(name: string, path: string): Error {
    this.#struck ||= `${this.#fault} in ${name} ${basename(path)}, call ${this.#calls}`;
    if (this.#fault === 'crash') {
      this.#dead = true;
      return new Error('dead');
    }
    const errno = -constants.errno[this.#fault];
    return Object.assign(new Error(`${this.#fault}: ${name} '${path}'`), {
      code: this.#fault,
      errno,
      syscall: name,
      path,
    });
  }
}

const originalHandle: Patched = {};

function isWriting(flags: unknown): boolean {
  return typeof flags === 'string' && /[wax+]/.test(flags);
}

function halfOf(content: unknown): unknown {
  const bytes = typeof content === 'string' ? Buffer.from(content) : (content as Uint8Array);
  return bytes.subarray(0, bytes.length >> 1);
}
