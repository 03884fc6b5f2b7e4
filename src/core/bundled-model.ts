/** The package that the running script belongs to, and the model in it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { say } from './say.ts';
import { NearbyError } from './types.ts';

const modelPath = join('models', 'all-MiniLM-L6-v2');

/** The model's folder in the package that the running script (bundled or not) belongs to. @throws NearbyError `no-model` */
export function bundledModel(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, modelPath);
    if (existsSync(join(candidate, 'manifest.json'))) return candidate;
    if (folder === dirname(folder)) break;
  }
  throw new NearbyError('no-model', say('The package in {0} lacks {1}; reinstall it.', import.meta.dirname, modelPath));
}

export function packageVersion(): string {
  const manifest = join(bundledModel(), '..', '..', 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
