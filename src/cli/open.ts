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

/**
 * The same once the index is up to date: `searchable`, or `settled` with what else there is to do. All cores work at it,
 * for somebody waits, and the progress is shown meanwhile. @throws NearbyError `failed` when the work stopped half way
 */
export async function withUpdate<T>(
  dir: string,
  { until, ...options }: OpenOptions & { readonly until: 'searchable' | 'settled' },
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const progress = new ProgressLine();
  const onStatus: OpenOptions['onStatus'] = (status) => progress.show(status);
  return withEngine(dir, { threads: availableParallelism(), onStatus, ...options }, async (engine) => {
    engine.changed();
    await engine[until]().finally(() => progress.end());
    const { state, message, writer } = engine.status();
    if (state === 'failed' && message) throw new NearbyError('failed', message);
    if (!writer) process.stderr.write('nearby: another process is writing this index; searching what it has so far.\n');
    return use(engine);
  });
}

/** Ends the process, but not before every lock is given back. */
async function exit(code: number): Promise<never> {
  await Promise.allSettled(opened.map(async (opening) => (await opening).close()));
  process.exit(code);
}

/** Ctrl+C and the like, and a reader that has seen enough (`| head`), end the process quietly. */
export function endQuietly(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void exit(128 + constants.signals[signal]));
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    void exit(0);
  });
}
