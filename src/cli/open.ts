/** Opens the engine of a folder, and sees to it that it is closed however the command ends. */
import { availableParallelism, constants } from 'node:os';
import { bundledModel } from '../core/bundled-model.ts';
import { Engine, type EngineOptions } from '../core/engine.ts';
import { NearbyError } from '../core/types.ts';
import { visible } from '../core/visible.ts';
import { ProgressLine } from './print.ts';

export type OpenOptions = Omit<EngineOptions, 'folder' | 'model' | 'home' | 'learn' | 'log'>;

/** All that this process opens, closed or not. */
const opened: Promise<Engine>[] = [];

export function open(dir: string, options: OpenOptions = {}): Promise<Engine> {
  const opening = Engine.open({
    folder: dir,
    model: bundledModel(),
    learn: false, // the same question has the same answer here, whatever was done in the editor
    ...options,
    log: (line) => process.stderr.write(`nearby: ${visible(line)}\n`),
  });
  opened.push(opening);
  return opening;
}

/** Opens the folder's index, and closes it whatever happens. */
export async function withEngine<T>(
  dir: string,
  options: OpenOptions,
  use: (engine: Engine) => T | Promise<T>,
): Promise<T> {
  const engine = await open(dir, options);
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/** The same, and begins to bring the index up to date, with all cores, for somebody waits; the progress is shown. */
export async function withUpdate<T>(
  dir: string,
  options: OpenOptions,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const progress = new ProgressLine();
  const onStatus: OpenOptions['onStatus'] = (status) => progress.show(status);
  try {
    return await withEngine(dir, { threads: availableParallelism(), onStatus, ...options }, (engine) => {
      engine.changed();
      return use(engine);
    });
  } finally {
    progress.end();
  }
}

/** Work that stopped half way is an error, even if some of it can be searched. */
export function failIfStuck(engine: Engine): void {
  const { state, message, writer } = engine.status();
  if (state === 'failed' && message) throw new NearbyError('failed', message);
  if (!writer) process.stderr.write('nearby: another process is writing this index; searching what it has so far.\n');
}

/** Ctrl+C and the like end the process as such, but not before every lock is given back. */
export function closeOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      const closed = opened.map(async (opening) => (await opening).close());
      void Promise.allSettled(closed).then(() => process.exit(128 + constants.signals[signal]));
    });
  }
}
