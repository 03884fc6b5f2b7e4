import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Cosines, instantRow } from '../../src/core/meaning.ts';
import { readableShare } from '../../src/core/query.ts';
import { Trees, type Tree } from '../../src/core/rank/trees.ts';
import { VectorMatrix } from '../../src/core/vectors.ts';

type Node =
  { readonly leaf: number } | { readonly feature: number; readonly threshold: number; rest: Node; above: Node };

const features = 4;
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ leaf: fc.integer({ min: -9, max: 9 }) }),
    fc.record({
      feature: fc.nat({ max: features - 1 }),
      threshold: fc.integer({ min: -5, max: 5 }),
      rest: tie('node'),
      above: tie('node'),
    }),
  ),
}));

/** As the file has it: each node, what is at most its threshold, and what is above. */
function flat(node: Node, at = 0): Tree {
  if ('leaf' in node) return [[node.leaf]];
  const rest = flat(node.rest, at + 1);
  const above = at + 1 + rest.length;
  return [[node.feature, node.threshold, above], ...rest, ...flat(node.above, above)];
}

const walk = (node: Node, values: Float64Array): number =>
  'leaf' in node ? node.leaf : walk(values[node.feature]! > node.threshold ? node.above : node.rest, values);

describe('ranking', () => {
  it('adds up the leaves that a tree by tree walk leads to', () => {
    const numbers = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: features, maxLength: features });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 5 }), numbers, (nodes, numbers) => {
        const values = Float64Array.from(numbers);
        const trees = new Trees(
          nodes.map((one) => flat(one)),
          Array.from({ length: features }, (_, i) => i),
        );
        assert.equal(
          trees.sum(values),
          nodes.reduce((sum, one) => sum + walk(one, values), 0),
        );
      }),
    );
  });

  it('takes the vector of the model, and the instant one only where there is none', () => {
    const dimensions = 16;
    const [model, instant] = [new VectorMatrix(dimensions), new VectorMatrix(dimensions)];
    const unit = (at: number): Int8Array => Int8Array.from({ length: dimensions }, (_, i) => (i === at ? 127 : 0));
    model.add(new Uint8Array(16).fill(1), unit(0));
    instant.add(new Uint8Array(16).fill(2), unit(1));
    const cosines = new Cosines(Float32Array.from(unit(1)), model, instant);
    assert.equal(cosines.at(0), 0);
    assert.ok(cosines.at(instantRow(0)) > 0.8);
    assert.ok(Number.isNaN(cosines.at(-1)));
    const above: number[] = [];
    cosines.eachAbove(0.5, Int32Array.of(0, -1, instantRow(0)), (chunk) => above.push(chunk));
    assert.deepEqual(above, [2]);
    instant.clear();
    assert.equal(instant.rows, 0);
  });

  it('tells how much of a query the model can read', () => {
    const share = (text: string): number => readableShare(text, ['Latin']);
    assert.equal(share('where is the cache cleared'), 1);
    assert.equal(share('キャッシュを消すには'), 0);
    assert.ok(share('React の state が更新されない') > 0 && share('React の state が更新されない') < 1);
    assert.equal(share('404'), 1);
  });
});
