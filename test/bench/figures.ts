/** A measured number beside its peer's, and what of it is to be reached. */

export interface Figure {
  readonly name: string;
  /** Absent when it could not be measured; `note` then says why. */
  readonly value?: number;
  readonly unit: string;
  /** Chunks of the index, where several sizes are measured: the figures of one name show how it scales. */
  readonly chunks?: number;
  /** Title of its panel in the plot, in words for everybody; it is not in the plot when absent. */
  readonly panel?: string;
  /** In the figure's unit. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** Usually value / peer; where both are timed in rounds, the median of the rounds' ratios. */
  readonly ratio?: number;
  /** What the ratio, or where there is none the value, must be, in words, e.g. `>= 0.9`. */
  readonly bar?: string;
  readonly met?: boolean;
  readonly note?: string;
}

export interface Section {
  readonly figures: readonly Figure[];
  /** What was measured: sizes, threads, the ratio of every round. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Settings {
  /** Threads of every model that runs. */
  readonly threads: number;
  /** Chunks of the made-up indexes that are measured, ascending. */
  readonly sizes: readonly number[];
  /** A folder for what several sections need; removed at the end. */
  readonly scratch: string;
  /** Says on stderr how far it got. */
  readonly say: (line: string) => void;
}

type Judged = Pick<Figure, 'bar' | 'met'>;
type Compared = Pick<Figure, 'ratio' | 'bar' | 'met'>;

export const atLeast = (ratio: number, bar: number): Compared => ({ ratio, ...reaching(ratio, bar) });

export const atMost = (ratio: number, bar: number): Compared => ({ ratio, ...within(ratio, bar) });

/** For a bar that is a number of the figure's own unit. */
export const reaching = (value: number, bar: number): Judged => ({ bar: `>= ${bar}`, met: value >= bar });

/** The same from above; no bar when it is infinite. */
export const within = (value: number, bar: number): Judged =>
  bar === Infinity ? {} : { bar: `<= ${bar}`, met: value <= bar };

/** The value that a share `q` of the values is at most. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? NaN;
}

/** The middle one, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
