/** What each command does; true when something was found or done. */
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { relative, resolve, sep } from 'node:path';
import { assessmentAsMarkdown } from '../core/assessment.ts';
import { bundledModel } from '../core/bundled-model.ts';
import { Engine, type EngineOptions } from '../core/engine.ts';
import { readJudged } from '../core/evaluate.ts';
import { NearbyError, type Filters, type Kind, type SearchAnswer, type Tier } from '../core/types.ts';
import { visible, visibleLines } from '../core/visible.ts';
import { printAnswer, printReport, printStatus, ProgressLine } from './print.ts';

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
  const former = rebuild ? await open(dir, {}) : undefined;
  former?.mustWrite();
  try {
    return await withEngine(dir, { beside: former !== undefined }, async (engine) => {
      const report = await engine.settled();
      failIfStuck(engine);
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
  const engine = await open(dir, {});
  try {
    await engine.rollBack();
  } finally {
    await engine.close();
  }
  return statusCommand(dir, { ...(json && { json }) });
}

export async function searchCommand(words: readonly string[], options: SearchOptions): Promise<boolean> {
  const { dir, rest } = await splitFolder(words, options.queries ? 0 : 1);
  const query = rest.join(' ');
  if (!options.queries && !query.trim()) throw new NearbyError('no-query', 'Give a query: nearby search [DIR] QUERY.');
  const queries = options.queries ? readQueries(options.queries) : undefined;
  return withEngine(dir, { embed: options.tier === 'full' }, async (engine) => {
    await engine.searchable();
    failIfStuck(engine);
    const ask = (text: string): Promise<SearchAnswer> =>
      engine.search({ query: text, top: options.top, ...filtersOf(options) });
    if (!queries) {
      const answer = await ask(query);
      if (options.json) printJson({ query, ...answer });
      else printAnswer(answer);
      return answer.results.length > 0;
    }
    await ask('warm up'); // the first run of the model is slower; it is not a query's fault
    let found = false;
    for (const { id, query: text } of queries) {
      const answer = await ask(text);
      found ||= answer.results.length > 0;
      printJson({ id, query: text, ...answer });
    }
    return found;
  });
}

export async function similarCommand(words: readonly string[], options: ResultOptions): Promise<boolean> {
  const { dir, rest } = await splitFolder(words, 1);
  const place = parsePlace(rest.join(' '));
  return withEngine(dir, {}, async (engine) => {
    await engine.settled();
    failIfStuck(engine);
    const path = within(engine.folder, dir, place.path);
    const answer = await engine.similar({ ...place, path, top: options.top, ...filtersOf(options) });
    if (options.json) printJson(answer);
    else printAnswer(answer);
    return answer.results.length > 0;
  });
}

export async function statusCommand(dir: string, { json }: JsonOption): Promise<boolean> {
  const engine = await open(dir, {});
  const status = engine.status();
  if (json) printJson(status);
  else printStatus(status);
  await engine.close();
  return status.files > 0;
}

export async function whyCommand(words: readonly string[], { json }: JsonOption): Promise<boolean> {
  const { dir, rest } = await splitFolder(words, 1);
  const engine = await open(dir, {});
  const verdict = await engine.why(within(engine.folder, dir, rest.join(' ')));
  if (json) printJson(verdict);
  else process.stdout.write(`${visible(`${verdict.path}: ${verdict.state}. ${verdict.reason}`)}\n`);
  await engine.close();
  return verdict.state === 'indexed';
}

export async function evalCommand(words: readonly string[], { json }: JsonOption): Promise<boolean> {
  const [first = '.', second] = words;
  const dir = second !== undefined || (await isFolder(first)) ? first : '.';
  const file = second ?? (dir === first ? undefined : first);
  const judged = file === undefined ? [] : await readJudged(file);
  return withEngine(dir, {}, async (engine) => {
    await engine.settled();
    failIfStuck(engine);
    const assessment = await engine.assess(judged);
    if (json) printJson(assessment);
    else process.stdout.write(visibleLines(assessmentAsMarkdown(assessment)));
    return assessment.health.coverage.chunks > 0;
  });
}

type OpenOptions = Pick<EngineOptions, 'embed' | 'beside'>;

async function open(dir: string, options: OpenOptions, progress?: ProgressLine): Promise<Engine> {
  return Engine.open({
    folder: dir,
    model: bundledModel(),
    threads: availableParallelism(),
    learn: false, // the same question has the same answer here, whatever was done in the editor
    ...options,
    ...(progress ? { onStatus: (status) => progress.show(status) } : {}),
    log: (line) => process.stderr.write(`nearby: ${visible(line)}\n`),
  });
}

/** Opens the folder's index, begins to bring it up to date, and closes it whatever happens. */
async function withEngine(
  dir: string,
  options: OpenOptions,
  use: (engine: Engine) => Promise<boolean>,
): Promise<boolean> {
  const progress = new ProgressLine();
  const engine = await open(dir, options, progress);
  const stop = (): void => void engine.close().finally(() => process.exit(130));
  process.once('SIGINT', stop);
  try {
    engine.changed();
    const found = await use(engine);
    return found;
  } finally {
    progress.end();
    process.off('SIGINT', stop);
    await engine.close();
  }
}

/** Work that stopped half way is an error, even if some of it can be searched. */
function failIfStuck(engine: Engine): void {
  const { state, message, writer } = engine.status();
  if (state === 'failed' && message) throw new NearbyError('failed', message);
  if (!writer) process.stderr.write('nearby: another process is writing this index; searching what it has so far.\n');
}

/** The first word is the folder when more words follow than are needed, or when it is the only one and is a folder. */
async function splitFolder(words: readonly string[], needed: 0 | 1): Promise<{ dir: string; rest: readonly string[] }> {
  const [first, ...rest] = words;
  if (first === undefined) return { dir: '.', rest: [] };
  if (words.length > needed && (needed === 0 || (await isFolder(first)))) return { dir: first, rest };
  if (words.length > 1 && looksLikePath(first))
    throw new NearbyError('no-folder', `There is no folder ${resolve(first)}.`);
  return { dir: '.', rest: words };
}

const looksLikePath = (word: string): boolean => /^(\.{0,2}[/\\]|[a-z]:[/\\]|~)/i.test(word);

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** A file as given (relative to the working folder or to `dir`) as a path within the indexed folder. */
function within(folder: string, dir: string, file: string): string {
  const relativeTo = (base: string): string => relative(folder, resolve(base, file)).split(sep).join('/');
  const fromDir = relativeTo(folder);
  return resolve(file).startsWith(resolve(dir) + sep)
    ? relative(resolve(dir), resolve(file)).split(sep).join('/')
    : fromDir;
}

function parsePlace(place: string): { path: string; startLine?: number; endLine?: number } {
  const [, path = place, start, end] = /^(.+?)(?::(\d+)(?:-(\d+))?)?$/.exec(place) ?? [];
  if (start === undefined) return { path };
  return { path, startLine: Number(start), endLine: Number(end ?? start) };
}

function filtersOf({ kind, include, exclude }: ResultOptions): Filters {
  return { ...(kind ? { kind } : {}), ...(include ? { include } : {}), ...(exclude ? { exclude } : {}) };
}

function readQueries(file: string): { id: string; query: string }[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new NearbyError('no-queries', `The queries in ${file} cannot be read: ${(error as Error).message}.`);
  }
  return text.split('\n').flatMap((line, i) => {
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
