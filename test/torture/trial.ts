/** What a section of the torture is given, and what it tells. */

export interface Trial {
  /** All that is random comes from it: the same seed does the same again, as far as the timing of processes allows. */
  readonly seed: number;
  /** How often the section does what it counts. */
  readonly rounds: number;
  /** For how long it goes on, where it goes by time. */
  readonly seconds: number;
  /** A folder of its own, empty. */
  readonly scratch: string;
  readonly say: (line: string) => void;
}

export interface Row {
  readonly name: string;
  readonly value: number | string;
  readonly unit?: string;
  /** What it must be. */
  readonly bar?: string;
  readonly met?: boolean;
}

/** A row that must be 0. */
export function none(name: string, count: number): Row {
  return { name, value: count, bar: '0', met: count === 0 };
}

/** A row that must be as high as another number. */
export function all(name: string, count: number, of: number): Row {
  return { name, value: count, bar: `all ${of}`, met: count === of };
}

/** One of them. */
export function pick<T>(random: () => number, from: readonly T[]): T {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error('There is nothing to pick from.');
  return one;
}
