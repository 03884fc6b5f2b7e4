/** Ten processes that all want to write one index; the one that does is killed, or stopped for longer than its lock lasts. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { FromWriter } from './writer.ts';
import { none, type Row, type Trial } from './trial.ts';
import { generator } from '../bench/made-up.ts';

const processes = 10;
const killsARound = 5;
/** A writer that is dead or stopped must have a successor within this. */
const longestGapMs = 10_000;
/** The successor has the looks of ten processes and of a busy machine to wait for. */
const allowanceMs = 2000;

export async function writers({ seed, rounds, scratch, say }: Trial): Promise<readonly Row[]> {
  const random = generator(seed);
  const crowd = new Crowd(join(scratch, 'index'));
  for (let i = 0; i < processes; i++) crowd.add();
  await crowd.nextCommit('');
  const gaps = { kill: [] as number[], stop: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < killsARound; i++) {
      await setTimeout(random() * 500);
      gaps.kill.push(await crowd.strike('SIGKILL'));
      crowd.add();
    }
    await setTimeout(random() * 500);
    gaps.stop.push(await crowd.strike('SIGSTOP'));
    say(`${round + 1} of ${rounds} rounds`);
  }
  const seen = await crowd.finish();
  const states = new Set(seen);
  const [contents = ''] = states;
  const lines = new Set(contents.split('\n'));
  const lost = crowd.committed.filter((path) => !lines.has(`${path}: ${path}`));
  for (const path of lost.slice(0, 5)) say(`lost: ${path}`);
  for (const warning of crowd.warnings.slice(0, 5)) say(warning);
  const longest = (of: readonly number[]): number => Math.max(...of) / 1000;
  return [
    { name: 'processes at a time', value: processes },
    { name: 'commits', value: crowd.committed.length },
    { name: 'writers killed', value: gaps.kill.length },
    { name: 'writers stopped until another took over, then woken', value: gaps.stop.length },
    within('longest until another writes after a kill', longest(gaps.kill), longestGapMs),
    within('longest until another writes after a stop', longest(gaps.stop), longestGapMs + allowanceMs),
    none('commits lost', lost.length),
    none('processes that see something else in the end', states.size - 1),
    none('told of damage where there was none', crowd.warnings.length),
  ];
}

function within(name: string, seconds: number, mostMs: number): Row {
  return { name, value: seconds, unit: 's', bar: `<= ${mostMs / 1000} s`, met: seconds * 1000 <= mostMs };
}

class Crowd {
  readonly committed: string[] = [];
  readonly warnings: string[] = [];
  readonly #folder: string;
  readonly #alive = new Map<string, ChildProcess>();
  #count = 0;
  #writer = '';
  #onCommit: (() => void) | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  add(): void {
    const name = `writer${this.#count++}`;
    const child = fork(join(import.meta.dirname, 'writer.ts'), [this.#folder, name], {
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.#alive.set(name, child);
    child.on('message', (message: FromWriter) => {
      if (message.kind === 'warned') this.warnings.push(message.sentence);
      if (message.kind !== 'committed') return;
      this.committed.push(message.path);
      this.#writer = message.writer;
      this.#onCommit?.();
    });
  }

  /** Resolves when a process other than this one commits. */
  async nextCommit(not: string): Promise<void> {
    while (this.#writer === not) await new Promise<void>((resolve) => (this.#onCommit = resolve));
  }

  /** Sends a signal to the writer. @returns milliseconds until another one commits */
  async strike(signal: 'SIGKILL' | 'SIGSTOP'): Promise<number> {
    const writer = this.#writer;
    const child = this.#alive.get(writer);
    if (!child) throw new Error(`${writer} writes, but is not alive.`);
    const began = performance.now();
    child.kill(signal);
    if (signal === 'SIGKILL') {
      this.#alive.delete(writer);
      await once(child, 'exit');
    }
    await this.nextCommit(writer);
    if (signal === 'SIGSTOP') child.kill('SIGCONT');
    return performance.now() - began;
  }

  /** Stops all. @returns what each of them sees then */
  async finish(): Promise<readonly string[]> {
    await setTimeout(1000); // the last one that was woken finds out
    const children = [...this.#alive.values()];
    const writer = this.#alive.get(this.#writer);
    const seen: string[] = [];
    for (const child of [writer, ...children.filter((one) => one !== writer)])
      if (child) seen.push(await contentsSeenBy(child));
    for (const child of children) {
      child.send('close');
      await once(child, 'exit');
    }
    return seen;
  }
}

/** Asks the writer first, so that nothing is committed after that. */
function contentsSeenBy(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromWriter) => {
      if (message.kind === 'seen') resolve(message.contents);
    });
    child.once('exit', (code) => reject(new Error(`A writer ended with ${String(code)}.`)));
    child.send('finish');
  });
}
