/** Opens a folder with everything in it indexed; an index that is there already is brought up to date. */
import { availableParallelism } from 'node:os';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine } from '../../src/core/engine.ts';

export interface IndexOptions {
  /** Where the index is kept; the user's cache folder, or NEARBY_HOME, when absent. */
  readonly home?: string;
  /** What takes part besides keywords: the model's vectors (when absent), instant ones in their place, or none. */
  readonly tier?: 'full' | 'instant' | 'keywords';
}

/** @throws Error when the folder cannot be indexed to the end */
export async function withIndex<T>(
  folder: string,
  use: (engine: Engine) => Promise<T>,
  { home, tier = 'full' }: IndexOptions = {},
): Promise<T> {
  const engine = await Engine.open({
    folder,
    model: bundledModel(),
    threads: availableParallelism(),
    learn: false,
    log: (line) => process.stderr.write(`${line}\n`),
    embed: tier === 'full',
    instant: tier !== 'keywords',
    ...(home === undefined ? {} : { home }),
  });
  try {
    engine.changed();
    await engine.settled();
    const { state, message } = engine.status();
    if (state === 'failed') throw new Error(`${folder}: ${message ?? state}`);
    return await use(engine);
  } finally {
    await engine.close();
  }
}
