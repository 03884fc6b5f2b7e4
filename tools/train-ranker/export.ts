/**
 * Exports what the ranker sees: for each judged query its candidates, their features, and which targets each one covers.
 *
 *   node tools/train-ranker/export.ts CORPORA QUERIES OUT.jsonl [--tier full|instant|keywords]
 *
 * CORPORA holds a folder for each project, QUERIES a NAME.jsonl for each: lines {id, query, relevant, secondary}, a target
 * being a path or {path, start_line, end_line}. Folders are indexed first where they are not. In the tier
 * `instant` instant vectors stand in for the model's, and `keywords` leaves vectors out.
 */
import { appendFileSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { readModelInfo } from '../../src/core/embed.ts';
import { Engine } from '../../src/core/engine.ts';
import { covers, readJudged, type JudgedQuery } from '../../src/core/evaluate.ts';
import { defaultHome, indexPath } from '../../src/core/home.ts';
import type { InstantEmbedder } from '../../src/core/instant.ts';
import { LazyModel } from '../../src/core/lazy-model.ts';
import { Cosines } from '../../src/core/meaning.ts';
import { nextChunks, sketch } from '../../src/core/next-chunks.ts';
import { parseQuery } from '../../src/core/query.ts';
import { findCandidates } from '../../src/core/rank/candidates.ts';
import { features, rankContext } from '../../src/core/rank/features.ts';
import { Store } from '../../src/core/store/store.ts';
import { MAX_FILE_SIZE } from '../../src/core/walk.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tier: { type: 'string', default: 'full' } },
});
const [corpora, queries, out] = positionals;
const { tier } = values;
if (!corpora || !queries || !out || !['full', 'instant', 'keywords'].includes(tier)) {
  throw new Error('usage: export.ts CORPORA QUERIES OUT.jsonl [--tier full|instant|keywords]');
}

const model = bundledModel();
const info = await readModelInfo(model);
const threads = availableParallelism();
// The model's vectors that an index holds already would be used where they are.
const home = tier === 'full' ? defaultHome() : mkdtempSync(join(tmpdir(), 'nearby-'));
writeFileSync(out, `${JSON.stringify({ features: features.map(({ name }) => name) })}\n`);

for (const name of readdirSync(corpora).sort()) {
  const judged = join(queries, `${name}.jsonl`);
  if (existsSync(judged)) await exportProject(name, await readJudged(judged));
}

async function exportProject(name: string, judged: readonly JudgedQuery[]): Promise<void> {
  const folder = await realpath(join(corpora ?? '', name));
  const engine = await Engine.open({ folder, model, threads, home, embed: tier === 'full', instant: false });
  engine.changed();
  await engine.settled();
  await engine.close();

  const lazy = new LazyModel({ folder: model, threads }, (message) => process.stderr.write(`${message}\n`));
  const store = await Store.open(indexPath(home, folder, info), {
    dimensions: info.dimensions,
    warn: (message) => process.stderr.write(`${message}\n`),
  });
  const instant = tier === 'instant' ? await lazy.instant() : undefined;
  if (instant) await fillInstant(store, folder, instant);
  for (const { id, query, category, relevant, secondary = [] } of judged) {
    const targets = [...relevant, ...secondary];
    const parsed = parseQuery(query);
    const embedded = tier === 'full' ? await lazy.embedQuery(parsed.text) : instant?.embed(parsed.text);
    const vector = tier === 'keywords' ? undefined : embedded;
    const cosines = vector && new Cosines(vector, store.matrix, store.instant);
    const found = findCandidates(store, parsed, cosines, {});
    const context = rankContext(parsed, found);
    const rows = found.candidates.map((candidate) => {
      const { path, segment, chunk } = candidate;
      const place = { path, startLine: segment.startLine[chunk] ?? 0, endLine: segment.endLine[chunk] ?? 0 };
      return {
        path,
        covers: targets.flatMap((target, t) => (covers(place, target) ? [t] : [])),
        values: features.map(({ value }) => Number(value(candidate, context).toFixed(5))),
      };
    });
    const record = { project: name, id, query, category, symbol: parsed.isSymbol, targets: targets.length, rows };
    appendFileSync(out ?? '', `${JSON.stringify(record)}\n`);
  }
  await store.close();
  await lazy.dispose();
  process.stderr.write(`${name}: ${judged.length} queries\n`);
}

async function fillInstant(store: Store, folder: string, instant: InstantEmbedder): Promise<void> {
  const items = await nextChunks({
    store,
    folder,
    maxFileSize: MAX_FILE_SIZE,
    paths: store.unembedded(),
    atLeast: Infinity,
    isWanted: () => true,
    onChanged: (path) => process.stderr.write(`${path} has changed\n`),
  });
  sketch(store, items, instant);
}
