/** An embedder on a runtime of its own choice, beside others on other ones. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Runtime } from '../../src/core/runtime.ts';

export interface ToEmbed {
  readonly id: number;
  readonly texts: readonly string[];
  readonly urgent: boolean;
}

export interface Embedded {
  readonly id: number;
  readonly vectors: readonly Float32Array[];
  readonly ms: number;
  /** Padding left out; those of other calls at the same time are counted too. */
  readonly tokens: number;
  readonly runtime: Runtime;
}

interface Waiting {
  readonly resolve: (answer: Embedded) => void;
  readonly reject: (error: Error) => void;
}

export class EmbedderProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  constructor(runtime: Runtime, threads: number) {
    this.#child = fork(join(import.meta.dirname, 'embed-apart.ts'), [runtime, String(threads)], {
      serialization: 'advanced', // keeps a Float32Array one
      execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
    });
    this.#child.on('message', (answer: Embedded) => {
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    this.#child.once('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`The embedder ended with ${String(code)}.`));
    });
  }

  /** @throws Error when the process ends instead */
  embed(texts: readonly string[], { urgent = false } = {}): Promise<Embedded> {
    const message: ToEmbed = { id: this.#calls++, texts, urgent };
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.id, { resolve, reject });
      this.#child.send(message);
    });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
