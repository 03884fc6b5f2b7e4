/** The worker, its host or both are killed at random moments of indexing, saving, merging and rebuilding. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { readModelInfo } from '../../src/core/embed.ts';
import { Engine } from '../../src/core/engine.ts';
import { indexPath } from '../../src/core/home.ts';
import { recoverPlaces } from '../../src/core/index-places.ts';
import { prepareText } from '../../src/core/prepare.ts';
import { contentHash } from '../../src/core/read.ts';
import { Store } from '../../src/core/store/store.ts';
import type { Status } from '../../src/core/types.ts';
import type { FolderOptions } from '../../src/worker/protocol.ts';
import { build } from '../bench/build.ts';
import { chapter } from './chapters.ts';
import type { FromHost, ToHost } from './host.ts';
import { cosine, snapshotOf, type Snapshot } from './snapshot.ts';
import { none, pick, type Row, type Trial } from './trial.ts';
import { generator } from '../bench/made-up.ts';

const lanes = 2;
const filesAtFirst = 60;
/** A worker whose host is gone closes its indexes and ends. */
const orphanMs = 10_000;
/** The cosine of a text's vector with the one that it has after all that. */
const leastCosine = 0.97;
/** The model reads the path too, and a text that turns up under another path keeps the vector that it had. */
const leastCosineMoved = 0.9;
const movedFolder = 'moved/';

interface Tally {
  kills: number;
  lost: number;
  wrong: number;
  told: number;
  orphans: number;
  rebuilds: number;
}

export async function kills({ seed, rounds, scratch, say }: Trial): Promise<readonly Row[]> {
  const script = join(await build(), 'worker.js');
  const tally: Tally = { kills: 0, lost: 0, wrong: 0, told: 0, orphans: 0, rebuilds: 0 };
  const { id, version, dimensions, scripts } = await readModelInfo(bundledModel());
  const ends = await Promise.all(
    Array.from({ length: lanes }, async (_, i) => {
      const place = join(scratch, String(i));
      const folder = join(place, 'folder');
      const index = indexPath(join(place, 'home'), folder, { id, version, dimensions, scripts });
      const lane = new Lane({ script, place, folder, index, dimensions, random: generator(seed + i), tally, say });
      while (tally.kills < rounds) await lane.round();
      return lane.end();
    }),
  );
  return [
    { name: 'kills', value: tally.kills },
    { name: 'rebuilds asked for', value: tally.rebuilds },
    none('files, chunks or vectors lost', tally.lost),
    none('wrong chunks or vectors', tally.wrong),
    none('told of damage', tally.told),
    none('workers that outlived their host', tally.orphans),
    none(
      'differences from an index that nothing happened to',
      ends.reduce((sum, differences) => sum + differences, 0),
    ),
  ];
}

interface LaneInput {
  readonly script: string;
  readonly place: string;
  readonly folder: string;
  readonly index: string;
  readonly dimensions: number;
  readonly random: () => number;
  readonly tally: Tally;
  readonly say: (line: string) => void;
}

/** One folder, its index, and one life after another. */
class Lane {
  readonly #in: LaneInput;
  /** What the index may hold of each path: all that the file ever was, as a snapshot tells it. */
  readonly #versions = new Map<string, Set<string>>();
  readonly #vectors = new Map<string, Buffer>();
  /** The paths under which a chunk, by its hash (hexadecimal), was ever written. */
  readonly #pathsOf = new Map<string, Set<string>>();
  /** Paths changed since the index was last looked at: what is known of them may be out of date, or be so again. */
  readonly #touched = new Set<string>();
  #before: Snapshot | undefined;
  #next = filesAtFirst;
  #edition = 1;

  constructor(input: LaneInput) {
    this.#in = input;
    for (let i = 0; i < filesAtFirst; i++) this.#write(...chapter(i));
  }

