/** What the words of a command mean: the folder that may come first, files, lines. */
import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { NearbyError } from '../core/types.ts';

/** The first word is the folder when more words follow than are needed, or when it is the only one and is a folder. */
export async function splitFolder(
  words: readonly string[],
  needed: 0 | 1,
): Promise<{ dir: string; rest: readonly string[] }> {
  const [first, ...rest] = words;
  if (first === undefined) return { dir: '.', rest: [] };
  if (words.length > needed && (needed === 0 || (await isFolder(first)))) return { dir: first, rest };
  if (words.length > 1 && looksLikePath(first))
    throw new NearbyError('no-folder', `There is no folder ${resolve(first)}.`);
  return { dir: '.', rest: words };
}

/** `-` stands for what comes on stdin. */
export const isStdin = (words: readonly string[]): boolean => words.length === 1 && words[0] === '-';

const looksLikePath = (word: string): boolean => /^(\.{0,2}[/\\]|[a-z]:[/\\]|~)/i.test(word);

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** A file as given (relative to the working folder or to `dir`) as a path within the indexed folder. */
export function within(folder: string, dir: string, file: string): string {
  const relativeTo = (base: string): string => relative(folder, resolve(base, file)).split(sep).join('/');
  const fromDir = relativeTo(folder);
  return resolve(file).startsWith(resolve(dir) + sep)
    ? relative(resolve(dir), resolve(file)).split(sep).join('/')
    : fromDir;
}

export function parsePlace(place: string): { path: string; startLine?: number; endLine?: number } {
  const [, path = place, start, end] = /^(.+?)(?::(\d+)(?:-(\d+))?)?$/.exec(place) ?? [];
  if (start === undefined) return { path };
  return { path, startLine: Number(start), endLine: Number(end ?? start) };
}
