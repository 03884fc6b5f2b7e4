/**
 * npm run package -- [--target TARGET]... [--out FOLDER]
 * Packs the extension: one VSIX for each platform that ONNX Runtime is built for, and `universal`, which runs the model on
 * WebAssembly, for all others. Any machine can make them all. What goes in is what .vscodeignore names, and of the native
 * runtime the files of one platform. Ends with 1 when one is larger than it may be.
 */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { root } from './editor/cache.ts';

export const targets = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64', 'universal'] as const;
type Target = (typeof targets)[number];

/** Megabytes (10^6 bytes) that a package may take. */
const mostMegabytes = { universal: 45, native: 85 };

/** What .vscodeignore chooses from. */
const candidates = [
  ...['package.json', 'package.nls.json', 'package.nls.ja.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md'],
  ...['THIRD_PARTY_NOTICES.txt', 'third-party', '.vscodeignore', 'l10n', 'media', 'models'],
];

/**
 * For running a model on a graphics card under Windows, which is not done (onnxruntime.dll loads them when it is), under
 * licences of their own; and a second copy of the library for macOS, which onnxruntime_binding.node names otherwise.
 */
const unusedLibraries = /(?:DirectML|dxcompiler|dxil)\.dll$|libonnxruntime(?:\.\d+){3}\.dylib$/;

/** For programs that import it from this repository. */
const engineForScripts = 'engine.js';

const run = promisify(execFile);

if (import.meta.main) process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', multiple: true, default: [...targets] },
      out: { type: 'string', default: root },
    },
  });
  const unknown = values.target.find((target) => !isTarget(target));
  if (unknown !== undefined) {
    console.error(`There is no target ${unknown}; there are ${targets.join(', ')}.`);
    return 2;
  }
  let good = true;
  for (const { target, path, megabytes, most } of await packageAll(
    values.target.filter(isTarget),
    resolve(values.out),
  )) {
    console.log(`${target.padEnd(14)} ${megabytes.toFixed(1).padStart(6)} MB  ${path}`);
    if (megabytes > most) console.error(`${target} is over its limit of ${most} MB.`);
    good &&= megabytes <= most;
  }
  return good ? 0 : 1;
}

export interface Packed {
  readonly target: Target;
  readonly path: string;
  readonly megabytes: number;
  readonly most: number;
}

/**
 * @param out the folder that the packages are put into
 * @param version what they say they are; that of package.json when not given
 */
export async function packageAll(wanted: readonly Target[], out: string, version?: string): Promise<Packed[]> {
  const dist = await mkdtemp(join(tmpdir(), 'nearby-dist-'));
  try {
    await run(process.execPath, [join(root, 'esbuild.js'), '--production', '--out', dist]);
    const packed: Packed[] = [];
    for (const target of wanted) packed.push(await packOne(target, dist, out, version));
    return packed;
  } finally {
    await rm(dist, { recursive: true, force: true });
  }
}

async function packOne(target: Target, dist: string, out: string, asVersion?: string): Promise<Packed> {
  const stage = await mkdtemp(join(tmpdir(), 'nearby-package-'));
  try {
    for (const path of candidates) await cp(join(root, path), join(stage, path), { recursive: true });
    await cp(dist, join(stage, 'dist'), { recursive: true, filter: (path) => basename(path) !== engineForScripts });
    await chmod(join(stage, 'dist', 'cli.js'), 0o755); // a link to it on the PATH is a command
    if (target !== 'universal') await addNativeRuntime(target, join(stage, 'dist'));
    await writeReadme(stage);
    const { version } = await writeManifest(stage, asVersion);
    const path = join(out, `nearby-${target}-${version}.vsix`);
    await createVSIX({
      cwd: stage,
      packagePath: path,
      ...(target !== 'universal' && { target }),
      dependencies: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    });
    const most = target === 'universal' ? mostMegabytes.universal : mostMegabytes.native;
    return { target, path, megabytes: (await stat(path)).size / 1e6, most };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** Without what building and testing needs: vsce would run the scripts, and ask for what the bundles hold already. */
async function writeManifest(stage: string, asVersion?: string): Promise<{ version: string }> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<string, unknown> & {
    version: string;
  };
  for (const key of ['private', 'scripts', 'devDependencies', 'dependencies', 'allowScripts'])
    Reflect.deleteProperty(manifest, key);
  if (asVersion !== undefined) manifest.version = asVersion;
  await writeFile(join(stage, 'package.json'), JSON.stringify(manifest, null, 2));
  return manifest;
}

/**
 * Without its pictures and the links to what is not in the package: on the page that the editor shows of an extension both
 * need a public address.
 */
async function writeReadme(stage: string): Promise<void> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const words = readme.replace(/<!-- pictures -->.*?<!-- end of pictures -->\n+/gs, '');
  const links = /\[([^\]]*)\]\((?!https:|#)[^)]*\)/g;
  await writeFile(join(stage, 'README.md'), words.replace(links, '$1'));
}

/** Where the bundles look first when they ask for it: vsce leaves out a node_modules at the top. */
async function addNativeRuntime(target: Exclude<Target, 'universal'>, dist: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const [platform = '', architecture = ''] = target.split('-');
  const from = dirname(require.resolve('onnxruntime-node/package.json'));
  const to = join(dist, 'node_modules', 'onnxruntime-node');
  const binaries = join('bin', 'napi-v6', platform, architecture);
  await mkdir(join(to, binaries), { recursive: true });
  await cp(join(from, 'package.json'), join(to, 'package.json'));
  await cp(join(from, 'dist'), join(to, 'dist'), { recursive: true, filter: (path) => !/\.(?:d\.ts|map)$/.test(path) });
  await cp(join(from, binaries), join(to, binaries), {
    recursive: true,
    filter: (path) => !unusedLibraries.test(path),
  });
  // Its main file is dist/cjs/index.js.
  const common = resolve(createRequire(join(from, 'package.json')).resolve('onnxruntime-common'), '../../..');
  const commonTo = join(dist, 'node_modules', 'onnxruntime-common');
  await cp(join(common, 'package.json'), join(commonTo, 'package.json'));
  await cp(join(common, 'dist', 'cjs'), join(commonTo, 'dist', 'cjs'), {
    recursive: true,
    filter: (path) => !/\.(?:d\.ts|map)$/.test(path),
  });
}

function isTarget(name: string): name is Target {
  return (targets as readonly string[]).includes(name);
}