  async round(): Promise<void> {
    const { random, tally } = this.#in;
    const early = random() < 0.5 ? this.#change() : [];
    const host = new Host(this.#in.script, this.#options);
    await host.started;
    if (early.length === 0) host.send({ do: 'changed', paths: this.#change() });
    if (random() < 0.1) {
      host.send({ do: 'rebuild' });
      tally.rebuilds++;
    }
    await setTimeout(random() * (random() < 0.15 ? 4000 : 800));
    const how = random();
    if (how < 0.4) {
      await host.killWorker();
      tally.kills++;
      await setTimeout(random() * 800);
    }
    tally.kills++;
    if (how < 0.7) host.killAll();
    else if (!(await host.killAlone())) tally.orphans++;
    await host.gone;
    for (const sentence of host.told) this.#count('told', sentence);
    await this.#verify();
  }

  /** Lets the work be done. @returns in how much the index differs from one that is made now */
  async end(): Promise<number> {
    const host = new Host(this.#in.script, this.#options);
    await host.settled();
    host.send({ do: 'end' });
    await host.gone;
    await this.#verify();
    const { folder, place, index, dimensions } = this.#in;
    const engine = await Engine.open({ folder, home: join(place, 'fresh'), model: bundledModel() });
    engine.changed();
    await engine.settled();
    const fresh = engine.status().indexPath;
    await engine.close();
    const [mine, theirs] = [await read(index, dimensions, []), await read(fresh, dimensions, [])];
    const paths = new Set([...mine.files.keys(), ...theirs.files.keys()]);
    const differences = [...paths].filter((path) => mine.files.get(path) !== theirs.files.get(path));
    for (const [hash, vector] of theirs.vectors) {
      const own = mine.vectors.get(hash);
      if (!own || !this.#isNear(hash, own, vector)) differences.push(hash);
    }
    if (differences.length > 0) this.#in.say(`other than in a fresh index: ${differences.slice(0, 5).join(', ')}`);
    return differences.length;
  }

  #isNear(hash: string, a: Buffer, b: Buffer): boolean {
    const isMoved = (this.#pathsOf.get(hash)?.size ?? 0) > 1;
    return cosine(a, b) >= (isMoved ? leastCosineMoved : leastCosine);
  }

  get #options(): FolderOptions {
    const { folder, place } = this.#in;
    return { folder, home: join(place, 'home'), exclude: [], maxFileSize: 1_000_000, speed: 'fast' };
  }

  /** @returns the paths that are changed on disk */
  #change(): string[] {
    const { random, folder } = this.#in;
    const paths = [...this.#versions.keys()];
    const some = Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(random, paths));
    const what = random();
    if (what < 0.4) return some.map((path) => this.#edit(path));
    if (what < 0.55) return some.map(() => this.#write(...chapter(this.#next++)));
    if (what < 0.7) {
      for (const path of some) {
        this.#touched.add(path);
        rmSync(join(folder, path), { force: true });
      }
      return some;
    }
    if (what < 0.8) {
      const [from = ''] = some;
      const to = from.startsWith(movedFolder) ? from.slice(movedFolder.length) : movedFolder + from;
      const text = this.#textOf(from);
      if (text === undefined) return [from];
      mkdirSync(dirname(join(folder, to)), { recursive: true });
      renameSync(join(folder, from), join(folder, to));
      this.#allow(to, text);
      this.#touched.add(from);
      return [from, to];
    }
    return paths.filter(() => random() < 0.4).map((path) => this.#edit(path)); // as when the branch is switched
  }

  #edit(path: string): string {
    const number = /\d+/.exec(path)?.[0] ?? '0';
    return this.#write(path, chapter(Number(number), this.#edition++ % 7)[1]);
  }

  #write(path: string, text: string): string {
    const file = join(this.#in.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    this.#allow(path, text); // before it can be read
    writeFileSync(file, text);
    return path;
  }

  #allow(path: string, text: string): void {
    this.#touched.add(path);
    const { entry } = prepareText({ path, size: text.length, mtimeMs: 0 }, { text, hash: contentHash(text) });
    const hashes = entry.chunks.map(({ hash }) => Buffer.from(hash).toString('hex'));
    const chunks = entry.chunks.map(({ startLine, endLine }, i) => `${startLine}-${endLine} ${hashes[i] ?? ''}`);
    const versions = this.#versions.get(path) ?? new Set();
    this.#versions.set(path, versions.add(`${entry.hash}: ${chunks.join(', ')}`));
    for (const hash of hashes) this.#pathsOf.set(hash, (this.#pathsOf.get(hash) ?? new Set()).add(path));
  }

  #textOf(path: string): string | undefined {
    try {
      return readFileSync(join(this.#in.folder, path), 'utf8');
    } catch {
      return undefined; // deleted
    }
  }

  async #verify(): Promise<void> {
    const told: string[] = [];
    await recoverPlaces(this.#in.index);
    const now = await read(this.#in.index, this.#in.dimensions, told);
    for (const sentence of told) this.#count('told', sentence);
    for (const [path, content] of now.files) {
      // Read while it was being written, a file may be cut; what comes next says that it has changed.
      if (!this.#versions.get(path)?.has(content) && !content.endsWith(': '))
        this.#count('wrong', `${path}: ${content}`);
    }
    for (const [path, content] of this.#before?.files ?? []) {
      const text = this.#textOf(path);
      const isUnchanged = text !== undefined && content.startsWith(contentHash(text));
      if (isUnchanged && !this.#touched.has(path) && now.files.get(path) !== content) this.#count('lost', path);
    }
    for (const hash of this.#before?.vectors.keys() ?? []) {
      if (now.chunks.has(hash) && !now.vectors.has(hash)) this.#count('lost', `the vector of ${hash}`);
    }
    for (const [hash, vector] of now.vectors) {
      const known = this.#vectors.get(hash);
      if (known && !this.#isNear(hash, known, vector)) this.#count('wrong', `the vector of ${hash}`);
      this.#vectors.set(hash, known ?? vector);
    }
    this.#before = now;
    this.#touched.clear();
  }

  #count(what: 'told' | 'wrong' | 'lost', detail: string): void {
    const { tally, say } = this.#in;
    tally[what]++;
    say(`${what}, after ${tally.kills} kills: ${detail}`);
  }
}

async function read(index: string, dimensions: number, told: string[]): Promise<Snapshot> {
  const store = await Store.open(index, { dimensions, warn: (sentence) => told.push(sentence) });
  try {
    return snapshotOf(store);
  } finally {
    await store.close();
  }
}

/** A host and its worker, from outside. */
class Host {
  readonly told: string[] = [];
  /** Once the folder is open, or the host is dead. */
  readonly started: Promise<void>;
  readonly gone: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #workers = new Set<number>();
  #status: Status | undefined;
  #onStatus: (() => void) | undefined;

  constructor(script: string, options: FolderOptions) {
    this.#child = fork(join(import.meta.dirname, 'host.ts'), [script, JSON.stringify(options)], {
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.gone = once(this.#child, 'exit');
    this.started = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.on('message', (message: FromHost) => {
        if (message.kind === 'worker') this.#workers.add(message.pid);
        else if (message.kind === 'told') this.told.push(message.sentence);
        else {
          this.#status = message.status;
          this.#onStatus?.();
          resolve();
        }
      });
    });
  }

  send(message: ToHost): void {
    this.#child.send(message);
  }

  async settled(): Promise<void> {
    const isReady = (): boolean => {
      const { state, chunks = 0, embedded, rebuilds } = this.#status ?? {};
      return state === 'ready' && chunks > 0 && embedded === chunks && !rebuilds;
    };
    while (!isReady()) await new Promise<void>((resolve) => (this.#onStatus = resolve));
  }

  /** The host starts another one. */
  async killWorker(): Promise<void> {
    for (const pid of this.#workers) kill(pid);
    for (const pid of this.#workers) await endOf(pid);
    this.#workers.clear();
  }

  killAll(): void {
    this.#child.kill('SIGKILL');
    for (const pid of this.#workers) kill(pid);
  }

  /** @returns whether the worker ends by itself then */
  async killAlone(): Promise<boolean> {
    this.#child.kill('SIGKILL');
    await this.gone;
    const ended = await Promise.all([...this.#workers].map((pid) => endOf(pid)));
    this.killAll();
    return !ended.includes(false);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}

/** Whether a process ends in time. */
async function endOf(pid: number): Promise<boolean> {
  const until = performance.now() + orphanMs;
  while (performance.now() < until) {
    await setTimeout(10);
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
  }
  return false;
}
