/**
 * The manifest names the segments that make up the index. Each commit writes one of its own, under the number of its
 * generation, which must not be there yet: of two processes that take themselves for the writer, one commits.
 */
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checksumOf } from '../checksum.ts';
import { errorCode } from '../read.ts';
import { syncFolder, writeNew } from './files.ts';

/** Goes up when the files of an index change so that an older program could not read them. */
export const storeFormat = 3;

/** Ids at even distances: the first, the distance, how many. */
type Run = readonly [first: number, step: number, count: number];

export interface Manifest {
  /** Differs between any two indexes, whatever their folder is called. */
  readonly index: string;
  /** Goes up with each commit. */
  readonly generation: number;
  /** The id that the next segment gets. */
  readonly nextId: number;
  /** The sequence number that the next file entry gets. */
  readonly sequence: number;
  readonly catalogs: readonly number[];
  readonly vectors: readonly number[];
}

/** What a folder holds of an index. */
export interface IndexListing {
  /** The last commit; undefined where there is none. */
  readonly manifest: Manifest | undefined;
  /** The names of manifests that cannot be read. One above the last commit is what a crash has left of the next. */
  readonly damaged: readonly string[];
  /** Of all files. */
  readonly names: ReadonlySet<string>;
}

export const catalogName = (id: number): string => `${id}.cat`;
export const vectorsName = (id: number): string => `${id}.vec`;
export const manifestName = (generation: number): string => `manifest.${generation}.json`;

/** Of files that were set aside. */
export const damagedSuffix = '.damaged';

const segmentPattern = /^(\d+)\.(?:cat|vec)$/;
const manifestPattern = /^manifest\.(\d+)\.json$/;
/** How often a listing is tried again because the writer has gone on meanwhile. */
const listingTries = 10;

/** The names of the files that a manifest needs. */
export function segmentsOf({ catalogs, vectors }: Manifest): string[] {
  return [...catalogs.map(catalogName), ...vectors.map(vectorsName)];
}

/** The id of the segment with this file name; 0 for other files. */
export const idOf = (name: string): number => Number(segmentPattern.exec(name)?.[1] ?? 0);

/** The generation whose manifest has this file name; 0 for other files. */
export const generationOf = (name: string): number => Number(manifestPattern.exec(name)?.[1] ?? 0);

/**
 * The index as of its last commit: the highest generation whose segments are all there; where none is whole, the highest
 * that can be read.
 * @throws what the file system says
 */
export async function listIndex(folder: string): Promise<IndexListing> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryListing(folder);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || attempt === listingTries) throw error;
    }
  }
}

async function tryListing(folder: string): Promise<IndexListing> {
  const names = new Set(await readdir(folder).catch(emptyWhereMissing));
  const generations = [...names].map(generationOf).filter((generation) => generation > 0);
  const damaged: string[] = [];
  let incomplete: Manifest | undefined;
  for (const generation of generations.sort((a, b) => b - a)) {
    const name = manifestName(generation);
    const manifest = parse(await readFile(join(folder, name), 'utf8'));
    if (!manifest) damaged.push(name);
    else if (segmentsOf(manifest).every((segment) => names.has(segment))) return { manifest, damaged, names };
    else incomplete ??= manifest;
  }
  return { manifest: incomplete, damaged, names };
}

function emptyWhereMissing(error: unknown): string[] {
  if (errorCode(error) === 'ENOENT') return [];
  throw error;
}

/**
 * Commits. When it throws, the index is as it was before; the number of the generation is used up all the same.
 * @param former the generation committed before, whose manifest goes
 * @throws EEXIST when another process has committed this generation or a later one
 */
export async function commitManifest(folder: string, manifest: Manifest, former: number): Promise<void> {
  const name = manifestName(manifest.generation);
  const path = join(folder, name);
  const runs = { ...manifest, catalogs: runsOf(manifest.catalogs), vectors: runsOf(manifest.vectors) };
  await writeNew(path, JSON.stringify({ ...runs, checksum: checksumOf(runs) }));
  try {
    await syncFolder(folder);
    const names = await readdir(folder);
    if (!names.includes(name) || names.some((other) => generationOf(other) > manifest.generation)) throw outrun(path);
  } catch (error) {
    await rm(path, { force: true }).catch(() => undefined); // either generation is sound; the error says why
    throw error;
  }
  await rm(join(folder, manifestName(former)), { force: true }).catch(() => undefined); // the next writer tidies up
}

/** As if the manifest had been there when it was to be written. */
function outrun(path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${path} was committed by another process meanwhile.`), { code: 'EEXIST' });
}

/**
 * As the writer, of a manifest that cannot be read: sets it aside, so that whoever may be writing it still cannot commit
 * it any more.
 * @returns whether it was whole by then, and stays
 */
export async function claimManifest(folder: string, name: string): Promise<boolean> {
  const [path, aside] = [join(folder, name), join(folder, name + damagedSuffix)];
  await rename(path, aside);
  if (!parse(await readFile(aside, 'utf8'))) return false;
  await rename(aside, path);
  return true;
}

function parse(text: string): Manifest | undefined {
  try {
    const { checksum, ...runs } = JSON.parse(text) as Omit<Manifest, 'catalogs' | 'vectors'> & Runs;
    if (checksum !== checksumOf(runs)) return undefined;
    return { ...runs, catalogs: idsOf(runs.catalogs), vectors: idsOf(runs.vectors) };
  } catch {
    return undefined; // not JSON: the caller says that it is damaged
  }
}

interface Runs {
  readonly checksum: number;
  readonly catalogs: readonly Run[];
  readonly vectors: readonly Run[];
}

/** As runs of ids, so that the manifest of a large index is as small as that of a small one. */
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

function idsOf(runs: readonly Run[]): number[] {
  return runs.flatMap(([first, step, count]) => Array.from({ length: count }, (_, i) => first + i * step));
}
