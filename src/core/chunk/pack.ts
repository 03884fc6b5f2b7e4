import { at, isBlank, type Lines } from './lines.ts';

/** Characters a chunk aims at: about what the model reads at once (256 tokens). */
export const TARGET_SIZE = 1000;

/** No chunk is longer than this; a longer line is cut into pieces. */
export const MAX_SIZE = 1800;

/** No chunk has more non-blank lines than this, so that packing files of very short lines stays linear. */
const MAX_LINES = 80;

/** What a chunk beyond the target costs, as a factor of the squared relative excess: the model may not read the end. */
const EXCESS_WEIGHT = 2;

/** What it costs when a chunk holds the end or the beginning of one block together with part of a neighbour. */
const CROSSING_COST = 0.3;

/** How a file may be cut. The arrays have one entry a line (0-based); only those of non-blank lines count. */
export interface Outline {
  /** What starting a chunk at this line costs: 0 at a good place, 1 at a bad one, more to forbid it. */
  readonly breakCosts: Float64Array;
  /** What keeping this line in one chunk with the line before costs. */
  readonly joinCosts: Float64Array;
  /** How many blocks (definitions, sections) begin before this line and go on with it. */
  readonly nesting: Int32Array;
  /** Chunks below this many characters are better joined with a neighbour. */
  readonly smallest: number;
}

/** A run of lines, 0-based and inclusive, that begins and ends with a non-blank line. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export function emptyOutline(lines: Lines, smallest: number): Outline {
  return {
    breakCosts: new Float64Array(lines.count),
    joinCosts: new Float64Array(lines.count),
    nesting: new Int32Array(lines.count),
    smallest,
  };
}

/**
 * Cuts a file into runs of whole lines at the least total cost (dynamic programming over the places to cut, as in
 * Knuth and Plass, "Breaking Paragraphs into Lines", 1981). A line longer than MAX_SIZE is a span of its own.
 */
export function packLines(lines: Lines, outline: Outline): Span[] {
  const spans: Span[] = [];
  let run: number[] = [];
  const flush = (): void => {
    if (run.length > 0) packRun(lines, outline, Int32Array.from(run), spans);
    run = [];
  };
  for (let line = 0; line < lines.count; line++) {
    if (isBlank(lines, line)) continue;
    if (at(lines.starts, line + 1) - 1 - at(lines.starts, line) > MAX_SIZE) {
      flush();
      spans.push({ from: line, to: line });
    } else {
      run.push(line);
    }
  }
  flush();
  return spans;
}

/** Packs the non-blank lines `run`, none of which is over-long, and appends the spans in order. */
function packRun(lines: Lines, outline: Outline, run: Int32Array, spans: Span[]): void {
  const count = run.length;
  // All by place in `run`, with one more at the end of the run, where no block goes on.
  const starts = new Int32Array(count + 1);
  const ends = new Int32Array(count + 1);
  const nesting = new Int32Array(count + 1);
  const joins = new Float64Array(count + 1);
  for (let place = 0; place < count; place++) {
    const line = at(run, place);
    starts[place] = at(lines.starts, line);
    ends[place] = at(lines.starts, line + 1) - 1;
    nesting[place] = at(outline.nesting, line);
    joins[place] = costAt(outline.joinCosts, line);
  }
  // best[i]: the least cost of packing from place i on; next[i]: where the chunk after the one from i starts.
  const best = new Float64Array(count + 1);
  const next = new Int32Array(count + 1);
  for (let first = count - 1; first >= 0; first--) {
    const start = at(starts, first);
    const outer = at(nesting, first);
    const limit = Math.min(count, first + MAX_LINES);
    let least = Infinity;
    let joined = 0;
    let shallowest = outer;
    for (let end = first + 1; end <= limit; end++) {
      const size = at(ends, end - 1) - start;
      if (size > MAX_SIZE) break;
      if (end - 1 > first) {
        joined += costAt(joins, end - 1);
        const inner = at(nesting, end - 1);
        if (inner < shallowest || end - 2 === first) shallowest = inner;
      }
      const after = at(nesting, end);
      const crosses = end - 1 > first && (shallowest < outer || shallowest < after);
      const cost = sizeCost(size, outline.smallest) + joined + (crosses ? CROSSING_COST : 0) + costAt(best, end);
      if (cost < least) {
        least = cost;
        next[first] = end;
      }
    }
    best[first] = least + costAt(outline.breakCosts, at(run, first));
  }
  for (let first = 0; first < count; first = at(next, first)) {
    spans.push({ from: at(run, first), to: at(run, at(next, first) - 1) });
  }
}

function costAt(costs: Float64Array, index: number): number {
  return costs[index] ?? 0;
}

function sizeCost(size: number, smallest: number): number {
  if (size < smallest) {
    const lack = (smallest - size) / smallest;
    return lack * lack;
  }
  if (size <= TARGET_SIZE) return 0;
  const excess = (size - TARGET_SIZE) / TARGET_SIZE;
  return EXCESS_WEIGHT * excess * excess;
}
