/** The manifest names the segments that make up the index; swapping it is what commits. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NearbyError } from '../types.ts';
import { syncFolder, writeAtomically } from './files.ts';

/** Goes up when the files of an index change so that an older program could not read them. */
const storeFormat = 1;

const fileName = 'manifest.json';

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
  if (manifest.format !== storeFormat) {
    throw new NearbyError(
      'other-version',
      `The index in ${folder} was written by another version of Nearby ` +
        `(format ${manifest.format}, this one reads ${storeFormat}); it is set aside and built anew.`,
    );
  }
  return manifest;
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeAtomically(join(folder, fileName), JSON.stringify(manifest));
  await syncFolder(folder);
}

function parse(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<Manifest>;
    const numbers = [value.format, value.generation, value.nextId, value.sequence];
    if (numbers.every(Number.isInteger) && Array.isArray(value.catalogs) && Array.isArray(value.vectors)) {
      return value as Manifest;
    }
  } catch {
    // not JSON: the caller says that it is damaged
  }
  return undefined;
}
