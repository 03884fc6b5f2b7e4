/**
 * The texts that the instant vectors are fitted to: the chunks of indexed folders with the vectors that the model gave
 * them, and short texts like queries, which distil.py has the model embed.
 *
 *   NEARBY_HOME=INDEXES node tools/build-model/distil-texts.ts FOLDERS OUT.jsonl
 *
 * FOLDERS holds a project in each folder; those with an index are read. Each line of OUT is one `Line`.
 */
import { closeSync, openSync, readdirSync, readFileSync, realpathSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { chunkFile } from '../../src/core/chunk/chunk.ts';
import { readModelInfo } from '../../src/core/embed.ts';
import { defaultHome, indexPath } from '../../src/core/home.ts';
import { chunkHash, embeddedText } from '../../src/core/prepare.ts';
import { Store } from '../../src/core/store/store.ts';
import type { Chunk } from '../../src/core/types.ts';

interface Line {
  readonly project: string;
  readonly kind: 'code' | 'docs' | 'query';
  readonly text: string;
  /** The model's vector as stored, int8 of any scale in base64; absent for queries. */
  readonly vector?: string;
}

const maxFileSize = 400_000;
/** Characters of a text like a query. */
const queryLength = { least: 8, most: 120 };
/** A comment's opening or a line of prose: its text. */
const sentenceLine =
  /^\s*(?:\/\/[/!]?|\/\*\*?|\*|#+|"""|'''|--|-|\d+\.)?\s*([A-Z`][^\n]*?)(?:[.:!?](?=\s|$)|"""|\*\/|$)/gmu;

const [folders, out] = process.argv.slice(2);
if (!folders || !out) throw new Error('usage: distil-texts.ts FOLDERS OUT.jsonl');
const file = openSync(out, 'w');
const info = await readModelInfo(bundledModel());
const seen = new Set<string>();
for (const project of readdirSync(folders).sort()) await take(project, realpathSync(join(folders, project)));
closeSync(file);

async function take(project: string, folder: string): Promise<void> {
  const index = indexPath(defaultHome(), folder, info);
  if (!statSync(index, { throwIfNoEntry: false })) return;
  const store = await Store.open(index, { dimensions: info.dimensions, warn: console.error });
  const counts = { chunks: 0, queries: 0 };
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = statSync(join(folder, path));
    if (!stat.isFile() || stat.size > maxFileSize) continue;
    for (const chunk of chunkFile(path, readFileSync(join(folder, path), 'utf8'))) {
      const row = store.matrix.rowOf(chunkHash(chunk));
      if (row < 0) continue;
      const vector = Buffer.from(store.matrix.vector(row).values).toString('base64');
      if (write({ project, kind: chunk.kind, text: embeddedText(path, chunk), vector })) counts.chunks++;
      for (const text of queriesOf(chunk)) if (write({ project, kind: 'query', text })) counts.queries++;
    }
  }
  await store.close();
  console.error(`${project}: ${counts.chunks} chunks, ${counts.queries} short texts`);
}

/** Names and headings as they stand, and the first sentences of comments and paragraphs. */
function queriesOf({ symbol, breadcrumb, text }: Chunk): string[] {
  const sentences = [...text.matchAll(sentenceLine)].map(([, sentence = '']) => sentence).filter(isProse);
  return [symbol, breadcrumb.at(-1) ?? '', ...sentences.slice(0, 2)]
    .map((words) => words.trim())
    .filter(({ length }) => length >= queryLength.least && length <= queryLength.most);
}

/** Three words or more, and none of the marks that code is full of. */
function isProse(sentence: string): boolean {
  return sentence.split(/\s+/).length >= 3 && !/[{};=<>|]|\w\(\w*[,)]/.test(sentence);
}

function write(line: Line): boolean {
  if (seen.has(line.text)) return false;
  seen.add(line.text);
  writeSync(file, `${JSON.stringify(line)}\n`);
  return true;
}
