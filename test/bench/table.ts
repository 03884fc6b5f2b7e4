/** Results as a table for a terminal. */
import type { Figure } from './figures.ts';
import type { Results } from './results.ts';
import { shortly } from './shortly.ts';

export function table({ sections }: Results): string {
  const rows = [['', 'measured', 'peer', 'ratio', 'bar', 'met']];
  for (const [name, { figures, error }] of Object.entries(sections)) {
    rows.push([name, '', '', '', '', '']);
    if (error !== undefined) rows.push([`  ${error}`]);
    for (const figure of figures) rows.push(...rowsOf(figure));
  }
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.filter((row) => row.length > 1).map((row) => row[column]!.length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function rowsOf(figure: Figure): string[][] {
  const { name, chunks, met, note } = figure;
  const { measured, peer, ratio, bar } = shortly(figure);
  const place = chunks === undefined ? '' : `, ${chunks} chunks`;
  const row = [`  ${name}${place}`, measured, peer, ratio, bar, met === undefined ? '' : met ? 'yes' : 'NO'];
  return note ? [row, [`    ${note}`]] : [row];
}
