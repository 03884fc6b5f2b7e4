/** The globs of settings, with the meaning that VS Code gives them there. */
import picomatch from 'picomatch';
import { inWords } from './read.ts';
import { say } from './say.ts';
import { NearbyError } from './types.ts';
import { linearGlob } from './wildcards.ts';

/** As git sets core.ignoreCase when it makes a repository on these systems. */
export const IGNORE_CASE = process.platform === 'win32' || process.platform === 'darwin';

/** With more asterisks and braces than these, a regular expression may try a path for seconds. */
const mostWildcards = 3;

/**
 * Whether a path with forward slashes, relative to the indexed folder, fits the glob; undefined for an empty glob.
 * @param setting where the user wrote it, for the sentence
 * @throws NearbyError 'bad-glob' when it cannot be used
 */
export function compileGlob(glob: string, setting: string): ((path: string) => boolean) | undefined {
  // A class that is negated in the way of shells, which picomatch takes for an exclamation mark.
  const trimmed = glob.replace(/\/$/u, '').replace(/(?<!\\)\[!/gu, '[^');
  if (trimmed === '') return undefined;
  try {
    if ((trimmed.match(/\*+|\{/gu) ?? []).length > mostWildcards) {
      const matches = linearGlob(trimmed, IGNORE_CASE);
      if (!matches) throw new Error(say('it has too many wildcards and alternatives'));
      return matches;
    }
    return picomatch(trimmed, { dot: true, nonegate: true, noextglob: true, nocase: IGNORE_CASE });
  } catch (error) {
    const message = say(
      'The pattern {0} in the setting {1} cannot be used: {2}. Mend or remove it.',
      JSON.stringify(glob.slice(0, 100)),
      setting,
      inWords(error),
    );
    throw new NearbyError('bad-glob', message, { cause: error });
  }
}
