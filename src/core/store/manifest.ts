/** The manifest names the segments that make up the index; swapping it is what commits. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NearbyError } from '../types.ts';
import { syncFolder, writeAtomically } from './files.ts';

/** Goes up when the files of an index change so that an older program could not read them. */
const storeFormat = 2;
/** The format before, which can still be read: it lists the ids of segments one by one. */
const listFormat = 1;

const fileName = 'manifest.json';

/** Ids at even distances: the first, the distance, how many. */
type Run = readonly [first: number, step: number, count: number];

export interface Manifest {
  readonly format: number;
  /** Which chunker and terms the catalogs were made with. */
  readonly catalogVersion: string;
  /** Goes up with each commit. */
  readonly generation: number;
  /** The id that the next segment gets. */
  readonly nextId: number;
  /** The sequence number that the next file entry gets. */
  readonly sequence: number;
  readonly catalogs: readonly number[];
  readonly vectors: readonly number[];
}

export const emptyManifest: Manifest = {
  format: storeFormat,
  catalogVersion: '',
  generation: 0,
  nextId: 1,
  sequence: 1,
  catalogs: [],
  vectors: [],
};

/**
 * @returns undefined when there is none yet
 * @throws NearbyError `damaged` or `other-version`
 */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, fileName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const manifest = parse(text);
  if (!manifest) {
    throw new NearbyError('damaged', `The index in ${folder} has a damaged ${fileName}; it is built anew.`);
  }
  if (manifest.format !== storeFormat && manifest.format !== listFormat) {
    throw new NearbyError(
      'other-version',
      `The index in ${folder} was written by another version of Nearby ` +
        `(format ${manifest.format}, this one reads ${storeFormat}); it is set aside and built anew.`,
    );
  }
  return { ...manifest, format: storeFormat };
}

/** As runs of ids, so that the manifest of a large index is as small as that of a small one. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const runs = { catalogs: runsOf(manifest.catalogs), vectors: runsOf(manifest.vectors) };
  await writeAtomically(join(folder, fileName), JSON.stringify({ ...manifest, ...runs }));
  await syncFolder(folder);
}

function parse(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<Manifest>;
    const numbers = [value.format, value.generation, value.nextId, value.sequence];
    if (numbers.every(Number.isInteger) && Array.isArray(value.catalogs) && Array.isArray(value.vectors)) {
      return { ...(value as Manifest), catalogs: idsOf(value.catalogs), vectors: idsOf(value.vectors) };
    }
  } catch {
    // not JSON: the caller says that it is damaged
  }
  return undefined;
}

function runsOf(ids: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const id of ids) {
    const [first, step, count] = runs.at(-1) ?? [id, 0, 0];
    const distance = id - (first + step * (count - 1));
    if (count === 0 || (count > 1 && distance !== step)) runs.push([id, 0, 1]);
    else runs[runs.length - 1] = [first, distance, count + 1];
  }
  return runs;
}

function idsOf(runs: readonly (number | Run)[]): number[] {
  return runs.flatMap((run) => {
    if (typeof run === 'number') return run;
    const [first, step, count] = run;
    return Array.from({ length: count }, (_, i) => first + i * step);
  });
}
