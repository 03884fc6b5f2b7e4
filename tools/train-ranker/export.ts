/**
 * Exports what the ranker sees: for each judged query its candidates, their features, and which targets each one covers.
 *
 *   node tools/train-ranker/export.ts CORPORA QUERIES OUT.jsonl [--keywords]
 *
 * CORPORA holds a folder for each project, QUERIES a NAME.jsonl for each: lines {id, query, relevant, secondary}, a target
 * being a path or {path, start_line, end_line}. Folders are indexed first where they are not. `--keywords` leaves the
 * vectors out.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { readModelInfo } from '../../src/core/embed.ts';
import { Engine } from '../../src/core/engine.ts';
import { defaultHome, indexPath } from '../../src/core/home.ts';
import { LazyModel } from '../../src/core/lazy-model.ts';
import { catalogVersion } from '../../src/core/prepare.ts';
import { parseQuery } from '../../src/core/query.ts';
import { findCandidates, type Candidate } from '../../src/core/rank/candidates.ts';
import { features, rankContext } from '../../src/core/rank/features.ts';
import { Store } from '../../src/core/store/store.ts';
import { quantize } from '../../src/core/vectors.ts';

type Target = string | { readonly path: string; readonly start_line?: number; readonly end_line?: number };

interface Judged {
  readonly id: string;
  readonly query: string;
  readonly category: string;
  readonly relevant: readonly Target[];
  readonly secondary?: readonly Target[];
}

const [corpora, queries, out] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (!corpora || !queries || !out) throw new Error('usage: export.ts CORPORA QUERIES OUT.jsonl [--keywords]');
const keywordsOnly = process.argv.includes('--keywords');

const model = bundledModel();
const info = await readModelInfo(model);
const threads = availableParallelism();
writeFileSync(out, `${JSON.stringify({ features: features.map(({ name }) => name) })}\n`);

for (const name of readdirSync(corpora).sort()) {
  const judged = join(queries, `${name}.jsonl`);
  if (existsSync(judged)) await exportProject(name, readFileSync(judged, 'utf8').trim().split('\n'));
}

async function exportProject(name: string, lines: readonly string[]): Promise<void> {
  const folder = await realpath(join(corpora ?? '', name));
  const engine = await Engine.open({ folder, model, threads, embed: !keywordsOnly });
  engine.changed();
  await engine.settled();
  await engine.close();

  const lazy = new LazyModel({ folder: model, threads }, (message) => process.stderr.write(`${message}\n`));
  const store = await Store.open(indexPath(defaultHome(), folder, info), {
    dimensions: info.dimensions,
    catalogVersion,
    warn: (message) => process.stderr.write(`${message}\n`),
  });
  for (const line of lines) {
    const { id, query, category, relevant, secondary = [] } = JSON.parse(line) as Judged;
    const targets = [...relevant, ...secondary];
    const parsed = parseQuery(query);
    const vector = keywordsOnly ? undefined : await lazy.embedQuery(parsed.text);
    const cosines = vector && store.matrix.scan(quantize(vector));
    const found = findCandidates(store, parsed, cosines, {});
    const context = rankContext(parsed, found);
    const rows = found.candidates.map((candidate) => ({
      path: candidate.path,
      covers: targets.flatMap((target, t) => (covers(candidate, target) ? [t] : [])),
      values: features.map(({ value }) => Number(value(candidate, context).toFixed(5))),
    }));
    const record = { project: name, id, query, category, symbol: parsed.isSymbol, targets: targets.length, rows };
    appendFileSync(out ?? '', `${JSON.stringify(record)}\n`);
  }
  await store.close();
  await lazy.dispose();
  process.stderr.write(`${name}: ${lines.length} queries\n`);
}

/** As the benchmark's scorer counts it: paths may differ by leading folders; lines must overlap where they are given. */
function covers({ segment, chunk, path }: Candidate, target: Target): boolean {
  const wanted = typeof target === 'string' ? { path: target } : target;
  const samePath = path === wanted.path || path.endsWith(`/${wanted.path}`) || wanted.path.endsWith(`/${path}`);
  if (!samePath || wanted.start_line === undefined || wanted.end_line === undefined) return samePath;
  return (segment.startLine[chunk] ?? 0) <= wanted.end_line && (segment.endLine[chunk] ?? 0) >= wanted.start_line;
}
