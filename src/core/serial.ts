/** Runs changes one at a time, in the order asked for. */
export class Serial {
  #queue: Promise<unknown> = Promise.resolve();

  run<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(change);
    this.#queue = result.catch(() => undefined); // the caller gets the error; the next change goes ahead
    return result;
  }
}
