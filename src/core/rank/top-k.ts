/** The k items with the highest scores, without sorting the rest: a binary heap whose root is the lowest one kept. */
export class TopK<T> {
  readonly #k: number;
  readonly #heap: { readonly score: number; readonly item: T }[] = [];

  constructor(k: number) {
    this.#k = k;
  }

  /** Only items above this score are kept. */
  get floor(): number {
    return this.#heap.length < this.#k ? -Infinity : (this.#heap[0]?.score ?? Infinity);
  }

  /** Whether an item with this score would be kept. */
  admits(score: number): boolean {
    return this.#heap.length < this.#k || score > (this.#heap[0]?.score ?? -Infinity);
  }

  add(score: number, item: T): void {
    if (!this.admits(score)) return;
    const heap = this.#heap;
    if (heap.length < this.#k) {
      heap.push({ score, item });
      this.#up(heap.length - 1);
    } else {
      heap[0] = { score, item };
      this.#down();
    }
  }

  /** Highest score first. */
  items(): T[] {
    return this.#sorted().map(({ item }) => item);
  }

  /** Highest first. */
  scores(): number[] {
    return this.#sorted().map(({ score }) => score);
  }

  #sorted(): { readonly score: number; readonly item: T }[] {
    return [...this.#heap].sort((a, b) => b.score - a.score);
  }

  #score(i: number): number {
    return this.#heap[i]?.score ?? Infinity;
  }

  #up(start: number): void {
    for (let i = start; i > 0;) {
      const parent = (i - 1) >> 1;
      if (this.#score(parent) <= this.#score(i)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #down(): void {
    for (let i = 0; ;) {
      const left = 2 * i + 1;
      const child = this.#score(left + 1) < this.#score(left) ? left + 1 : left;
      if (this.#score(child) >= this.#score(i)) return;
      this.#swap(i, child);
      i = child;
    }
  }

  #swap(i: number, j: number): void {
    const [a, b] = [this.#heap[i], this.#heap[j]];
    if (a && b) [this.#heap[i], this.#heap[j]] = [b, a];
  }
}
