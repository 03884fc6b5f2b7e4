/** What ships with Nearby and was written by others. Of the bundles esbuild tells; what lies beside them is listed here. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

export interface Component {
  readonly name: string;
  readonly version: string;
  /** As SPDX writes it. */
  readonly licence: string;
  readonly source: string;
  /** The full text of its licence, and of its notices where there are any. */
  readonly text: string;
  /** The files or folders of the package that hold it, sorted. */
  readonly within: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly homepage?: string;
  readonly repository?: string | { readonly url: string };
}

/** esbuild, as far as it is used here. */
interface Esbuild {
  build(options: object): Promise<{ metafile: { outputs: Record<string, Output> } }>;
}
interface Output {
  readonly inputs: Record<string, { readonly bytesInOutput: number }>;
}
interface BuildOptions {
  readonly plugins: readonly { readonly name: string }[];
}

const root = resolve(import.meta.dirname, '..');
const load = createRequire(import.meta.url);
const esbuild = load('esbuild') as Esbuild;
const { builds } = load('../esbuild.js') as { builds: () => BuildOptions[] };

/** Packages of which files are shipped as they are. */
const copied: Readonly<Record<string, string>> = {
  '@vscode/codicons': 'dist/codicons',
  'onnxruntime-common': 'dist/node_modules/onnxruntime-common',
  'onnxruntime-node': 'dist/node_modules/onnxruntime-node',
  'onnxruntime-web': 'dist/onnxruntime-web',
};

/** Its packages hold no licence; this is the text of its repository. */
const onnxruntime = {
  text:
    readText(join(root, 'third-party/onnxruntime/LICENSE')) +
    '\nWhat it is made of in turn is in third-party/onnxruntime/ThirdPartyNotices.txt.\n',
  source: 'https://github.com/microsoft/onnxruntime',
};

const model: Component = {
  name: 'all-MiniLM-L6-v2',
  version: 'modified, see models/all-MiniLM-L6-v2/PROVENANCE.md',
  licence: 'Apache-2.0',
  source: 'https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2',
  text: readText(join(root, 'models/all-MiniLM-L6-v2/LICENSE')),
  within: ['models/all-MiniLM-L6-v2'],
};

/** By name and version. @throws Error when a package says nothing of its licence */
export async function shippedComponents(): Promise<Component[]> {
  const found = new Map<string, { manifest: Manifest; folder: string; within: Set<string> }>();
  const note = (folder: string, within: string, version?: string): void => {
    const read = JSON.parse(readText(join(folder, 'package.json'))) as Manifest;
    const manifest = { ...read, version: version ?? read.version };
    const key = `${manifest.name} ${manifest.version}`;
    const component = found.get(key) ?? { manifest, folder, within: new Set() };
    found.set(key, component);
    component.within.add(within);
  };
  for (const [name, within] of Object.entries(copied)) note(join(root, 'node_modules', name), within);
  for (const [file, output] of await bundledFiles()) {
    const folder = /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/u.exec(file)?.[0];
    if (folder === undefined) continue;
    note(folder, output);
    for (const [name, version] of packedInto(file)) note(join(root, 'node_modules', name), output, version);
  }
  const components = [...found.values()].map(({ manifest, folder, within }) => describe(manifest, folder, [...within]));
  return [...components, model].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** Every file that something of is in a bundle, absolute, with that bundle. */
async function bundledFiles(): Promise<[file: string, output: string][]> {
  const results = await Promise.all(
    builds().map(({ plugins, ...options }) =>
      esbuild.build({ ...options, plugins: plugins.filter(({ name }) => name !== 'report'), write: false }),
    ),
  );
  return results.flatMap(({ metafile }) =>
    Object.entries(metafile.outputs).flatMap(([output, { inputs }]) =>
      Object.entries(inputs)
        .filter(([input, { bytesInOutput }]) => bytesInOutput > 0 && !/^[a-z-]{2,}:/u.test(input))
        .map(([input]): [string, string] => [resolve(root, input).replaceAll('\\', '/'), output]),
    ),
  );
}

/** A file that is a bundle itself names what is in it in the comments that esbuild leaves. */
function packedInto(file: string): [name: string, version: string][] {
  const inside = /^\/\/ .*\/node_modules\/\.pnpm\/[^/]*@([^/@]+)\/node_modules\/((?:@[^/]+\/)?[^/]+)\//gmu;
  return Array.from(readText(file).matchAll(inside), ([, version = '', name = '']) => [name, version]);
}

function describe(manifest: Manifest, folder: string, within: readonly string[]): Component {
  const { name, version, license, homepage, repository } = manifest;
  const url = typeof repository === 'string' ? `https://github.com/${repository}` : repository?.url;
  const known = name.startsWith('onnxruntime-') ? onnxruntime : undefined;
  const text = known?.text ?? licenceTexts(folder);
  if (!license || text === '') throw new Error(`${name} ${version} in ${folder} says nothing of its licence.`);
  const source = known?.source ?? url?.replace(/^git\+/u, '').replace(/\.git$/u, '') ?? homepage ?? '';
  return { name, version, licence: license, source, text, within: [...within].sort() };
}

function licenceTexts(folder: string): string {
  if (!existsSync(folder)) return '';
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|copying)/iu.test(file));
  return files
    .sort()
    .map((file) => readText(join(folder, file)))
    .join('\n');
}

function readText(file: string): string {
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
}
