/** ONNX Runtime, which runs the model: the native build or, where that cannot be loaded, the one for WebAssembly. */
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { say } from './say.ts';
import { NearbyError } from './types.ts';

/** `native`: onnxruntime-node. `wasm`: onnxruntime-web on the processor, with SIMD and threads. */
export type Runtime = 'native' | 'wasm';

export type Transformers = typeof import('@xenova/transformers');

export interface RuntimeOptions {
  /** Absent: native, or WebAssembly where that cannot be loaded. */
  readonly runtime?: Runtime;
  /** Of the WebAssembly runtime, which makes them when it starts; native sessions have threads of their own. */
  readonly threads: number;
  /** Receives a sentence when the native runtime cannot be loaded. */
  readonly log?: (line: string) => void;
}

export interface LoadedRuntime {
  readonly runtime: Runtime;
  /** The library that is loaded with it: a command that needs no vectors does without both. */
  readonly transformers: Transformers;
}

const require = nodeModule.createRequire(import.meta.url);

/** The library binds itself to one runtime when it is first imported, so a process has one and keeps it. */
let loading: Promise<LoadedRuntime> | undefined;

/** @throws NearbyError `no-runtime` */
export async function loadRuntime(options: RuntimeOptions): Promise<LoadedRuntime> {
  const loaded = await (loading ??= options.runtime === 'wasm' ? loadWasm(options.threads) : loadNative(options));
  if (options.runtime !== undefined && options.runtime !== loaded.runtime) {
    throw new NearbyError(
      'no-runtime',
      say(
        "This process runs models on ONNX Runtime's {0} build already; start another for {1}.",
        loaded.runtime,
        options.runtime,
      ),
    );
  }
  return loaded;
}

async function loadNative({ runtime, threads, log }: RuntimeOptions): Promise<LoadedRuntime> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1'; // read when it is loaded; the library sets it too, but after this
  try {
    require('onnxruntime-node');
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n', 1);
    const sentence = say(
      "ONNX Runtime's native build cannot be loaded on {0} ({1}).",
      `${process.platform}-${process.arch}`,
      reason,
    );
    if (runtime === 'native') {
      const next = say('{0} Leave the choice of the runtime open.', sentence);
      throw new NearbyError('no-runtime', next, { cause: error });
    }
    const loaded = await loadWasm(threads);
    log?.(say('{0} The model runs on WebAssembly instead: the same vectors, several times slower.', sentence));
    return loaded;
  }
  return { runtime: 'native', transformers: await import('@xenova/transformers') };
}

/**
 * The library asks for onnxruntime-node by name and cannot be imported without. While it is imported, that name leads to
 * onnxruntime-web, which has the same interface.
 */
async function loadWasm(threads: number): Promise<LoadedRuntime> {
  if (!('registerHooks' in nodeModule)) {
    throw new NearbyError(
      'no-runtime',
      say(
        'Node {0} cannot run the model on WebAssembly; use Node 22.15 or later. Search by keywords goes on.',
        process.version,
      ),
    );
  }
  const script = wasmRuntime();
  const { env } = require(script) as typeof import('onnxruntime-web');
  env.wasm.wasmPaths = pathToFileURL(dirname(script) + sep).href; // or the library would name a place on the network
  env.wasm.numThreads = threads;
  const { href: url } = pathToFileURL(script);
  const hooks = nodeModule.registerHooks({
    resolve: (name, context, next) =>
      name === 'onnxruntime-node' ? { url, format: 'commonjs', shortCircuit: true } : next(name, context),
  });
  try {
    const transformers = await import('@xenova/transformers');
    if (!('web' in (transformers.env.backends.onnx.versions ?? {}))) {
      throw new NearbyError('no-runtime', say('@xenova/transformers was imported before its runtime was chosen.'));
    }
    return { runtime: 'wasm', transformers };
  } finally {
    hooks.deregister();
  }
}

/** The script of onnxruntime-web; its WebAssembly lies beside it. esbuild.js puts them beside the bundles. */
function wasmRuntime(): string {
  const packed = join(import.meta.dirname, 'onnxruntime-web', 'ort.node.min.js');
  if (existsSync(packed)) return packed;
  try {
    return require.resolve('onnxruntime-web');
  } catch (error) {
    throw new NearbyError(
      'no-runtime',
      say(
        'The package in {0} lacks onnxruntime-web, which runs the model where there is no native build; reinstall the extension. Search by keywords goes on.',
        import.meta.dirname,
      ),
      { cause: error },
    );
  }
}
