/** Folders indexed by an engine, for the sections that measure one. */
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine, type EngineOptions } from '../../src/core/engine.ts';
import type { UpdateReport } from '../../src/core/types.ts';

export interface Place extends Pick<EngineOptions, 'folder' | 'threads' | 'embed'> {
  /** Where its index is kept. */
  readonly home: string;
}

export const openEngine = (place: Place): Promise<Engine> =>
  Engine.open({ ...place, model: bundledModel(), log: (line) => process.stderr.write(`${line}\n`) });

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

export interface Start {
  readonly files: number;
  readonly chunks: number;
  readonly embedded: number;
  /** From before the engine is opened until nothing is left to do. */
  readonly seconds: number;
  /** Then the first question, for which the model may have to be loaded. */
  readonly firstAnswerMs: number;
}

/** Opens the folder, waits until all of it is found by meaning, asks, and closes it. @throws Error when it is not found */
export async function start(place: Place): Promise<Start> {
  const began = performance.now();
  const engine = await openEngine(place);
  const { files, chunks, embedded } = await settle(engine);
  const ready = performance.now();
  const { tier, results } = await engine.search({ query: 'parse an option given on the command line', top: 10 });
  const firstAnswerMs = performance.now() - ready;
  await engine.close();
  if (tier !== 'full' || results.length === 0) {
    throw new Error(`Ready, but a query gives ${results.length} results of tier ${tier}.`);
  }
  return { files, chunks, embedded, seconds: (ready - began) / 1000, firstAnswerMs };
}
