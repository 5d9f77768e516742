import { checkedDataset, type Dataset } from "../data/dataset.ts";
import { sizeOf } from "../graph/shape.ts";
import { indexOfNonFinite } from "../linalg/vector.ts";
import type { Network } from "../networks/network.ts";
import { targetsOf } from "./targets.ts";

/**
 * Checks that the data set is sound, and its examples are what the network reads.
 *
 * @throws {TypeError} If shapes, targets or classes do not fit.
 * @throws {RangeError} If the data set is empty, a label, a target or a weight is out of range, a
 *   feature is not finite, or the chunk is not a positive integer.
 */
export function checkFit(network: Network, dataset: Dataset, evaluationBatch: number): void {
  if (!(Number.isInteger(evaluationBatch) && evaluationBatch > 0)) {
    throw new RangeError(
      `Cannot evaluate ${network.name} in chunks of ${evaluationBatch}; want a positive integer`,
    );
  }
  if (dataset.count === 0) {
    throw new RangeError(
      `Cannot evaluate ${network.name} on ${dataset.name}: it has no examples; give one or more`,
    );
  }
  if (sizeOf(dataset.featureShape) !== sizeOf(network.inputShape)) {
    throw new TypeError(
      `Cannot feed ${dataset.name} to ${network.name}: an example has the shape ` +
        `[${dataset.featureShape}], the network reads [${network.inputShape}]; give data and a network of one shape`,
    );
  }
  checkedDataset(dataset);
  targetsOf(network, dataset);
  const { weights, count } = dataset;
  const { labelsPerExample = 1 } = network;
  if (weights && weights.length !== count && weights.length !== count * labelsPerExample) {
    throw new TypeError(
      `Cannot use the weights of ${dataset.name} for ${network.name}: an example has ` +
        `${weights.length / count}; want one${
          labelsPerExample > 1 ? `, or ${labelsPerExample}` : ""
        }`,
    );
  }
}

/**
 * Checks a vector that is meant as a network's parameters, or as a tangent to them.
 *
 * @param what What it is, for the message.
 * @throws {TypeError} If its length is not n.
 * @throws {RangeError} If an entry is NaN or infinite.
 */
export function checkPoint(network: Network, x: Float64Array, what = "parameters"): void {
  if (x.length !== network.dimension) {
    throw new TypeError(
      `Cannot use a vector of ${x.length} entries as ${what} of ${network.name}; ` +
        `want ${network.dimension}`,
    );
  }
  const index = indexOfNonFinite(x);
  if (index < 0) return;
  const parameter = network.parameters.findLast(({ offset }) => offset <= index)!;
  throw new RangeError(
    `Cannot use the vector as ${what} of ${network.name}: entry ${index}, in ${parameter.name}, ` +
      `is ${x[index]}`,
  );
}
