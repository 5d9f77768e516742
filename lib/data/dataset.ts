/** What outputs should be, as real numbers. */
export interface RealTargets {
  /** Row-major, shape [count, ...shape]. */
  readonly values: Float32Array;
  /** Of one example's target: [] for a number, [2] for two. */
  readonly shape: readonly number[];
}

/** Examples in memory, with labels or with real targets. */
export interface Dataset {
  /** For instance `mnist-10k train`. */
  readonly name: string;
  /** Row-major, shape [count, ...featureShape]. */
  readonly features: Float32Array;
  /**
   * Class of each example, 0 … classes − 1; or of each position of each example. Empty where the
   * targets are no classes.
   */
  readonly labels: Int32Array;
  /** Number of examples. */
  readonly count: number;
  /** Shape of one example, for instance [28, 28, 1]. */
  readonly featureShape: readonly number[];
  /** Number of classes; 0 without labels. */
  readonly classes: number;
  /** Targets as they stand in a file, also where they are labels; absent for labels alone. */
  readonly targets?: RealTargets;
  /** How much each example counts, or each label of each example; absent where all count alike. */
  readonly weights?: Float64Array;
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
 * @throws {RangeError} If it is empty or without classes, a label is out of range, a feature or a
 *   target is not finite, or the weights are not finite, negative or all 0.
 */
export function checkedDataset(dataset: Dataset): Dataset {
  const { name, features, labels, count, featureShape, classes, targets, weights } = dataset;
  const width = featureShape.reduce((product, extent) => product * extent, 1);
  const wanted = count * width;
  const isWithoutLabels = targets !== undefined && labels.length === 0;
  const areLabels = count === 0 ? labels.length === 0 : labels.length % count === 0;
  const isShort = labels.length < count && !isWithoutLabels;
  if (features.length !== wanted || isShort || !areLabels) {
    throw new TypeError(
      `Cannot use the data set ${name}: ${count} examples of shape [${featureShape}] need ` +
        `${wanted} features and ${count} labels, got ${features.length} and ${labels.length}`,
    );
  }
  if (count === 0) {
    throw new RangeError(`Cannot use the data set ${name}: it has no examples; give one or more`);
  }
  if (!isWithoutLabels && !(Number.isInteger(classes) && classes > 0)) {
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
  if (targets) checkTargets(name, targets, count);
  if (weights) checkWeights(name, weights, count, labels.length);
  return dataset;
}

function checkTargets(name: string, { values, shape }: RealTargets, count: number): void {
  const width = shape.reduce((product, extent) => product * extent, 1);
  if (values.length !== count * width) {
    throw new TypeError(
      `Cannot use the data set ${name}: ${count} targets of shape [${shape}] need ` +
        `${count * width} numbers, got ${values.length}`,
    );
  }
  const stray = values.findIndex((value) => !Number.isFinite(value));
  if (stray >= 0) {
    throw new RangeError(
      `Cannot use the data set ${name}: example ${Math.floor(stray / width)} has the target ` +
        `${values[stray]}; want finite numbers`,
    );
  }
}

function checkWeights(name: string, weights: Float64Array, count: number, labels: number): void {
  if (weights.length !== count && weights.length !== labels) {
    throw new TypeError(
      `Cannot use the data set ${name}: ${count} examples have ${weights.length} weights; ` +
        `want one each${labels > count ? ", or one for each label" : ""}`,
    );
  }
  const bad = weights.findIndex((weight) => !(Number.isFinite(weight) && weight >= 0));
  if (bad >= 0) {
    throw new RangeError(
      `Cannot use the data set ${name}: example ${Math.floor(bad * count / weights.length)} has ` +
        `the weight ${weights[bad]}; want finite numbers from 0`,
    );
  }
  if (weights.every((weight) => weight === 0)) {
    throw new RangeError(`Cannot use the data set ${name}: all weights are 0`);
  }
}
