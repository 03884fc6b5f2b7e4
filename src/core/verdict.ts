/** Whether a file can be found, and if not, why not. */
import { relative, resolve, sep } from 'node:path';
import { say, spoken } from './say.ts';
import type { FileRef, Store } from './store/store.ts';
import type { Skipped, Verdict } from './types.ts';
import { explain, type WalkOptions } from './walk.ts';

export interface VerdictInput {
  readonly store: Store;
  /** Absolute, without symbolic links. */
  readonly folder: string;
  readonly walk: WalkOptions;
  /** Absolute, or relative to the folder. */
  readonly file: string;
}

export async function verdictOn({ store, folder, walk, file }: VerdictInput): Promise<Verdict> {
  const path = relative(folder, resolve(folder, file)).split(sep).join('/');
  const not = (state: Verdict['state'], reason: string): Verdict => ({ path, chunks: 0, embedded: 0, state, reason });
  const leftOut = ({ code, reason, rule }: Omit<Skipped, 'path'>): Verdict => {
    return { ...not('skipped', reason), code, ...(rule && { rule }) };
  };
  const found = await explain(folder, path, walk);
  if (found === 'outside') return not('outside', say('It lies outside of the folder {0}.', folder));
  if (found === 'missing') return not('missing', say('There is no file {0} in {1}.', path, folder));
  if ('reason' in found) return leftOut(found);
  const ref = store.find(path);
  if (!ref) return not('pending', say('It has not been read yet; it can be found as soon as it is.'));
  const skip = ref.segment.skip(ref.file);
  return skip ? leftOut({ code: skip.code, reason: spoken(skip.reason) }) : { path, ...coverageOf(ref) };
}

function coverageOf({ segment, file }: FileRef): Omit<Verdict, 'path'> {
  const rows = segment.vectorRow.subarray(segment.chunkStart[file], segment.chunkStart[file + 1]);
  const embedded = rows.filter((row) => row >= 0).length;
  if (embedded === rows.length) {
    const reason = say('It can be found, by keywords and by meaning.');
    return { state: 'indexed', reason, chunks: rows.length, embedded };
  }
  const reason = rows.some((row) => row < -1)
    ? say(
        'It can be found by keywords and roughly by meaning; the model has read {0} of its {1} parts so far.',
        embedded,
        rows.length,
      )
    : say('It can be found by keywords; the model has read {0} of its {1} parts so far.', embedded, rows.length);
  return { state: 'pending', reason, chunks: rows.length, embedded };
}
