/** The figures of a run: measured section by section, each in a process of its own, whatever becomes of the others. */
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Section } from './figures.ts';
import type { Assignment, Outcome } from './section.ts';

export interface Results {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    /** Bytes. */
    readonly memory: number;
    readonly platform: string;
    readonly node: string;
  };
  readonly threads: number;
  readonly seconds: number;
  readonly sections: Readonly<Record<string, Measured>>;
}

export interface Measured extends Section {
  readonly seconds: number;
  /** Why it could not be measured. */
  readonly error?: string;
}

const script = join(import.meta.dirname, 'section.ts');
/** Milliseconds. A section that takes longer hangs: with a million chunks the longest takes a third of this. */
const limitMs = 3_600_000;

const running = new Set<ChildProcess>();

/** Measures the sections one after another. */
export async function measureAll(
  names: readonly string[],
  settings: Omit<Assignment, 'name'>,
  say: (line: string) => void,
): Promise<Results> {
  const began = performance.now();
  const sections: Record<string, Measured> = {};
  for (const name of names) {
    const measured = await measureOne({ ...settings, name });
    sections[name] = measured;
    say(`${name}: ${measured.error ?? 'done'}, ${measured.seconds.toFixed(0)} s`);
  }
  const machine = {
    cpu: cpus()[0]?.model ?? 'an unknown processor',
    cores: availableParallelism(),
    memory: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
  return { machine, threads: settings.threads, seconds: secondsSince(began), sections };
}

/** Ends what is being measured. */
export function stopMeasuring(): void {
  for (const child of running) child.kill();
}

async function measureOne(assignment: Assignment): Promise<Measured> {
  const began = performance.now();
  // Whatever a section prints goes to stderr: stdout is for the figures.
  const child = fork(script, [JSON.stringify(assignment)], { stdio: ['ignore', 2, 2, 'ipc'], timeout: limitMs });
  running.add(child);
  let outcome: Outcome | undefined;
  child.on('message', (message) => (outcome = message as Outcome));
  const how = await new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (code, signal) => resolve(signal ?? `code ${String(code)}`));
  });
  running.delete(child);
  const { figures, detail, error } = sectionOf(outcome ?? { error: `It ended before it was done (${how}).` });
  return { seconds: secondsSince(began), figures, detail, ...(error === undefined ? {} : { error }) };
}

const sectionOf = (outcome: Outcome): Section & { readonly error?: string } =>
  'section' in outcome ? outcome.section : { figures: [], detail: {}, error: outcome.error };

const secondsSince = (began: number): number => (performance.now() - began) / 1000;
