/** A run of commits, merges and reopenings of a store, each of whose calls to the file system fails once in each way. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Store } from '../../src/core/store/store.ts';
import { NearbyError } from '../../src/core/types.ts';
import { FaultFs, type Fault } from './fault-fs.ts';
import { asText, contentsOf, entryOf, newVectorOf, wrongVectors } from './made-up-files.ts';
import { dimensions } from '../core/words.ts';
import { all, none, pick, type Row, type Trial } from './trial.ts';
import { generator } from '../bench/made-up.ts';

const faultKinds: readonly Fault[] = ['crash', 'ENOSPC', 'EIO', 'EMFILE', 'EACCES'];

type Step =
  | { readonly do: 'put'; readonly path: string; readonly words: readonly string[] }
  | { readonly do: 'embed'; readonly words: readonly string[] }
  | { readonly do: 'merge' }
  | { readonly do: 'reopen' };

/** Edits, deletions, vectors, enough of each for every kind of merge, and reopenings in between. */
function stepsFrom(random: () => number): Step[] {
  const paths = Array.from({ length: 6 }, (_, i) => `${i}.ts`);
  const words = Array.from({ length: 24 }, (_, i) => `word${i}`);
  const some = (most: number): string[] =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, () => pick(random, words));
  return Array.from({ length: 22 }, (_, i): Step => {
    if (i % 11 === 10) return { do: 'merge' };
    if (i === 14) return { do: 'reopen' };
    return i % 2 === 0
      ? { do: 'put', path: pick(random, paths), words: [...new Set(some(4))] }
      : { do: 'embed', words: [...new Set(some(5)), pick(random, words)] };
  });
}

/** What has been acknowledged. */
interface Known {
  readonly files: Map<string, readonly string[]>;
  readonly vectors: Set<string>;
}

interface Tally {
  crashes: number;
  errors: number;
  lost: number;
  wrong: number;
  stuck: number;
  falseAlarms: number;
}

export async function faults({ seed, rounds, scratch, say }: Trial): Promise<readonly Row[]> {
  const random = generator(seed);
  const steps = stepsFrom(random);
  const tally: Tally = { crashes: 0, errors: 0, lost: 0, wrong: 0, stuck: 0, falseAlarms: 0 };
  const calls = await callsOf(steps, join(scratch, 'count'));
  const every = faultKinds.flatMap((fault) => Array.from({ length: calls }, (_, i) => ({ fault, at: i + 1 })));
  const share = Math.min(1, rounds / every.length);
  const chosen = every.filter(() => random() < share);
  for (const [i, { fault, at }] of chosen.entries()) {
    const folder = join(scratch, String(i));
    const problem = await strike(steps, folder, { fault, at, random, tally });
    if (problem !== undefined) say(problem);
    rmSync(folder, { recursive: true, force: true });
    if (i % 200 === 199) say(`${i + 1} of ${chosen.length}`);
  }
  const readOnly = await readsWhatCannotBeWritten(steps, join(scratch, 'read-only'), random);
  return [
    { name: 'calls to the file system in the run', value: calls },
    { name: 'crashes at one of them', value: tally.crashes },
    { name: 'errors of one of them', value: tally.errors },
    none('commits lost', tally.lost),
    none('wrong chunks or vectors', tally.wrong),
    none('runs that could not be brought to their end after it', tally.stuck),
    none('told of damage where there was none', tally.falseAlarms),
    all('read from a folder that cannot be written', readOnly, 1),
  ];
}

async function callsOf(steps: readonly Step[], folder: string): Promise<number> {
  const fs = new FaultFs(folder, Math.random);
  await fs.install();
  try {
    const known: Known = { files: new Map(), vectors: new Set() };
    await new Run(folder, known, []).all(steps);
  } finally {
    await fs.uninstall();
  }
  return fs.calls;
}

interface Strike {
  readonly fault: Fault;
  readonly at: number;
  readonly random: () => number;
  readonly tally: Tally;
}

