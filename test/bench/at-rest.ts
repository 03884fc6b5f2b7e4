/** An index as it lies on disk and in memory: its bytes, how long it takes to open, what a process that searches it holds. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { tempFolder } from '../core/temp.ts';
import { median, within, type Figure, type Section, type Settings } from './figures.ts';
import { madeUpIndex } from './made-up-index.ts';
import type { Opened } from './open-index.ts';

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

const opens = 3;
/** Seconds, MB and bytes. */
const bars = {
  usual: { seconds: 0.5, memory: 150, bytes: 700 },
  million: { seconds: 3, memory: 1000, bytes: 700 },
};

export async function atRest({ sizes, say }: Settings): Promise<Section> {
  const program = await bundled();
  const figures: Figure[] = [];
  const detail: Record<string, unknown> = {};
  for (const size of sizes) {
    const { path, chunks, textSize } = await madeUpIndex(size, say);
    say(`at-rest: opening ${chunks} chunks in ${opens} new processes`);
    const opened: Opened[] = [];
    for (let i = 0; i < opens; i++) {
      const { stdout } = await promisify(execFile)(process.execPath, [program, path]);
      opened.push(JSON.parse(stdout) as Opened);
    }
    const of = (what: keyof Opened): number => median(opened.map((one) => one[what]));
    const bar = size >= 1_000_000 ? bars.million : bars.usual;
    const [seconds, memory, bytes] = [of('ms') / 1000, of('searchedRss') / 1e6, of('bytes') / chunks];
    figures.push(
      { name: `open ${chunks} chunks in a new process`, value: seconds, unit: 's', ...within(seconds, bar.seconds) },
      {
        name: 'memory of the process, without a model',
        value: memory,
        unit: 'MB',
        peer: { name: 'before it is opened', value: of('emptyRss') / 1e6 },
        ...within(memory, bar.memory),
      },
      { name: 'on disk, for each chunk', value: bytes, unit: 'bytes', ...within(bytes, bar.bytes) },
    );
    detail[chunks] = { textBytesPerChunk: textSize / chunks, opened };
  }
  return { figures, detail };
}

/** Bundled as the extension is: type stripping alone takes more memory than a small index. */
async function bundled(): Promise<string> {
  const outfile = join(tempFolder(), 'open-index.cjs');
  await esbuild.build({
    entryPoints: [resolve(import.meta.dirname, 'open-index.ts')],
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
