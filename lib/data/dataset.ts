/** Labelled examples in memory. */
export interface Dataset {
  /** For instance `mnist-10k train`. */
  readonly name: string;
  /** Row-major, shape [count, ...featureShape]. */
  readonly features: Float32Array;
  /** Class of each example, 0 … classes − 1; or of each position of each example. */
  readonly labels: Int32Array;
  /** Number of examples. */
  readonly count: number;
  /** Shape of one example, for instance [28, 28, 1]. */
  readonly featureShape: readonly number[];
  /** Number of classes. */
  readonly classes: number;
}

/**
 * Checks a data set from end to end and returns it.
 *
 * @example A label that the classes do not have
 * ```ts
 * import { checkedDataset } from "./dataset.ts";
 * import assert from "node:assert/strict";
 *
 * const points = {
 *   name: "points",
 *   features: Float32Array.of(0.5, -1),
 *   labels: Int32Array.of(0, 2),
 *   count: 2,
 *   featureShape: [1],
 *   classes: 2,
 * };
 * assert.throws(() => checkedDataset(points), /example 1 has the label 2, want 0 to 1/);
 * ```
 *
 * @throws {TypeError} If the arrays' lengths do not fit the shape.
 * @throws {RangeError} If it is empty or without classes, a label is out of range, or a feature is
 *   not finite.
 */
export function checkedDataset(dataset: Dataset): Dataset {
  const { name, features, labels, count, featureShape, classes } = dataset;
  const width = featureShape.reduce((product, extent) => product * extent, 1);
  const wanted = count * width;
  const areLabels = count === 0 ? labels.length === 0 : labels.length % count === 0;
  if (features.length !== wanted || labels.length < count || !areLabels) {
    throw new TypeError(
      `Cannot use the data set ${name}: ${count} examples of shape [${featureShape}] need ` +
        `${wanted} features and ${count} labels, got ${features.length} and ${labels.length}`,
    );
  }
  if (count === 0) {
    throw new RangeError(`Cannot use the data set ${name}: it has no examples; give one or more`);
  }
  if (!(Number.isInteger(classes) && classes > 0)) {
    throw new RangeError(
      `Cannot use the data set ${name}: it has ${classes} classes; want 1 or more`,
    );
  }
  const stray = labels.findIndex((label) => label < 0 || label >= classes);
  if (stray >= 0) {
    const example = Math.floor(stray / (labels.length / count));
    throw new RangeError(
      `Cannot use the data set ${name}: example ${example} has the label ${labels[stray]}, ` +
        `want 0 to ${classes - 1}`,
    );
  }
  let faulty = 0;
  while (faulty < wanted && Number.isFinite(features[faulty])) faulty++;
  if (faulty < wanted) {
    throw new RangeError(
      `Cannot use the data set ${name}: feature ${faulty % width} of example ` +
        `${Math.floor(faulty / width)} is ${features[faulty]}; want finite numbers`,
    );
  }
  return dataset;
}
