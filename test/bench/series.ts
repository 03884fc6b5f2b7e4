/** Figures of one name at several sizes of the index, and how they grow. */
import type { Figure } from './figures.ts';
import type { Results } from './results.ts';

export interface Point {
  readonly chunks: number;
  readonly value: number;
  /** In the unit of the value, where there is one. */
  readonly bar: number | undefined;
}

export interface Series {
  readonly section: string;
  readonly name: string;
  readonly panel: string | undefined;
  readonly unit: string;
  /** At least two, ascending by chunks. */
  readonly points: readonly Point[];
}

export function seriesOf({ sections }: Results): Series[] {
  return Object.entries(sections).flatMap(([section, { figures }]) => {
    const scaling = figures.filter(({ chunks, value }) => chunks !== undefined && value !== undefined);
    const byName = new Map<string, Figure[]>();
    for (const figure of scaling) byName.set(figure.name, [...(byName.get(figure.name) ?? []), figure]);
    return [...byName.values()]
      .filter((some) => some.length > 1)
      .map(([first, ...rest]): Series => {
        const { name, panel, unit } = first!;
        return {
          section,
          name,
          panel,
          unit,
          points: [first!, ...rest].map(pointOf).sort((a, b) => a.chunks - b.chunks),
        };
      });
  });
}

function pointOf({ chunks, value, ratio, bar }: Figure): Point {
  const [, most] = ratio === undefined ? (/^<= ([\d.]+)$/.exec(bar ?? '') ?? []) : [];
  return { chunks: chunks!, value: value!, bar: most === undefined ? undefined : Number(most) };
}

/** What the value is multiplied by for each ten times the chunks, over all of the points. */
export function growth(points: readonly Point[]): number {
  const [first, last] = [points[0]!, points.at(-1)!];
  return (last.value / first.value) ** (1 / Math.log10(last.chunks / first.chunks));
}

/** 10k, 100k, 1M: to the next round number. */
export function sizeName(chunks: number): string {
  return chunks < 950_000 ? `${Math.round(chunks / 1000)}k` : `${Math.round(chunks / 1e6)}M`;
}
