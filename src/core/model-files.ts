/** The files of the model's folder, and that they are the ones it was shipped with. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checksumOf } from './checksum.ts';
import { say } from './say.ts';
import { NearbyError } from './types.ts';

export interface ModelFile {
  /** Within the folder. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ModelManifest {
  readonly id: string;
  readonly dimensions: number;
  /** [CLS] and [SEP] included. */
  readonly maxTokens: number;
  /** The Unicode scripts that it was trained to read. */
  readonly scripts: readonly string[];
  /** What the vectors of the model depend on. */
  readonly files: readonly ModelFile[];
  /** The table of instant vectors, where there is one; another leaves the model's own vectors valid. */
  readonly instant?: ModelFile;
}

/** @throws NearbyError `no-model` */
export async function readModelManifest(folder: string): Promise<ModelManifest> {
  try {
    const text = await readFile(join(folder, 'manifest.json'), 'utf8');
    const { checksum, ...manifest } = JSON.parse(text) as ModelManifest & { readonly checksum: number };
    if (checksumOf(manifest) !== checksum) throw new Error('Its manifest.json has a wrong checksum.');
    return manifest;
  } catch (error) {
    throw new NearbyError('no-model', say('There is no usable model in {0}; reinstall the extension.', folder), {
      cause: error,
    });
  }
}

/** The content of a file, which fits its checksum. @throws NearbyError `bad-model` */
export async function readVerified(folder: string, file: ModelFile): Promise<Buffer> {
  const path = join(folder, file.path);
  const content = await readFile(path).catch((error: unknown) => {
    throw new NearbyError('bad-model', say('The model file {0} cannot be read; reinstall the extension.', path), {
      cause: error,
    });
  });
  if (createHash('sha256').update(content).digest('hex') !== file.sha256) {
    throw new NearbyError(
      'bad-model',
      say(
        'The model file {0} has a wrong checksum, so it is damaged or was changed; reinstall the extension. Search by keywords goes on.',
        path,
      ),
    );
  }
  return content;
}
