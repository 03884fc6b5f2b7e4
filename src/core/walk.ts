/** Finds the files of a folder that are to be indexed, and says of every other one why it is not. */
import type { Dirent, Stats } from 'node:fs';
import { lstat, opendir, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { controlFiles, findControlFiles, FolderRules, openRules, type ExcludeGlob } from './ignore.ts';
import { EMPTY, errorCode, inWords, tooLarge, unreadable } from './read.ts';
import { say, spoken } from './say.ts';
import { NearbyError, type FoundFile, type SkipCode, type Skipped } from './types.ts';

/** Bytes; the default of `WalkOptions.maxFileSize`. Larger files are data or generated, with very few exceptions. */
export const MAX_FILE_SIZE = 1024 * 1024;

export interface WalkOptions {
  /** Globs of the editor's settings, on top of the ignore files. */
  readonly exclude?: readonly ExcludeGlob[] | undefined;
  /** Globs of what is indexed although an ignore file leaves it out; `exclude` overrules them. */
  readonly include?: readonly string[] | undefined;
  /** Bytes, `MAX_FILE_SIZE` by default. */
  readonly maxFileSize?: number | undefined;
  /** When it fires, the walk throws its reason at the next step. */
  readonly signal?: AbortSignal | undefined;
}

export interface WalkBatch {
  readonly files: readonly FoundFile[];
  /** One record for a folder that is left out, with a path that ends in '/', and none for what is in it. */
  readonly skipped: readonly Skipped[];
}

export interface StatBatch extends WalkBatch {
  /**
   * Asked-for paths at which nothing is to be indexed: they do not exist, or lie in a folder that is left out (whose record
   * is in `skipped`). One that used to be a folder stands for all that was in it.
   */
  readonly missing: readonly string[];
}

/** Files and records in a batch, at the most. */
const BATCH = 256;
/** How many files are looked at side by side. */
const SLICE = 64;
/** Milliseconds after which other work of the process gets its turn. */
const SLICE_MS = 10;

type Entry = Pick<Dirent, 'name' | 'isDirectory'>;

interface Walk {
  /** As the caller gave it, absolute. */
  readonly given: string;
  /** `given` without symbolic links. */
  readonly root: string;
  readonly rules: FolderRules;
  readonly maxFileSize: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * All files of a folder, in batches as they are found: a folder's files in the order of their names, then its subfolders.
 * Symbolic links are not followed, save for `folder` itself.
 * @throws NearbyError 'no-folder' when the folder does not exist, is not one or cannot be read, also when it goes away on
 *   the way; 'bad-glob'
 */
export async function* walkFolder(folder: string, options: WalkOptions = {}): AsyncGenerator<WalkBatch> {
  const walk = await openWalk(folder, options);
  yield* walkBelow(walk, walk.rules);
  // A drive that was unplugged looks like a folder whose files were all deleted.
  await openFolder(walk.given);
}

/**
 * The verdict of the walk on some paths, for files that changed. A path that is a folder is walked.
 * @param paths relative to the folder, or absolute
 * @throws as `walkFolder` does
 */
export async function* statPaths(
  folder: string,
  paths: readonly string[],
  options: WalkOptions = {},
): AsyncGenerator<StatBatch> {
  const walk = await openWalk(folder, options);
  const entered: Entered = new Map();
  const files: FoundFile[] = [];
  const skipped = new Map<string, Skipped>();
  const missing: string[] = [];
  const folders = new Map<string, FolderRules>();
  for (const path of new Set(paths.map((asked) => pathInside(walk, asked) ?? asked))) {
    walk.signal?.throwIfAborted();
    const verdict = pathInside(walk, path) === undefined ? 'missing' : await locate(walk, entered, path);
    if (verdict === 'missing') missing.push(path);
    else if (verdict instanceof FolderRules) folders.set(verdict.path, verdict);
    else if (!('code' in verdict)) files.push(verdict);
    else if (isAbout(verdict, path)) skipped.set(verdict.path, verdict);
    else {
      missing.push(path);
      // The record of a folder in which something is included does not say that all in it is gone.
      if (!(entered.get(verdict.path.slice(0, -1)) instanceof FolderRules)) skipped.set(verdict.path, verdict);
    }
  }
  const isFirst = ({ path }: { readonly path: string }) => !isBelow(path, folders);
  yield { files: files.filter(isFirst), skipped: [...skipped.values()].filter(isFirst), missing };
  for (const rules of [...folders.values()].filter(isFirst)) {
    for await (const batch of walkBelow(walk, rules)) yield { ...batch, missing: [] };
  }
}

/**
 * Why a file is not found, or that the walk finds it. Its content is not looked at: `readText` has the last word.
 * @param path relative to the folder, or absolute
 * @throws as `walkFolder` does
 */
export async function explain(
  folder: string,
  path: string,
  options: WalkOptions = {},
): Promise<FoundFile | Skipped | 'missing' | 'outside'> {
  const walk = await openWalk(folder, options);
  const inside = pathInside(walk, path);
  if (inside === undefined) return 'outside';
  const verdict = await locate(walk, new Map(), inside);
  if (verdict instanceof FolderRules) {
    return { path: inside, code: 'not-a-file', reason: say('It is a folder. Ask about a file in it.') };
  }
  if (verdict === 'missing' || !('code' in verdict) || isAbout(verdict, inside)) return verdict;
  return {
    path: inside,
    code: verdict.code,
    reason: say('It lies in {0}, which is left out. {1}', verdict.path, verdict.reason),
    ...(verdict.rule && { rule: verdict.rule }),
  };
}

async function openWalk(folder: string, options: WalkOptions): Promise<Walk> {
  const given = resolve(folder);
  const root = await openFolder(given);
  const rules = await openRules(root, options.exclude ?? [], options.include ?? []);
  return { given, root, rules, maxFileSize: options.maxFileSize ?? MAX_FILE_SIZE, signal: options.signal };
}

/** The real path of the folder to be indexed, which can be read. */
async function openFolder(folder: string): Promise<string> {
  const fail = (message: string, cause?: unknown) => new NearbyError('no-folder', message, { cause });
  try {
    const root = await realpath(folder);
    if (!(await stat(root)).isDirectory()) {
      throw fail(say('{0} is not a folder. Give the folder that holds it.', folder));
    }
    await (await opendir(root)).close();
    return root;
  } catch (error) {
    if (error instanceof NearbyError) throw error;
    if (errorCode(error) === 'ENOENT') {
      throw fail(say('There is no folder {0}. Check the path, or open a folder that exists.', folder), error);
    }
    const why = inWords(error);
    throw fail(say('The folder {0} cannot be read: {1}. Check its path and permissions.', folder, why), error);
  }
}

/** Depth first, with a stack of its own: nesting is bounded by the file system only. */
async function* walkBelow(walk: Walk, start: FolderRules): AsyncGenerator<WalkBatch> {
  const stack: (FolderRules | { readonly parent: FolderRules; readonly name: string })[] = [start];
  let files: FoundFile[] = [];
  let skipped: Skipped[] = [];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const folder = next instanceof FolderRules ? next.path : `${next.parent.path}${next.name}/`;
    const only = next instanceof FolderRules ? undefined : next.parent.namesIn(next.name);
    const entries = await (only ? look(walk, folder, only) : list(walk, folder));
    if (entries === undefined) continue;
    if ('code' in entries) {
      skipped.push(entries);
      continue;
    }
    const rules = next instanceof FolderRules ? next : await next.parent.enter(next.name, controlFiles(entries));
    if ('code' in rules) {
      skipped.push(rules);
      continue;
    }
    skipped.push(...rules.problems);
    if (rules.within && (next instanceof FolderRules || rules.within !== next.parent.within))
      skipped.push(rules.within);
    const subfolders: string[] = [];
    for (let at = 0; at < entries.length;) {
      walk.signal?.throwIfAborted();
      const slice = judgeSlice(walk, rules, entries, at);
      at += slice.length;
      for (const { name, verdict } of await Promise.all(slice)) {
        if (verdict === 'folder') subfolders.push(name);
        else if (verdict === 'missing' || verdict === rules.within) continue;
        else if ('code' in verdict) skipped.push(verdict);
        else files.push(verdict);
      }
      if (files.length + skipped.length >= BATCH) {
        yield { files, skipped };
        [files, skipped] = [[], []];
      }
      await nextTurn();
    }
    for (const name of subfolders.reverse()) stack.push({ parent: rules, name });
  }
  if (files.length + skipped.length > 0) yield { files, skipped };
}

/** Begins with some entries of a folder: fewer when matching their names takes long, which nothing else can run beside. */
function judgeSlice(walk: Walk, rules: FolderRules, entries: readonly Entry[], from: number) {
  const slice: Promise<{ name: string; verdict: Awaited<ReturnType<typeof judge>> }>[] = [];
  const started = performance.now();
  for (const entry of entries.slice(from, from + SLICE)) {
    slice.push(judge(walk, rules, entry.name, entry).then((verdict) => ({ name: entry.name, verdict })));
    if (performance.now() - started > SLICE_MS) break;
  }
  return slice;
}

/** Of these names in a folder, those that are there. */
async function look(walk: Walk, folder: string, names: readonly string[]): Promise<Entry[]> {
  walk.signal?.throwIfAborted();
  const found = names.map(async (name) => {
    const stats = await lstat(join(walk.root, folder, name)).catch(() => undefined); // judged by its absence
    return stats ? [{ name, isDirectory: () => stats.isDirectory() }] : [];
  });
  return (await Promise.all(found)).flat();
}

/** What is in a folder, by name; undefined when it was deleted on the way. */
async function list(walk: Walk, folder: string): Promise<Entry[] | Skipped | undefined> {
  walk.signal?.throwIfAborted();
  try {
    const entries = await readdir(join(walk.root, folder), { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const failure = failed(folder, error);
    return failure === 'missing' ? undefined : failure;
  }
}

/**
 * The verdict on one entry of a folder.
 * @param entry from the folder's listing, which spares looking at a file that a rule leaves out
 */
async function judge(
  walk: Walk,
  rules: FolderRules,
  name: string,
  entry?: Entry,
): Promise<FoundFile | Skipped | 'folder' | 'missing'> {
  const path = rules.path + name;
  const listed = entry && rules.leftOut(name, entry.isDirectory());
  if (listed) return listed;
  if (entry?.isDirectory()) return 'folder';
  try {
    const absolute = join(walk.root, path);
    const stats = await lstat(absolute);
    if (entry?.isDirectory() !== stats.isDirectory()) {
      const leftOut = rules.leftOut(name, stats.isDirectory());
      if (leftOut) return leftOut;
    }
    if (stats.isDirectory()) return 'folder';
    const skip = (code: SkipCode, reason: string): Skipped => ({ path, code, reason });
    if (stats.isSymbolicLink()) return skip('symlink', linkReason(await readlink(absolute)));
    if (!stats.isFile()) return skip('not-a-file', notAFile(stats));
    if (stats.size === 0) return skip(EMPTY.skip, spoken(EMPTY.reason));
    if (stats.size > walk.maxFileSize) {
      const rule = { kind: 'setting', setting: 'nearby.maxFileSize' } as const;
      return { ...skip('too-large', spoken(tooLarge(stats.size, walk.maxFileSize))), rule };
    }
    return { path, size: stats.size, mtimeMs: stats.mtimeMs };
  } catch (error) {
    return failed(path, error);
  }
}

function failed(path: string, error: unknown): Skipped | 'missing' {
  const isGone = ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
  // Node.js hands out a name that is not valid UTF-8 with U+FFFD in it, and then cannot find the file by it.
  if (isGone && !path.includes('\ufffd')) return 'missing';
  const reason = isGone ? say('Its name is not valid UTF-8. Rename it to include it.') : spoken(unreadable(error));
  return { path, code: 'unreadable', reason };
}

function linkReason(target: string): string {
  return say(
    'It is a symbolic link to {0}, and links are not followed. A target within the folder is indexed in its own place.',
    target,
  );
}

function notAFile(stats: Stats): string {
  if (stats.isFIFO()) return say('It is a named pipe, not a file with text.');
  return stats.isSocket() ? say('It is a socket, not a file with text.') : say('It is a device, not a file with text.');
}

/** The rules of the folders that `locate` has been in, or why one is left out, by the folder's path without a slash. */
type Entered = Map<string, FolderRules | Skipped>;

/** Goes down to a path from the root. The first folder on the way that is left out settles it. */
async function locate(
  walk: Walk,
  entered: Entered,
  path: string,
): Promise<FoundFile | Skipped | FolderRules | 'missing'> {
  let rules = walk.rules;
  const names = path === '' ? [] : path.split('/');
  for (const [at, name] of names.entries()) {
    const here = rules.path + name;
    let verdict = entered.get(here) ?? (await judge(walk, rules, name));
    if (verdict === 'folder') {
      verdict = await rules.enter(name, await findControlFiles(join(walk.root, here)));
      entered.set(here, verdict);
    }
    if (verdict === 'missing') return verdict;
    if (!(verdict instanceof FolderRules)) return at === names.length - 1 || 'code' in verdict ? verdict : 'missing';
    rules = verdict;
  }
  return rules;
}

/** The path relative to the folder with forward slashes; undefined when it lies outside. */
function pathInside(walk: Walk, path: string): string | undefined {
  for (const root of [walk.given, walk.root]) {
    const inside = relative(root, resolve(root, path));
    if (inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return inside.replaceAll(sep, '/');
  }
  return undefined;
}

function isAbout(skipped: Skipped, path: string): boolean {
  return skipped.path === path || skipped.path === `${path}/`;
}

/** Whether a path lies in one of the folders, whose paths end in '/'; the root's is ''. */
function isBelow(path: string, folders: ReadonlyMap<string, unknown>): boolean {
  if (path !== '' && folders.has('')) return true;
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const above = path.slice(0, at + 1);
    if (above !== path && folders.has(above)) return true;
  }
  return false;
}
