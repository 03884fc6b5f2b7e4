/** The cells that a figure fills, in a terminal and in the document. */
import type { Figure } from './figures.ts';

export interface Cells {
  readonly measured: string;
  readonly peer: string;
  readonly ratio: string;
  readonly bar: string;
}

/** A bar on the ratio ends in `x`, one on the value in the figure's unit. */
export function shortly({ value, unit, peer, ratio, bar }: Figure): Cells {
  const times = ratio ?? (peer && peer.value !== 0 && value !== undefined ? value / peer.value : undefined);
  const [, sign, limit] = /^([<>]=) ([\d.]+)$/.exec(bar ?? '') ?? [];
  return {
    measured: value === undefined ? '-' : `${inShort(value)} ${unit}`,
    peer: peer ? `${inShort(peer.value)} ${unit}, ${peer.name}` : '',
    ratio: times === undefined ? '' : inShort(times, 3),
    bar: sign ? `${sign} ${inShort(Number(limit))} ${ratio === undefined ? unit : 'x'}` : (bar ?? ''),
  };
}

/** With two digits behind the point at the most; more where all before the second would be 0. */
export function inShort(value: number, digits = 2): string {
  const size = Math.abs(value);
  if (size > 0 && size < 0.01) return value.toPrecision(1);
  return value.toLocaleString('en', { maximumFractionDigits: size < 100 ? digits : 0 });
}
