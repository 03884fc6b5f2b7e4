/** A process of its own for one section: `argv[2]` is an Assignment as JSON. */
import { makeTempFoldersIn } from '../core/temp.ts';
import { sections } from './sections.ts';
import type { Row, Trial } from './trial.ts';

export interface Assignment extends Omit<Trial, 'say' | 'rounds'> {
  readonly name: string;
  /** Null for as many as there are: JSON knows no Infinity. */
  readonly rounds: number | null;
}

export type Outcome = { readonly rows: readonly Row[] } | { readonly error: string };

const { name, rounds, ...rest } = JSON.parse(process.argv[2] ?? '') as Assignment;
makeTempFoldersIn(rest.scratch);
process.send?.(await run(), () => process.exit());

async function run(): Promise<Outcome> {
  const say = (line: string): void => void process.stderr.write(`${name}: ${line}\n`);
  try {
    const rows = await sections[name]?.run({ ...rest, rounds: rounds ?? Infinity, say });
    return rows ? { rows } : { error: `There is no section ${name}.` };
  } catch (error) {
    say(String((error as Error).stack));
    return { error: (error as Error).message };
  }
}
