/**
 * The k items with the highest scores, without sorting the rest: a binary heap whose root is the lowest one kept. Scores
 * and items lie in two arrays, so that comparing allocates nothing.
 */
export class TopK<T> {
  readonly #k: number;
  readonly #scores: number[] = [];
  readonly #items: T[] = [];

  constructor(k: number) {
    this.#k = k;
  }

  /** Only items above this score are kept. */
  get floor(): number {
    return this.#scores.length < this.#k ? -Infinity : (this.#scores[0] ?? Infinity);
  }

  /** Whether an item with this score would be kept. */
  admits(score: number): boolean {
    return this.#scores.length < this.#k || score > (this.#scores[0] ?? -Infinity);
  }

  add(score: number, item: T): void {
    if (!this.admits(score)) return;
    if (this.#scores.length < this.#k) this.#up(score, item);
    else this.#down(score, item);
  }

  /** Highest score first. */
  items(): T[] {
    return this.#order().map((i) => this.#items[i] as T);
  }

  /** Highest first. */
  scores(): number[] {
    return this.#order().map((i) => this.#scores[i] ?? NaN);
  }

  #order(): number[] {
    return [...this.#scores.keys()].sort((a, b) => (this.#scores[b] ?? NaN) - (this.#scores[a] ?? NaN));
  }

  /** Adds at the end, and moves up past what is higher. */
  #up(score: number, item: T): void {
    const [scores, items] = [this.#scores, this.#items];
    let i = scores.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = scores[parent] ?? -Infinity;
      if (above <= score) break;
      scores[i] = above;
      items[i] = items[parent] as T;
      i = parent;
    }
    scores[i] = score;
    items[i] = item;
  }

  /** Replaces the root, and moves down past what is lower. */
  #down(score: number, item: T): void {
    const [scores, items] = [this.#scores, this.#items];
    const length = scores.length;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= length) break;
      const right = left + 1;
      const child = right < length && (scores[right] ?? Infinity) < (scores[left] ?? Infinity) ? right : left;
      const below = scores[child] ?? Infinity;
      if (below >= score) break;
      scores[i] = below;
      items[i] = items[child] as T;
      i = child;
    }
    scores[i] = score;
    items[i] = item;
  }
}

/**
 * Calls `visit` for each index whose score is above `floor`; it gives the floor from then on. A loop of its own, since a
 * million scores are looked at for one query.
 */
export function eachAbove(floor: number, scores: Float32Array, visit: (index: number, score: number) => number): void {
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? 0;
    if (score > floor) floor = visit(i, score);
  }
}
