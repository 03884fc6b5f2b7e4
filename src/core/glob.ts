/** The globs of settings, with the meaning that VS Code gives them there. */
import picomatch from 'picomatch';
import { inWords } from './read.ts';
import { NearbyError } from './types.ts';

/** As git sets core.ignoreCase when it makes a repository on these systems. */
export const IGNORE_CASE = process.platform === 'win32' || process.platform === 'darwin';

/**
 * Whether a path with forward slashes, relative to the indexed folder, fits the glob; undefined for an empty glob.
 * @param setting where the user wrote it, for the sentence
 * @throws NearbyError 'bad-glob' when it cannot be used
 */
export function compileGlob(glob: string, setting: string): ((path: string) => boolean) | undefined {
  const trimmed = glob.replace(/\/$/u, '');
  if (trimmed === '') return undefined;
  try {
    return picomatch(trimmed, { dot: true, nonegate: true, noextglob: true, nocase: IGNORE_CASE });
  } catch (error) {
    const message = `The pattern ${JSON.stringify(glob.slice(0, 100))} in the setting ${setting} cannot be used: ${inWords(error)}. Mend or remove it.`;
    throw new NearbyError('bad-glob', message, { cause: error });
  }
}
