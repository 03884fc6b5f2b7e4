/** The scan of all vectors for the ten nearest, beside usearch's exact search of the same int8 vectors, on one thread. */
import { TopK } from '../../src/core/rank/top-k.ts';
import { hashBytes, quantize, VectorMatrix } from '../../src/core/vectors.ts';
import { atMost, median, type Figure, type Section, type Settings } from './figures.ts';
import { MadeUpVectors } from './made-up.ts';
import { peer } from './peers.ts';

const rows = 200_000;
const dimensions = 384;
const nearest = 10;
const rounds = 40;
const warmUp = 5;
const bar = 1;

export function scan({ say }: Settings): Promise<Section> {
  say(`scan: making up ${rows} vectors`);
  const made = new MadeUpVectors(dimensions);
  const vectors = new Int8Array(rows * dimensions);
  const hashes = new Uint32Array((rows * hashBytes) / 4);
  for (let i = 0; i < rows; i++) {
    vectors.set(quantize(made.get(i)).values, i * dimensions);
    hashes.set([Math.imul(i, 0x9e3779b1), i], i * 4);
  }
  const matrix = new VectorMatrix(dimensions);
  matrix.add(new Uint8Array(hashes.buffer), vectors);
  const usearch = peer('usearch');

  const [ours, theirs]: [number[], number[]] = [[], []];
  let different = 0;
  for (let round = 0; round < rounds + warmUp; round++) {
    const query = quantize(made.get(rows + round));
    const began = performance.now();
    const found = topOf(matrix.scan(query));
    const between = performance.now();
    if (round >= warmUp) ours.push(between - began);
    if (typeof usearch === 'string') continue;
    const { keys } = usearch.exactSearch(vectors, query.values, dimensions, nearest, 'cos', 1);
    if (round >= warmUp) theirs.push(performance.now() - between);
    if (found.some((row, i) => BigInt(row) !== keys[i])) different++;
  }
  const base = { name: `the ${nearest} nearest of ${rows}`, value: median(ours), unit: 'ms' };
  const ratios = ours.map((ms, i) => ms / (theirs[i] ?? NaN));
  const figure: Figure =
    typeof usearch === 'string'
      ? { ...base, note: usearch }
      : { ...base, peer: { name: 'usearch, exact', value: median(theirs) }, ...atMost(median(ratios), bar) };
  return Promise.resolve({ figures: [figure], detail: { rows, dimensions, rounds, different, ours, theirs } });
}

function topOf(cosines: Float32Array): number[] {
  const best = new TopK<number>(nearest);
  let floor = -Infinity;
  for (let row = 0; row < cosines.length; row++) {
    const cosine = cosines[row]!;
    if (cosine <= floor) continue;
    best.add(cosine, row);
    floor = best.floor;
  }
  return best.items();
}
