/** A list of which only the rows in sight are in the page: a thousand results cost as little as twenty. */

export interface Placed {
  /** No two rows have the same. */
  readonly key: string;
  /** Pixels. */
  readonly height: number;
}

/** Pixels above and below what is in sight that are there too, so that a flick of the wheel shows no gaps. */
const overscan = 400;

export class VirtualList<Row extends Placed> {
  readonly #scroller: HTMLElement;
  readonly #canvas: HTMLElement;
  readonly #render: (row: Row) => HTMLElement;
  readonly #elements = new Map<string, HTMLElement>();
  /** Heights of rows that are not as tall as they said. */
  readonly #measured = new Map<string, number>();
  #rows: readonly Row[] = [];
  /** Where each row begins; one more at the end. */
  #tops: number[] = [0];
  /** The key of a row that stays in the page out of sight, for assistive software follows it. */
  #anchor = '';

  /** @param canvas the only child of `scroller`: as tall as all rows */
  constructor(scroller: HTMLElement, canvas: HTMLElement, render: (row: Row) => HTMLElement) {
    this.#scroller = scroller;
    this.#canvas = canvas;
    this.#render = render;
    scroller.addEventListener('scroll', () => this.#show(), { passive: true });
    new ResizeObserver(() => {
      for (const key of this.#measured.keys()) this.measure(key);
      this.#show();
    }).observe(scroller);
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** The element of a row, when it is in the page. */
  element(key: string): HTMLElement | undefined {
    return this.#elements.get(key);
  }

  /**
   * Shows these rows instead; what was scrolled to stays in sight. A row that looks as before keeps its element: what
   * the pointer is doing to it goes on while an answer changes other rows.
   */
  setRows(rows: readonly Row[]): void {
    this.#rows = rows;
    this.#measured.clear();
    const byKey = new Map(rows.map((row) => [row.key, row]));
    for (const [key, element] of this.#elements) {
      const row = byKey.get(key);
      if (row) this.#elements.set(key, updated(element, this.#render(row)));
      else {
        element.remove();
        this.#elements.delete(key);
      }
    }
    this.#place();
    this.#show();
  }

  /** Keeps this row in the page wherever one scrolls to. */
  anchor(key: string): void {
    this.#anchor = key;
    this.#show();
  }

  /** Looks how tall a row really is, and moves those after it. */
  measure(key: string): void {
    const element = this.#elements.get(key);
    if (!element) return;
    const height = element.offsetHeight;
    const index = this.#rows.findIndex((row) => row.key === key);
    if (index < 0 || height === this.#heightOf(index)) return;
    this.#measured.set(key, height);
    this.#place();
    this.#show();
  }

  /** Scrolls as little as it takes to have a row in sight. */
  reveal(index: number): void {
    const [top, bottom] = [this.#tops[index] ?? 0, this.#tops[index + 1] ?? 0];
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (bottom > scrollTop + clientHeight) this.#scroller.scrollTop = Math.min(top, bottom - clientHeight);
    this.#show();
  }

  /** The row a screenful on from another. */
  page(index: number, direction: 1 | -1): number {
    const target = (this.#tops[index] ?? 0) + direction * this.#scroller.clientHeight;
    return Math.max(0, Math.min(this.#at(target), this.#rows.length - 1));
  }

  #heightOf(index: number): number {
    const row = this.#rows[index];
    return row ? (this.#measured.get(row.key) ?? row.height) : 0;
  }

  #place(): void {
    let top = 0;
    this.#tops = [0];
    for (let i = 0; i < this.#rows.length; i++) this.#tops.push((top += this.#heightOf(i)));
    this.#canvas.style.height = `${top}px`;
    for (const [i, row] of this.#rows.entries()) {
      const element = this.#elements.get(row.key);
      if (element) element.style.top = `${this.#tops[i] ?? 0}px`;
    }
  }

  /** The row at a height, by halving. */
  #at(height: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tops[middle + 1] ?? 0) <= height) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds what has come into sight and takes out what has left it; what stays in its place is not touched. */
  #show(): void {
    const { scrollTop, clientHeight } = this.#scroller;
    const from = this.#at(scrollTop - overscan);
    const to = Math.min(this.#at(scrollTop + clientHeight + overscan), this.#rows.length - 1);
    const wanted = new Map<string, number>();
    const anchor = this.#anchor ? this.#rows.findIndex(({ key }) => key === this.#anchor) : -1;
    if (anchor >= 0 && anchor < from) wanted.set(this.#anchor, anchor);
    for (let i = from; i <= to; i++) wanted.set(this.#rows[i]?.key ?? '', i);
    if (anchor > to) wanted.set(this.#anchor, anchor);
    for (const [key, element] of this.#elements) {
      if (wanted.has(key)) continue;
      element.remove();
      this.#elements.delete(key);
    }
    let next = this.#canvas.firstElementChild;
    for (const [key, i] of wanted) {
      const there = this.#elements.get(key);
      if (there) {
        if (there === next) next = there.nextElementSibling;
        else this.#canvas.insertBefore(there, next);
        continue;
      }
      const row = this.#rows[i];
      if (!row) continue;
      const made = this.#render(row);
      made.style.top = `${this.#tops[i] ?? 0}px`;
      this.#elements.set(key, made);
      this.#canvas.insertBefore(made, next);
    }
  }
}

/**
 * Puts the element that was made for a row's new state in the place of the one before, unless they differ in nothing but
 * their place and what their menus are told, which the one before is given. @returns the one that is in the page
 */
function updated(element: HTMLElement, made: HTMLElement): HTMLElement {
  made.style.top = element.style.top;
  element.dataset['vscodeContext'] = made.dataset['vscodeContext'] ?? '';
  if (element.isEqualNode(made)) return element;
  element.replaceWith(made);
  return made;
}
