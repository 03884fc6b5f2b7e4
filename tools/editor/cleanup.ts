/** Ends what was started, however this process ends. */

export interface Running {
  /** Ends it in good order. Called again, it does nothing. */
  stop(): Promise<void>;
  /** Ends it at once, without waiting: the process is exiting. */
  kill(): void;
}

const running = new Set<Running>();
const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
let listening = false;

/** Stops `item` at a signal and kills it at exit, until `release` is called with it. */
export function keep(item: Running): void {
  running.add(item);
  if (listening) return;
  listening = true;
  process.on('exit', () => {
    for (const each of running) each.kill();
  });
  for (const [signal, number] of Object.entries(signals))
    process.once(signal, () => void stopAll().finally(() => process.exit(128 + number)));
}

export function release(item: Running): void {
  running.delete(item);
}

/** Stops everything that still runs. */
export async function stopAll(): Promise<void> {
  await Promise.allSettled([...running].map((item) => item.stop()));
}
