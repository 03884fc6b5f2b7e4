/** A measured number beside its peer's, and the table of them. */

export interface Figure {
  readonly name: string;
  /** Absent when it could not be measured; `note` then says why. */
  readonly value?: number;
  readonly unit: string;
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
  /** Chunks of the made-up indexes that are measured. */
  readonly sizes: readonly number[];
  /** Says on stderr how far it got. */
  readonly say: (line: string) => void;
}

export const atLeast = (ratio: number, bar: number): Pick<Figure, 'ratio' | 'bar' | 'met'> => ({
  ratio,
  bar: `>= ${bar}`,
  met: ratio >= bar,
});

export const atMost = (ratio: number, bar: number): Pick<Figure, 'ratio' | 'bar' | 'met'> => ({
  ratio,
  bar: `<= ${bar}`,
  met: ratio <= bar,
});

/** For a bar that is a number of the figure's own unit; none when it is infinite. */
export const within = (value: number, bar: number): Pick<Figure, 'bar' | 'met'> =>
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

export function table(sections: Readonly<Record<string, Section>>): string {
  const rows = [['', 'measured', 'peer', 'ratio', 'bar', 'met']];
  for (const [name, { figures }] of Object.entries(sections)) {
    rows.push([name, '', '', '', '', '']);
    for (const figure of figures) rows.push(...rowsOf(figure));
  }
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.filter((row) => row.length > 1).map((row) => row[column]!.length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function rowsOf({ name, value, unit, peer, ratio, bar, met, note }: Figure): string[][] {
  const row = [
    `  ${name}`,
    value === undefined ? '-' : `${inShort(value)} ${unit}`,
    peer ? `${inShort(peer.value)} ${peer.name}` : '',
    ratio === undefined ? '' : ratio > 0 && ratio < 0.01 ? ratio.toPrecision(1) : ratio.toFixed(3),
    bar ?? '',
    met === undefined ? '' : met ? 'yes' : 'NO',
  ];
  return note ? [row, [`    ${note}`]] : [row];
}

const inShort = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
