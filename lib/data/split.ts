import { stream } from "../random/stream.ts";

/** Indices of examples, each in at most one part. */
export interface Split {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/**
 * Divides examples so that each class has the same share in both parts, to within one example.
 *
 * Each class is shuffled by its own stream; its first examples go to the training set and its last
 * ones to the test set. So a smaller part is contained in a larger one, up to rounding. Fractions
 * of examples are settled by largest remainder.
 *
 * The parts come in random order: f is evaluated in chunks of consecutive examples, each normalised
 * by its own statistics, so a chunk must be a fair sample of the classes.
 *
 * @example Half of each class
 * ```ts
 * import { stratifiedSplit } from "./split.ts";
 * import assert from "node:assert/strict";
 *
 * const labels = [0, 0, 0, 0, 1, 1];
 * const { train, test } = stratifiedSplit(labels, { train: 3, test: 3 }, 1);
 * const ones = (part: Uint32Array) => part.filter((i) => labels[i] === 1).length;
 * assert.deepEqual([ones(train), ones(test)], [1, 1]);
 * ```
 *
 * @param labels Class of each example.
 * @param sizes Number of examples in each part; together at most as many as there are.
 * @param seed Names the split: the same seed, the same parts.
 * @throws {RangeError} If the sizes are not positive integers or exceed the examples.
 */
export function stratifiedSplit(
  labels: ArrayLike<number>,
  sizes: { readonly train: number; readonly test: number },
  seed: number,
): Split {
  for (const [part, size] of Object.entries(sizes)) {
    if (!(Number.isInteger(size) && size > 0)) {
      throw new RangeError(`Cannot split off ${size} examples to ${part}; want a positive integer`);
    }
  }
  if (sizes.train + sizes.test > labels.length) {
    throw new RangeError(
      `Cannot split ${labels.length} examples into ${sizes.train} for training and ` +
        `${sizes.test} for testing; lower one of them`,
    );
  }
  const classes = shuffledClasses(labels, seed);
  const counts = classes.map((members) => members.length);
  const train = quotas(counts, sizes.train);
  const left = counts.map((count, k) => count - train[k]!);
  const test = quotas(counts, sizes.test, left);
  return {
    train: shuffled(classes.flatMap((members, k) => members.slice(0, train[k]!)), seed, "train"),
    test: shuffled(
      classes.flatMap((members, k) => members.slice(members.length - test[k]!)),
      seed,
      "test",
    ),
  };
}

/**
 * Draws examples so that each class keeps its share, to within one example, in random order.
 *
 * For data sets that come with a training and a test set of their own, each drawn from by its name.
 * A smaller part is contained in a larger one up to rounding.
 *
 * @param part Names the draw: another name, another draw.
 * @throws {RangeError} If the size is not a positive integer or exceeds the examples.
 */
export function stratifiedSample(
  labels: ArrayLike<number>,
  size: number,
  seed: number,
  part: string,
): Uint32Array {
  if (!(Number.isInteger(size) && size > 0 && size <= labels.length)) {
    throw new RangeError(
      `Cannot draw ${size} of ${labels.length} examples to ${part}; want 1 to ${labels.length}`,
    );
  }
  const classes = shuffledClasses(labels, seed, part);
  const shares = quotas(classes.map((members) => members.length), size);
  return shuffled(classes.flatMap((members, k) => members.slice(0, shares[k]!)), seed, part);
}

function shuffled(indices: readonly number[], seed: number, part: string): Uint32Array {
  const order = stream(seed, "split order", part).permutation(indices.length);
  return order.map((position) => indices[position]!);
}

/** Indices of each class in the random order of its own stream. */
function shuffledClasses(
  labels: ArrayLike<number>,
  seed: number,
  ...part: readonly string[]
): number[][] {
  const classes: number[][] = [];
  for (let i = 0; i < labels.length; i++) (classes[labels[i]!] ??= []).push(i);
  return Array.from(classes, (members = [], k) => {
    const order = stream(seed, "split", ...part, k).permutation(members.length);
    return Array.from(order, (position) => members[position]!);
  });
}

/** Shares `total` in proportion to `counts` by largest remainder, none above its limit. */
function quotas(
  counts: readonly number[],
  total: number,
  limits: readonly number[] = counts,
): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => total * count / all);
  const shares = exact.map((share, k) => Math.min(Math.floor(share), limits[k]!));
  const byRemainder = [...counts.keys()].sort((a, b) =>
    exact[b]! - Math.floor(exact[b]!) - (exact[a]! - Math.floor(exact[a]!)) || a - b
  );
  let missing = total - shares.reduce((sum, share) => sum + share, 0);
  while (missing > 0) {
    for (const k of byRemainder) {
      if (missing > 0 && shares[k]! < limits[k]!) {
        shares[k]!++;
        missing--;
      }
    }
  }
  return shares;
}
