/** A script of the bench as one file, for a process that is to hold no more than the extension would. */
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { tempFolder } from '../core/temp.ts';

/** esbuild, as far as it is used here. It is not imported, since the checker of dependencies would find esbuild.js. */
interface Esbuild {
  build(options: { readonly plugins: readonly Plugin[] } & Readonly<Record<string, unknown>>): Promise<unknown>;
}
interface Plugin {
  readonly name: string;
  readonly setup: (bundle: {
    onResolve(on: { filter: RegExp }, resolve: (found: { path: string }) => object): void;
    onLoad(on: { filter: RegExp; namespace: string }, load: (found: { path: string }) => object): void;
  }) => void;
}

const load = createRequire(import.meta.url);
const esbuild = load('esbuild') as Esbuild;

/**
 * Bundled as the extension is: type stripping alone takes more memory than a small index.
 * @param script beside this one. @returns the path of the bundle
 */
export async function bundled(script: string): Promise<string> {
  const outfile = join(tempFolder(), basename(script, '.ts') + '.cjs');
  await esbuild.build({
    entryPoints: [resolve(import.meta.dirname, script)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    plugins: [vectraIndexOnly],
  });
  return outfile;
}

/** Of vectra what esbuild.js leaves of it, too. */
const vectraIndexOnly: Plugin = {
  name: 'vectra',
  setup(bundle) {
    const resolveDir = dirname(load.resolve('vectra'));
    bundle.onResolve({ filter: /^vectra$/ }, () => ({ path: 'index', namespace: 'vectra' }));
    bundle.onResolve({ filter: /^(protobufjs|wink-.*)$/ }, ({ path }) => ({ path, namespace: 'vectra' }));
    bundle.onLoad({ filter: /.*/, namespace: 'vectra' }, ({ path }) => ({
      contents: path === 'index' ? "export * from './LocalIndex'; export * from './storage';" : 'module.exports = {};',
      resolveDir,
    }));
  },
};
