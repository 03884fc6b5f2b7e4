/** Boosted regression trees, laid out flat: a few hundred small trees over a candidate's features in microseconds. */

/** A leaf's value, or a node: the feature's index, its threshold, and where to go at most that and above it. */
export type TreeNode = number | readonly [feature: number, threshold: number, atMost: TreeNode, above: TreeNode];

export class Trees {
  /** Per node: the feature it looks at, or -1 for a leaf. */
  readonly #feature: Int16Array;
  /** Per node: the threshold, or the leaf's value. */
  readonly #value: Float64Array;
  /** Per node: the one to go on with above the threshold; at most it, the next one in the array. */
  readonly #above: Int32Array;
  readonly #roots: readonly number[];

  /** @param indexOf where a feature of the trees is in the arrays given to `sum` */
  constructor(trees: readonly TreeNode[], indexOf: readonly number[]) {
    const feature: number[] = [];
    const value: number[] = [];
    const above: number[] = [];
    const add = (node: TreeNode): number => {
      const at = feature.length;
      if (typeof node === 'number') {
        feature.push(-1);
        value.push(node);
        above.push(-1);
      } else {
        feature.push(indexOf[node[0]] ?? -1);
        value.push(node[1]);
        above.push(-1);
        add(node[2]);
        above[at] = add(node[3]);
      }
      return at;
    };
    this.#roots = trees.map(add);
    this.#feature = Int16Array.from(feature);
    this.#value = Float64Array.from(value);
    this.#above = Int32Array.from(above);
  }

  /** The sum of the leaves that these features lead to. */
  sum(features: Float64Array): number {
    let sum = 0;
    for (const root of this.#roots) {
      let node = root;
      for (let feature = this.#feature[node] ?? -1; feature >= 0; feature = this.#feature[node] ?? -1) {
        node = (features[feature] ?? 0) > (this.#value[node] ?? 0) ? (this.#above[node] ?? 0) : node + 1;
      }
      sum += this.#value[node] ?? 0;
    }
    return sum;
  }
}
