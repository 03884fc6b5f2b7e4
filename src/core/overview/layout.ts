/**
 * Lays points out in the plane so that neighbours lie together: attraction along the edges of the neighbour graph,
 * repulsion between points picked at random, by gradient descent.
 *
 * The loss is UMAP's (L. McInnes et al., arXiv:1802.03426) with LargeVis's kernel 1 / (1 + d²) (J. Tang et al.,
 * arXiv:1602.00370), which needs no powers. Edges count alike: S. Damrich and F. Hamprecht (arXiv:2103.14608) found that
 * their weights hardly matter beside the sampling.
 */
import { Random } from './random.ts';
import type { Neighbours } from './rows.ts';

/** Points pushed away for each pair drawn together. */
const repelled = 5;
/** The furthest that one step moves a point along an axis, in units of the plane at its widest start, `width`. */
const mostMove = 4;
const width = 20;
/** Share of its way to the middle that each point moves in a pass, or islands that nothing ties to the rest drift off. */
const gravity = 0.1;
/** Passes over the edges: fewer for many points, where each pass moves more of the whole. */
const rounds = (points: number): number => (points < 2000 ? 400 : points < 6000 ? 250 : 150);

/**
 * @param start n x 2: where the points lie at first, in any unit
 * @param neighbours of each of the n points, among them
 * @returns n x 2, the same for the same input
 */
export function layOut(start: Float32Array, neighbours: Neighbours): Float32Array {
  const count = start.length / 2;
  const at = spread(start);
  const edges = edgesOf(neighbours);
  const random = new Random(2);
  const passes = rounds(count);
  const move = (to: number, by: number): void => {
    at[to] = (at[to] ?? 0) + Math.max(-mostMove, Math.min(mostMove, by));
  };
  for (let pass = 0; pass < passes; pass++) {
    const rate = 1 - pass / passes;
    for (let i = 0; i < at.length; i++) at[i] = (at[i] ?? 0) * (1 - gravity * rate);
    for (let e = 0; e < edges.length; e += 2) {
      const [a, b] = [(edges[e] ?? 0) * 2, (edges[e + 1] ?? 0) * 2];
      let dx = (at[a] ?? 0) - (at[b] ?? 0);
      let dy = (at[a + 1] ?? 0) - (at[b + 1] ?? 0);
      const pull = (-2 * rate) / (1 + dx * dx + dy * dy);
      move(a, pull * dx);
      move(a + 1, pull * dy);
      move(b, -pull * dx);
      move(b + 1, -pull * dy);
      for (let n = 0; n < repelled; n++) {
        const other = random.below(count) * 2;
        if (other === a) continue;
        dx = (at[a] ?? 0) - (at[other] ?? 0);
        dy = (at[a + 1] ?? 0) - (at[other + 1] ?? 0);
        const distance = dx * dx + dy * dy;
        const push = (2 * rate) / ((0.001 + distance) * (1 + distance));
        move(a, push * dx);
        move(a + 1, push * dy);
      }
    }
  }
  return at;
}

/** Each pair of neighbours once in each direction, from the point that the descent then repels others from. */
function edgesOf({ k, of }: Neighbours): Int32Array {
  const edges: number[] = [];
  of.forEach((b, i) => {
    const a = Math.floor(i / k);
    if (b < 0) return;
    edges.push(a, b);
    if (!of.subarray(b * k, (b + 1) * k).includes(a)) edges.push(b, a);
  });
  return Int32Array.from(edges);
}

/**
 * The start within `width`, whatever lies far out drawn in, with a little noise, so that points that fall together can
 * part.
 */
function spread(start: Float32Array): Float32Array {
  const random = new Random(3);
  const deviation = Math.sqrt(start.reduce((sum, x) => sum + x * x, 0) / start.length) || 1;
  return start.map((x) => (width / 2) * Math.tanh(x / (2 * deviation)) + random.normal() * 0.01);
}
