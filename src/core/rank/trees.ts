/** Boosted regression trees, laid out flat: a few hundred small trees over a candidate's features in microseconds. */

/** A leaf is [value]; a node is [feature, threshold, index of the node for values above it], and the next one is for the rest. */
export type Tree = readonly (readonly number[])[];

export class Trees {
  /** Per node: the feature it looks at, or -1 for a leaf. */
  readonly #feature: Int16Array;
  /** Per node: the threshold, or the leaf's value. */
  readonly #value: Float64Array;
  /** Per node: the one to go on with above the threshold. */
  readonly #above: Int32Array;
  readonly #roots: Int32Array;

  /** @param indexOf where each feature of the trees is in the arrays given to `sum` */
  constructor(trees: readonly Tree[], indexOf: readonly number[]) {
    const nodes = trees.flat();
    this.#feature = Int16Array.from(nodes, ([feature = 0, ...rest]) =>
      rest.length > 0 ? (indexOf[feature] ?? 0) : -1,
    );
    this.#value = Float64Array.from(nodes, (node) => node[1] ?? node[0] ?? 0);
    let root = 0;
    this.#roots = Int32Array.from(trees, (tree) => (root += tree.length) - tree.length);
    this.#above = Int32Array.from(
      trees.flatMap((tree, t) => tree.map((node) => (node[2] ?? 0) + (this.#roots[t] ?? 0))),
    );
  }

  /** The sum of the leaves that these features lead to. */
  sum(features: Float64Array): number {
    const [featureOf, valueOf, aboveOf, roots] = [this.#feature, this.#value, this.#above, this.#roots];
    let sum = 0;
    for (let tree = 0; tree < roots.length; tree++) {
      let node = roots[tree] ?? 0;
      let feature = featureOf[node] ?? -1;
      while (feature >= 0) {
        node = (features[feature] ?? 0) > (valueOf[node] ?? 0) ? (aboveOf[node] ?? 0) : node + 1;
        feature = featureOf[node] ?? -1;
      }
      sum += valueOf[node] ?? 0;
    }
    return sum;
  }
}
