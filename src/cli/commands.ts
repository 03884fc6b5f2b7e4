/** What each command does; true when something was found or done. */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { assessmentAsMarkdown } from '../core/assessment.ts';
import { readJudged } from '../core/evaluate.ts';
import { NearbyError, type Filters, type Kind, type SearchAnswer, type Tier } from '../core/types.ts';
import { visible, visibleLines } from '../core/visible.ts';
import { open, withEngine, withUpdate } from './open.ts';
import { printAnswer, printReport, printStatus } from './print.ts';
import { isFolder, isStdin, parsePlace, splitFolder, within } from './words.ts';

export interface JsonOption {
  readonly json?: boolean;
}

export interface IndexOptions extends JsonOption {
  readonly rebuild?: boolean;
}

export interface ResultOptions extends JsonOption {
  readonly top: number;
  readonly kind?: Kind;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

export interface SearchOptions extends ResultOptions {
  readonly tier: Tier;
  readonly queries?: string;
}

export async function indexCommand(dir: string, { json, rebuild }: IndexOptions): Promise<boolean> {
  const former = rebuild ? await open(dir) : undefined;
  former?.mustWrite();
  try {
    return await withUpdate(dir, { until: 'settled', beside: former !== undefined }, async (engine) => {
      const report = await engine.settled();
      if (former) await engine.takePlaceOf(former);
      if (json) printJson(report);
      else printReport(report);
      return true;
    });
  } finally {
    await former?.close();
  }
}

export async function rollBackCommand(dir: string, { json }: JsonOption): Promise<boolean> {
  await withEngine(dir, {}, (engine) => engine.rollBack());
  return statusCommand(dir, { ...(json && { json }) });
}

export async function searchCommand(words: readonly string[], options: SearchOptions): Promise<boolean> {
  const { dir, rest } = await splitFolder(words, options.queries ? 0 : 1);
  const query = isStdin(rest) ? await text(process.stdin) : rest.join(' ');
  if (!options.queries && !query.trim()) throw new NearbyError('no-query', 'Give a query: nearby search [DIR] QUERY.');
  const queries = options.queries ? readQueries(options.queries) : undefined;
  return withUpdate(dir, { until: 'searchable', embed: options.tier === 'full' }, async (engine) => {
    const ask = (asked: string): Promise<SearchAnswer> =>
      engine.search({ query: asked, top: options.top, ...filtersOf(options) });
    if (!queries) {
      const answer = await ask(query);
      if (options.json) printJson({ query, ...answer });
      else printAnswer(answer, engine.folder);
      return answer.results.length > 0;
    }
    await ask('warm up'); // the first run of the model is slower; it is not a query's fault
    let found = false;
    for (const { id, query: asked } of queries) {
      const answer = await ask(asked);
      found ||= answer.results.length > 0;
      printJson({ id, query: asked, ...answer });
    }
    return found;
  });
}

export async function similarCommand(words: readonly string[], options: ResultOptions): Promise<boolean> {
  const { dir, rest } = await splitFolder(words, 1);
  const given = isStdin(rest) ? await text(process.stdin) : undefined;
  const place = parsePlace(rest.join(' '));
  return withUpdate(dir, { until: 'settled' }, async (engine) => {
    const source =
      given === undefined ? { ...place, path: within(engine.folder, dir, place.path) } : { path: '', text: given };
    const answer = await engine.similar({ ...source, top: options.top, ...filtersOf(options) });
    if (options.json) printJson(answer);
    else printAnswer(answer, engine.folder);
    return answer.results.length > 0;
  });
}

export async function statusCommand(dir: string, { json }: JsonOption): Promise<boolean> {
  const status = await withEngine(dir, {}, (engine) => engine.status());
  if (json) printJson(status);
  else printStatus(status);
  return status.files > 0;
}

export async function whyCommand(words: readonly string[], { json }: JsonOption): Promise<boolean> {
  const { dir, rest } = await splitFolder(words, 1);
  const verdict = await withEngine(dir, {}, (engine) => engine.why(within(engine.folder, dir, rest.join(' '))));
  if (json) printJson(verdict);
  else process.stdout.write(`${visible(`${verdict.path}: ${verdict.state}. ${verdict.reason}`)}\n`);
  return verdict.state === 'indexed';
}

export async function evalCommand(words: readonly string[], { json }: JsonOption): Promise<boolean> {
  const [first = '.', second] = words;
  const dir = second !== undefined || (await isFolder(first)) ? first : '.';
  const file = second ?? (dir === first ? undefined : first);
  const judged = file === undefined ? [] : await readJudged(file);
  return withUpdate(dir, { until: 'settled' }, async (engine) => {
    const assessment = await engine.assess(judged);
    if (json) printJson(assessment);
    else process.stdout.write(visibleLines(assessmentAsMarkdown(assessment)));
    return assessment.health.coverage.chunks > 0;
  });
}

function filtersOf({ kind, include, exclude }: ResultOptions): Filters {
  return { ...(kind ? { kind } : {}), ...(include ? { include } : {}), ...(exclude ? { exclude } : {}) };
}

function readQueries(file: string): { id: string; query: string }[] {
  let lines: string;
  try {
    lines = readFileSync(file, 'utf8');
  } catch (error) {
    throw new NearbyError('no-queries', `The queries in ${file} cannot be read: ${(error as Error).message}.`);
  }
  return lines.split('\n').flatMap((line, i) => {
    if (!line.trim()) return [];
    try {
      const { id, query } = JSON.parse(line) as { id?: string | number; query?: unknown };
      if (typeof query === 'string') return [{ id: String(id ?? i + 1), query }];
    } catch {
      // said below, with the line
    }
    throw new NearbyError('bad-query', `${file}, line ${i + 1}: expected a JSON object {"id", "query"}.`);
  });
}

function printJson(value: unknown): void {
  process.stdout.write(`${visible(JSON.stringify(value))}\n`);
}
