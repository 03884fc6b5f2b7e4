/** The answer that the view shows: what was found, what was asked for besides, what the user put aside. */
import { arrange, type Arrangement, type Numbered } from './arrangement.ts';
import type { Hit } from './folders.ts';

export class Shown {
  /** Grows with every answer; what the page names results by goes with it. */
  readonly answer: number;
  readonly #hits: Hit[];
  readonly #found: Numbered[];
  #pins: readonly Numbered[] = [];
  /** Files of which there is no more to ask for. */
  readonly #whole = new Set<string>();
  /** Keys of what the user put aside. */
  readonly dismissed: Set<string>;

  constructor(answer: number, hits: readonly Hit[], pins: readonly Hit[], dismissed: Set<string>) {
    this.answer = answer;
    this.#hits = [...hits];
    this.#found = hits.map((hit, item) => ({ hit, item }));
    this.dismissed = dismissed;
    this.setPins(pins);
  }

  hit(item: number): Hit | undefined {
    return this.#hits[item];
  }

  get pins(): readonly Numbered[] {
    return this.#pins;
  }

  /** What is shown besides the pins. */
  get hits(): readonly Hit[] {
    return this.#kept.map(({ hit }) => hit);
  }

  groups({ layout, sort }: Pick<Arrangement, 'layout' | 'sort'>): Numbered[][] {
    return arrange(this.#kept, layout, sort);
  }

  /** Whether more of this file can be asked for. */
  hasMore(file: string): boolean {
    return !this.#whole.has(file);
  }

  /** Pins that were there before keep their numbers. */
  setPins(pins: readonly Hit[]): void {
    const before = new Map(this.#pins.map((pin) => [keyOf(pin.hit), pin]));
    this.#pins = pins.map((hit) => before.get(keyOf(hit)) ?? this.#numbered(hit));
  }

  /** Adds what else was found in a file. */
  add(file: string, hits: readonly Hit[]): void {
    this.#whole.add(file);
    const known = new Set(this.#found.map(({ hit }) => keyOf(hit)));
    this.#found.push(...hits.filter((hit) => !known.has(keyOf(hit))).map((hit) => this.#numbered(hit)));
  }

  dismiss(hit: Hit): void {
    this.dismissed.add(keyOf(hit));
  }

  /** The result some steps on from another in the order shown, pins first, round about; from none, the first or last. */
  step(from: number, by: 1 | -1, arrangement: Arrangement): number | undefined {
    const order = [this.#pins, ...this.groups(arrangement)].flat().map(({ item }) => item);
    const at = order.indexOf(from);
    if (at < 0) return by > 0 ? order[0] : order.at(-1);
    return order[(at + by + order.length) % order.length];
  }

  #numbered(hit: Hit): Numbered {
    return { hit, item: this.#hits.push(hit) - 1 };
  }

  get #kept(): Numbered[] {
    return this.#found.filter(({ hit }) => !this.dismissed.has(keyOf(hit)));
  }
}

/** The same chunk has the same key in the next answer. */
export function keyOf({ uri, startLine, endLine }: Hit): string {
  return `${uri.toString()}#${startLine}-${endLine}`;
}
