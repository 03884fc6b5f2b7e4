/** How much of the machine embedding may take: threads, and rests between batches. */
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** `gentle` leaves the most to other programs, `fast` the least. */
export type Speed = 'gentle' | 'normal' | 'fast';

/** After a key was pressed, embedding waits this long for the next one. Milliseconds. */
const typingMs = 1500;

/** Threads for the model: the editor keeps a core in any case, where there is more than one. */
export function threadsAt(speed: Speed): number {
  const cores = availableParallelism();
  if (speed === 'gentle') return 1;
  return Math.max(1, speed === 'fast' ? cores - 1 : Math.floor(cores / 2));
}

/** Threads for reading and chunking, which takes seconds where embedding takes minutes. */
export function preparingThreadsAt(speed: Speed): number {
  return speed === 'gentle' ? 1 : Math.max(2, threadsAt(speed));
}

export class Pace {
  readonly #speed: Speed;
  readonly #signal: AbortSignal;
  #onBattery = false;
  #typingUntil = 0;

  /** @param signal ends all waiting */
  constructor(speed: Speed, signal: AbortSignal) {
    this.#speed = speed;
    this.#signal = signal;
  }

  /** The user is typing: embedding waits for a pause, unless it is to be fast. */
  typing(): void {
    this.#typingUntil = performance.now() + typingMs;
  }

  /** On battery, the speed is gentle unless it is to be fast. */
  set onBattery(onBattery: boolean) {
    this.#onBattery = onBattery;
  }

  /**
   * To be called after each run of the model: rests as the speed asks for.
   * @param workMs how long the run took: at a gentle speed it is followed by a rest of the same length
   * @throws AbortError when the signal fires
   */
  async rest(workMs: number): Promise<void> {
    this.#signal.throwIfAborted();
    if (this.#speed === 'fast') return;
    if (this.#speed === 'gentle' || this.#onBattery) await this.#wait(workMs);
    for (let left = this.#leftOfTyping(); left > 0; left = this.#leftOfTyping()) await this.#wait(left);
  }

  #leftOfTyping(): number {
    return this.#typingUntil - performance.now();
  }

  #wait(ms: number): Promise<void> {
    return setTimeout(ms, undefined, { signal: this.#signal });
  }
}
