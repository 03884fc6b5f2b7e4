/** The parts of docs/performance.md that are made of the figures, as Markdown. */
import type { Figure } from './figures.ts';
import type { Results } from './results.ts';
import { sections as known } from './sections.ts';
import { growth, seriesOf, sizeName } from './series.ts';
import { inShort, shortly } from './shortly.ts';

const titleOf = (section: string): string => known[section]?.title ?? section;

export function machine({ machine: { cpu, cores, memory, platform, node }, threads, seconds }: Results): string {
  const gigabytes = Math.round(memory / 2 ** 30);
  return (
    `Measured on ${cpu}, ${cores} cores, ${gigabytes} GB of memory, ${platform}, Node.js ${node}, with models on ` +
    `${threads} ${threads === 1 ? 'thread' : 'threads'}; all of it took ${(seconds / 60).toFixed(0)} minutes.`
  );
}

/** What was reached, what was not, and every figure with its bar and peer. */
export function figureTable(results: Results): string {
  const all = Object.entries(results.sections);
  const rows = all.flatMap(([section, { figures, error }]) => [
    [`**${titleOf(section)}**`, '', '', '', '', ''],
    ...(error === undefined ? [] : [['not measured', code(error), '', '', '', '']]),
    ...figures.map(rowOf),
  ]);
  const notes = all.flatMap(([, { figures }]) => figures.flatMap(({ note }) => note ?? []));
  const head = ['', 'measured', 'to reach', 'beside', 'ratio to that', 'reached'];
  return [summary(results), table(head, rows), ...[...new Set(notes)].map((note) => `- ${note}`)].join('\n\n');
}

function summary({ sections }: Results): string {
  const judged = Object.entries(sections).flatMap(([section, { figures }]) =>
    figures.filter(({ met }) => met !== undefined).map((figure) => ({ section, figure })),
  );
  const missed = judged.filter(({ figure }) => figure.met === false);
  const reached = `${judged.length - missed.length} of the ${judged.length} figures with a bar reach it.`;
  if (missed.length === 0) return reached;
  const list = missed.map(({ section, figure }) => {
    const { measured, ratio, bar } = shortly(figure);
    const found = figure.ratio === undefined ? measured : `${ratio} ×`;
    return `- ${titleOf(section)}: ${nameOf(figure)}, ${found} where ${asked(bar)} is asked for`;
  });
  return `${reached} These do not:\n\n${list.join('\n')}`;
}

function rowOf(figure: Figure): string[] {
  const { measured, peer, ratio, bar } = shortly(figure);
  const reached = figure.met === undefined ? '' : figure.met ? 'yes' : '**no**';
  return [nameOf(figure), measured, asked(bar), peer, ratio, reached];
}

const nameOf = ({ name, chunks }: Figure): string => (chunks === undefined ? name : `${name}, ${sizeName(chunks)}`);

/** What ten times the chunks cost. */
export function scalingTable(results: Results): string {
  const series = seriesOf(results);
  const sizes = [...new Set(series.flatMap(({ points }) => points.map(({ chunks }) => chunks)))].sort((a, b) => a - b);
  const head = ['', ...sizes.map((size) => `${sizeName(size)} chunks`), 'ten times the chunks'];
  const rows = series.map(({ section, name, unit, points }) => {
    const cells = sizes.map((size) => {
      const at = points.find(({ chunks }) => chunks === size);
      return at ? `${inShort(at.value)} ${unit}` : '';
    });
    return [`${titleOf(section)}: ${name}`, ...cells, `× ${inShort(growth(points))}`];
  });
  return table(head, rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A bar in typography: ≤ 1 s. */
const asked = (bar: string): string => bar.replace('<=', '≤').replace('>=', '≥').replace(/ x$/, ' ×');

const code = (text: string): string => `\`${text.replaceAll('`', "'")}\``;
