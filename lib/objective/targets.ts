/** What a data set gives a network's loss as targets. */
import type { Dataset } from "../data/dataset.ts";
import { type Shape, showShape, sizeOf } from "../graph/shape.ts";
import type { Loss, TargetFacts } from "../losses/loss.ts";
import { lossOf, type Network } from "../networks/network.ts";

/** Targets as a loss takes them. */
export interface Targets {
  /** Labels, as many as rows of outputs; or values, as many as entries of these rows. */
  readonly entries: Int32Array | Float32Array;
  /** For people, where they are not what stands in the data: how they came about. */
  readonly understood?: string;
}

/** What decides which loss fits a data set. */
export function targetFactsOf(
  { labels, classes, count, targets }: Pick<Dataset, "labels" | "classes" | "count" | "targets">,
): TargetFacts {
  const perExample = labels.length / count;
  if (!targets) {
    return { entries: perExample, labels: perExample, areWhole: true, areBinary: classes <= 2 };
  }
  const { values, shape } = targets;
  return {
    entries: sizeOf(shape),
    labels: perExample,
    areWhole: values.every(Number.isInteger),
    areBinary: values.every((value) => value === 0 || value === 1),
  };
}

/**
 * The targets of a data set as the network's loss wants them. A loss of values takes a label for the
 * value itself where the output is one value, and for a vector with a single 1 where it is several.
 *
 * @throws {TypeError} If there are not as many as the network has outputs, or more classes.
 * @throws {RangeError} If a target is nothing that the loss takes; its example is named.
 */
export function targetsOf(network: Network, dataset: Dataset): Targets {
  const loss = lossOf(network);
  return loss.targets === "labels"
    ? { entries: labelsFor(network, loss, dataset) }
    : valuesFor(network, loss, dataset);
}

function labelsFor(network: Network, loss: Loss, dataset: Dataset): Int32Array {
  const { name, labels, count, classes, targets } = dataset;
  if (labels.length === 0 && targets) {
    const bad = targets.values.findIndex((value) => !(Number.isInteger(value) && value >= 0));
    const width = sizeOf(targets.shape);
    const value = targets.values[bad]!;
    // PyTorch's mark of a label that is not to count is −100.
    const isMark = Number.isInteger(value) && value < 0;
    throw new RangeError(
      `Cannot use the targets of ${name} for ${network.name}: example ${Math.floor(bad / width)} ` +
        `has the target ${value}; ${loss.title} wants labels, whole numbers from 0` +
        (isMark ? "; what is not to count has any label, and the weight 0" : ""),
    );
  }
  if (classes > network.classes) {
    const most = labels.indexOf(classes - 1);
    const where = most < 0 ? "" : `: example ${Math.floor(most * count / labels.length)} has the ` +
      `label ${classes - 1}`;
    throw new TypeError(
      `Cannot use the labels of ${name} for ${network.name}: it has ${classes} classes, ` +
        `the network ${network.classes} logits${where}`,
    );
  }
  const { labelsPerExample = 1 } = network;
  const perExample = labels.length / count;
  if (perExample === labelsPerExample) return labels;
  throw new TypeError(
    `Cannot use the labels of ${name} for ${network.name}: an example has ${perExample}, ` +
      `the network wants ${labelsPerExample}${twoOnes(dataset)}`,
  );
}

/** Rows of zeros and ones were meant as classes, as a rule. */
function twoOnes({ targets }: Dataset): string {
  if (targets?.shape.length !== 1 || !targets.values.every((value) => value === 0 || value === 1)) {
    return "";
  }
  const [width] = targets.shape as [number];
  for (let first = 0; first < targets.values.length; first += width) {
    const ones = targets.values.subarray(first, first + width).reduce((sum, one) => sum + one, 0);
    if (ones !== 1) {
      return `; the row of example ${first / width} has ${ones} ones, a class has one`;
    }
  }
  return "";
}

function valuesFor(network: Network, loss: Loss, dataset: Dataset): Targets {
  const { name, targets, labels, count } = dataset;
  const shape = network.outputShape ?? [network.classes];
  const found = asValues(dataset, shape);
  if (!found) {
    throw new TypeError(
      `Cannot use the targets of ${name} for ${network.name}: of an example they have the shape ` +
        `${showShape(targets?.shape ?? [labels.length / count])}, its output ` +
        `${showShape(shape)}; ${loss.title} wants a target for each value`,
    );
  }
  const { entries } = found;
  const bad = entries.findIndex((value) => loss.targetFault?.(value) !== undefined);
  if (bad < 0) return found;
  throw new RangeError(
    `Cannot use the targets of ${name} for ${network.name}: example ` +
      `${Math.floor(bad / sizeOf(shape))} has the target ${entries[bad]}; for ${loss.title} ` +
      loss.targetFault!(entries[bad]!),
  );
}

/** A target for each entry of an output; `undefined` if there are not as many. */
function asValues(
  { labels, count, classes, targets }: Dataset,
  shape: Shape,
): Targets | undefined {
  const width = sizeOf(shape);
  const perExample = labels.length / count;
  const note = (understood: string) => classes > 2 ? { understood } : {};
  if (perExample === 1 && width > 1 && (!targets || sizeOf(targets.shape) === 1)) {
    return classes > width ? undefined : {
      entries: oneHot(labels, width),
      understood: `labels count as vectors of ${width} with a single 1`,
    };
  }
  if (targets) {
    return sameButForOnes(targets.shape, shape)
      ? { entries: targets.values, ...(labels.length > 0 && note("labels count as numbers")) }
      : undefined;
  }
  if (perExample !== width) return undefined;
  return { entries: Float32Array.from(labels), ...note("labels count as numbers") };
}

function oneHot(labels: Int32Array, width: number): Float32Array {
  const entries = new Float32Array(labels.length * width);
  labels.forEach((label, i) => entries[i * width + label] = 1);
  return entries;
}

/** Whether two shapes are one but for axes of extent 1. */
function sameButForOnes(a: Shape, b: Shape): boolean {
  const proper = (shape: Shape) => shape.filter((extent) => extent !== 1).join();
  return proper(a) === proper(b);
}
