/** A run: section by section, each in a process of its own, whatever becomes of the others. */
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Assignment, Outcome } from './section.ts';
import { sections } from './sections.ts';
import type { Row } from './trial.ts';

export interface Results {
  readonly seed: number;
  readonly seconds: number;
  readonly sections: Readonly<Record<string, Done>>;
}

export interface Done {
  readonly seconds: number;
  readonly rows: readonly Row[];
  /** Why it did not come to an end. */
  readonly error?: string;
}

export interface Run {
  readonly slice: boolean;
  readonly seed: number;
  readonly scratch: string;
}

const script = join(import.meta.dirname, 'section.ts');

export async function torture(names: readonly string[], run: Run, say: (line: string) => void): Promise<Results> {
  const began = performance.now();
  const done: Record<string, Done> = {};
  const each = async (some: readonly string[]): Promise<void> => {
    for (const name of some) {
      done[name] = await one(name, run);
      const { error, seconds, rows } = done[name];
      const failed = rows.filter(({ met }) => met === false).map((row) => `${row.name}: ${row.value}`);
      say(`${name}: ${error ?? (failed.join(', ') || 'good')}, ${seconds.toFixed(0)} s`);
    }
  };
  const at = (place?: 'alone' | 'beside'): string[] => names.filter((name) => sections[name]?.place === place);
  await each(at('alone'));
  await Promise.all([each(at('beside')), each(at())]);
  const inOrder = Object.fromEntries(names.flatMap((name) => (done[name] ? [[name, done[name]]] : [])));
  return { seed: run.seed, seconds: secondsSince(began), sections: inOrder };
}

async function one(name: string, { slice, seed, scratch }: Run): Promise<Done> {
  const began = performance.now();
  const { rounds = 0, seconds = 0 } = sections[name]?.[slice ? 'slice' : 'full'] ?? {};
  const own = join(scratch, name);
  mkdirSync(own);
  const assignment: Assignment = { name, rounds, seconds, seed, scratch: own };
  const child = fork(script, [JSON.stringify(assignment)], { stdio: ['ignore', 2, 2, 'ipc'] });
  let outcome: Outcome | undefined;
  child.on('message', (message) => (outcome = message as Outcome));
  const how = await new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (code, signal) => resolve(signal ?? `code ${String(code)}`));
  });
  const { rows, error } = partsOf(outcome ?? { error: `It ended before it was done (${how}).` });
  return { seconds: secondsSince(began), rows, ...(error !== undefined && { error }) };
}

const partsOf = (outcome: Outcome): { readonly rows: readonly Row[]; readonly error?: string } =>
  'rows' in outcome ? outcome : { rows: [], error: outcome.error };

const secondsSince = (began: number): number => (performance.now() - began) / 1000;
