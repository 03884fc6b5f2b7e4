/**
 * Bundles the extension, its worker and the command line into dist/, or another folder.
 *   node esbuild.js [--production] [--watch] [--tests] [--out FOLDER]
 */
const { cpSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');
const esbuild = require('esbuild');

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');
const outAt = process.argv.indexOf('--out');
const out = outAt < 0 ? 'dist' : process.argv[outAt + 1];

/** Pulled in by packages that we use, for what we do not use; each throws when it is called all the same. */
const unused = {
  sharp: 'images are not read',
  protobufjs: 'vectra stores its segments with our own codec',
  'wink-bm25-text-search': 'keywords are searched by our own index',
  'wink-eng-lite-web-model': 'keywords are searched by our own index',
  'wink-nlp': 'keywords are searched by our own index',
};

/** Replaces the packages above by a function that throws. */
const stubs = {
  name: 'stubs',
  setup(build) {
    const filter = new RegExp(`^(${Object.keys(unused).join('|')})$`);
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'stub' }));
    build.onLoad({ filter: /.*/, namespace: 'stub' }, ({ path }) => {
      const message = JSON.stringify(`"${path}" is not part of Nearby's bundle: ${unused[path]}.`);
      return { contents: `module.exports = function absent() { throw new Error(${message}); };`, loader: 'js' };
    });
  },
};

/** Only vectra's index on disk: its package entry also loads clients of web services and an HTML parser. */
const vectra = {
  name: 'vectra',
  setup(build) {
    const lib = dirname(require.resolve('vectra'));
    build.onResolve({ filter: /^vectra$/ }, () => ({ path: 'vectra', namespace: 'vectra' }));
    build.onLoad({ filter: /.*/, namespace: 'vectra' }, () => ({
      contents: ['LocalIndex', 'storage', 'codecs'].map((part) => `export * from './${part}';`).join('\n'),
      resolveDir: lib,
    }));
  },
};

/**
 * The editor's API as a module with named exports: bundled as what it is, CommonJS, each file that imports it would copy
 * all its hundreds of properties while the editor starts.
 */
const editorApi = {
  name: 'editor-api',
  setup(build) {
    build.onResolve({ filter: /^vscode$/, namespace: 'file' }, () => ({ path: 'vscode', namespace: 'editor-api' }));
    build.onLoad({ filter: /.*/, namespace: 'editor-api' }, () => {
      const types = readFileSync(require.resolve('@types/vscode/index.d.ts'), 'utf8');
      const names = [...types.matchAll(/^\texport (?:abstract )?(?:namespace|class|enum|const|function) (\w+)/gm)];
      const exported = [...new Set(names.map(([, name]) => name))].sort();
      const lines = exported.map((name) => `export const ${name} = /* @__PURE__ */ (() => api.${name})();`);
      return { contents: [`const api = require('vscode');`, ...lines].join('\n') };
    });
  },
};

/** Speaks the form that the problem matcher in .vscode/tasks.json reads, and tells the sizes. */
const report = {
  name: 'report',
  setup(build) {
    build.onStart(() => {
      if (watch) console.log('[watch] build started');
    });
    build.onEnd(({ errors, warnings, metafile }) => {
      for (const error of errors) print('✘ [ERROR]', error);
      for (const warning of warnings) print('▲ [WARNING]', warning);
      for (const [file, { bytes }] of Object.entries(metafile?.outputs ?? {}))
        if (file.endsWith('.js') && !watch) console.log(`${file} ${(bytes / 1024).toFixed(0)} kB`);
      if (watch) console.log('[watch] build finished');
    });
  },
};

function print(mark, { text, location }) {
  console.error(`${mark} ${text}`);
  if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
}

/** What ES modules have and the CommonJS bundle lacks. */
const moduleUrl = `const __moduleUrl = require('node:url').pathToFileURL(__filename).href;`;

const common = {
  absWorkingDir: __dirname,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  define: {
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
    'import.meta.url': '__moduleUrl',
  },
  banner: { js: moduleUrl },
  // onnxruntime-node is native: required at run time, from node_modules. onnxruntime-web, required where that is missing,
  // is a bundle of its own.
  external: ['vscode', 'onnxruntime-node', 'mocha'],
  // Its main entry requires its parts in a way that cannot be bundled.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  minify: production,
  sourcemap: !production,
  sourcesContent: false,
  metafile: true,
  logLevel: 'silent',
  plugins: [stubs, vectra, editorApi],
};

/** A page in a webview, with its style. */
const page = { platform: 'browser', target: 'chrome134', format: 'iife', define: {}, banner: {}, plugins: [] };

function builds() {
  const all = [
    {
      entryPoints: {
        extension: 'src/extension.ts',
        worker: 'src/worker/worker.ts',
        engine: 'src/engine.ts',
        'prepare-thread': 'src/core/prepare-thread.ts',
        'scan-thread': 'src/core/scan-thread.ts',
        'overview-thread': 'src/core/overview/overview-thread.ts',
      },
      outdir: out,
    },
    {
      entryPoints: { cli: 'src/cli/main.ts' },
      outdir: out,
      banner: { js: `#!/usr/bin/env node\n${moduleUrl}` },
    },
    {
      ...page,
      entryPoints: ['search/main.ts', 'report/main.ts', 'map/main.js'].flatMap((script) => [
        { in: `media/${script}`, out: dirname(script) },
        { in: `media/${dirname(script)}/style.css`, out: dirname(script) },
      ]),
      outdir: `${out}/media`,
    },
    { entryPoints: { 'ort.node.min': require.resolve('onnxruntime-web') }, outdir: `${out}/onnxruntime-web` },
  ];
  if (tests) {
    const suite = 'test/vscode/suite';
    const files = readdirSync(join(__dirname, suite)).filter((file) => file.endsWith('.ts'));
    all.push({ entryPoints: files.map((file) => `${suite}/${file}`), outdir: `${out}/test/vscode` });
  }
  return all.map((options) => {
    const settings = { ...common, ...options };
    return { ...settings, plugins: [...settings.plugins, report] };
  });
}

/** The editor's icons, for the search view. */
function copyIcons() {
  const icons = dirname(require.resolve('@vscode/codicons/dist/codicon.css'));
  for (const file of ['codicon.css', 'codicon.ttf'])
    cpSync(join(icons, file), resolve(__dirname, out, 'codicons', file));
}

/** The WebAssembly of onnxruntime-web, beside its bundle: its threads start from a file. */
function copyWasm() {
  const dist = dirname(require.resolve('onnxruntime-web'));
  for (const file of ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'])
    cpSync(join(dist, file), resolve(__dirname, out, 'onnxruntime-web', file));
}

async function main() {
  if (tests) rmSync(resolve(__dirname, out, 'test'), { recursive: true, force: true });
  copyIcons();
  copyWasm();
  if (watch) {
    for (const options of builds()) await (await esbuild.context(options)).watch();
    return;
  }
  await Promise.all(builds().map((options) => esbuild.build(options)));
}

/** For scripts that are to hold no more than the extension does, and for the notices. */
module.exports = { builds, common };

if (require.main === module)
  main().catch((error) => {
    if (!error.errors) console.error(error);
    process.exitCode = 1;
  });
