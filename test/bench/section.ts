/** A process of its own for one section, so that no section finds the memory of another: `argv[2]` is an Assignment as JSON. */
import { makeTempFoldersIn } from '../core/temp.ts';
import type { Section, Settings } from './figures.ts';
import { sections } from './sections.ts';

export interface Assignment extends Omit<Settings, 'say'> {
  readonly name: string;
}

/** What it sends back. */
export type Outcome = { readonly section: Section } | { readonly error: string };

const { name, ...settings } = JSON.parse(process.argv[2] ?? '') as Assignment;
makeTempFoldersIn(settings.scratch);
process.send?.(await measure(), () => process.exit());

async function measure(): Promise<Outcome> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const section = await sections[name]?.run({ ...settings, say });
    return section ? { section } : { error: `There is no section ${name}.` };
  } catch (error) {
    say(`${name}: ${String((error as Error).stack)}`);
    return { error: (error as Error).message };
  }
}
