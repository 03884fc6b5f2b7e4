/** A script of the bench as one file, for a process that is to hold no more than the extension would. */
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { tempFolder } from '../core/temp.ts';

/** esbuild, as far as it is used here. It is not imported, since the checker of dependencies would find esbuild.js. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<unknown>;
}

const load = createRequire(import.meta.url);
const esbuild = load('esbuild') as Esbuild;
const { common } = load('../../esbuild.js') as { readonly common: Readonly<Record<string, unknown>> };

/** What a search starts beside itself. */
const thread = resolve(import.meta.dirname, '../../src/core/scan-thread.ts');

/**
 * Bundled as the extension is: type stripping alone takes more memory than a small index.
 * @param script beside this one. @returns the path of the bundle
 */
export async function bundled(script: string): Promise<string> {
  const outdir = tempFolder();
  const entryPoints = { [basename(script, '.ts')]: resolve(import.meta.dirname, script), 'scan-thread': thread };
  await esbuild.build({ ...common, entryPoints, outdir, logLevel: 'error' });
  return join(outdir, basename(script, '.ts') + '.js');
}
