/** Folders indexed by an engine, for the sections that measure one. */
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine } from '../../src/core/engine.ts';
import type { UpdateReport } from '../../src/core/types.ts';

export interface Place {
  readonly folder: string;
  /** Where its index is kept. */
  readonly home: string;
  readonly threads: number;
}

export const openEngine = ({ folder, home, threads }: Place): Promise<Engine> =>
  Engine.open({ folder, home, threads, model: bundledModel(), log: (line) => process.stderr.write(`${line}\n`) });

/** Looks at the paths (or all of the folder) until nothing is left to do. @throws Error when the engine gave up */
export async function settle(engine: Engine, paths?: readonly string[]): Promise<UpdateReport> {
  engine.changed(paths);
  const report = await engine.settled();
  const { state, message, chunks, embedded } = engine.status();
  if (state !== 'ready' || embedded !== chunks) {
    throw new Error(`${embedded} of ${chunks} chunks are embedded, and the engine is ${state}: ${message ?? ''}`);
  }
  return report;
}
