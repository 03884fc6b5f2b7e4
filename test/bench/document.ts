/** docs/performance.md: its prose is written by hand, what stands between markers is made of the figures; and its plot. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { root } from '../../tools/editor/cache.ts';
import { figureTable, machine, scalingTable } from './document-parts.ts';
import { plot } from './plot.ts';
import type { Results } from './results.ts';

const documentPath = 'docs/performance.md';
const plotPath = 'docs/performance.svg';

/** @returns what was written, relative to the repository. @throws Error when a marker is missing */
export async function writeDocument(results: Results): Promise<string[]> {
  const file = join(root, documentPath);
  let text = readFileSync(file, 'utf8');
  for (const [name, part] of Object.entries({ machine, figures: figureTable, scaling: scalingTable })) {
    text = replacePart(text, name, part(results));
  }
  writeFileSync(file, await format(text, { parser: 'markdown', printWidth: 120 }));
  writeFileSync(join(root, plotPath), plot(results));
  return [documentPath, plotPath];
}

/** Puts `content` between the two markers of that name. */
function replacePart(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- measured: ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${documentPath} lacks ${begin} and ${end}.`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}
