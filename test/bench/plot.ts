/** How the figures grow with the chunks, as SVG: a panel for each, all axes logarithmic, legible on light and dark pages. */
import type { Results } from './results.ts';
import { seriesOf, sizeName, type Point, type Series } from './series.ts';
import { inShort } from './shortly.ts';

/** CSS pixels. */
const panel = { width: 372, height: 236, columns: 2 };
const plotArea = { left: 58, right: 28, top: 46, bottom: 38 };
const [headerHeight, footerHeight, margin] = [64, 46, 12];
/** Share of the width on either side of the first and last size. */
const inset = 0.1;
const steps = [1, 2, 5];
const mostGridLines = 7;
/** A bar nearer than this would lie under the label. */
const nearBar = 24;

const style = `
  .card { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1f2328; font: 12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif }
  .title { font-size: 17px; font-weight: 600 }
  .panel { font-size: 13px; font-weight: 600 }
  .value { font-weight: 600; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round }
  .quiet { fill: #59636e }
  .grid { stroke: #d8dee4; stroke-width: 1 }
  .fine { stroke: #eef1f4 }
  .line { stroke: #0969da; stroke-width: 2.5; fill: none; stroke-linejoin: round }
  .dot { fill: #0969da; stroke: #ffffff; stroke-width: 2 }
  .bar { stroke: #bc4c00; stroke-width: 3; stroke-linecap: round }
  .proportion { stroke: #8c959f; stroke-width: 1.5; stroke-dasharray: 2 4; stroke-linecap: round }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117; stroke: #3d444d }
    text { fill: #f0f6fc }
    .value { stroke: #0d1117 }
    .quiet { fill: #9198a1 }
    .grid { stroke: #30363d }
    .fine { stroke: #1c2128 }
    .line { stroke: #58a6ff }
    .dot { fill: #58a6ff; stroke: #0d1117 }
    .bar { stroke: #f0883e }
    .proportion { stroke: #6e7681 }
  }`;

interface Range {
  readonly least: number;
  readonly most: number;
}