/** @returns what went wrong, in words */
async function strike(
  steps: readonly Step[],
  folder: string,
  { fault, at, random, tally }: Strike,
): Promise<string | undefined> {
  const fs = new FaultFs(folder, random);
  const known: Known = { files: new Map(), vectors: new Set() };
  const said: string[] = [];
  const run = new Run(folder, known, said);
  const problems: string[] = [];
  const count = (what: keyof Tally, detail: unknown): void => {
    tally[what]++;
    problems.push(`${what}: ${String(detail)}`);
  };
  await fs.install(at, fault);
  try {
    await run.all(steps);
  } catch (error) {
    if (!fs.isDead) count('stuck', (error as Error).stack);
  } finally {
    await fs.uninstall();
  }
  tally[fault === 'crash' ? 'crashes' : 'errors']++;
  if (fault === 'crash') {
    fs.loseUnsynced();
    run.abandon();
    said.length = 0; // nobody has read it
  }
  rmSync(join(folder, 'writer.lock'), { force: true }); // its process is dead

  // In the next life all that was acknowledged is there; the step under way may be, too.
  const store = await open(folder, said);
  const found = contentsOf(store);
  const possible = [asText(known.files), ...(run.underWay ? [asText(run.underWay)] : [])];
  if (found.includes('wrong')) count('wrong', found);
  else if (!possible.includes(found)) count('lost', `${found}\ninstead of\n${possible.join('\nor\n')}`);
  const live = new Set([...known.files.values()].flat());
  const gone = wrongVectors(
    store,
    [...known.vectors].filter((word) => live.has(word)),
  );
  if (gone.length > 0) count('lost', `vectors of ${gone.join()}`);
  if (fault === 'crash' && said.length > 0) count('falseAlarms', said.join());
  await store.close();
  const again: Known = { files: new Map(known.files), vectors: new Set() };
  try {
    await new Run(folder, again, said).all(steps);
    const last = await open(folder, said);
    if (contentsOf(last) !== asText(again.files)) count('wrong', contentsOf(last));
    await last.close();
  } catch (error) {
    count('stuck', (error as Error).stack);
  }
  return problems.length > 0 ? `${fs.struck}: ${problems.join('; ')}` : undefined;
}

/** A folder on which nothing can be written any more: what is in it is read, and why it is not written is said. */
async function readsWhatCannotBeWritten(steps: readonly Step[], folder: string, random: () => number): Promise<number> {
  const known: Known = { files: new Map(), vectors: new Set() };
  await new Run(folder, known, []).all(steps);
  const fs = new FaultFs(folder, random);
  await fs.install(1, 'EROFS', true);
  try {
    const said: string[] = [];
    const store = await open(folder, said);
    const isRead = contentsOf(store) === asText(known.files) && !store.writer;
    await store.close();
    return isRead && said.length === 1 && (said[0]?.includes('cannot be written') ?? false) ? 1 : 0;
  } finally {
    await fs.uninstall();
  }
}

function open(folder: string, warnings: string[]): Promise<Store> {
  mkdirSync(folder, { recursive: true });
  return Store.open(folder, { dimensions, spareVectors: 4, mergeMs: 0, warn: (sentence) => warnings.push(sentence) });
}

/** One life of a process that takes the steps. A step that fails is tried once more, as the engine does. */
class Run {
  readonly #folder: string;
  readonly #known: Known;
  readonly #said: string[];
  #store: Store | undefined;
  #underWay: Map<string, readonly string[]> | undefined;

  constructor(folder: string, known: Known, said: string[]) {
    this.#folder = folder;
    this.#known = known;
    this.#said = said;
  }

  /** What would be there after the step under way. */
  get underWay(): Map<string, readonly string[]> | undefined {
    return this.#underWay;
  }

  async all(steps: readonly Step[]): Promise<void> {
    for (const step of [{ do: 'reopen' } as const, ...steps]) {
      await this.#take(step).catch(() => this.#take(step));
    }
    await this.#store?.close().catch(() => this.#store?.close());
  }

  /** As if the process had died: its heart does not beat any more. */
  abandon(): void {
    void this.#store?.close().catch(() => undefined);
  }

  async #take(step: Step): Promise<void> {
    const { files, vectors } = this.#known;
    if (step.do === 'reopen') {
      await this.#store?.close();
      this.#store = await open(this.#folder, this.#said);
      return;
    }
    const store = this.#store;
    if (!store) throw new Error('not open');
    if (!store.writer && !(await store.takeOver())) throw new NearbyError('not-writer', 'Nothing can be written.');
    if (step.do === 'put') {
      this.#underWay = new Map(files).set(step.path, step.words);
      await store.putFiles([entryOf(step.path, step.words)]);
      files.set(step.path, step.words);
      this.#underWay = undefined;
    } else if (step.do === 'embed') {
      await store.putVectors([...new Set(step.words)].map(newVectorOf));
      for (const word of step.words) vectors.add(word);
    } else {
      const live = new Set([...files.values()].flat());
      for (const word of vectors) if (!live.has(word)) vectors.delete(word); // a merge may let go of them
      while (await store.merge());
    }
  }
}
