/** Whether a file can be found, and if not, why not. */
import { relative, resolve, sep } from 'node:path';
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
  if (found === 'outside') return not('outside', `It lies outside of the folder ${folder}.`);
  if (found === 'missing') return not('missing', `There is no file ${path} in ${folder}.`);
  if ('reason' in found) return leftOut(found);
  const ref = store.find(path);
  if (!ref) return not('pending', 'It has not been read yet; it can be found as soon as it is.');
  const skip = ref.segment.skip(ref.file);
  return skip ? leftOut(skip) : { path, ...coverageOf(ref) };
}

function coverageOf({ segment, file }: FileRef): Omit<Verdict, 'path'> {
  const rows = segment.vectorRow.subarray(segment.chunkStart[file], segment.chunkStart[file + 1]);
  const embedded = rows.filter((row) => row >= 0).length;
  if (embedded === rows.length) {
    return { state: 'indexed', reason: 'It can be found, by keywords and by meaning.', chunks: rows.length, embedded };
  }
  const roughly = rows.some((row) => row < -1) ? ' and roughly by meaning' : '';
  const reason = `It can be found by keywords${roughly}; the model has read ${embedded} of its ${rows.length} parts so far.`;
  return { state: 'pending', reason, chunks: rows.length, embedded };
}
