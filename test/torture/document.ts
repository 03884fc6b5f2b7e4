/** The figures of a run for a terminal, and docs/reliability.md, whose part between two markers is made of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { root } from '../../tools/editor/cache.ts';
import type { Results } from './results.ts';
import { sections } from './sections.ts';
import type { Row } from './trial.ts';

const path = 'docs/reliability.md';
const [begin, end] = ['<!-- measured -->', '<!-- end of measured -->'];

export function asTable({ seed, sections: done }: Results): string {
  const lines = Object.entries(done).flatMap(([name, { rows, error, seconds }]) => [
    `${name}, ${seconds.toFixed(0)} s${error === undefined ? '' : `: ${error}`}`,
    ...rows.map((row) => `  ${row.name.padEnd(60)} ${valueOf(row).padStart(14)}  ${verdictOf(row)}`.trimEnd()),
  ]);
  return `${lines.join('\n')}\nseed ${seed}\n`;
}

/** @returns what was written, relative to the repository */
export async function writeReliability(results: Results): Promise<string> {
  const file = join(root, path);
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} lacks ${begin} and ${end}.`);
  const written = `${text.slice(0, from)}${begin}\n\n${measured(results)}\n\n${text.slice(to)}`;
  writeFileSync(file, await format(written, { parser: 'markdown', printWidth: 120 }));
  return path;
}

function measured({ seed, seconds, sections: done }: Results): string {
  const parts = Object.entries(done).map(([name, { rows, error }]) => {
    const head = `### ${sections[name]?.title ?? name}\n\n${sections[name]?.what ?? ''}\n`;
    const body = rows.map((row) => `| ${row.name} | ${valueOf(row)} | ${verdictOf(row)} |`).join('\n');
    return `${head}\n${error === undefined ? '' : `It did not come to an end: ${error}\n\n`}| | | must be |\n|---|--:|---|\n${body}`;
  });
  return [`Seed ${seed}, ${(seconds / 60).toFixed(0)} minutes.`, ...parts].join('\n\n');
}

function valueOf({ value, unit }: Row): string {
  const shown = typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 2 }) : value;
  return unit === undefined ? shown : `${shown} ${unit}`;
}

function verdictOf({ bar, met }: Row): string {
  if (bar === undefined) return '';
  return met === undefined ? bar : `${bar} ${met ? '✓' : '**missed**'}`;
}
