/** Prints the suite's events as they come, in the form of mocha's own reporter, and counts them. */
import { createReadStream, existsSync, watchFile, unwatchFile } from 'node:fs';
import { createInterface } from 'node:readline';
import type { SuiteEvent } from './events.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Follows a growing file of events. */
export class EventPrinter {
  readonly #file: string;
  readonly #failures: { title: string; error: string }[] = [];
  readonly #start = Date.now();
  #lines = 0;
  #passed = 0;
  #ended = false;
  #reading: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
    watchFile(file, { interval: 200 }, () => this.#readMore());
  }

  /**
   * Prints what is left and the summary. `why` says what happened instead, where the suite did not come to its end; that
   * counts as a failure.
   */
  async finish(why: string): Promise<Counts> {
    unwatchFile(this.#file);
    this.#readMore();
    await this.#reading;
    if (!this.#ended) this.#failures.push({ title: 'the suite did not come to its end', error: why });
    const seconds = Math.round((Date.now() - this.#start) / 1000);
    console.log(`\n  ${this.#passed} passing (${seconds}s)`);
    if (this.#failures.length > 0) console.log(`  ${this.#failures.length} failing`);
    for (const [index, { title, error }] of this.#failures.entries())
      console.log(`\n  ${index + 1}) ${title}:\n\n${error.replace(/^/gm, '     ')}`);
    return { passed: this.#passed, failed: this.#failures.length };
  }

  #readMore(): void {
    this.#reading = this.#reading.then(async () => {
      if (!existsSync(this.#file)) return;
      let count = 0;
      for await (const line of createInterface({ input: createReadStream(this.#file, 'utf8') }))
        if (++count > this.#lines) this.#print(JSON.parse(line) as SuiteEvent);
      this.#lines = count;
    });
  }

  #print(event: SuiteEvent): void {
    if (event.kind === 'end') {
      this.#ended = true;
      return;
    }
    const indent = '  '.repeat(event.depth + 1);
    switch (event.kind) {
      case 'suite':
        console.log(`${event.depth === 0 ? '\n' : ''}${indent}${event.title}`);
        break;
      case 'pass':
        this.#passed++;
        console.log(`${indent}✔ ${event.title}${event.ms > 75 ? ` (${event.ms}ms)` : ''}`);
        break;
      case 'skip':
        console.log(`${indent}- ${event.title}`);
        break;
      case 'fail':
        this.#failures.push({ title: event.title, error: event.error });
        console.log(`${indent}${this.#failures.length}) ${event.title}`);
        break;
    }
  }
}