/** @returns the file's text; a card with its title alone where nothing was measured in several sizes */
export function plot(results: Results): string {
  const series = seriesOf(results).filter((one) => one.panel !== undefined);
  const chunks = series.flatMap(({ points }) => points.map((point) => point.chunks));
  const across: Range = { least: Math.min(...chunks), most: Math.max(...chunks) };
  // The same ratio from bottom to top in each, so that slopes can be compared.
  const ratio = Math.max(...series.map(({ points }) => ratioOf(points)));
  const width = panel.columns * panel.width + 2 * margin;
  const height = headerHeight + Math.ceil(series.length / panel.columns) * panel.height + footerHeight;
  const panels = series.map((one, i) => {
    const x = margin + (i % panel.columns) * panel.width;
    const y = headerHeight + Math.floor(i / panel.columns) * panel.height;
    return `<g transform="translate(${x} ${y})">${drawPanel(one, across, ratio)}</g>`;
  });
  const words = series.map(({ panel: title, unit, points }) => {
    return `${title}: ${points.map((p) => `${rounded(p.value)} ${unit} at ${sizeName(p.chunks)}`).join(', ')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>How Nearby scales with the number of chunks</title>
<desc>${escaped(words.join('. '))}</desc>
<style>${style}
</style>
<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>
<text class="title" x="${margin + 12}" y="34">How it scales with the number of chunks</text>
<text class="quiet" x="${margin + 12}" y="54">Both axes are logarithmic, and equally steep means equal growth in every panel.</text>
${panels.join('\n')}
${legend(height - footerHeight / 2)}
</svg>
`;
}

/** From the least to the most that a panel has to show, with room for labels. */
function ratioOf(points: readonly Point[]): number {
  const shown = valuesOf(points);
  return (Math.max(...shown) / Math.min(...shown)) * 4;
}

const valuesOf = (points: readonly Point[]): number[] => points.flatMap(({ value, bar }) => [value, bar ?? value]);

function drawPanel({ panel: title = '', unit, points }: Series, across: Range, ratio: number): string {
  const [left, right] = [plotArea.left, panel.width - plotArea.right];
  const [top, bottom] = [plotArea.top, panel.height - plotArea.bottom];
  const shown = valuesOf(points);
  const middle = Math.sqrt(Math.min(...shown) * Math.max(...shown));
  const up: Range = { least: middle / Math.sqrt(ratio), most: middle * Math.sqrt(ratio) };
  const sideways = (right - left) * inset;
  const x = scale(across, left + sideways, right - sideways);
  const y = scale(up, bottom, top);

  const rows = roundNumbers(up).map((value) => {
    const at = y(value);
    return (
      `<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/>` +
      `<text class="quiet" x="${left - 8}" y="${at + 4}" text-anchor="end">${inShort(value)}</text>`
    );
  });
  const columns = points.map(({ chunks }) => {
    const at = x(chunks);
    return (
      `<line class="grid fine" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/>` +
      `<text class="quiet" x="${at}" y="${bottom + 18}" text-anchor="middle">${sizeName(chunks)}</text>`
    );
  });
  const path = points.map(({ chunks, value }, i) => `${i === 0 ? 'M' : 'L'}${x(chunks)} ${y(value)}`).join('');
  const dots = points.map(({ chunks, value, bar }, i) => {
    const next = points[i + 1] ?? points[i - 1]!;
    // On the side that the line does not go to, and beyond the bar where that is near.
    const isAbove = i === points.length - 1 ? value >= next.value : value > next.value;
    const marks = [y(value), y(bar ?? value)].filter((mark) => Math.abs(mark - y(value)) < nearBar);
    const at = isAbove ? Math.min(...marks) - 11 : Math.max(...marks) + 21;
    return (
      `<circle class="dot" cx="${x(chunks)}" cy="${y(value)}" r="5"/>` +
      `<text class="value" x="${x(chunks)}" y="${at}" text-anchor="middle">${rounded(value)} ${unit}</text>`
    );
  });
  const bars = points.flatMap(({ chunks, bar }) => {
    if (bar === undefined) return [];
    return `<line class="bar" x1="${x(chunks) - 17}" x2="${x(chunks) + 17}" y1="${y(bar)}" y2="${y(bar)}"/>`;
  });
  return [
    `<text class="panel" x="12" y="24">${escaped(title)}<tspan class="quiet" dx="6" font-weight="400">${unit}</tspan></text>`,
    ...rows,
    ...columns,
    inProportion(points[0]!, { x, y, right, top }),
    ...bars,
    `<path class="line" d="${path}"/>`,
    ...dots,
  ].join('\n');
}

interface Scale {
  /** The place of a value, in pixels. */
  (value: number): number;
}

function scale({ least, most }: Range, from: number, to: number): Scale {
  return (value) => Math.round((from + ((to - from) * Math.log(value / least)) / Math.log(most / least)) * 10) / 10;
}

/** From the first point on, what would cost ten times as much for ten times the chunks; cut off where the panel ends. */
function inProportion({ chunks, value }: Point, to: { x: Scale; y: Scale; right: number; top: number }): string {
  const [x1, y1] = [to.x(chunks), to.y(value)];
  const slope = (to.y(value * 10) - y1) / (to.x(chunks * 10) - x1);
  const x2 = Math.min(to.right, x1 + (to.top - y1) / slope);
  return `<line class="proportion" x1="${x1}" y1="${y1}" x2="${x2.toFixed(1)}" y2="${(y1 + slope * (x2 - x1)).toFixed(1)}"/>`;
}

/** 1, 2 and 5 times the powers of ten that lie in the range; the powers alone where that would be too many. */
function roundNumbers({ least, most }: Range): number[] {
  const powers = Array.from({ length: 24 }, (_, i) => 10 ** (i - 9));
  const inside = (value: number): boolean => value >= least && value <= most;
  const all = powers.flatMap((power) => steps.map((step) => step * power)).filter(inside);
  return all.length <= mostGridLines ? all : powers.filter(inside);
}

function legend(y: number): string {
  const entries = [
    [24, '<line class="line" x1="2" x2="26" y1="0" y2="0"/><circle class="dot" cx="14" cy="0" r="5"/>', 'measured'],
    [136, '<line class="bar" x1="2" x2="24" y1="0" y2="0"/>', 'at most this is to be reached'],
    [
      350,
      '<line class="proportion" x1="0" x2="26" y1="0" y2="0"/>',
      'what growth in proportion to the chunks would be',
    ],
  ] as const;
  return entries
    .map(([x, mark, words]) => `<g transform="translate(${x} ${y})">${mark}<text x="34" y="4">${words}</text></g>`)
    .join('\n');
}

const rounded = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: value < 1 ? 2 : 3 });

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
