import { stream } from "../random/stream.ts";

/**
 * Gives a share of the examples labels that have nothing to do with them: the labels of a random
 * choice of examples are permuted among these.
 *
 * Classes keep their sizes, and of C equal classes every C-th label comes out as it was. A network
 * that fits them all the same has learnt them by heart.
 *
 * Source: Zhang, Bengio, Hardt, Recht and Vinyals 2017, "Understanding deep learning requires
 * rethinking generalization", §2; they draw each label anew.
 *
 * @example All labels of ten examples
 * ```ts
 * import { randomLabels } from "./random_labels.ts";
 * import assert from "node:assert/strict";
 *
 * const labels = Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 1);
 * const random = randomLabels(labels, { share: 1, seed: 1 });
 * assert.deepEqual(random.toSorted(), labels);
 * assert.notDeepEqual(random, labels);
 * ```
 *
 * @param labels Class of each example; left unchanged.
 * @param options `share` of the examples, from 0 to 1, rounded to whole ones; `seed` names the draw.
 * @throws {RangeError} If the share is not from 0 to 1.
 */
export function randomLabels<Labels extends Uint8Array | Int32Array>(
  labels: Labels,
  { share, seed }: { readonly share: number; readonly seed: number },
): Labels {
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot make a share of ${share} of all labels random; give 0 to 1`);
  }
  const count = Math.round(share * labels.length);
  const chosen = stream(seed, "random labels", "examples").permutation(labels.length)
    .subarray(0, count);
  const order = stream(seed, "random labels", "order").permutation(count);
  const result = labels.slice() as Labels;
  order.forEach((from, to) => {
    result[chosen[to]!] = labels[chosen[from]!]!;
  });
  return result;
}
